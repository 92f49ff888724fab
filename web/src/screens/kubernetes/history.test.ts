import { describe, expect, it } from "vitest";
import type { HealthSample } from "@/api/clusters";
import { barsOf, ceiling, sinceOf, slabsOf } from "./history";

function sample(at: string, critical: number, warning: number, notice = 0): HealthSample {
  return { at, findings: {}, resources: {}, severities: { critical, warning, notice } };
}

describe("the chart of health", () => {
  const until = Date.parse("2026-11-21T12:20:00Z");
  const span = { step: "hour", bars: 4 } as const;

  it("has a bar for each hour up to the present one, and none where no dump came", () => {
    const bars = barsOf([sample("2026-11-21T09:55:00Z", 1, 2), sample("2026-11-21T12:10:00Z", 0, 0)], until, span);
    expect(bars.map(({ from }) => new Date(from).toISOString().slice(11, 16))).toEqual([
      "09:00",
      "10:00",
      "11:00",
      "12:00",
    ]);
    expect(bars.map(({ sample: known }) => known?.severities.warning ?? null)).toEqual([2, null, null, 0]);
    expect(sinceOf(until, span)).toBe(bars[0]?.from);
  });

  it("counts days as the server does, in UTC", () => {
    const bars = barsOf([sample("2026-11-20T23:59:59Z", 3, 0)], until, { step: "day", bars: 2 });
    expect(bars.map(({ sample: known }) => known?.severities.critical ?? null)).toEqual([3, null]);
  });

  it("stacks the worst on the ground", () => {
    expect(slabsOf(sample("2026-11-21T12:10:00Z", 2, 0, 5))).toEqual([
      { severity: "critical", from: 0, to: 2 },
      { severity: "notice", from: 2, to: 7 },
    ]);
  });

  it.each([
    [0, 4],
    [4, 4],
    [5, 6],
    [25, 30],
    [11, 20],
    [97, 100],
    [130, 200],
  ])("fits %i under %i", (value, top) => expect(ceiling(value)).toBe(top));
});
