// What a state means, whatever the service calls it: good, under way, bad, or at rest.

export type Tone = "good" | "late" | "bad" | "idle" | "moving" | "none";

const WORDS: Record<Exclude<Tone, "none">, string[]> = {
  good: [
    "running",
    "available",
    "active",
    "in-use",
    "inuse",
    "ok",
    "issued",
    "enabled",
    "healthy",
    "ready",
    "succeeded",
    "success",
    "inservice",
    "in-service",
    "deployed",
    "completed",
    "associated",
    "attached",
    "online",
    "bound",
    "up",
    "pass",
    "complete",
    "valid",
    "provisioned",
    "normal",
  ],
  moving: [
    "pending",
    "creating",
    "starting",
    "updating",
    "modifying",
    "provisioning",
    "deleting",
    "stopping",
    "shutting-down",
    "rebooting",
    "backing-up",
    "scaling",
    "copying",
    "inprogress",
    "in-progress",
    "in_progress",
    "maintenance",
    "upgrading",
    "pending-acceptance",
    "pendingacceptance",
    "pending_validation",
    "initiating-request",
    "configuring",
    "resetting-master-credentials",
    "renaming",
    "systemupdating",
    "rollingback",
    "connecting",
  ],
  late: [
    "insufficient_data",
    "insufficient-data",
    "impaired",
    "degraded",
    "warning",
    "connectionlost",
    "storage-optimization",
    "optimizing",
    "incompatible-parameters",
    "partial",
    "expiring",
  ],
  bad: [
    "failed",
    "error",
    "alarm",
    "unhealthy",
    "expired",
    "revoked",
    "rejected",
    "incompatible-network",
    "incompatible-restore",
    "storage-full",
    "inaccessible-encryption-credentials",
    "create_failed",
    "delete_failed",
    "update_failed",
    "validation_timed_out",
    "crashloopbackoff",
    "offline",
    "blackhole",
    "unavailable",
    "rollbackfailed",
  ],
  idle: [
    "stopped",
    "terminated",
    "inactive",
    "disabled",
    "detached",
    "deleted",
    "retired",
    "suspended",
    "hibernated",
    "unused",
    "deregistered",
    "draining",
    "released",
    "inservice-idle",
    "paused",
  ],
};

const TONES = new Map<string, Tone>(
  Object.entries(WORDS).flatMap(([tone, words]) => words.map((word) => [word, tone as Tone] as const)),
);

export function toneOf(state: string): Tone {
  if (state === "") return "none";
  const word = state.toLowerCase();
  const known = TONES.get(word);
  if (known) return known;
  if (/fail|error|alarm|denied/.test(word)) return "bad";
  if (/(ing|pending)$/.test(word)) return "moving";
  return "idle";
}

// Outcomes of cells (store/store.h), in words and tone.
const OUTCOMES: Record<string, { word: string; tone: Tone; means: string }> = {
  complete: { word: "complete", tone: "good", means: "Every list page was read." },
  gaps: { word: "gaps", tone: "late", means: "The list is whole; second calls for some resources failed." },
  partial: { word: "partial", tone: "bad", means: "The list broke off. What was known before stays, unverified." },
  denied: { word: "denied", tone: "bad", means: "AWS refuses: the role lacks a permission, or a policy forbids it." },
  region_off: { word: "region off", tone: "idle", means: "The region is not enabled in this account." },
  throttled: { word: "throttled", tone: "late", means: "AWS asked for fewer calls; it is tried again." },
  timeout: { word: "timed out", tone: "bad", means: "AWS did not answer in time; it is tried again." },
  expired: { word: "expired", tone: "bad", means: "The credentials ran out in the middle; it is tried again." },
  unsupported: { word: "unsupported", tone: "idle", means: "AWS does not offer this service here." },
  failed: { word: "failed", tone: "bad", means: "Something else went wrong; the message says what." },
  stale: { word: "stale", tone: "bad", means: "It was read whole, but long ago." },
  never: { word: "never read", tone: "idle", means: "It has not been read yet." },
};

export function outcomeOf(outcome: string): { word: string; tone: Tone; means: string } {
  return (
    OUTCOMES[outcome] ?? {
      word: outcome.replaceAll("_", " ") || "never read",
      tone: outcome ? "bad" : "idle",
      means: "",
    }
  );
}
