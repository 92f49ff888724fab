import { describe, expect, it } from "vitest";
import { instantText, STOPS, stopOf } from "./instant";

const NOW = Date.parse("2026-11-21T12:00:00.500Z");

describe("instants", () => {
  it("are written to the second", () => expect(instantText(NOW)).toBe("2026-11-21T12:00:00Z"));

  it("find their stop on the slider", () => {
    expect(stopOf(null, NOW)).toBe(STOPS.length - 1);
    expect(STOPS[stopOf("2026-11-20T12:00:00Z", NOW)]).toBe(86_400);
    expect(STOPS[stopOf("2026-11-21T11:03:00Z", NOW)]).toBe(3600);
    expect(stopOf("2020-01-01T00:00:00Z", NOW)).toBe(0);
    expect(STOPS[stopOf("2027-01-01T00:00:00Z", NOW)]).toBe(0);
  });

  it("go from long ago to now", () => expect([...STOPS].sort((a, b) => b - a)).toEqual(STOPS));
});
