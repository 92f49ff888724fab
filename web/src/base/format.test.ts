import { describe, expect, it } from "vitest";
import * as format from "./format";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const before = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

describe("numbers", () => {
  it("groups thousands and counts things", () => {
    expect(format.formatCount(1204118)).toBe("1,204,118");
    expect(format.formatCount(999)).toBe("999");
    expect(format.formatCount(-1000)).toBe("-1,000");
    expect(format.formatNumber(1234.567)).toBe("1,234.57");
    expect(format.plural(1, "resource")).toBe("1 resource");
    expect(format.plural(0, "policy", "policies")).toBe("0 policies");
  });

  it("writes money with cents only where they matter", () => {
    expect(format.formatMoney(3.5)).toBe("$3.50");
    expect(format.formatMoney(1234.56)).toBe("$1,235");
    expect(format.formatMoney(-0.4)).toBe("-$0.40");
  });
});

describe("sizes", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1536, "1.5 KiB"],
    [200 * 1024 ** 3, "200 GiB"],
    [3.25 * 1024 ** 5, "3.3 PiB"],
  ])("%d bytes", (bytes, text) => expect(format.formatBytes(bytes)).toBe(text));
});

describe("ages", () => {
  it.each([
    [3, "just now"],
    [45, "45 s ago"],
    [4 * 60 + 59, "4 min ago"],
    [47 * 3600, "47 h ago"],
    [12 * 86400, "12 d ago"],
    [800 * 86400, "2 y ago"],
    [-3 * 3600, "in 3 h"],
  ])("%d seconds before", (seconds, text) => expect(format.formatAge(before(seconds), NOW)).toBe(text));

  it("says nothing of what is no time", () => expect(format.formatAge("soon", NOW)).toBe(""));
});

describe("columns", () => {
  it.each([
    ["100", "GiB", "100 GiB"],
    ["2048", "GiB", "2 TiB"],
    ["0.5", "GiB", "512 MiB"],
    ["3000", "count", "3,000"],
    ["900", "s", "15 min"],
    ["250", "ms", "250 ms"],
    ["1500", "ms", "1 s"],
    ["12.345", "percent", "12.35 %"],
    ["gp3", "", "gp3"],
    ["unknown", "GiB", "unknown"],
    ["", "GiB", ""],
  ])("%s in %s", (text, unit, shown) => expect(format.formatUnit(text, unit, NOW)).toBe(shown));

  it("shows times as ages", () => expect(format.formatUnit(before(7200), "time", NOW)).toBe("2 h ago"));
});
