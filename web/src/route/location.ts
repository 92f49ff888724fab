// Where one is: the path is what is looked at, the query is how. All of it is in the address, so that back, reload and
// sharing work.

import { useMemo, useSyncExternalStore } from "react";

export interface Location {
  path: string;
  parts: string[]; // of the path, decoded
  query: URLSearchParams;
  href: string; // path and query
}

const CHANGED = "cadastre:location";

function subscribe(listener: () => void) {
  addEventListener("popstate", listener);
  addEventListener(CHANGED, listener);
  return () => {
    removeEventListener("popstate", listener);
    removeEventListener(CHANGED, listener);
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function parseLocation(href: string): Location {
  const url = new URL(href, "http://x");
  return {
    path: url.pathname,
    parts: url.pathname.split("/").filter(Boolean).map(decode),
    query: url.searchParams,
    href: url.pathname + url.search,
  };
}

export function useLocation(): Location {
  const href = useSyncExternalStore(
    subscribe,
    () => location.pathname + location.search,
    () => "/",
  );
  return useMemo(() => parseLocation(href), [href]);
}

export type Patch = Record<string, string | null | undefined>;

// The same place seen otherwise: null, undefined and "" take a key away.
export function patched(href: string, patch: Patch): string {
  const url = new URL(href, "http://x");
  for (const [key, value] of Object.entries(patch)) {
    if (value) url.searchParams.set(key, value);
    else url.searchParams.delete(key);
  }
  return url.pathname + readable(url.search);
}

// Colons, commas, slashes and the like are allowed in a query, and an address is read by people too.
function readable(search: string): string {
  return search
    .replace(/%3A/gi, ":")
    .replace(/%2C/gi, ",")
    .replace(/%2F/gi, "/")
    .replace(/%40/gi, "@")
    .replace(/%3E/gi, ">")
    .replace(/%3C/gi, "<");
}

export interface GoOptions {
  replace?: boolean; // typing replaces, a choice pushes
}

// Moves within the dashboard. The instant one looks at (`at`) is kept unless the target names its own.
export function go(href: string, options: GoOptions = {}): void {
  const target = withInstant(href);
  if (target === location.pathname + location.search) return;
  history[options.replace ? "replaceState" : "pushState"](null, "", target);
  dispatchEvent(new Event(CHANGED));
}

export function change(patch: Patch, options: GoOptions = {}): void {
  const target = patched(location.pathname + location.search, patch);
  if (target === location.pathname + location.search) return;
  history[options.replace ? "replaceState" : "pushState"](null, "", target);
  dispatchEvent(new Event(CHANGED));
}

export function withInstant(href: string): string {
  if (typeof location === "undefined") return href;
  const at = new URLSearchParams(location.search).get("at");
  if (!at || new URL(href, "http://x").searchParams.has("at")) return href;
  return patched(href, { at });
}
