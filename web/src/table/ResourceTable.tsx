// A table of resources: headers that sort and can be dragged wider, rows that are drawn as they come into sight, and a
// cursor that keys move.

import { useCallback, useEffect, useId, useMemo, useRef, useState, type ReactNode } from "react";
import {
  columnResizingFeature,
  columnSizingFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
} from "@tanstack/react-table";
import type { Row } from "@/api/types";
import { useNow } from "@/base/clock";
import { recall, remember } from "@/base/storage";
import { Icon } from "@/ui/icons";
import { Skeleton } from "@/ui/parts";
import { useKeys } from "@/shell/keys";
import { fittingWidth, type TableColumn } from "./columns";
import { Rows, type RowsHandle, type SizedColumn } from "./Rows";

const features = tableFeatures({ columnSizingFeature, columnResizingFeature });
type Definition = ColumnDef<typeof features, Row>;
const NO_ROWS: Row[] = []; // the library keeps widths; rows are drawn without it
const PAGE_STEP = 20;

interface Props {
  label: string;
  storageKey: string; // whose widths
  rows: Row[];
  columns: TableColumn[];
  total: number;
  sort: string;
  more: boolean;
  pending: boolean; // nothing to show yet
  dimmed: boolean; // old rows, while new ones are on their way
  current: number;
  selected: ReadonlySet<string>;
  instead?: ReactNode; // of rows: why there are none
  onSort: (sort: string) => void;
  onCurrent: (index: number) => void;
  onOpen: (row: Row) => void;
  onEnd: () => void;
}

// First as it reads best, then the other way, then the usual order again.
export function nextSort(sort: string, key: string, downFirst: boolean): string {
  const first = downFirst ? `-${key}` : key;
  const second = downFirst ? key : `-${key}`;
  return sort === first ? second : sort === second ? "" : first;
}

function useWidths(storageKey: string, columns: TableColumn[], rows: Row[]) {
  const [sizing, setSizing] = useState<Record<string, number>>(() => recall(`widths ${storageKey}`, {}));
  const shape = columns.map(({ id }) => id).join("|");
  const any = rows.length > 0;
  const fitting = useMemo(
    () => Object.fromEntries(columns.map((column) => [column.id, fittingWidth(column, rows)])),
    // Once for a set of columns: widths do not jump when more rows come.
    [shape, any],
  );
  const definitions = useMemo<Definition[]>(
    () =>
      columns.map(
        (column) => ({ id: column.id, size: fitting[column.id] ?? 120, minSize: 48, maxSize: 800 }) as Definition,
      ),
    [shape, fitting],
  );
  const table = useTable({
    features,
    columns: definitions,
    data: NO_ROWS,
    columnResizeMode: "onChange",
    state: { columnSizing: sizing },
    onColumnSizingChange: (update) => {
      setSizing((before) => {
        const after = typeof update === "function" ? update(before) : update;
        remember(`widths ${storageKey}`, after);
        return after;
      });
    },
  });
  return { table, sizing, fitting };
}

