// The rows that are in sight, and no others. A child of its own, so that scrolling draws rows and nothing else; the
// scrolling element comes as state, since a reference would not tell when it is there.

import { memo, useEffect, type MouseEvent, type RefObject } from "react";
import { useVirtualizer } from "@tanstack/react-virtual";
import type { Row } from "@/api/types";
import { resourceHref } from "@/route/hrefs";
import { Link } from "@/route/Link";
import { State } from "@/ui/parts";
import { cellText, cellTitle, type TableColumn } from "./columns";

export const ROW_HEIGHT = 30;
const OVERSCAN = 10;
const AHEAD = 40; // rows before the end at which the next page is asked for
const ABOVE = 150; // pixels of header and toolbar, about
const COMING = 6; // rows shown as under way below the last

export interface SizedColumn extends TableColumn {
  width: number;
}

export interface RowsHandle {
  reveal: (index: number) => void;
}

interface RowsProps {
  rows: Row[];
  columns: SizedColumn[];
  id: string; // of the grid: rows are named after it
  now: number;
  current: number;
  selected: ReadonlySet<string>;
  more: boolean;
  element: HTMLDivElement | null;
  handle: RefObject<RowsHandle | null>;
  onCurrent: (index: number) => void;
  onOpen: (row: Row) => void;
  onEnd: () => void;
}

function Cell({ row, column, first, now }: { row: Row; column: SizedColumn; first: boolean; now: number }) {
  const text = cellText(row, column, now);
  const content =
    column.form === "state" ? (
      row.deleted_at ? (
        <State state="deleted" />
      ) : (
        <State state={row.state} />
      )
    ) : first ? (
      <Link href={resourceHref(row.id)} tabIndex={-1}>
        {text}
      </Link>
    ) : (
      text
    );
  return (
    <div
      role="gridcell"
      className={`td ${column.form}${first ? " pinned" : ""}`}
      style={{ width: column.width }}
      title={cellTitle(row, column)}
    >
      {content}
    </div>
  );
}

interface OneProps {
  row: Row;
  index: number;
  start: number;
  columns: SizedColumn[];
  id: string;
  now: number;
  current: boolean;
  selected: boolean;
  onCurrent: (index: number) => void;
  onOpen: (row: Row) => void;
}

const One = memo(function One({ row, index, start, columns, id, now, current, selected, onCurrent, onOpen }: OneProps) {
  const open = (event: MouseEvent) => {
    if (!event.defaultPrevented) onOpen(row);
  };
  return (
    <div
      role="row"
      id={`${id}-${index}`}
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={`tr${current ? " current" : ""}${row.stale ? " stale" : ""}`}
      style={{ transform: `translateY(${start}px)` }}
      onClick={() => onCurrent(index)}
      onDoubleClick={open}
    >
      {columns.map((column, position) => (
        <Cell key={column.id} row={row} column={column} first={position === 0} now={now} />
      ))}
    </div>
  );
});

export const Rows = memo(function Rows(props: RowsProps) {
  const { rows, columns, id, now, current, selected, more, element, handle, onCurrent, onOpen, onEnd } = props;
  const virtual = useVirtualizer({
    count: rows.length + (more ? COMING : 0),
    getScrollElement: () => element,
    // Until it is measured: the first rows are drawn with the page, and not after it was laid out without them.
    initialRect: { width: innerWidth, height: innerHeight - ABOVE },
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    scrollPaddingStart: ROW_HEIGHT,
  });
  handle.current = { reveal: (index) => virtual.scrollToIndex(index) };
  const items = virtual.getVirtualItems();
  const last = items[items.length - 1]?.index ?? 0;
  useEffect(() => {
    if (more && last >= rows.length - AHEAD) onEnd();
  }, [more, last, rows.length, onEnd]);
  return (
    <div role="rowgroup" className="tbody" style={{ height: virtual.getTotalSize() }}>
      {items.map(({ index, start }) => {
        const row = rows[index];
        if (!row)
          return (
            <div
              key={`coming-${index}`}
              className="tr"
              aria-hidden="true"
              style={{ transform: `translateY(${start}px)` }}
            >
              <div className="td">
                <span className="skeleton" style={{ width: 140, height: 12, marginTop: 9 }} />
              </div>
            </div>
          );
        return (
          <One
            key={row.id}
            row={row}
            index={index}
            start={start}
            columns={columns}
            id={id}
            now={now}
            current={index === current}
            selected={selected.has(row.id)}
            onCurrent={onCurrent}
            onOpen={onOpen}
          />
        );
      })}
    </div>
  );
});
