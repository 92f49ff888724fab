// What of the record needs mending, put together so that one line is one thing to do.

import type { Cell } from "@/api/types";
import { freshnessOf } from "@/ui/freshness";

export interface Trouble {
  key: string;
  account: string | null; // that is in trouble as a whole,
  kind: string | null; // or the kind that is, wherever
  outcome: string;
  message: string;
  cells: number;
  accounts: number;
}

const WHOLE = 0.5; // of an account's cells: then it is the account that is in trouble

// Cells that fail alike are one thing to mend: an account that cannot be entered, a call that a role may not make.
export function troublesOf(cells: Cell[], now: number): Trouble[] {
  const planned = cells.filter((cell) => !cell.unplanned_since);
  const bad = planned.filter((cell) => freshnessOf(cell, now).tone === "bad");
  const count = (list: Cell[], account: string) => list.filter((cell) => cell.account === account).length;
  const whole = new Set(
    [...new Set(bad.map((cell) => cell.account))].filter(
      (account) => count(bad, account) > WHOLE * count(planned, account),
    ),
  );
  const groups = new Map<string, Cell[]>();
  for (const cell of bad) {
    const key = whole.has(cell.account)
      ? `${cell.account} ${cell.outcome}`
      : `${cell.kind} ${cell.outcome} ${cell.code}`;
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups]
    .map(([key, group]): Trouble => {
      const [first] = group as [Cell];
      const account = whole.has(first.account) ? first.account : null;
      return {
        key,
        account,
        kind: account ? null : first.kind,
        outcome: first.outcome === "complete" ? "stale" : first.outcome,
        message: first.message,
        cells: group.length,
        accounts: new Set(group.map((cell) => cell.account)).size,
      };
    })
    .sort((a, b) => Number(b.account !== null) - Number(a.account !== null) || b.cells - a.cells);
}

export function troubleHref({ account, kind, outcome }: Trouble): string {
  const query = new URLSearchParams({ tab: "cells" });
  if (account) query.set("account", account);
  if (kind) query.set("kind", kind);
  if (outcome === "stale") query.set("freshness", "behind");
  else query.set("outcome", outcome);
  return `/accounts?${query}`;
}
