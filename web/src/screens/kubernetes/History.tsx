// How the cluster fared: findings hour by hour or day by day. A bar leads to the record as it was then.

import { useState, type KeyboardEvent, type PointerEvent } from "react";
import { useQuery } from "@tanstack/react-query";
import { healthQuery } from "@/api/clusters";
import { useNow } from "@/base/clock";
import { formatTime, plural } from "@/base/format";
import { change, useLocation } from "@/route/location";
import { instantText, useAt } from "@/time/instant";
import { Skeleton } from "@/ui/parts";
import { severityWords, SEVERITIES } from "./health";
import { barsOf, ceiling, sinceOf, slabsOf, SPANS, ticksOf, total, type Bar, type Span } from "./history";

const WIDTH = 480; // of the drawing; it is stretched to its panel
const HEIGHT = 96;

function words({ from, sample }: Bar, step: Span["step"]): string {
  const when = step === "day" ? new Date(from).toISOString().slice(0, 10) : formatTime(from);
  if (!sample) return `${when}: no dump`;
  const held = SEVERITIES.filter((severity) => sample.severities[severity] > 0);
  const what = held.map((severity) => severityWords(severity, sample.severities[severity])).join(", ");
  return `${when}: ${what || "nothing wrong"}`;
}

function Bars({ bars, top }: { bars: Bar[]; top: number }) {
  const width = WIDTH / bars.length;
  const gap = width > 4 ? 1 : 0.4;
  return bars.map(({ from, sample }, index) => {
    const x = index * width;
    if (!sample)
      return <rect key={from} className="hour-unknown" x={x} y={HEIGHT - 1} width={width - gap} height={1} />;
    if (total(sample) === 0)
      return <rect key={from} className="hour-well" x={x} y={HEIGHT - 3} width={width - gap} height={3} />;
    return slabsOf(sample).map(({ severity, from: low, to }) => (
      <rect
        key={`${from} ${severity}`}
        className={`hour-${severity}`}
        x={x}
        y={HEIGHT * (1 - to / top)}
        width={width - gap}
        height={(HEIGHT * (to - low)) / top}
      />
    ));
  });
}

function Chart({ bars, span }: { bars: Bar[]; span: Span }) {
  const [pointed, setPointed] = useState<number | null>(null);
  const known = bars.flatMap(({ sample }) => (sample ? [total(sample)] : []));
  const top = ceiling(Math.max(0, ...known));
  const width = 100 / bars.length;
  const latest = bars.findLastIndex(({ sample }) => sample !== null);
  const here = pointed ?? latest;
  const current = bars[here];
  const look = (index: number | null) => {
    const bar = index === null ? null : bars[index];
    if (bar?.sample) change({ at: instantText(Date.parse(bar.sample.at)) });
  };
  const indexAt = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const index = Math.floor(((event.clientX - box.left) / box.width) * bars.length);
    return Math.max(0, Math.min(bars.length - 1, index));
  };
  // A label begins at its tick: one at the very end would be cut off.
  const ticks = ticksOf(bars, span).filter(({ index }) => index * width < 92);
  const onKey = (event: KeyboardEvent) => {
    const to = {
      ArrowLeft: here - 1,
      ArrowRight: here + 1,
      Home: 0,
      End: bars.length - 1,
      PageUp: here - 24,
      PageDown: here + 24,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      setPointed(Math.max(0, Math.min(bars.length - 1, to)));
    } else if (event.key === "Enter") {
      look(here);
    }
  };
  return (
    <>
      <div
        className="history-chart"
        role="slider"
        tabIndex={0}
        aria-label="Findings over time; Enter looks at that moment"
        aria-valuemin={0}
        aria-valuemax={bars.length - 1}
        aria-valuenow={here}
        aria-valuetext={current && words(current, span.step)}
        onPointerMove={(event) => setPointed(indexAt(event))}
        onPointerLeave={() => setPointed(null)}
        onClick={() => look(pointed)}
        onKeyDown={onKey}
        onBlur={() => setPointed(null)}
      >
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <path className="history-grid" d={`M0 0.5H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}`} />
          <Bars bars={bars} top={top} />
        </svg>
        <span className="history-mark top">{top}</span>
        <span className="history-mark half">{top / 2}</span>
        {pointed !== null && (
          <span className="history-pointed" style={{ left: `${pointed * width}%`, width: `${width}%` }} />
        )}
      </div>
      <div className="history-ticks dim" aria-hidden="true">
        {ticks.map(({ index, label }) => (
          <span key={index} style={{ left: `${index * width}%` }}>
            {label}
          </span>
        ))}
      </div>
      <p className="history-words dim">
        {current && words(current, span.step)}
        {pointed !== null && current?.sample && <span className="history-hint"> · click to look at it</span>}
      </p>
    </>
  );
}

export function History({ account, cluster }: { account: string; cluster: string }) {
  const { query } = useLocation();
  const at = useAt();
  const now = useNow();
  const until = at ? Date.parse(at) : now;
  const span = SPANS.find(({ id }) => id === query.get("span")) ?? SPANS[0];
  const since = instantText(sinceOf(until, span));
  const asked = useQuery(healthQuery(account, cluster, since, at, span.step));
  const bars = barsOf(asked.data ?? [], until, span);
  const read = bars.filter(({ sample }) => sample).length;
  return (
    <section className="panel history">
      <header>
        <h2>History</h2>
        <div className="segmented small aside" role="group" aria-label="How far back">
          {SPANS.map(({ id, label }) => (
            <button
              key={id}
              type="button"
              aria-pressed={id === span.id}
              onClick={() => change({ span: id === SPANS[0].id ? null : id }, { replace: true })}
            >
              {label}
            </button>
          ))}
        </div>
      </header>
      <div className="history-body">
        {asked.isPending ? (
          <Skeleton height={146} />
        ) : asked.isError && !asked.data ? (
          <p className="dim">
            Its history could not be read.{" "}
            <button type="button" className="button small" onClick={() => void asked.refetch()}>
              Try again
            </button>
          </p>
        ) : read === 0 ? (
          <p className="dim history-none">
            No dump has been read in these {plural(span.bars, span.step)}. Each one that is read adds to this chart.
          </p>
        ) : (
          <Chart bars={bars} span={span} />
        )}
      </div>
    </section>
  );
}
