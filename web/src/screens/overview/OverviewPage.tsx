// The estate at a glance: how much there is and how that moved, how fresh the record is, what fails, what changed.

import { useEffect } from "react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { Principal } from "@/api/health";
import { cellsQuery, changesQuery, peekQuery } from "@/api/queries";
import type { Account, Cell, List } from "@/api/types";
import { useNow } from "@/base/clock";
import { formatCount, plural } from "@/base/format";
import { causeTitle, headline, riskOf } from "@/diff/changes";
import { useAccounts, useKinds } from "@/kinds/useKinds";
import { Link } from "@/route/Link";
import { kindHref, resourceHref } from "@/route/hrefs";
import { searchHref } from "@/shell/Search";
import { instantText, useAt } from "@/time/instant";
import { FreshnessGrid } from "@/screens/accounts/FreshnessGrid";
import { freshnessOf } from "@/ui/freshness";
import { Failure, Notice } from "@/ui/notices";
import { Age, Dot, Skeleton, SkeletonRows } from "@/ui/parts";
import { outcomeOf } from "@/ui/states";
import { useRefresh } from "@/screens/accounts/refresh";
import { troubleHref, troublesOf } from "./troubles";

const DAY = 86_400_000;
export const FAILING = "state:*fail*,*error*,alarm,unhealthy,impaired,expired,incompatible-*,storage-full,blackhole";

// The same hour, so that yesterday's answer is asked for once and not every minute.
function dayBefore(at: string | null): string {
  const time = at ? Date.parse(at) : Math.floor(Date.now() / 3_600_000) * 3_600_000;
  return instantText(time - DAY);
}

function countsOf(list: List | undefined): Map<string, number> {
  const facet = list?.facets.find(({ key }) => key === "kind");
  return new Map(facet?.values.map(({ value, count }) => [value, count]) ?? []);
}

export function Delta({ value }: { value: number }) {
  if (value === 0) return <span className="dim">no change</span>;
  return <span className="delta">{`${value > 0 ? "+" : "−"}${formatCount(Math.abs(value))}`}</span>;
}

const isActive = ({ status }: Account) => status === "" || status === "active";

interface TileProps {
  title: string;
  href: string;
  value: string | null;
  note?: React.ReactNode;
  tone?: "good" | "late" | "bad";
}

function Tile({ title, href, value, note, tone }: TileProps) {
  return (
    <Link className="tile" href={href}>
      <span className="tile-title">{title}</span>
      <span className={`tile-value ${tone ?? ""}`}>{value ?? <Skeleton width={80} height={22} />}</span>
      <span className="tile-note">{note ?? " "}</span>
    </Link>
  );
}

function Tiles({ cells, now, then }: { cells: Cell[] | undefined; now: List | undefined; then: List | undefined }) {
  const at = useAt();
  const clock = useNow();
  const { accounts } = useAccounts();
  const changed = useQuery(peekQuery({ q: "changed<1d", at, limit: 1 }));
  const failing = useQuery(peekQuery({ q: FAILING, at, limit: 1 }));
  const planned = (cells ?? []).filter((cell) => !cell.unplanned_since && cell.outcome !== "region_off");
  const behind = planned.filter((cell) => ["late", "bad"].includes(freshnessOf(cell, clock).tone));
  const denied = planned.filter((cell) => cell.outcome === "denied");
  const share = planned.length > 0 ? Math.floor(((planned.length - behind.length) / planned.length) * 100) : 0;
  return (
    <div className="tiles">
      <Tile
        title="Resources"
        href="/resources"
        value={now ? formatCount(now.total) : null}
        note={
          now && then ? (
            <>
              <Delta value={now.total - then.total} /> since a day before
            </>
          ) : undefined
        }
      />
      <Tile
        title="Changed in a day"
        href={searchHref("changed<1d")}
        value={changed.data ? formatCount(changed.data.total) : null}
        note="resources, new ones included"
      />
      <Tile
        title="Failing"
        href={searchHref(FAILING)}
        value={failing.data ? formatCount(failing.data.total) : null}
        tone={failing.data && failing.data.total > 0 ? "bad" : "good"}
        note="by the state that AWS reports"
      />
      {!at && (
        <>
          <Tile
            title="Up to date"
            href="/accounts?tab=cells&freshness=behind"
            value={cells ? `${share} %` : null}
            tone={behind.length === 0 ? "good" : denied.length > 0 ? "bad" : "late"}
            note={
              behind.length > 0
                ? `${formatCount(behind.length)} of ${plural(planned.length, "cell")} behind`
                : plural(planned.length, "cell")
            }
          />
          <Tile
            title="Accounts"
            href="/accounts"
            value={cells ? formatCount(accounts.filter(isActive).length) : null}
            note={
              denied.length > 0
                ? `${plural(new Set(denied.map((cell) => cell.account)).size, "account")} with missing permissions`
                : "no permission is missing"
            }
          />
        </>
      )}
    </div>
  );
}

