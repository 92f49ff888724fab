// How a cluster fared, hour by hour or day by day, as bars of a chart. Plain functions.

import type { HealthSample, Severity, Step } from "@/api/clusters";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const STEPS: Record<Step, number> = { hour: HOUR, day: DAY };

export interface Span {
  id: string;
  label: string;
  step: Step;
  bars: number;
}

// As many bars as can be told apart.
export const SPANS: [Span, ...Span[]] = [
  { id: "2d", label: "48 hours", step: "hour", bars: 48 },
  { id: "7d", label: "7 days", step: "hour", bars: 168 },
  { id: "90d", label: "90 days", step: "day", bars: 90 },
];

export interface Bar {
  from: number; // milliseconds
  sample: HealthSample | null; // no dump came: not known, which is not none
}

// The hours or days (of UTC, as the server counts them) up to the one that `until` is in.
export function barsOf(
  samples: readonly HealthSample[],
  until: number,
  { step, bars }: Pick<Span, "step" | "bars">,
): Bar[] {
  const width = STEPS[step];
  const last = Math.floor(until / width) * width;
  const byStart = new Map(samples.map((sample) => [Math.floor(Date.parse(sample.at) / width) * width, sample]));
  return Array.from({ length: bars }, (_, index) => {
    const from = last - (bars - 1 - index) * width;
    return { from, sample: byStart.get(from) ?? null };
  });
}

export function sinceOf(until: number, { step, bars }: Pick<Span, "step" | "bars">): number {
  return Math.floor(until / STEPS[step]) * STEPS[step] - (bars - 1) * STEPS[step];
}

export function total(sample: HealthSample): number {
  return sample.severities.critical + sample.severities.warning + sample.severities.notice;
}

// The top of the axis, so that its half is a whole number too.
export function ceiling(value: number): number {
  if (value <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 3, 4, 6, 8, 10].find((each) => each * power >= value && (each * power) % 2 === 0) ?? 10;
  return factor * power;
}

export interface Slab {
  severity: Severity;
  from: number;
  to: number;
}

// A bar from below: the worst stands on the ground, where lengths can be compared.
export function slabsOf(sample: HealthSample): Slab[] {
  let height = 0;
  return (["critical", "warning", "notice"] as const).flatMap((severity) => {
    const count = sample.severities[severity];
    if (count === 0) return [];
    const slab = { severity, from: height, to: height + count };
    height += count;
    return [slab];
  });
}

export function ticksOf(bars: readonly Bar[], { step }: Pick<Span, "step">): { index: number; label: string }[] {
  const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const pad = (value: number) => String(value).padStart(2, "0");
  const ticks: { index: number; label: string }[] = [];
  bars.forEach(({ from }, index) => {
    const date = new Date(from);
    const midnight = date.getHours() === 0;
    if (step === "day") {
      if (date.getUTCDate() === 1 || date.getUTCDate() === 15)
        ticks.push({ index, label: `${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}` });
    } else if (bars.length > 60) {
      if (midnight) ticks.push({ index, label: `${days[date.getDay()]} ${date.getDate()}` });
    } else if (date.getHours() % 6 === 0) {
      ticks.push({
        index,
        label: midnight ? `${days[date.getDay()]} ${date.getDate()}` : `${pad(date.getHours())}:00`,
      });
    }
  });
  return ticks;
}
