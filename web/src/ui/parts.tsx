// Small parts: a state, an age, a thing to copy, a key.

import { useRef, useState, type ReactNode } from "react";
import { useNow } from "@/base/clock";
import { formatAge, formatExactTime } from "@/base/format";
import { Icon } from "./icons";
import { toneOf, type Tone } from "./states";
import { toast } from "./toasts";

export function Dot({ tone }: { tone: Tone }) {
  return tone === "none" ? null : <span className={`dot ${tone}`} aria-hidden="true" />;
}

export function State({ state }: { state: string }) {
  return (
    <span className="status">
      <Dot tone={toneOf(state)} />
      <span className="cut">{state}</span>
    </span>
  );
}

// How long ago, or before `asOf`; the exact time when pointed at.
export function Age({ time, never = "never", asOf }: { time: string | null; never?: string; asOf?: string | null }) {
  const present = useNow();
  const now = asOf ? Date.parse(asOf) : present;
  if (!time) return <span className="dim">{never}</span>;
  return (
    <time dateTime={time} title={formatExactTime(time)}>
      {formatAge(time, now)}
    </time>
  );
}

export function Key({ children }: { children: ReactNode }) {
  return <kbd className="key">{children}</kbd>;
}

export async function copy(text: string, what: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    toast(`Copied ${what}`);
    return true;
  } catch {
    toast("The browser does not allow copying here", "bad");
    return false;
  }
}

export function CopyButton({ text, what, children }: { text: string; what: string; children?: ReactNode }) {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const act = async () => {
    if (!(await copy(text, what))) return;
    setCopied(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(false), 1500);
  };
  return (
    <button
      type="button"
      className={children ? "button small" : "button quiet small icon"}
      aria-label={children ? undefined : `Copy ${what}`}
      title={`Copy ${what}`}
      onClick={act}
    >
      <Icon name={copied ? "check" : "copy"} size={14} />
      {children}
    </button>
  );
}

export function Skeleton({ width = "100%", height = 14 }: { width?: number | string; height?: number }) {
  return <span className="skeleton" style={{ width, height }} />;
}

// Rows of a table that is on its way: as high as the rows will be, so that nothing jumps.
export function SkeletonRows({ count = 12 }: { count?: number }) {
  return (
    <div aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className="skeleton-row">
          <Skeleton width={`${28 - (index % 4) * 4}%`} height={12} />
          <Skeleton width={`${14 + (index % 3) * 4}%`} height={12} />
          <Skeleton width="12%" height={12} />
        </div>
      ))}
    </div>
  );
}
