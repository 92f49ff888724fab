// All resources of one kind: the query, the facets, the table, and what can be done with what is in it.

import { useCallback, useEffect, useState } from "react";
import { Problem } from "@/api/problem";
import { url } from "@/api/address";
import type { Principal } from "@/api/health";
import type { Row } from "@/api/types";
import { formatCount, plural } from "@/base/format";
import { useSignal } from "@/base/signal";
import { FacetRail, facetTitle } from "@/facets/FacetRail";
import { cleared, toggled, type Selection } from "@/facets/selection";
import { useAccounts, useKinds } from "@/kinds/useKinds";
import { QueryBox } from "@/query/QueryBox";
import { change, go, useLocation } from "@/route/location";
import { resourceHref } from "@/route/hrefs";
import { changedAt } from "@/shell/events";
import { useKeys } from "@/shell/keys";
import { ResourceTable } from "@/table/ResourceTable";
import { useAt } from "@/time/instant";
import { CoverageBanner, CoverageChip } from "@/ui/CoverageParts";
import { Icon } from "@/ui/icons";
import { Failure } from "@/ui/notices";
import { copy } from "@/ui/parts";
import { ColumnChooser } from "./Columns";
import { EmptyList } from "./EmptyList";
import { useListing } from "./listing";
import { Peek } from "./Peek";
import { leaveTrail } from "./trail";
import { useTyped } from "./typed";
import { Views } from "./Views";

const NOBODY: ReadonlySet<string> = new Set();

interface ChipsProps {
  selected: Selection[];
  nameOf: (key: string, value: string) => string;
  onToggle: (key: string, value: string) => void;
}

function Chips({ selected, nameOf, onToggle }: ChipsProps) {
  if (selected.length === 0) return null;
  return (
    <div className="chips">
      {selected.flatMap(({ key, values }) =>
        values.map((value) => (
          <button key={`${key} ${value}`} type="button" className="chip accent" onClick={() => onToggle(key, value)}>
            <span className="visually-hidden">Remove the filter</span>
            {facetTitle(key)}: {nameOf(key, value) || "(none)"}
            <Icon name="close" size={10} />
          </button>
        )),
      )}
    </div>
  );
}

