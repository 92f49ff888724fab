// Collections made and under way; what is being read shows its cells as they come.

import { useQuery } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { Rows } from "@/api/types";
import { formatCount, formatDuration, formatTime, plural } from "@/base/format";
import { useSignal } from "@/base/signal";
import { useAccounts, useKinds } from "@/kinds/useKinds";
import { lastCells, running } from "@/shell/events";
import { Failure, Notice } from "@/ui/notices";
import { Age, Dot, SkeletonRows } from "@/ui/parts";
import { outcomeOf } from "@/ui/states";

interface Progress {
  cells: number;
  done: number;
  not_read: number;
  resources: number;
  opened: number;
  changed: number;
  closed: number;
}

interface Run {
  id: number;
  state: "waiting" | "running" | "ended" | "unfinished";
  started_at: string;
  finished_at: string | null;
  by: string | null;
  message: string | null;
  selection: { accounts: string[]; regions: string[]; kinds: string[] } | null;
  progress: Progress | null;
  summary: Record<string, unknown> | null;
}

function number(summary: Record<string, unknown> | null, key: string): number | null {
  const value = summary?.[key];
  return typeof value === "number" ? value : null;
}

function Bar({ done, cells }: { done: number; cells: number }) {
  const share = cells > 0 ? Math.min(100, (done / cells) * 100) : 0;
  return (
    <div
      className="progress"
      role="progressbar"
      aria-valuenow={Math.round(share)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-label="Cells read"
    >
      <span style={{ width: `${share}%` }} />
    </div>
  );
}

function Live() {
  const runs = useSignal(running);
  const cells = useSignal(lastCells);
  const kinds = useKinds();
  const accounts = useAccounts();
  if (runs.length === 0 && cells.length === 0) return null;
  return (
    <section className="panel" aria-live="off">
      <header>
        <h2>{runs.length > 0 ? "Under way" : "Read just now"}</h2>
      </header>
      {runs.map((run) => (
        <div key={run.run} className="run-live">
          <div className="line">
            <b>Run {run.run}</b>
            <span className="dim">
              {run.cells > 0 ? `${formatCount(run.done)} of ${plural(run.cells, "cell")}` : run.message || "starting"}
            </span>
          </div>
          <Bar done={run.done} cells={run.cells} />
        </div>
      ))}
      {cells.length > 0 && (
        <div className="scroll-x">
          <table className="plain">
            <thead>
              <tr>
                <th className="first">Outcome</th>
                <th>Account</th>
                <th>Region</th>
                <th>Kind</th>
                <th className="right">Resources</th>
                <th className="right">New</th>
                <th className="right">Changed</th>
                <th className="right">Gone</th>
              </tr>
            </thead>
            <tbody>
              {cells.slice(0, 15).map((cell) => (
                <tr key={`${cell.run}/${cell.account}/${cell.region}/${cell.kind}`}>
                  <td className="first">
                    <span className="status">
                      <Dot tone={outcomeOf(cell.outcome).tone} />
                      {outcomeOf(cell.outcome).word}
                    </span>
                  </td>
                  <td>{accounts.name(cell.account)}</td>
                  <td>{cell.region}</td>
                  <td>{kinds.title(cell.kind)}</td>
                  <td className="right">{formatCount(cell.resources)}</td>
                  <td className="right">{cell.opened || ""}</td>
                  <td className="right">{cell.changed || ""}</td>
                  <td className="right">{cell.closed || ""}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

// What came of the cells: "1,044 complete, 42 failed".
function outcomes(summary: Record<string, unknown> | null): string {
  const counts = summary?.outcomes;
  if (!counts || typeof counts !== "object") return "";
  return Object.entries(counts as Record<string, number>)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${formatCount(count)} ${outcomeOf(outcome).word}`)
    .join(", ");
}

const STATES = {
  waiting: { tone: "moving", word: "waiting" },
  running: { tone: "moving", word: "under way" },
  ended: { tone: "good", word: "ended" },
  unfinished: { tone: "late", word: "broken off" },
} as const;

function what(run: Run): string {
  const { accounts = [], regions = [], kinds = [] } = run.selection ?? {};
  const parts = [...accounts, ...regions, ...kinds];
  return parts.length > 0 ? parts.join(", ") : run.selection ? "everything" : "";
}

export function Runs() {
  const asked = useQuery({
    queryKey: ["runs"],
    queryFn: ({ signal }) => get<Rows<Run>>("runs", { limit: 50 }, signal),
    select: (answer) => answer.rows,
    staleTime: 10_000,
    refetchInterval: 15_000,
  });
  if (asked.isError && !asked.data) return <Failure error={asked.error} retry={() => void asked.refetch()} />;
  if (asked.isPending) return <SkeletonRows />;
  // The record keeps neither for a run that has ended: no columns for nothing.
  const named = asked.data.some((run) => run.by);
  const told = asked.data.some((run) => run.message || what(run));
  return (
    <div className="stack">
      <Live />
      {asked.data?.length === 0 ? (
        <Notice icon="refresh" title="Nothing has been collected yet" />
      ) : (
        <section className="panel scroll-x">
          <table className="plain">
            <thead>
              <tr>
                <th className="first">Run</th>
                <th>State</th>
                <th>Started</th>
                <th className="right">Took</th>
                <th>Cells</th>
                <th className="right">Resources</th>
                <th className="right">New</th>
                <th className="right">Changed</th>
                <th className="right">Gone</th>
                {named && <th>Asked by</th>}
                {told && <th>What</th>}
              </tr>
            </thead>
            <tbody>
              {asked.data?.map((run) => {
                const state = STATES[run.state];
                const resources = run.progress?.resources ?? number(run.summary, "resources");
                return (
                  <tr key={run.id}>
                    <td className="first number">{run.id}</td>
                    <td>
                      <span className="status">
                        <Dot tone={state.tone} />
                        {state.word}
                      </span>
                    </td>
                    <td title={formatTime(run.started_at)}>
                      <Age time={run.started_at} />
                    </td>
                    <td className="right">
                      {run.finished_at
                        ? formatDuration((Date.parse(run.finished_at) - Date.parse(run.started_at)) / 1000)
                        : ""}
                    </td>
                    <td>
                      {run.progress
                        ? `${formatCount(run.progress.done)} of ${formatCount(run.progress.cells)}`
                        : outcomes(run.summary)}
                    </td>
                    <td className="right">{resources === null ? "" : formatCount(resources)}</td>
                    {(["opened", "changed", "closed"] as const).map((key) => (
                      <td key={key} className="right">
                        {formatCount(run.progress?.[key] ?? number(run.summary, key) ?? 0)}
                      </td>
                    ))}
                    {named && <td>{run.by}</td>}
                    {told && <td className="dim">{run.message || what(run)}</td>}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}
