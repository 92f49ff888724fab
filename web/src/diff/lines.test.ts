import { describe, expect, it } from "vitest";
import { compare, pretty, type Line } from "./lines";

const unfolded = (lines: Line[]): Line[] => lines.flatMap((line) => line.hidden ?? [line]);
const side = (lines: Line[], without: "added" | "removed") =>
  unfolded(lines)
    .filter((line) => line.type !== without)
    .map((line) => `${line.text}\n`)
    .join("");

describe("differences", () => {
  it("do not see the order of members", () => {
    expect(pretty({ b: 1, a: { d: 1, c: 2 } })).toBe(pretty({ a: { c: 2, d: 1 }, b: 1 }));
    expect(compare({ a: 1, b: 2 }, { b: 2, a: 1 }).every((line) => line.type === "same")).toBe(true);
  });

  it("show one changed value as one line out and one in", () => {
    const lines = compare({ Name: "x", State: "running" }, { Name: "x", State: "stopped" });
    expect(lines.filter((line) => line.type === "removed").map((line) => line.text.trim())).toEqual([
      '"State": "running"',
    ]);
    expect(lines.filter((line) => line.type === "added").map((line) => line.text.trim())).toEqual([
      '"State": "stopped"',
    ]);
  });

  it("fold what did not change, and only that", () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`k${100 + index}`, index]));
    const lines = compare(many, { ...many, k120: -1 });
    expect(lines.filter((line) => line.type === "folded")).toHaveLength(2);
    expect(lines.length).toBeLessThan(15);
  });

  it("hold both documents whole, whatever they are", () => {
    let seed = 11;
    const next = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    const value = (depth: number): unknown => {
      const pick = next(depth > 0 ? 5 : 3);
      if (pick === 3) return Array.from({ length: next(4) }, () => value(depth - 1));
      if (pick === 4)
        return Object.fromEntries(Array.from({ length: next(6) }, () => [`k${next(8)}`, value(depth - 1)]));
      return [next(5), `t${next(5)}`, null][pick];
    };
    for (let round = 0; round < 300; ++round) {
      const before = { a: value(4), b: value(3) };
      const after = { a: value(4), b: value(3) };
      const lines = compare(before, after);
      expect(side(lines, "added"), `seed 11, round ${round}`).toBe(pretty(before));
      expect(side(lines, "removed"), `seed 11, round ${round}`).toBe(pretty(after));
    }
  });

  it("of something that came into being are all additions", () =>
    expect(compare(null, { a: 1 }).every((line) => line.type === "added")).toBe(true));
});
