// The document as it was read, coloured; lines can be narrowed to those that contain a text.

import { useMemo, useState } from "react";
import { plural } from "@/base/format";
import { pretty } from "@/diff/lines";
import type { Detail } from "@/api/types";
import { Icon } from "@/ui/icons";
import { Notice } from "@/ui/notices";
import { CopyButton } from "@/ui/parts";

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;

function Coloured({ line }: { line: string }) {
  const parts = [];
  let last = 0;
  for (const match of line.matchAll(TOKEN)) {
    if (match.index > last) parts.push(line.slice(last, match.index));
    const form = match[2] ? "key" : match[1] ? "string" : match[3] ? "word" : "number";
    parts.push(
      <span key={match.index} className={`json-${form}`}>
        {match[1] ?? match[0]}
      </span>,
    );
    if (match[2]) parts.push(match[2]);
    last = match.index + match[0].length;
  }
  parts.push(line.slice(last));
  return <>{parts}</>;
}

export function JsonTab({ detail }: { detail: Detail }) {
  const [text, setText] = useState("");
  const whole = useMemo(() => pretty(detail.data), [detail.data]);
  const lines = useMemo(() => whole.replace(/\n$/, "").split("\n"), [whole]);
  if (!whole) return <Notice icon="empty" title="Its document is not kept" />;
  const wanted = text.toLowerCase();
  const shown = lines
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.toLowerCase().includes(wanted));
  return (
    <div className="stack">
      <div className="line">
        <div className="query-box json-find">
          <Icon name="filter" size={14} className="query-icon" />
          <input
            className="json-find-input"
            aria-label="Show only lines that contain"
            placeholder="Show only lines that contain …"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </div>
        <span className="dim">{plural(shown.length, "line")}</span>
        <span className="grow" />
        <CopyButton text={whole} what="the document">
          Copy JSON
        </CopyButton>
      </div>
      <div className="json" role="region" aria-label="The document" tabIndex={0}>
        {shown.map(({ line, number }) => (
          <div key={number} className="code-line json-line">
            <i>{number}</i>
            <code>
              <Coloured line={line} />
            </code>
          </div>
        ))}
      </div>
    </div>
  );
}
