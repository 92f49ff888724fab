// How numbers, sizes, ages and money read everywhere. Pure functions of their arguments; plain English, en-US digits.

// Made when first needed: each takes milliseconds, and the first page may do without.
function formatter(options: Intl.NumberFormatOptions): (value: number) => string {
  let made: Intl.NumberFormat | undefined;
  return (value) => (made ??= new Intl.NumberFormat("en-US", options)).format(value);
}

const decimals = formatter({ maximumFractionDigits: 2 });
const dollars = formatter({ style: "currency", currency: "USD" });
const wholeDollars = formatter({ style: "currency", currency: "USD", maximumFractionDigits: 0 });

// Whole numbers, in groups of three.
export function formatCount(value: number): string {
  return value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ",");
}

// "1 resource", "2,300 resources".
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

export function formatNumber(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : decimals(value);
}

// Cents matter below a hundred dollars only.
export function formatMoney(value: number): string {
  return Math.abs(value) < 100 ? dollars(value) : wholeDollars(value);
}

export function formatPercent(value: number): string {
  return `${formatNumber(value)} %`;
}

const SIZES = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

// Binary units, three digits at most: 512 B, 1.5 KiB, 200 GiB.
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < SIZES.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 1;
  return `${value.toFixed(digits)} ${SIZES[unit]}`;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

// The largest unit alone, rounded down: "45 s", "4 min", "3 h", "12 d", "2 y".
export function formatDuration(seconds: number): string {
  const value = Math.abs(seconds);
  if (value < MINUTE) return `${Math.floor(value)} s`;
  if (value < HOUR) return `${Math.floor(value / MINUTE)} min`;
  if (value < 2 * DAY) return `${Math.floor(value / HOUR)} h`;
  if (value < 2 * YEAR) return `${Math.floor(value / DAY)} d`;
  return `${Math.floor(value / YEAR)} y`;
}

// How long ago, or how far ahead: "just now", "4 min ago", "in 3 h".
export function formatAge(time: string | number | Date, now: number = Date.now()): string {
  const seconds = (now - new Date(time).getTime()) / 1000;
  if (Number.isNaN(seconds)) return "";
  if (Math.abs(seconds) < 10) return "just now";
  return seconds < 0 ? `in ${formatDuration(seconds)}` : `${formatDuration(seconds)} ago`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

// Local time, sortable, to the minute: "2026-11-21 14:05".
export function formatTime(time: string | number | Date): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "";
  return `${formatDate(date)} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

export function formatDate(time: string | number | Date): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

// For titles and copying: to the second, with the zone's offset.
export function formatExactTime(time: string | number | Date): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "";
  const offset = -date.getTimezoneOffset();
  const zone =
    offset === 0
      ? "UTC"
      : `UTC${offset < 0 ? "-" : "+"}${pad(Math.floor(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`;
  return `${formatTime(date)}:${pad(date.getSeconds())} ${zone}`;
}

// The units of the catalogue (catalog/README.md).
export type Unit = "" | "none" | "bytes" | "GiB" | "MiB" | "s" | "ms" | "count" | "percent" | "time" | "usd";

const NUMERIC: ReadonlySet<string> = new Set(["bytes", "GiB", "MiB", "s", "ms", "count", "percent", "usd"]);

// Numbers stand right, one under the other.
export function isNumeric(unit: string): boolean {
  return NUMERIC.has(unit);
}

// A column's text as people read it. What is no number stays as it is.
export function formatUnit(text: string, unit: string, now: number = Date.now()): string {
  if (text === "" || unit === "" || unit === "none") return text;
  if (unit === "time") return formatAge(text, now) || text;
  const value = Number(text);
  if (!Number.isFinite(value)) return text;
  switch (unit) {
    case "bytes":
      return formatBytes(value);
    case "MiB":
      return formatBytes(value * 1024 ** 2);
    case "GiB":
      return formatBytes(value * 1024 ** 3);
    case "s":
      return formatDuration(value);
    case "ms":
      return value < 1000 ? `${formatNumber(value)} ms` : formatDuration(value / 1000);
    case "percent":
      return formatPercent(value);
    case "usd":
      return formatMoney(value);
    default:
      return formatNumber(value);
  }
}
