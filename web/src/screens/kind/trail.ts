// The list one came from, so that a resource's page can step to its neighbours.

import type { Row } from "@/api/types";

let ids: string[] = [];

export function leaveTrail(rows: Row[]): void {
  ids = rows.map((row) => row.id);
}

export function neighbours(id: string): { before: string | null; after: string | null; index: number; length: number } {
  const index = ids.indexOf(id);
  return {
    before: index > 0 ? (ids[index - 1] ?? null) : null,
    after: index >= 0 ? (ids[index + 1] ?? null) : null,
    index,
    length: index >= 0 ? ids.length : 0,
  };
}
