// The instant that all pages show: now, or the `at` of the address.

import { useLocation } from "@/route/location";

export function useAt(): string | null {
  return useLocation().query.get("at") || null;
}

// To the second: shorter to read in an address, and exact enough for a person.
export function instantText(time: Date | number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

export const CHOICES: { label: string; seconds: number }[] = [
  { label: "15 minutes ago", seconds: 15 * MINUTE },
  { label: "1 hour ago", seconds: HOUR },
  { label: "6 hours ago", seconds: 6 * HOUR },
  { label: "Yesterday", seconds: DAY },
  { label: "7 days ago", seconds: 7 * DAY },
  { label: "30 days ago", seconds: 30 * DAY },
];

// The slider's stops, from long ago to now: dense where one looks most.
export const STOPS: number[] = [
  90 * DAY,
  60 * DAY,
  30 * DAY,
  21 * DAY,
  14 * DAY,
  10 * DAY,
  7 * DAY,
  5 * DAY,
  4 * DAY,
  3 * DAY,
  2 * DAY,
  36 * HOUR,
  DAY,
  18 * HOUR,
  12 * HOUR,
  8 * HOUR,
  6 * HOUR,
  4 * HOUR,
  3 * HOUR,
  2 * HOUR,
  90 * MINUTE,
  HOUR,
  45 * MINUTE,
  30 * MINUTE,
  20 * MINUTE,
  15 * MINUTE,
  10 * MINUTE,
  5 * MINUTE,
  0,
];

// The stop nearest to an instant.
export function stopOf(at: string | null, now: number): number {
  if (!at) return STOPS.length - 1;
  const age = Math.max(0, (now - Date.parse(at)) / 1000);
  let best = 0;
  STOPS.forEach((stop, index) => {
    if (Math.abs(stop - age) < Math.abs((STOPS[best] ?? 0) - age)) best = index;
  });
  return best;
}

// What <input type="datetime-local"> holds: local time without zone.
export function localInput(time: number): string {
  const date = new Date(time - new Date(time).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 16);
}
