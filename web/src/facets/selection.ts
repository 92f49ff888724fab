// Which facets are chosen, as the address says it: `state=running,stopped`, `tag.team=a&tag.team=b`. A tag's value may
// hold a comma, so tags are repeated instead.

export const FACETS = ["state", "account", "region", "owner"] as const;

export interface Selection {
  key: string;
  values: string[];
}

export function selectionOf(query: URLSearchParams, keys: readonly string[] = FACETS): Selection[] {
  const selected: Selection[] = [];
  for (const key of keys.filter((each) => !each.startsWith("tag."))) {
    const values = (query.get(key) ?? "").split(",").filter(Boolean);
    if (values.length > 0) selected.push({ key, values });
  }
  const tags = new Set([...query.keys()].filter((key) => key.startsWith("tag.") && key.length > 4));
  for (const key of tags) selected.push({ key, values: query.getAll(key) });
  return selected;
}

// The tags that the rail counts: those asked for (`by=tag.team`), and those chosen from.
export function countedTags(query: URLSearchParams): string[] {
  const asked = (query.get("by") ?? "").split(",").filter((key) => key.startsWith("tag.") && key.length > 4);
  return [...new Set([...asked, ...selectionOf(query, []).map(({ key }) => key)])];
}

// The query of the address after one value was chosen or let go.
export function toggled(query: URLSearchParams, key: string, value: string): URLSearchParams {
  const next = new URLSearchParams(query);
  const before = selectionOf(query, [key]).find((selection) => selection.key === key)?.values ?? [];
  const values = before.includes(value) ? before.filter((other) => other !== value) : [...before, value];
  next.delete(key);
  if (key.startsWith("tag.")) for (const each of values) next.append(key, each);
  else if (values.length > 0) next.set(key, values.join(","));
  return next;
}

export function cleared(query: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const { key } of selectionOf(query)) next.delete(key);
  next.delete("q");
  return next;
}

// What the API is asked.
export function parametersOf(selected: Selection[]): Record<string, string | string[]> {
  return Object.fromEntries(
    selected.map(({ key, values }) => [key, key.startsWith("tag.") ? values : values.join(",")] as const),
  );
}
