// The estate's changes: by time, kind, account and query; the differences open in place.

import { useCallback, useEffect, useMemo, useState } from "react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Problem } from "@/api/problem";
import { changesQuery } from "@/api/queries";
import type { Change } from "@/api/types";
import { formatDate, formatExactTime, plural } from "@/base/format";
import { useSignal } from "@/base/signal";
import { causeTitle, headline, riskOf } from "@/diff/changes";
import { Differences } from "@/diff/Differences";
import { useAccounts, useKinds } from "@/kinds/useKinds";
import { useTyped } from "@/screens/kind/typed";
import { QueryBox } from "@/query/QueryBox";
import { quote } from "@/query/tokens";
import { resourceHref } from "@/route/hrefs";
import { Link } from "@/route/Link";
import { change, go, useLocation } from "@/route/location";
import { changedAt } from "@/shell/events";
import { useKeys } from "@/shell/keys";
import { instantText, useAt } from "@/time/instant";
import { Icon } from "@/ui/icons";
import { Failure, Notice } from "@/ui/notices";
import { Age, SkeletonRows } from "@/ui/parts";

const SPANS = [
  { id: "1h", title: "Hour", seconds: 3600 },
  { id: "1d", title: "Day", seconds: 86_400 },
  { id: "7d", title: "Week", seconds: 7 * 86_400 },
  { id: "30d", title: "30 days", seconds: 30 * 86_400 },
  { id: "all", title: "All", seconds: 0 },
] as const;

const CAUSE_ICONS = {
  opened: "plus",
  closed: "trash",
  changed: "changes",
  replaced: "refresh",
  epoch: "refresh",
  retired: "trash",
} as const;

function useChanges() {
  const { query } = useLocation();
  const at = useAt();
  const span = SPANS.find(({ id }) => id === query.get("span")) ?? SPANS[2];
  const terms = [
    query.get("q") ?? "",
    query.get("kind") ? `kind:${quote(query.get("kind") ?? "")}` : "",
    query.get("account") ? `account:${quote(query.get("account") ?? "")}` : "",
  ];
  const q = terms.filter(Boolean).join(" ");
  // To the minute, so that the same question has the same key.
  const end = at ? Date.parse(at) : Math.ceil(Date.now() / 60_000) * 60_000;
  const since = span.seconds > 0 ? instantText(end - span.seconds * 1000) : null;
  const key = JSON.stringify([q, span.id, at]);
  const parameters = useMemo(() => ({ q, since, until: at }), [key]);
  return { span, parameters, list: useInfiniteQuery(changesQuery(parameters, 100)) };
}

interface EntryProps {
  entry: Change;
  open: boolean;
  current: boolean;
  onToggle: () => void;
}

function Entry({ entry, open, current, onToggle }: EntryProps) {
  const kinds = useKinds();
  const risk = entry.cause === "opened" ? null : riskOf(entry.kind, entry.differences);
  const expandable = entry.differences.length > 0;
  return (
    <article className={`change${current ? " current" : ""}`}>
      <div className="change-line">
        <button
          type="button"
          className="change-toggle"
          aria-expanded={open}
          aria-label={`${open ? "Hide" : "Show"} the differences of ${entry.name || entry.native_id}`}
          onClick={onToggle}
          disabled={!expandable}
        >
          <Icon
            name={
              expandable
                ? open
                  ? "down"
                  : "right"
                : (CAUSE_ICONS[entry.cause as keyof typeof CAUSE_ICONS] ?? "changes")
            }
            size={13}
          />
        </button>
        <span className="change-time dim" title={formatExactTime(entry.at)}>
          <Age time={entry.at} />
        </span>
        <span className={`change-cause ${entry.cause}`}>{causeTitle(entry.cause)}</span>
        <Link className="change-name cut" href={`${resourceHref(entry.id)}?tab=changes&v=${entry.sequence}`}>
          {entry.name || entry.native_id}
        </Link>
        <span className="change-kind dim cut">{kinds.one(entry.kind)}</span>
        <span className="change-what cut">
          {risk && <span className="chip late">{risk}</span>}
          <span className="cut">{entry.cause === "changed" ? headline(entry.differences, entry.cause) : ""}</span>
        </span>
        <span className="change-where dim cut">
          {entry.account_name || entry.account} · {entry.region}
        </span>
      </div>
      {open && expandable && (
        <div className="change-differences">
          <Differences differences={entry.differences} />
        </div>
      )}
    </article>
  );
}

type Item = { day: string } | { entry: Change };

function itemsOf(entries: Change[]): Item[] {
  const items: Item[] = [];
  let day = "";
  for (const entry of entries) {
    const its = formatDate(entry.at);
    if (its !== day) items.push({ day: its });
    day = its;
    items.push({ entry });
  }
  return items;
}

