// What a kind's page asks for, read off its address.

import { useMemo, useRef } from "react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { listQuery } from "@/api/queries";
import type { Parameters } from "@/api/address";
import type { Kind, List, Row } from "@/api/types";
import { countedTags, FACETS, parametersOf, selectionOf } from "@/facets/selection";
import { chosenColumns, columnsOf, extraColumns, usualColumns, type TableColumn } from "@/table/columns";

export function parametersFor(kind: string, query: URLSearchParams, catalogue: Kind | undefined): Parameters {
  const chosen = chosenColumns(query.get("cols"));
  const paths = extraColumns(chosen, catalogue?.columns ?? []).filter((id) => id.startsWith("data."));
  const own = (catalogue?.columns ?? []).map(({ name }) => name);
  return {
    kind,
    q: query.get("q"),
    at: query.get("at"),
    sort: query.get("sort"),
    ...parametersOf(selectionOf(query)),
    ...(paths.length > 0 ? { cols: [...own, ...paths].join(",") } : {}),
  };
}

// The rows, and the counts of the facets with the first of them.
export function listingQuery(kind: string, query: URLSearchParams, catalogue: Kind | undefined) {
  const facets = [...FACETS, ...countedTags(query)].join(",");
  return listQuery({ ...parametersFor(kind, query, catalogue), facets });
}

export function useListing(kind: string, query: URLSearchParams, catalogue: Kind | undefined) {
  const text = query.toString();
  const selected = useMemo(() => selectionOf(query), [text]);
  const tags = useMemo(() => countedTags(query), [text]);
  const parameters = useMemo(() => parametersFor(kind, query, catalogue), [kind, text, catalogue]);
  const list = useInfiniteQuery(listingQuery(kind, query, catalogue));
  // What was shown last stays while the question cannot be answered: half a query, a server that is away.
  const last = useRef(list.data);
  if (list.data) last.current = list.data;
  const data = list.data ?? (list.isError ? last.current : undefined);
  const first: List | undefined = data?.pages[0];
  const rows = useMemo<Row[]>(() => data?.pages.flatMap((page) => page.rows) ?? [], [data]);
  const chosen = useMemo(() => chosenColumns(query.get("cols")), [text]);
  const all = useMemo<TableColumn[]>(
    () => columnsOf(catalogue?.columns ?? [], extraColumns(chosen, catalogue?.columns ?? [])),
    [catalogue, chosen],
  );
  const sample = first?.rows;
  const shownIds = useMemo(() => chosen ?? usualColumns(all, sample ?? []), [chosen, all, sample]);
  const columns = useMemo<TableColumn[]>(() => {
    const byId = new Map(all.map((column) => [column.id, column]));
    return shownIds.flatMap((id) => byId.get(id) ?? []);
  }, [all, shownIds]);
  return { list, first, rows, parameters, selected, tags, all, columns, shownIds };
}
