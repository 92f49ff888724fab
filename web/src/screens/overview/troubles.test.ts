import { describe, expect, it } from "vitest";
import type { Cell } from "@/api/types";
import { troublesOf } from "./troubles";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const cell = (account: string, kind: string, outcome: string): Cell =>
  ({
    account,
    kind,
    region: "eu-west-1",
    outcome,
    code: outcome === "denied" ? "AccessDenied" : "",
    message: "",
    verified_at: new Date(NOW - 60_000).toISOString(),
    interval_seconds: 900,
    unplanned_since: null,
  }) as Cell;

describe("what is to be mended", () => {
  it("is an account when most of it is in trouble, else the kind", () => {
    const cells = [
      cell("1", "a", "denied"),
      cell("1", "b", "denied"),
      cell("1", "c", "complete"),
      ...["2", "3"].flatMap((account) => [
        cell(account, "a", "failed"),
        cell(account, "b", "complete"),
        cell(account, "c", "complete"),
      ]),
    ];
    expect(
      troublesOf(cells, NOW).map(({ account, kind, cells: count, accounts }) => ({ account, kind, count, accounts })),
    ).toEqual([
      { account: "1", kind: null, count: 2, accounts: 1 },
      { account: null, kind: "a", count: 2, accounts: 2 },
    ]);
  });

  it("is nothing when all is well", () => expect(troublesOf([cell("1", "a", "complete")], NOW)).toEqual([]));
});
