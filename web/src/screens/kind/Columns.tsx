// Which columns are shown: the kind's own, and any path of the document or tag besides.

import { useState, type FormEvent } from "react";
import { Popover } from "@mantine/core";
import { Icon } from "@/ui/icons";
import type { TableColumn } from "@/table/columns";

interface Props {
  all: TableColumn[];
  shown: string[];
  onChange: (ids: string[] | null) => void; // null: as usual
  chosen: boolean;
}

export function ColumnChooser({ all, shown, onChange, chosen }: Props) {
  const [path, setPath] = useState("");
  const toggle = (id: string) => {
    const order = all.map((column) => column.id);
    const next = shown.includes(id)
      ? shown.filter((other) => other !== id)
      : order.filter((other) => other === id || shown.includes(other));
    if (next.length > 0) onChange(next);
  };
  const add = (event: FormEvent) => {
    event.preventDefault();
    const id = path.trim();
    if (!id) return;
    onChange([...shown, /^(tag|data)\./.test(id) ? id : `data.${id}`]);
    setPath("");
  };
  return (
    <Popover position="bottom-end" width={270} shadow="md" trapFocus returnFocus transitionProps={{ duration: 0 }}>
      <Popover.Target>
        <button type="button" className="button" aria-haspopup="dialog">
          <Icon name="columns" size={15} />
          <span className="wide-only">Columns</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns">
        <div className="column-list">
          {all.map((column) => (
            <label key={column.id} className="facet-value">
              <input type="checkbox" checked={shown.includes(column.id)} onChange={() => toggle(column.id)} />
              <span className="cut">{column.title}</span>
              {column.id.startsWith("tag.") && <span className="dim">tag</span>}
            </label>
          ))}
        </div>
        <form className="column-add" onSubmit={add}>
          <input
            className="plain-input grow mono"
            placeholder="tag.team or data.Path.To"
            aria-label="A tag or a path of the document to show as a column"
            value={path}
            onChange={(event) => setPath(event.currentTarget.value)}
          />
          <button type="submit" className="button small" disabled={!path.trim()}>
            Add
          </button>
        </form>
        {chosen && (
          <button type="button" className="facet-more" onClick={() => onChange(null)}>
            The usual columns
          </button>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
