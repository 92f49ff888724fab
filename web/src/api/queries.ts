// The questions that pages ask, as TanStack Query options: one key and one shape for each.

import { infiniteQueryOptions, keepPreviousData, queryOptions, type QueryClient } from "@tanstack/react-query";
import { PAGE, resourcePath, type Parameters } from "./address";
import { get, request } from "./client";
import { Problem } from "./problem";
import type {
  Account,
  Cell,
  Changes,
  Coverage,
  Detail,
  Kind,
  List,
  Relation,
  Rows,
  Suggestion,
  Version,
} from "./types";

const MINUTE = 60_000;

export const kindsQuery = () =>
  queryOptions({
    queryKey: ["kinds"],
    queryFn: ({ signal }) => get<Rows<Kind>>("kinds", {}, signal),
    select: (answer) => answer.rows,
    staleTime: MINUTE,
    refetchInterval: 2 * MINUTE,
  });

export const accountsQuery = () =>
  queryOptions({
    queryKey: ["accounts"],
    queryFn: ({ signal }) => get<Rows<Account>>("accounts", {}, signal),
    select: (answer) => answer.rows,
    staleTime: MINUTE,
    refetchInterval: 2 * MINUTE,
  });

export const cellsQuery = (parameters: Parameters = {}) =>
  queryOptions({
    queryKey: ["cells", parameters],
    queryFn: ({ signal }) => get<Rows<Cell>>("cells", parameters, signal),
    select: (answer) => answer.rows,
    staleTime: 20_000,
    refetchInterval: MINUTE,
  });

export const coverageQuery = (q: string) =>
  queryOptions({ queryKey: ["coverage", q], queryFn: ({ signal }) => get<Coverage>("coverage", { q }, signal) });

// A list a page at a time; what was loaded stays as it is until something else is asked.
export const listQuery = (parameters: Parameters) =>
  infiniteQueryOptions({
    queryKey: ["list", parameters],
    queryFn: ({ pageParam, signal }) =>
      get<List>(
        "resources",
        { ...parameters, limit: PAGE, cursor: pageParam, ...(pageParam ? { facets: [] } : {}) },
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
    structuralSharing: false,
    staleTime: MINUTE,
  });

// One page, for counts and short lists.
export const peekQuery = (parameters: Parameters, enabled = true) =>
  queryOptions({
    queryKey: ["short list", parameters],
    queryFn: ({ signal }) => get<List>("resources", parameters, signal),
    placeholderData: keepPreviousData,
    staleTime: 20_000,
    enabled,
  });

// What is gone is an answer too: its last state (`gone`).
export const detailQuery = (id: string, at: string | null) =>
  queryOptions({
    queryKey: ["resource", id, at],
    queryFn: ({ signal }) => get<Detail>(resourcePath(id), { at, gone: at ? null : true }, signal),
    staleTime: 20_000,
    refetchInterval: MINUTE,
  });

export const relationsQuery = (id: string, at: string | null, enabled = true) =>
  queryOptions({
    queryKey: ["relations", id, at],
    queryFn: ({ signal }) => get<Rows<Relation>>(resourcePath(id, "/relations"), { at }, signal),
    select: (answer) => answer.rows,
    staleTime: MINUTE,
    enabled,
  });

export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["versions", id],
    queryFn: ({ signal }) => get<Rows<Version>>(resourcePath(id, "/versions"), { data: true }, signal),
    select: (answer) => answer.rows,
    staleTime: 20_000,
  });

export const changesQuery = (parameters: Parameters, limit = 50) =>
  infiniteQueryOptions({
    queryKey: ["changes", parameters, limit],
    queryFn: ({ pageParam, signal }) => get<Changes>("changes", { ...parameters, limit, cursor: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
    structuralSharing: false,
    staleTime: 20_000,
  });

export const suggestQuery = (q: string, caret: number, enabled: boolean) =>
  queryOptions({
    queryKey: ["suggest", q, caret],
    queryFn: ({ signal }) => get<Rows<Suggestion>>("suggest", { q, caret }, signal),
    select: (answer) => answer.rows,
    staleTime: MINUTE,
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
  });

// After a sign-in, and when the server is back: everything on screen is asked again, and stays until the answer comes.
export function askAgain(client: QueryClient): Promise<void> {
  return client.invalidateQueries();
}

// Only what may pass by itself is tried again.
export function worthRetrying(failures: number, error: unknown): boolean {
  if (error instanceof Problem) return error.status === 429 && failures < 2;
  return false;
}

export { request };
