// What the API says of Kubernetes clusters, and the questions that their pages ask. Times are RFC 3339 texts.

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { get, send } from "./client";
import type { Rows } from "./types";

export type Severity = "critical" | "warning" | "notice";

export interface RuleCount {
  rule: string;
  title: string;
  severity: Severity;
  count: number;
}

export interface Cluster {
  account: string;
  cluster: string;
  region: string | null;
  eks: string | null; // the name of its EKS cluster
  as_of: string;
  verified_at: string | null;
  last_dump_at: string | null;
  late_since: string | null;
  resources: Record<string, number>; // live ones, by kind
  severities: Record<Severity, number>;
  by_rule: RuleCount[]; // the most severe first
  missing: string[]; // what was not read to its end, a sentence each
}

export interface Finding {
  rule: string;
  title: string;
  severity: Severity;
  kind: string; // "cluster": the cluster itself
  id: string | null;
  name: string;
  namespace: string | null;
  reason: string;
  since: string | null;
  evidence: { path: string; value: string }[];
}

export interface ClusterDetail extends Cluster {
  findings: Finding[]; // of a page, the most severe first
  total: number; // findings of all pages
  next: string | null; // the cursor of the page that follows
}

// How it fared at a moment: counts by rule and by kind.
export interface HealthSample {
  at: string;
  findings: Record<string, number>;
  resources: Record<string, number>;
  severities: Record<Severity, number>;
}

export interface Dump {
  dump: string;
  place: string;
  state: "waiting" | "done" | "poison";
  reason: string | null;
  tries: number;
  seen_at: string;
  settled_at: string | null;
}

const MINUTE = 60_000;

export function clusterPath(account: string, cluster: string, rest = ""): string {
  return `clusters/${encodeURIComponent(account)}/${encodeURIComponent(cluster)}${rest}`;
}

export const clustersQuery = (at: string | null) =>
  queryOptions({
    queryKey: ["clusters", at],
    queryFn: ({ signal }) => get<Rows<Cluster>>("clusters", { at }, signal),
    select: (answer) => answer.rows,
    placeholderData: keepPreviousData,
    staleTime: 20_000,
    refetchInterval: MINUTE,
  });

export const clusterQuery = (account: string, cluster: string, at: string | null) =>
  queryOptions({
    queryKey: ["cluster", account, cluster, at],
    queryFn: ({ signal }) => get<ClusterDetail>(clusterPath(account, cluster), { at }, signal),
    placeholderData: keepPreviousData,
    staleTime: 20_000,
    refetchInterval: MINUTE,
  });

// What follows the first page, all of it: the page filters and groups what there is. `first` is in the key, so that
// pages of one look at the cluster are not mixed with those of another.
export const moreFindingsQuery = (first: ClusterDetail | undefined, at: string | null) =>
  queryOptions({
    queryKey: ["cluster findings", first?.account, first?.cluster, at, first?.as_of, first?.next],
    queryFn: async ({ signal }) => {
      const more: Finding[] = [];
      let cursor = first?.next ?? null;
      while (first && cursor) {
        const page: ClusterDetail = await get<ClusterDetail>(
          clusterPath(first.account, first.cluster),
          { at, limit: 500, cursor },
          signal,
        );
        more.push(...page.findings);
        cursor = page.next;
      }
      return more;
    },
    enabled: Boolean(first?.next),
    // Those of the look before stay until these are there.
    placeholderData: (before, query) =>
      [1, 2, 3].every((i) => query?.queryKey[i] === [first?.account, first?.cluster, at][i - 1]) ? before : undefined,
    staleTime: Infinity,
  });

export type Step = "hour" | "day";

export const healthQuery = (account: string, cluster: string, since: string, until: string | null, step: Step) =>
  queryOptions({
    queryKey: ["cluster health", account, cluster, since, until, step],
    queryFn: ({ signal }) =>
      get<Rows<HealthSample>>(clusterPath(account, cluster, "/health"), { since, until, step }, signal),
    select: (answer) => answer.rows,
    placeholderData: keepPreviousData,
    staleTime: MINUTE,
    refetchInterval: 5 * MINUTE,
  });

export const dumpsQuery = (account: string, cluster: string) =>
  queryOptions({
    queryKey: ["dumps", account, cluster],
    queryFn: ({ signal }) => get<Rows<Dump>>(clusterPath(account, cluster, "/dumps"), { limit: 100 }, signal),
    select: (answer) => answer.rows,
    staleTime: 10_000,
    refetchInterval: 30_000,
  });

export function retryDump(account: string, cluster: string, dump: string): Promise<unknown> {
  return send("POST", clusterPath(account, cluster, `/dumps/${encodeURIComponent(dump)}/retry`));
}
