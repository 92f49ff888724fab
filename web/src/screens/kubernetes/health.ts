// What the health of clusters looks like: which comes first, in which colour, in which words. Plain functions.

import type { Cluster, Finding, Severity } from "@/api/clusters";
import { formatCount } from "@/base/format";
import { alphabetical } from "@/base/text";
import type { Tone } from "@/ui/states";

export const SEVERITIES: Severity[] = ["critical", "warning", "notice"];

const TONES: Record<Severity, Tone> = { critical: "bad", warning: "late", notice: "idle" };

export function severityTone(severity: Severity): Tone {
  return TONES[severity];
}

// "12 critical", "3 warnings", "1 notice".
export function severityWords(severity: Severity, count: number): string {
  if (severity === "critical") return `${formatCount(count)} critical`;
  return `${formatCount(count)} ${severity}${count === 1 ? "" : "s"}`;
}

type Judged = Pick<Cluster, "severities" | "last_dump_at" | "late_since" | "missing" | "resources">;

// No dump ever came; or, at a past moment, none had come by then: a cluster that is known has namespaces at least.
export function neverRead({ last_dump_at, resources }: Pick<Cluster, "last_dump_at" | "resources">): boolean {
  return last_dump_at === null || Object.values(resources).every((count) => count === 0);
}

// The worst that is known of it. Nothing is known of a cluster that never sent anything.
export function clusterTone(cluster: Judged): Tone {
  if (cluster.severities.critical > 0) return "bad";
  if (neverRead(cluster)) return "idle";
  if (cluster.severities.warning > 0 || cluster.late_since || cluster.missing.length > 0) return "late";
  return "good";
}

const WORST: Tone[] = ["bad", "late", "idle", "good"];

// Failing ones first, the worst of them on top.
export function worstFirst<T extends Judged & Pick<Cluster, "cluster">>(clusters: readonly T[]): T[] {
  const rank = (cluster: T) => WORST.indexOf(clusterTone(cluster));
  return [...clusters].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      SEVERITIES.reduce((order, severity) => order || b.severities[severity] - a.severities[severity], 0) ||
      alphabetical(a.cluster, b.cluster),
  );
}

const DAY = 86_400_000;

// How fresh what we know is, in a word and a colour; the age itself stands beside it.
export function dumpFreshness(
  cluster: Pick<Cluster, "last_dump_at" | "late_since">,
  now: number,
): { tone: Tone; word: string } {
  if (cluster.last_dump_at === null) return { tone: "idle", word: "no dump yet" };
  if (!cluster.late_since) return { tone: "good", word: "fresh" };
  return now - Date.parse(cluster.last_dump_at) > DAY ? { tone: "bad", word: "stale" } : { tone: "late", word: "late" };
}

// The most severe first, then those that most things break.
export function worstRules({ by_rule }: Pick<Cluster, "by_rule">): Cluster["by_rule"] {
  return [...by_rule].sort(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.count - a.count,
  );
}

// How many live resources of some kinds.
export function countOf(cluster: Pick<Cluster, "resources">, kinds: readonly string[]): number {
  return kinds.reduce((sum, kind) => sum + (cluster.resources[kind] ?? 0), 0);
}

// What runs pods. Replica sets are left to their deployments, and jobs that a cron job starts come and go.
export const WORKLOADS = ["k8s.deployment", "k8s.stateful_set", "k8s.daemon_set", "k8s.job", "k8s.cron_job"];
export const STORAGE = ["k8s.persistent_volume_claim", "k8s.persistent_volume"];

export interface Narrowing {
  severity: string; // "": all
  namespace: string;
  text: string;
}

export function narrowed(findings: readonly Finding[], { severity, namespace, text }: Narrowing): Finding[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return findings.filter((finding) => {
    if (severity && finding.severity !== severity) return false;
    if (namespace && finding.namespace !== namespace) return false;
    const haystack = `${finding.name} ${finding.namespace ?? ""} ${finding.title} ${finding.reason}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
}

export interface Group {
  rule: string;
  title: string;
  severity: Severity;
  findings: Finding[]; // the newest first: what broke last is looked at first
}

// By rule: the most severe first, then those that most things break.
export function groupsOf(findings: readonly Finding[]): Group[] {
  const groups = new Map<string, Group>();
  for (const finding of findings) {
    const group = groups.get(finding.rule);
    if (group) group.findings.push(finding);
    else groups.set(finding.rule, { ...finding, findings: [finding] });
  }
  const began = ({ since }: Finding) => (since ? Date.parse(since) : 0);
  for (const group of groups.values()) group.findings.sort((a, b) => began(b) - began(a));
  return [...groups.values()].sort(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      b.findings.length - a.findings.length ||
      alphabetical(a.title, b.title),
  );
}

// The namespaces that findings are in, with how many.
export function namespacesOf(findings: readonly Finding[]): { name: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { namespace } of findings) if (namespace) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => alphabetical(a.name, b.name));
}

// KIND/ACCOUNT/CLUSTER/NAMESPACE/NAME of what belongs to a cluster.
export function clusterHref(account: string, cluster: string, query: Record<string, string> = {}): string {
  const search = new URLSearchParams(query).toString();
  return `/kubernetes/${encodeURIComponent(account)}/${encodeURIComponent(cluster)}${search && `?${search}`}`;
}
