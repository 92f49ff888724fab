// What the server says by itself: cells as they are read, changes as they come in (server-sent events).

import { useEffect } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { signal } from "@/base/signal";

export interface Running {
  run: number;
  cells: number;
  done: number;
  message: string;
}

export interface CellRead {
  run: number;
  account: string;
  region: string;
  kind: string;
  outcome: string;
  resources: number;
  opened: number;
  changed: number;
  closed: number;
}

export const running = signal<Running[]>([]);
export const lastCells = signal<CellRead[]>([]); // newest first
export const changedAt = signal(0); // when changes last came in, in milliseconds

const KEPT = 60;
const REOPEN = 10_000;
const SETTLE = 1_500; // changes come in bursts

// What may be asked again without disturbing who reads: short answers. Long lists offer it instead.
const SHORT = [
  "kinds",
  "accounts",
  "cells",
  "short list",
  "resource",
  "versions",
  "runs",
  "clusters",
  "cluster",
  "dumps",
];

export function useServerEvents(on: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!on) return;
    let source: EventSource | undefined;
    let reopen: ReturnType<typeof setTimeout> | undefined;
    let settle: ReturnType<typeof setTimeout> | undefined;
    const parse = <T>(event: Event) => JSON.parse((event as MessageEvent<string>).data) as T;
    const refresh = () => {
      settle = undefined;
      changedAt.set(Date.now());
      for (const key of SHORT) void client.invalidateQueries({ queryKey: [key] });
    };
    const refreshSoon = () => {
      settle ??= setTimeout(refresh, SETTLE);
    };
    const open = () => {
      source = new EventSource("/api/v1/events");
      source.addEventListener("run", (event) => {
        const state = parse<Running>(event);
        const others = running.get().filter((other) => other.run !== state.run);
        running.set(state.cells > 0 && state.done >= state.cells ? others : [...others, state]);
        if (state.cells > 0 && state.done >= state.cells) refreshSoon();
      });
      source.addEventListener("cell", (event) => {
        lastCells.set([parse<CellRead>(event), ...lastCells.get()].slice(0, KEPT));
        refreshSoon();
      });
      source.addEventListener("changes", refreshSoon);
      source.onerror = () => {
        source?.close();
        running.set([]);
        reopen = setTimeout(open, REOPEN);
      };
    };
    open();
    return () => {
      source?.close();
      clearTimeout(reopen);
      clearTimeout(settle);
    };
  }, [on, client]);
}
