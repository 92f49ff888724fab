// What the API sends: the shapes of docs/api/openapi.json. Times are RFC 3339 texts.

import type { Unit } from "@/base/format";

export interface Column {
  name: string;
  unit: Unit;
}

export interface Kind {
  name: string;
  service: string;
  title: string;
  global: boolean;
  columns: Column[];
  links: string[];
  count: number;
}

export interface Row {
  id: string; // KIND/ACCOUNT/REGION/NATIVE
  kind: string;
  account: string;
  account_name: string;
  region: string;
  name: string;
  state: string;
  tags: Record<string, string>;
  first_seen: string;
  changed_at: string;
  verified_at: string | null;
  deleted_at: string | null;
  data: unknown;
  native_id: string;
  arn: string;
  created_at: string | null;
  deleted_cause: string;
  stale: boolean;
  unverified_since: string | null;
  outcome: string;
  owner: string;
  groups: Record<string, string>;
  columns: Record<string, string>;
}

export interface TroubledCell {
  account: string;
  region: string;
  kind: string;
  outcome: string;
  code: string;
  message: string;
  verified_at: string | null;
}

export interface Coverage {
  cells: number;
  complete: number;
  stale: number;
  denied: number;
  never: number;
  oldest_verified_at: string | null;
  troubled: TroubledCell[];
}

export interface Facet {
  key: string;
  values: { value: string; count: number }[];
  distinct: number;
}

export interface List {
  rows: Row[];
  columns: Column[];
  next: string;
  total: number;
  exact: boolean;
  facets: Facet[];
  coverage: Coverage;
  as_of: string;
}

export interface Relation {
  kind: string;
  id: string;
  name: string;
  state: string;
  account: string;
  account_name: string;
  known: boolean;
  direction: "out" | "in";
  via: string;
}

// Resources, not relations: an instance and its volume name each other.
export function related(relations: readonly Relation[]): number {
  return new Set(relations.map(({ id }) => id)).size;
}

export interface Gap {
  fragment: string;
  since: string;
  code: string;
  message: string;
}

export interface Detail extends Row {
  units: Record<string, Unit>;
  shared_with: { account: string; account_name: string }[];
  gaps: Gap[];
  relations: Relation[];
  console_url: string;
  cli_command: string;
}

export interface Difference {
  path: string;
  before?: unknown;
  after?: unknown;
}

export interface Version {
  sequence: number;
  from: string;
  to: string | null;
  cause: string;
  differences: Difference[];
  data?: unknown;
}

export interface Change {
  sequence: number;
  at: string;
  cause: string;
  id: string;
  kind: string;
  account: string;
  account_name: string;
  region: string;
  native_id: string;
  name: string;
  state: string;
  arn: string;
  owner: string;
  differences: Difference[];
}

export interface Changes {
  rows: Change[];
  next: string;
}

export interface Cell {
  account: string;
  region: string;
  kind: string;
  outcome: string;
  code: string;
  message: string;
  attempted_at: string | null;
  verified_at: string | null;
  unverified_since: string | null;
  unplanned_since: string | null;
  due_at: string | null;
  interval_seconds: number;
  resources: number;
  held: number;
}

export interface Account {
  id: string;
  name: string;
  status: string;
  status_since: string;
  groups: Record<string, string>;
  resources: number;
  cells: number;
  complete: number;
  oldest_verified_at: string | null;
}

export interface Suggestion {
  text: string;
  label: string;
  count: number;
  from: number;
  to: number;
}

export interface Rows<T> {
  rows: T[];
}