function Feed({ items, more, onEnd }: { items: Item[]; more: boolean; onEnd: () => void }) {
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const [current, setCurrent] = useState(-1);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => element,
    estimateSize: (index) => (items[index] && "day" in items[index] ? 34 : 31),
    overscan: 12,
    getItemKey: (index) => {
      const item = items[index];
      return item && "entry" in item ? item.entry.sequence : `day ${item?.day}`;
    },
  });
  const shown = virtual.getVirtualItems();
  const last = shown[shown.length - 1]?.index ?? 0;
  useEffect(() => {
    if (more && last >= items.length - 30) onEnd();
  }, [more, last, items.length, onEnd]);
  const toggle = (sequence: number) => {
    const next = new Set(open);
    if (!next.delete(sequence)) next.add(sequence);
    setOpen(next);
  };
  const move = (step: number) => {
    let index = current + step;
    while (items[index] && !("entry" in items[index]!)) index += step;
    if (!items[index]) return;
    setCurrent(index);
    virtual.scrollToIndex(index);
  };
  const chosen = items[current];
  const entry = chosen && "entry" in chosen ? chosen.entry : null;
  useKeys([
    { keys: "j", label: "Next change", group: "Changes", run: () => move(1) },
    { keys: "k", label: "Previous change", group: "Changes", run: () => move(-1) },
    {
      keys: "Space",
      label: "Show or hide the differences",
      group: "Changes",
      run: () => entry && toggle(entry.sequence),
    },
    {
      keys: "Enter",
      label: "Open the resource at this change",
      group: "Changes",
      run: () => entry && go(`${resourceHref(entry.id)}?tab=changes&v=${entry.sequence}`),
    },
  ]);
  return (
    <div className="sheet feed" ref={setElement} tabIndex={0} role="region" aria-label="Changes, newest first">
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {shown.map(({ index, key, start }) => {
          const item = items[index];
          if (!item) return null;
          return (
            <div
              key={key}
              data-index={index}
              ref={virtual.measureElement}
              className="feed-item"
              style={{ transform: `translateY(${start}px)` }}
            >
              {"day" in item ? (
                <h2 className="feed-day">{item.day}</h2>
              ) : (
                <Entry
                  entry={item.entry}
                  open={open.has(item.entry.sequence)}
                  current={index === current}
                  onToggle={() => toggle(item.entry.sequence)}
                />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

export function ChangesPage() {
  const { query } = useLocation();
  const at = useAt();
  const { kinds } = useKinds();
  const { accounts } = useAccounts();
  const { span, list } = useChanges();
  const typed = useTyped(query.get("q") ?? "", (q) => change({ q }, { replace: true }));
  const entries = useMemo(() => list.data?.pages.flatMap((page) => page.rows) ?? [], [list.data]);
  const items = useMemo(() => itemsOf(entries), [entries]);
  const onEnd = useCallback(() => {
    if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
  }, [list.hasNextPage, list.isFetchingNextPage, list.fetchNextPage]);
  const changed = useSignal(changedAt);
  const newer = at === null && changed > list.dataUpdatedAt && !list.isFetching;
  useKeys([{ keys: "f", label: "Filter the changes", group: "Changes", run: () => typed.input.current?.focus() }]);
  useEffect(() => {
    document.title = "Changes · Cadastre";
  }, []);
  const problem = list.error instanceof Problem && list.error.status === 400 ? list.error : null;
  return (
    <div className="page">
      <div className="page-head">
        <h1>Changes</h1>
        <span className="dim">
          {entries.length > 0 && `${plural(entries.length, "change")}${list.hasNextPage ? " so far" : ""}`}
        </span>
        {newer && (
          <button type="button" className="chip accent" onClick={() => void list.refetch()}>
            <Icon name="refresh" size={12} />
            New changes
          </button>
        )}
        <div className="page-tools">
          <div className="segmented" role="group" aria-label="How far back">
            {SPANS.map(({ id, title }) => (
              <button key={id} type="button" aria-pressed={id === span.id} onClick={() => change({ span: id })}>
                {title}
              </button>
            ))}
          </div>
        </div>
      </div>
      <div className="page-query">
        <QueryBox
          value={typed.text}
          label="Filter the changes"
          placeholder="Filter by words, kind: account: tag.team: …"
          inputRef={typed.input}
          onChange={typed.set}
          onSubmit={typed.flush}
          problem={problem}
        />
        <select
          className="plain-input"
          aria-label="Kind"
          value={query.get("kind") ?? ""}
          onChange={(event) => change({ kind: event.currentTarget.value })}
        >
          <option value="">All kinds</option>
          {kinds
            .filter((kind) => kind.count > 0)
            .map((kind) => (
              <option key={kind.name} value={kind.name}>
                {kind.title}
              </option>
            ))}
        </select>
        <select
          className="plain-input"
          aria-label="Account"
          value={query.get("account") ?? ""}
          onChange={(event) => change({ account: event.currentTarget.value })}
        >
          <option value="">All accounts</option>
          {accounts.map((account) => (
            <option key={account.id} value={account.id}>
              {account.name || account.id}
            </option>
          ))}
        </select>
      </div>
      {list.isError && !problem && entries.length === 0 ? (
        <Failure error={list.error} retry={() => void list.refetch()} />
      ) : list.isPending ? (
        <SkeletonRows count={20} />
      ) : problem && entries.length === 0 ? (
        <Notice icon="warning" title="The query is not understood">
          {problem.detail}
        </Notice>
      ) : entries.length === 0 ? (
        <Notice
          icon="changes"
          title="Nothing changed"
          actions={
            span.id !== "all" && (
              <button type="button" className="button" onClick={() => change({ span: "all" })}>
                Look at all times
              </button>
            )
          }
        >
          No change of the chosen time matches.
        </Notice>
      ) : (
        <Feed items={items} more={Boolean(list.hasNextPage)} onEnd={onEnd} />
      )}
    </div>
  );
}
