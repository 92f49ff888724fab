// Loaded when it is first needed.

import { useEffect, useMemo, useState } from "react";
import { Icon } from "@/ui/icons";
import { compare, type Line } from "./lines";

const SIGN = { same: " ", added: "+", removed: "-", folded: "" } as const;
const WORD = { same: "", added: "added: ", removed: "removed: ", folded: "" } as const;

function One({ line }: { line: Line }) {
  return (
    <div className={`code-line diff-line ${line.type}`}>
      <i>{line.left}</i>
      <i>{line.right}</i>
      <span aria-hidden="true">{SIGN[line.type]}</span>
      <code>
        {WORD[line.type] && <span className="visually-hidden">{WORD[line.type]}</span>}
        {line.text}
      </code>
    </div>
  );
}

export default function DiffView({ before, after, label }: { before: unknown; after: unknown; label: string }) {
  const lines = useMemo(() => compare(before, after), [before, after]);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  useEffect(() => setOpen(new Set()), [lines]);
  return (
    <div className="diff" role="region" aria-label={label} tabIndex={0} data-testid="diff">
      {lines.map((line, index) => {
        if (line.type !== "folded") return <One key={index} line={line} />;
        if (open.has(index))
          return line.hidden?.map((hidden, inner) => <One key={`${index}.${inner}`} line={hidden} />);
        return (
          <button
            key={index}
            type="button"
            className="diff-fold"
            onClick={() => setOpen(new Set(open).add(index))}
            aria-label={`Show ${line.hidden?.length} unchanged lines`}
          >
            <Icon name="down" size={12} />
            {line.hidden?.length} unchanged lines
          </button>
        );
      })}
    </div>
  );
}