export function KindPage({ kind, who }: { kind: string; who: Principal }) {
  const { path, query } = useLocation();
  const at = useAt();
  const kinds = useKinds();
  const accounts = useAccounts();
  const catalogue = kinds.find(kind);
  const title = kinds.title(kind);
  const listing = useListing(kind, query, catalogue);
  const { list, first, rows, selected, columns } = listing;
  const [current, setCurrent] = useState(0);
  const [picked, setPicked] = useState<ReadonlySet<string>>(NOBODY);
  const [peeking, setPeeking] = useState(false);
  const question = JSON.stringify(listing.parameters);
  useEffect(() => {
    setCurrent(0);
    setPicked(NOBODY);
  }, [question]);
  useEffect(() => {
    document.title = `${title} · Cadastre`;
  }, [title]);
  useEffect(() => leaveTrail(rows), [rows]);

  const typed = useTyped(query.get("q") ?? "", (q) => change({ q }, { replace: true }));
  const problem = list.error instanceof Problem && list.error.status === 400 ? list.error : null;
  const nameOf = useCallback(
    (key: string, value: string) => (key === "account" ? accounts.name(value) : value),
    [accounts],
  );
  const onToggle = useCallback(
    (key: string, value: string) => go(`${path}?${toggled(new URLSearchParams(location.search), key, value)}`),
    [path],
  );
  const onTags = useCallback((tags: string[]) => change({ by: tags.join(",") }, { replace: true }), []);
  const onOpen = useCallback((row: Row) => go(resourceHref(row.id)), []);
  const onSort = useCallback((sort: string) => change({ sort }), []);
  const onEnd = useCallback(() => {
    if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
  }, [list.hasNextPage, list.isFetchingNextPage, list.fetchNextPage]);
  const clear = () => {
    typed.set("");
    go(`${path}?${cleared(query)}`);
  };

  const exportHref = url("resources", { ...listing.parameters, format: "csv" });
  const chosenRows = picked.size > 0 ? rows.filter((row) => picked.has(row.id)) : rows[current] ? [rows[current]] : [];
  const pick = () => {
    const row = rows[current];
    if (!row) return;
    const next = new Set(picked);
    if (!next.delete(row.id)) next.add(row.id);
    setPicked(next);
  };
  useKeys([
    { keys: "f", label: "Filter this table", group: "Table", run: () => typed.input.current?.focus() },
    { keys: "Space", label: "Peek at the row", group: "Table", run: () => setPeeking(!peeking) },
    { keys: "x", label: "Pick the row", group: "Table", run: pick },
    {
      keys: "c",
      label: "Copy the ARNs of what is picked",
      group: "Table",
      run: () => void copyArns(chosenRows),
    },
    { keys: "e", label: "Export the table as CSV", group: "Table", run: () => location.assign(exportHref) },
    {
      keys: "Esc",
      label: "Close the peek, unpick",
      group: "Table",
      run: () => (peeking ? setPeeking(false) : setPicked(NOBODY)),
    },
  ]);

  const changed = useSignal(changedAt);
  const newer = at === null && changed > list.dataUpdatedAt && rows.length > 0 && !list.isFetching;
  const narrowed = selected.length > 0 || Boolean(query.get("q"));
  const total = first?.total ?? 0;
  const peeked = rows[current];
  return (
    <div className="page">
      <div className="page-head">
        <h1 className="cut">{title}</h1>
        <span className="count" data-testid="count">
          {first ? `${first.exact ? "" : "about "}${formatCount(total)}` : " "}
        </span>
        {!problem && <CoverageChip coverage={first?.coverage} />}
        {newer && (
          <button type="button" className="chip accent" onClick={() => void list.refetch()}>
            <Icon name="refresh" size={12} />
            New data
          </button>
        )}
        <div className="page-tools">
          <Views />
          <ColumnChooser
            all={listing.all}
            shown={listing.shownIds}
            chosen={query.has("cols")}
            onChange={(ids) => change({ cols: ids?.join(",") ?? null }, { replace: true })}
          />
          <a className="button" href={exportHref} download={`${kind}.csv`} title="Everything that matches, as CSV">
            <Icon name="download" size={15} />
            <span className="wide-only">CSV</span>
          </a>
        </div>
      </div>
      <div className="page-query">
        <QueryBox
          value={typed.text}
          label={`Filter ${title}`}
          placeholder="Filter by words, or state: tag.team: age>30d data.Path: …"
          inputRef={typed.input}
          onChange={typed.set}
          onSubmit={typed.flush}
          problem={problem}
        />
        <Chips selected={selected} nameOf={nameOf} onToggle={onToggle} />
      </div>
      {!narrowed || rows.length > 0 ? (
        <CoverageBanner coverage={rows.length > 0 ? first?.coverage : undefined} />
      ) : null}
      <div className="page-body">
        <FacetRail
          facets={first?.facets}
          selected={selected}
          nameOf={nameOf}
          onToggle={onToggle}
          onTags={onTags}
          tags={listing.tags}
        />
        {list.isError && !problem && rows.length === 0 ? (
          <div className="grid">
            <Failure error={list.error} retry={() => void list.refetch()} />
          </div>
        ) : (
          <ResourceTable
            label={title}
            storageKey={kind}
            rows={rows}
            columns={columns}
            total={total}
            sort={query.get("sort") ?? ""}
            more={Boolean(list.hasNextPage)}
            pending={!first && !problem}
            dimmed={list.isPlaceholderData || (list.isError && rows.length > 0)}
            current={current}
            selected={picked}
            onSort={onSort}
            onCurrent={setCurrent}
            onOpen={onOpen}
            onEnd={onEnd}
            instead={
              first && rows.length === 0 ? (
                <EmptyList
                  answer={first}
                  title={title}
                  kind={kind}
                  narrowed={narrowed}
                  at={at}
                  who={who}
                  onClear={clear}
                />
              ) : undefined
            }
          />
        )}
        {peeking && peeked && <Peek row={peeked} at={at} onClose={() => setPeeking(false)} />}
      </div>
      {picked.size > 0 && (
        <div className="picked" role="status">
          <b>{plural(picked.size, "row")} picked</b>
          <button type="button" className="button small" onClick={() => void copyArns(chosenRows)}>
            Copy ARNs
          </button>
          <button
            type="button"
            className="button small"
            onClick={() =>
              void copy(chosenRows.map((row) => row.native_id).join("\n"), plural(chosenRows.length, "id"))
            }
          >
            Copy ids
          </button>
          <button type="button" className="button quiet small" onClick={() => setPicked(NOBODY)}>
            Unpick
          </button>
        </div>
      )}
    </div>
  );
}

function copyArns(rows: Row[]) {
  if (rows.length === 0) return;
  return copy(rows.map((row) => row.arn || row.native_id).join("\n"), plural(rows.length, "ARN"));
}
