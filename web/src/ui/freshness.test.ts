import { describe, expect, it } from "vitest";
import { freshnessOf, worse } from "./freshness";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const cell = (minutes: number | null, outcome: string, interval = 900, unplanned: string | null = null) => ({
  outcome,
  code: "",
  verified_at: minutes === null ? null : new Date(NOW - minutes * 60_000).toISOString(),
  interval_seconds: interval,
  unplanned_since: unplanned,
});

describe("freshness", () => {
  it.each([
    ["within its schedule", cell(10, "complete"), "good", "fresh"],
    ["two intervals old", cell(31, "complete"), "late", "late"],
    ["six intervals old", cell(91, "complete"), "bad", "stale"],
    ["read with gaps", cell(1, "gaps"), "late", "gaps"],
    ["denied, however fresh the last proof", cell(1, "denied"), "bad", "denied"],
    ["failed after a proof", cell(5, "timeout"), "bad", "failed"],
    ["never read", cell(null, ""), "idle", "never read"],
    ["off", cell(null, "region_off"), "idle", "region off"],
    ["no longer planned", cell(500, "complete", 900, "2026-11-20T00:00:00Z"), "idle", "no longer planned"],
    ["a long interval forgives", cell(100, "complete", 6 * 3600), "good", "fresh"],
  ])("%s", (_, given, tone, word) => expect(freshnessOf(given, NOW)).toEqual({ tone, word }));

  it("keeps the worse", () => {
    expect(worse("good", "late")).toBe("late");
    expect(worse("bad", "idle")).toBe("bad");
  });
});