export function ResourceTable(props: Props) {
  const { label, rows, columns, total, sort, more, pending, dimmed, current, selected, instead } = props;
  const { onSort, onCurrent, onOpen, onEnd } = props;
  const id = useId();
  const now = useNow();
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  const handle = useRef<RowsHandle>(null);
  const { table, sizing, fitting } = useWidths(props.storageKey, columns, rows);
  const shape = columns.map(({ id: column }) => column).join("|");
  const sized = useMemo<SizedColumn[]>(
    () => columns.map((column) => ({ ...column, width: sizing[column.id] ?? fitting[column.id] ?? 120 })),
    [shape, sizing, fitting],
  );
  const headers = table.getHeaderGroups()[0]?.headers ?? [];
  const width = sized.reduce((sum, column) => sum + column.width, 0);

  const move = useCallback(
    (to: number) => {
      if (rows.length === 0) return;
      const index = Math.max(0, Math.min(rows.length - 1, to));
      onCurrent(index);
      handle.current?.reveal(index);
    },
    [rows.length, onCurrent],
  );
  useKeys([
    { keys: "j", label: "Next row", group: "Table", run: () => move(current + 1) },
    { keys: "k", label: "Previous row", group: "Table", run: () => move(current - 1) },
    { keys: "Enter", label: "Open the row", group: "Table", run: () => rows[current] && onOpen(rows[current]) },
    { keys: "Down", label: "Next row", group: "Table", run: () => move(current + 1) },
    { keys: "Up", label: "Previous row", group: "Table", run: () => move(current - 1) },
    { keys: "PageDown", label: "A page down", group: "Table", run: () => move(current + PAGE_STEP) },
    { keys: "PageUp", label: "A page up", group: "Table", run: () => move(current - PAGE_STEP) },
    { keys: "Home", label: "First row", group: "Table", run: () => move(0) },
    { keys: "End", label: "Last row that is loaded", group: "Table", run: () => move(rows.length - 1) },
  ]);
  // Another question begins at its top.
  const sorted = useRef(sort);
  useEffect(() => {
    // Not when it is new: it is at its top then, and to ask for it would have the browser lay out what is not drawn yet.
    if (sorted.current !== sort) element?.scrollTo({ top: 0 });
    sorted.current = sort;
  }, [element, sort]);

  return (
    <div
      className={`grid${dimmed ? " dimmed" : ""}`}
      ref={setElement}
      role="grid"
      aria-label={label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length}
      aria-busy={pending || dimmed}
      aria-activedescendant={rows[current] ? `${id}-${current}` : undefined}
      aria-multiselectable="true"
      tabIndex={0}
    >
      <div role="rowgroup" className="thead" style={{ minWidth: width }}>
        <div role="row" aria-rowindex={1} className="tr">
          {sized.map((column, index) => {
            const down = sort === `-${column.sort}`;
            const up = sort === column.sort && sort !== "";
            return (
              <div
                key={column.id}
                role="columnheader"
                aria-sort={up ? "ascending" : down ? "descending" : "none"}
                className={`td ${column.form}${index === 0 ? " pinned" : ""}`}
                style={{ width: column.width }}
              >
                {column.sort ? (
                  <button
                    type="button"
                    className="th"
                    title={column.title}
                    onClick={() =>
                      onSort(nextSort(sort, column.sort, column.form === "age" || column.form === "number"))
                    }
                  >
                    <span className="cut">{column.title}</span>
                    {(up || down) && <Icon name={up ? "up" : "down"} size={12} />}
                  </button>
                ) : (
                  <span className="th cut">{column.title}</span>
                )}
                <span
                  className="resize"
                  aria-hidden="true"
                  onPointerDown={(event) => event.stopPropagation()}
                  onMouseDown={headers[index]?.getResizeHandler()}
                  onTouchStart={headers[index]?.getResizeHandler()}
                />
              </div>
            );
          })}
        </div>
      </div>
      {pending ? (
        <div aria-hidden="true">
          {Array.from({ length: 24 }, (_, row) => (
            <div key={row} className="tr waiting">
              {sized.slice(0, 8).map((column, cell) => (
                <div key={column.id} className="td" style={{ width: column.width }}>
                  <Skeleton width={`${50 + ((row * 3 + cell * 5) % 5) * 9}%`} height={11} />
                </div>
              ))}
            </div>
          ))}
        </div>
      ) : instead ? (
        <div role="row" className="instead">
          <div role="gridcell">{instead}</div>
        </div>
      ) : (
        <Rows
          rows={rows}
          columns={sized}
          id={id}
          now={now}
          current={current}
          selected={selected}
          more={more}
          element={element}
          handle={handle}
          onCurrent={onCurrent}
          onOpen={onOpen}
          onEnd={onEnd}
        />
      )}
    </div>
  );
}
