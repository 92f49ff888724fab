// Two documents side by side, line by line: what was taken away, what came, and long stretches of neither folded up.

import { diffLines } from "diff";

export interface Line {
  type: "same" | "added" | "removed" | "folded";
  text: string;
  left?: number; // line numbers
  right?: number;
  hidden?: Line[]; // of folded: what it stands for
}

const CONTEXT = 3;

// Members in one order, so that two documents differ only where their values do.
export function pretty(document: unknown): string {
  if (document === undefined || document === null) return "";
  return `${JSON.stringify(sorted(document), null, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value && typeof value === "object") {
    const entries = Object.entries(value as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
  }
  return value;
}

export function compare(before: unknown, after: unknown): Line[] {
  let left = 1;
  let right = 1;
  const parts = diffLines(pretty(before), pretty(after));
  const lines: Line[] = [];
  parts.forEach((part, index) => {
    const texts = part.value.replace(/\n$/, "").split("\n");
    if (part.added) for (const text of texts) lines.push({ type: "added", text, right: right++ });
    else if (part.removed) for (const text of texts) lines.push({ type: "removed", text, left: left++ });
    else {
      const same = texts.map((text): Line => ({ type: "same", text, left: left++, right: right++ }));
      const head = index === 0 ? 0 : CONTEXT;
      const tail = index === parts.length - 1 ? 0 : CONTEXT;
      const hidden = same.slice(head, same.length - tail);
      if (parts.length > 1 && hidden.length > 2)
        lines.push(
          ...same.slice(0, head),
          { type: "folded", text: "", hidden },
          ...(tail > 0 ? same.slice(same.length - tail) : []),
        );
      else lines.push(...same);
    }
  });
  return lines;
}
