// How fresh a cell is, in one word and one colour: green within its schedule, amber late, red stale or failed.

import type { Cell } from "@/api/types";
import type { Tone } from "./states";

export interface Freshness {
  tone: Tone;
  word: string;
}

// A cell may be this many intervals old before it is late, and stale.
const LATE = 2;
const STALE = 6;
const SHORTEST = 15 * 60; // of intervals, in seconds: a demo that is collected by hand has none

type Judged = Pick<Cell, "outcome" | "verified_at" | "interval_seconds" | "unplanned_since" | "code">;

export function freshnessOf(cell: Judged, now: number): Freshness {
  if (cell.unplanned_since) return { tone: "idle", word: "no longer planned" };
  if (cell.outcome === "region_off") return { tone: "idle", word: "region off" };
  if (cell.outcome === "unsupported") return { tone: "idle", word: "unsupported" };
  if (cell.outcome === "denied") return { tone: "bad", word: "denied" };
  if (!cell.verified_at) return cell.outcome ? { tone: "bad", word: "failed" } : { tone: "idle", word: "never read" };
  const age = (now - Date.parse(cell.verified_at)) / 1000;
  const interval = Math.max(cell.interval_seconds, SHORTEST);
  if (age > STALE * interval) return { tone: "bad", word: "stale" };
  if (cell.outcome !== "complete" && cell.outcome !== "gaps" && cell.outcome !== "throttled")
    return { tone: "bad", word: "failed" };
  if (age > LATE * interval || cell.outcome !== "complete")
    return { tone: "late", word: age > LATE * interval ? "late" : cell.outcome };
  return { tone: "good", word: "fresh" };
}

const ORDER: Tone[] = ["none", "idle", "good", "moving", "late", "bad"];

export function worse(a: Tone, b: Tone): Tone {
  return ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b;
}
