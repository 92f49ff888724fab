// Each account × region × kind: when it was read, and what came of it.

import { useMemo, useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { may, type Principal } from "@/api/health";
import { cellsQuery } from "@/api/queries";
import type { Cell } from "@/api/types";
import { useNow } from "@/base/clock";
import { formatCount, formatDuration, plural } from "@/base/format";
import { alphabetical } from "@/base/text";
import { useAccounts, useKinds } from "@/kinds/useKinds";
import { kindHref } from "@/route/hrefs";
import { Link } from "@/route/Link";
import { change, useLocation } from "@/route/location";
import { freshnessOf, type Freshness } from "@/ui/freshness";
import { Icon } from "@/ui/icons";
import { Failure, Notice } from "@/ui/notices";
import { Age, Dot, SkeletonRows } from "@/ui/parts";
import { outcomeOf, type Tone } from "@/ui/states";
import { useRefresh } from "./refresh";

interface Judged {
  cell: Cell;
  freshness: Freshness;
}

const WORST: Tone[] = ["bad", "late", "moving", "good", "idle", "none"];

// Worst first, then by account, kind and region.
export function judged(cells: Cell[], query: URLSearchParams, now: number): Judged[] {
  const wanted = (key: "account" | "region" | "kind" | "outcome", value: string) =>
    !query.get(key) || query.get(key) === value;
  const behind = query.get("freshness") === "behind";
  return cells
    .filter(
      (cell) =>
        wanted("account", cell.account) &&
        wanted("region", cell.region) &&
        wanted("kind", cell.kind) &&
        wanted("outcome", cell.outcome),
    )
    .map((cell) => ({ cell, freshness: freshnessOf(cell, now) }))
    .filter(({ freshness }) => !behind || freshness.tone === "late" || freshness.tone === "bad")
    .sort(
      (a, b) =>
        WORST.indexOf(a.freshness.tone) - WORST.indexOf(b.freshness.tone) ||
        alphabetical(a.cell.account, b.cell.account) ||
        alphabetical(a.cell.kind, b.cell.kind) ||
        alphabetical(a.cell.region, b.cell.region),
    );
}

function Choice({
  name,
  label,
  options,
  titles,
}: {
  name: string;
  label: string;
  options: string[];
  titles: (value: string) => string;
}) {
  const { query } = useLocation();
  return (
    <select
      className="plain-input"
      aria-label={label}
      value={query.get(name) ?? ""}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
    >
      <option value="">{label}: all</option>
      {options.map((option) => (
        <option key={option} value={option}>
          {titles(option)}
        </option>
      ))}
    </select>
  );
}

function distinct(cells: Cell[], key: "account" | "region" | "kind" | "outcome"): string[] {
  return [...new Set(cells.map((cell) => cell[key]))].filter(Boolean).sort();
}

function One({ entry, who, onRead }: { entry: Judged; who: Principal; onRead: (cell: Cell) => void }) {
  const kinds = useKinds();
  const accounts = useAccounts();
  const { cell, freshness } = entry;
  const outcome = outcomeOf(cell.outcome);
  return (
    <div className="cell-row" role="row">
      <span role="cell" className="status" title={outcome.means}>
        <Dot tone={freshness.tone} />
        <span className="cut">{freshness.word}</span>
      </span>
      <span role="cell" className="cut" title={cell.account}>
        {accounts.name(cell.account)}
      </span>
      <span role="cell" className="cut">
        {cell.region}
      </span>
      <span role="cell" className="cut">
        <Link href={`${kindHref(cell.kind)}?account=${cell.account}&region=${cell.region}`}>
          {kinds.title(cell.kind)}
        </Link>
      </span>
      <span role="cell" className="right">
        {formatCount(cell.resources)}
      </span>
      <span role="cell" className="cut">
        <Age time={cell.verified_at} />
      </span>
      <span role="cell" className="cut dim" title={cell.due_at ? `Due ${cell.due_at}` : undefined}>
        {cell.interval_seconds > 0 ? `every ${formatDuration(cell.interval_seconds)}` : ""}
      </span>
      <span role="cell" className="cut dim" title={cell.message || outcome.means}>
        {cell.code && cell.code !== cell.outcome && <b>{cell.code} </b>}
        {cell.message || (cell.outcome === "complete" ? "" : outcome.means)}
        {cell.held > 0 && ` ${plural(cell.held, "closing")} held until a second run agrees`}
      </span>
      <span role="cell">
        {may(who, "operator") && !cell.unplanned_since && (
          <button
            type="button"
            className="button quiet small icon"
            aria-label={`Read ${kinds.title(cell.kind)} again`}
            title="Read again"
            onClick={() => onRead(cell)}
          >
            <Icon name="refresh" size={13} />
          </button>
        )}
      </span>
    </div>
  );
}

export function Cells({ who }: { who: Principal }) {
  const { query } = useLocation();
  const asked = useQuery(cellsQuery());
  const now = useNow();
  const kinds = useKinds();
  const accounts = useAccounts();
  const refresh = useRefresh();
  const text = query.toString();
  const cells = asked.data ?? [];
  const rows = useMemo(() => judged(asked.data ?? [], new URLSearchParams(text), now), [asked.data, text, now]);
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => element,
    estimateSize: () => 30,
    overscan: 10,
  });
  if (asked.isError && !asked.data) return <Failure error={asked.error} retry={() => void asked.refetch()} />;
  const behind = query.get("freshness") === "behind";
  const narrowed = ["account", "region", "kind", "outcome", "freshness"].some((key) => query.has(key));
  return (
    <>
      <div className="page-query cells-query">
        <Choice name="account" label="Account" options={distinct(cells, "account")} titles={accounts.name} />
        <Choice name="region" label="Region" options={distinct(cells, "region")} titles={(region) => region} />
        <Choice name="kind" label="Kind" options={distinct(cells, "kind")} titles={kinds.title} />
        <Choice
          name="outcome"
          label="Outcome"
          options={distinct(cells, "outcome")}
          titles={(outcome) => outcomeOf(outcome).word}
        />
        <label className="line">
          <input type="checkbox" checked={behind} onChange={() => change({ freshness: behind ? null : "behind" })} />
          Only what is behind
        </label>
        <span className="dim">{asked.data && plural(rows.length, "cell")}</span>
        {narrowed && (
          <button
            type="button"
            className="button quiet small"
            onClick={() => change({ account: null, region: null, kind: null, outcome: null, freshness: null })}
          >
            Clear
          </button>
        )}
      </div>
      {asked.isPending ? (
        <SkeletonRows count={20} />
      ) : rows.length === 0 ? (
        <Notice
          icon={narrowed ? "filter" : "clock"}
          title={narrowed ? "No such cells" : "Nothing has been collected yet"}
        >
          {behind ? "Everything is within its schedule." : undefined}
        </Notice>
      ) : (
        <div
          className="sheet cells"
          ref={setElement}
          role="table"
          aria-label="Cells"
          aria-rowcount={rows.length + 1}
          tabIndex={0}
        >
          <div className="cell-row cell-head" role="row">
            {[
              "Freshness",
              "Account",
              "Region",
              "Kind",
              "Resources",
              "Read whole",
              "Schedule",
              "What was wrong",
              "",
            ].map((title) => (
              <span key={title} role="columnheader" className={title === "Resources" ? "right" : "cut"}>
                {title || <span className="visually-hidden">Actions</span>}
              </span>
            ))}
          </div>
          <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative" }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const entry = rows[index];
              if (!entry) return null;
              return (
                <div
                  key={`${entry.cell.account}/${entry.cell.region}/${entry.cell.kind}`}
                  role="presentation"
                  className="feed-item"
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <One
                    entry={entry}
                    who={who}
                    onRead={({ account, region, kind }) =>
                      refresh.start({ accounts: [account], regions: [region], kinds: [kind] })
                    }
                  />
                </div>
              );
            })}
          </div>
        </div>
      )}
    </>
  );
}
