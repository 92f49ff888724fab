// The search in the header: what one types is found while typing, and Enter opens the best match.

import { useEffect, useRef, useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { peekQuery } from "@/api/queries";
import { Problem } from "@/api/problem";
import type { Row } from "@/api/types";
import { plural } from "@/base/format";
import { useKinds } from "@/kinds/useKinds";
import { QueryBox, type Option } from "@/query/QueryBox";
import { hasKeys } from "@/query/tokens";
import { go, useLocation } from "@/route/location";
import { resourceHref } from "@/route/hrefs";
import { useAt } from "@/time/instant";
import { Key, State } from "@/ui/parts";
import { useKeys } from "./keys";

const SHOWN = 8;
// What of a document one may be typing, besides names and ids: shown when it holds what was typed.
const ADDRESSES = ["PrivateIpAddress", "PublicIpAddress", "PublicIp", "CidrBlock", "DNSName", "Endpoint.Address"].map(
  (path) => `data.${path}`,
);

export function searchHref(text: string): string {
  return `/search?${new URLSearchParams({ q: text })}`;
}

function Hit({ row, kind, asked }: { row: Row; kind: string; asked: string }) {
  const address = ADDRESSES.map((path) => row.columns[path] ?? "").find((text) => text.includes(asked));
  return (
    <div className="hit">
      <span className="hit-name">
        <b className="cut">{row.name || row.native_id}</b>
        {row.name && row.name !== row.native_id && <code className="dim cut">{row.native_id}</code>}
      </span>
      <span className="hit-where">{row.account_name || row.account}</span>
      <span className="hit-what line">
        {kind}
        {row.state && <State state={row.state} />}
        {address && <code className="hit-address cut">{address}</code>}
      </span>
      <span className="hit-where">{row.region}</span>
    </div>
  );
}

export function Search() {
  const place = useLocation();
  const at = useAt();
  const kinds = useKinds();
  const input = useRef<HTMLInputElement>(null);
  const shownQuery = place.path === "/search" ? (place.query.get("q") ?? "") : "";
  const [text, setText] = useState(shownQuery);
  const [waiting, setWaiting] = useState<string | null>(null); // Enter came before the answer
  useEffect(() => setText(shownQuery), [shownQuery]);
  const asked = text.trim();
  const hits = useQuery(peekQuery({ q: asked, at, limit: SHOWN, cols: ADDRESSES.join(",") }, asked.length > 1));
  const rows = asked.length > 1 && !hits.isPlaceholderData ? (hits.data?.rows ?? []) : [];

  const open = (row: Row) => {
    setText("");
    input.current?.blur();
    go(resourceHref(row.id));
  };
  const all = () => {
    input.current?.blur();
    go(searchHref(asked));
  };
  const submit = () => {
    if (!asked) return;
    if (place.path === "/search" || hasKeys(asked) || asked.length < 2) all();
    else setWaiting(asked);
  };
  useEffect(() => {
    if (waiting === null || waiting !== asked) return;
    if (hits.isError) all();
    if (!hits.isSuccess || hits.isPlaceholderData) return;
    setWaiting(null);
    const first = hits.data.rows[0];
    if (first && hits.data.total > 0) open(first);
    else all();
  });
  useKeys([{ keys: "/", label: "Search", group: "Everywhere", run: () => input.current?.focus() }]);

  const options: Option[] = rows.map((row) => ({
    id: row.id,
    view: <Hit row={row} kind={kinds.one(row.kind)} asked={asked} />,
    choose: () => open(row),
  }));
  const total = hits.data?.total ?? 0;
  const footer =
    asked.length > 1 && hits.data && !hits.isPlaceholderData ? (
      <button
        type="button"
        className="query-footer"
        onClick={all}
        tabIndex={-1}
        onPointerDown={(event) => event.preventDefault()}
      >
        {total > 0 ? `All ${plural(total, "match", "matches")}` : "Nothing matches; look among what is gone"}
        <span className="grow" />
        <Key>Ctrl</Key>
        <Key>Enter</Key>
      </button>
    ) : (
      !asked && (
        <div className="query-footer">A name, an id, an IP address, a tag; or kind:, account:, state:, tag.team: …</div>
      )
    );
  return (
    <QueryBox
      wide
      value={text}
      label="Search everything"
      placeholder="Search by name, id, IP address, tag …"
      inputRef={input}
      onChange={(next) => {
        setText(next);
        setWaiting(null);
      }}
      onSubmit={submit}
      problem={hits.error instanceof Problem && hits.error.status === 400 && asked.length > 1 ? hits.error : null}
      options={options}
      firstIsChosen={!hasKeys(asked)}
      footer={footer}
    />
  );
}
