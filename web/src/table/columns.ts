// The columns of a kind's table: those every kind has, those of the catalogue, and what somebody added by path or tag.

import { formatUnit, isNumeric, type Unit } from "@/base/format";
import type { Column, Row } from "@/api/types";

export type CellForm = "name" | "id" | "state" | "age" | "text" | "number";

export interface TableColumn {
  id: string; // of a common column a short word; else the catalogue's header, a path or tag.NAME
  title: string;
  form: CellForm;
  unit: Unit;
  common: boolean;
  sort: string; // what the API sorts by; "" when it cannot
}

const common = (id: string, title: string, form: CellForm, sort = id): TableColumn => ({
  id,
  title,
  form,
  unit: "",
  common: true,
  sort,
});

export const COMMON: TableColumn[] = [
  common("name", "Name", "name"),
  common("id", "ID", "id"),
  common("state", "State", "state"),
  common("account", "Account", "text"),
  common("region", "Region", "text"),
];
export const TRAILING: TableColumn[] = [
  common("owner", "Owner", "text"),
  common("changed", "Changed", "age"),
  common("first_seen", "First seen", "age"),
  common("created", "Created", "age"),
];
const USUALLY_HIDDEN = new Set(["owner", "first_seen", "created"]);

function own({ name, unit }: Column): TableColumn {
  const form: CellForm = unit === "time" ? "age" : isNumeric(unit) ? "number" : "text";
  return { id: name, title: name, form, unit, common: false, sort: name };
}

// What is neither common nor the catalogue's: a tag is in the rows already, a path must be asked for.
function added(id: string): TableColumn {
  const tag = id.startsWith("tag.");
  return { id, title: tag ? id.slice(4) : id.replace(/^data\./, ""), form: "text", unit: "", common: tag, sort: "" };
}

export function columnsOf(catalogue: Column[], extra: string[] = []): TableColumn[] {
  return [...COMMON, ...catalogue.map(own), ...extra.map(added), ...TRAILING];
}

// What is shown while nobody has chosen: a column that says the same as another, or nothing, is left out.
export function usualColumns(all: TableColumn[], rows: Row[]): string[] {
  const sameIds = rows.length > 0 && rows.every((row) => row.name === "" || row.name === row.native_id);
  const noStates = rows.length > 0 && rows.every((row) => row.state === "");
  return all
    .filter(({ id }) => !USUALLY_HIDDEN.has(id) && !(id === "id" && sameIds) && !(id === "state" && noStates))
    .map(({ id }) => id);
}

// The address's `cols`, in its own order; unknown ones that are no path or tag are ignored.
export function chosenColumns(text: string | null): string[] | null {
  const ids = (text ?? "").split(",").filter(Boolean);
  return ids.length > 0 ? ids : null;
}

export function extraColumns(chosen: string[] | null, catalogue: Column[]): string[] {
  const known = new Set([...COMMON, ...TRAILING].map(({ id }) => id).concat(catalogue.map(({ name }) => name)));
  return (chosen ?? []).filter((id) => !known.has(id) && (id.startsWith("tag.") || id.startsWith("data.")));
}

// The last part of an ARN says which; the rest is in the other columns.
export function shortId(id: string): string {
  if (!id.startsWith("arn:")) return id;
  return id.split(":").slice(5).join(":") || id;
}

export function cellText(row: Row, column: TableColumn, now?: number): string {
  switch (column.id) {
    case "name":
      return row.name || shortId(row.native_id);
    case "id":
      return shortId(row.native_id);
    case "state":
      return row.state;
    case "account":
      return row.account_name || row.account;
    case "region":
      return row.region;
    case "owner":
      return row.owner;
    case "changed":
      return formatUnit(row.changed_at, "time", now);
    case "first_seen":
      return formatUnit(row.first_seen, "time", now);
    case "created":
      return formatUnit(row.created_at ?? "", "time", now);
    default:
      if (column.id.startsWith("tag.")) return row.tags[column.id.slice(4)] ?? "";
      return formatUnit(row.columns[column.id] ?? "", column.unit, now);
  }
}

// What the text stands for, when pointed at.
export function cellTitle(row: Row, column: TableColumn): string {
  if (column.id === "account") return row.account;
  if (column.id === "name") return row.native_id;
  if (column.id === "id") return row.native_id;
  if (column.form === "age") return column.id in row.columns ? (row.columns[column.id] ?? "") : "";
  return cellText(row, column);
}

const LETTER = { id: 7.25, name: 7.5, other: 6.9 };
const PADDING = 22;

// As wide as the first rows and the title need, within reason.
export function fittingWidth(column: TableColumn, rows: Row[]): number {
  const letter = column.form === "id" ? LETTER.id : column.form === "name" ? LETTER.name : LETTER.other;
  const needed = Math.max(0, ...rows.slice(0, 60).map((row) => cellText(row, column).length)) || 10;
  const extra = column.form === "state" ? 14 : 0;
  const text = needed * letter + extra;
  const title = column.title.length * 7 + 14;
  const most = column.id === "name" ? 300 : column.form === "id" ? 260 : 240;
  return Math.round(Math.min(Math.max(text, title, 44), most) + PADDING);
}
