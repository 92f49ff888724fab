import { useState } from "react";
import type { Difference } from "@/api/types";
import { sortOf, valueText } from "./changes";

const SHOWN = 6;

function full(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

// Before → after, path by path.
export function Differences({ differences, all = false }: { differences: Difference[]; all?: boolean }) {
  const [open, setOpen] = useState(all);
  const shown = open ? differences : differences.slice(0, SHOWN);
  if (differences.length === 0) return null;
  return (
    <>
      <dl className="differences">
        {shown.map((difference) => {
          const sort = sortOf(difference);
          return [
            <dt key={difference.path}>{difference.path}</dt>,
            <dd key={`${difference.path} values`}>
              {sort !== "added" && (
                <span className="value before" title={full(difference.before)}>
                  {valueText(difference.before)}
                </span>
              )}
              {sort === "changed" && <span className="dim"> → </span>}
              {sort !== "removed" && (
                <span className="value after" title={full(difference.after)}>
                  {valueText(difference.after)}
                </span>
              )}
              {sort !== "changed" && <span className="dim"> {sort}</span>}
            </dd>,
          ];
        })}
      </dl>
      {!open && differences.length > SHOWN && (
        <button type="button" className="facet-more" onClick={() => setOpen(true)}>
          {differences.length - SHOWN} more
        </button>
      )}
    </>
  );
}
