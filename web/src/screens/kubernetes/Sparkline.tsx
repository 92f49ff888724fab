// A day of a cluster, small: a bar for each hour, red what is critical, amber what is not.

import { useQuery } from "@tanstack/react-query";
import { healthQuery } from "@/api/clusters";
import { useNow } from "@/base/clock";
import { plural } from "@/base/format";
import { instantText, useAt } from "@/time/instant";
import { barsOf, sinceOf, slabsOf, total } from "./history";

const DAY = { step: "hour", bars: 24 } as const;
const WIDTH = 5;
const HEIGHT = 24;

export function Sparkline({ account, cluster }: { account: string; cluster: string }) {
  const at = useAt();
  const now = useNow();
  const until = at ? Date.parse(at) : now;
  const { data } = useQuery(healthQuery(account, cluster, instantText(sinceOf(until, DAY)), at, "hour"));
  const bars = barsOf(data ?? [], until, DAY);
  const known = bars.flatMap(({ sample }) => (sample ? [total(sample)] : []));
  const most = Math.max(4, ...known);
  const words =
    known.length === 0
      ? "No history of the last 24 hours"
      : `Findings of the last 24 hours: between ${Math.min(...known)} and ${plural(Math.max(...known), "finding")}`;
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${WIDTH * DAY.bars} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={words}
    >
      <title>{words}</title>
      {bars.map(({ from, sample }, index) =>
        !sample ? (
          <rect key={from} className="hour-unknown" x={index * WIDTH} y={HEIGHT - 1} width={WIDTH - 1} height={1} />
        ) : total(sample) === 0 ? (
          <rect key={from} className="hour-well" x={index * WIDTH} y={HEIGHT - 2} width={WIDTH - 1} height={2} />
        ) : (
          slabsOf(sample).map((slab) => (
            <rect
              key={`${from} ${slab.severity}`}
              className={`hour-${slab.severity}`}
              x={index * WIDTH}
              y={HEIGHT * (1 - slab.to / most)}
              width={WIDTH - 1}
              height={Math.max(1, (HEIGHT * (slab.to - slab.from)) / most)}
            />
          ))
        ),
      )}
    </svg>
  );
}