function KindCounts({ now, then }: { now: List | undefined; then: List | undefined }) {
  const kinds = useKinds();
  const counts = countsOf(now);
  const before = countsOf(then);
  const rows = [...counts].map(([kind, count]) => ({ kind, count, delta: then ? count - (before.get(kind) ?? 0) : 0 }));
  rows.sort((a, b) => Math.abs(b.delta) - Math.abs(a.delta) || b.count - a.count);
  return (
    <section className="panel">
      <header>
        <h2>Kinds, most moved first</h2>
        <Link className="aside" href="/resources">
          All kinds
        </Link>
      </header>
      {!now ? (
        <SkeletonRows count={9} />
      ) : (
        <table className="plain">
          <thead>
            <tr>
              <th className="first">Kind</th>
              <th className="right">Now</th>
              <th className="right">In a day</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, 9).map(({ kind, count, delta }) => (
              <tr key={kind}>
                <td className="first">
                  <Link href={kindHref(kind)}>{kinds.title(kind)}</Link>
                </td>
                <td className="right">{formatCount(count)}</td>
                <td className="right">
                  <Delta value={delta} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Attention({ cells }: { cells: Cell[] | undefined }) {
  const now = useNow();
  const accounts = useAccounts();
  const failing = useQuery(peekQuery({ q: FAILING, facets: "kind", limit: 6 }));
  const kinds = useKinds();
  const troubles = troublesOf(cells ?? [], now);
  const nothing = cells && failing.data && troubles.length === 0 && failing.data.total === 0;
  return (
    <section className="panel">
      <header>
        <h2>Needs attention</h2>
      </header>
      <div className="attention-body">
        {!cells || !failing.data ? (
          <SkeletonRows count={4} />
        ) : nothing ? (
          <p className="panel-empty dim">Nothing: every cell is readable, and no resource reports a failure.</p>
        ) : (
          <ul className="attention">
            {troubles.slice(0, 5).map((trouble) => (
              <li key={trouble.key}>
                <Dot tone="bad" />
                <div className="grow">
                  <div className="line">
                    <Link className="cut" href={troubleHref(trouble)}>
                      {trouble.account ? accounts.name(trouble.account) : kinds.title(trouble.kind ?? "")}
                    </Link>
                    <span>{outcomeOf(trouble.outcome).word}</span>
                    <span className="dim cut">
                      {plural(trouble.cells, "cell")}
                      {!trouble.account && ` in ${plural(trouble.accounts, "account")}`}
                    </span>
                  </div>
                  {trouble.message && <div className="dim clamp">{trouble.message}</div>}
                </div>
              </li>
            ))}
            {failing.data.rows.map((row) => (
              <li key={row.id}>
                <Dot tone="bad" />
                <div className="grow">
                  <Link href={resourceHref(row.id)}>{row.name || row.native_id}</Link>
                  <div className="dim cut">
                    {kinds.one(row.kind)} · {row.account_name || row.account} · {row.region}
                  </div>
                </div>
                <span className="dim">{row.state}</span>
              </li>
            ))}
            {failing.data.total > failing.data.rows.length && (
              <li>
                <Link href={searchHref(FAILING)}>All {formatCount(failing.data.total)} failing resources</Link>
              </li>
            )}
          </ul>
        )}
      </div>
    </section>
  );
}

function RecentChanges() {
  const at = useAt();
  const kinds = useKinds();
  const changes = useInfiniteQuery(changesQuery({ since: dayBefore(at), until: at }, 100));
  const rows = changes.data?.pages[0]?.rows ?? [];
  const weighed = rows.map((row) => ({ row, risk: row.cause === "opened" ? null : riskOf(row.kind, row.differences) }));
  const shown = [
    ...weighed.filter(({ risk }) => risk),
    ...weighed.filter(({ risk, row }) => !risk && row.cause !== "opened"),
    ...weighed.filter(({ risk, row }) => !risk && row.cause === "opened"),
  ].slice(0, 8);
  return (
    <section className="panel">
      <header>
        <h2>Changes of the last day</h2>
        <Link className="aside" href="/changes">
          All changes
        </Link>
      </header>
      {changes.isPending ? (
        <SkeletonRows count={8} />
      ) : changes.isError ? (
        <p className="panel-empty dim">They could not be read.</p>
      ) : shown.length === 0 ? (
        <p className="panel-empty dim">Nothing changed.</p>
      ) : (
        <ul className="attention">
          {shown.map(({ row, risk }) => (
            <li key={row.sequence}>
              <span className={`dot ${risk ? "late" : row.cause === "closed" ? "idle" : "blank"}`} aria-hidden="true" />
              <div className="grow">
                <div className="line">
                  <Link className="cut" href={`${resourceHref(row.id)}?tab=changes&v=${row.sequence}`}>
                    {row.name || row.native_id}
                  </Link>
                  {risk && <span className="chip late">{risk}</span>}
                </div>
                <div className="dim cut">
                  {kinds.one(row.kind)} · {row.account_name || row.account} ·{" "}
                  {row.cause === "changed" ? headline(row.differences, row.cause) : causeTitle(row.cause)}
                </div>
              </div>
              <span className="dim nowrap">
                <Age time={row.at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Empty({ who }: { who: Principal }) {
  const collect = useRefresh();
  return (
    <Notice
      page
      icon="resources"
      title="Nothing has been collected yet"
      actions={
        who.role !== "viewer" && (
          <button type="button" className="button primary" onClick={() => collect.start({})} disabled={collect.pending}>
            Collect everything now
          </button>
        )
      }
    >
      The first collection fills the record. It can take a few minutes; this page fills by itself while it runs.
    </Notice>
  );
}

export function OverviewPage({ who }: { who: Principal }) {
  const at = useAt();
  const now = useQuery(peekQuery({ at, facets: "kind", limit: 1 }));
  const then = useQuery({ ...peekQuery({ at: dayBefore(at), facets: "kind", limit: 1 }), staleTime: 10 * 60_000 });
  const cells = useQuery(cellsQuery());
  useEffect(() => {
    document.title = "Overview · Cadastre";
  }, []);
  if (now.isError && !now.data) return <Failure error={now.error} retry={() => void now.refetch()} />;
  const nothing = !at && now.data?.total === 0 && cells.data?.length === 0;
  if (nothing) return <Empty who={who} />;
  return (
    <div className="overview">
      <h1>Overview</h1>
      <Tiles cells={cells.data} now={now.data} then={then.data} />
      <div className="overview-grid">
        <div className="stack">
          {!at && <Attention cells={cells.data} />}
          <RecentChanges />
        </div>
        <div className="stack">
          {!at && <FreshnessGrid cells={cells.data} />}
          <KindCounts now={now.data} then={then.data} />
        </div>
      </div>
    </div>
  );
}
