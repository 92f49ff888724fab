// Addresses of the API. Nothing of the browser is needed here: the export is made with them, too (app/layout.tsx).

export type Parameters = Record<string, string | number | boolean | string[] | null | undefined>;

export function url(path: string, parameters: Parameters = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) {
    if (value === null || value === undefined || value === "" || value === false) continue;
    if (Array.isArray(value)) for (const item of value) search.append(key, item);
    else search.set(key, String(value));
  }
  const text = search.toString();
  return `/api/v1/${path}${text ? `?${text}` : ""}`;
}

// A resource's path: its id is one segment.
export function resourcePath(id: string, rest = ""): string {
  return `resources/${encodeURIComponent(id)}${rest}`;
}

export const PAGE = 100; // rows of a list at a time
