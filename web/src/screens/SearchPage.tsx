// All that matches, the best first, grouped by kind; narrowed by the same facets as a table.

import { useCallback, useEffect } from "react";
import { useQuery } from "@tanstack/react-query";
import { get } from "@/api/client";
import { Problem } from "@/api/problem";
import type { Coverage, Row } from "@/api/types";
import { formatCount, plural } from "@/base/format";
import { withTerm } from "@/query/tokens";
import { resourceHref } from "@/route/hrefs";
import { Link } from "@/route/Link";
import { change, go, useLocation } from "@/route/location";
import { useKeys } from "@/shell/keys";
import { useAt } from "@/time/instant";
import { leaveTrail } from "@/screens/kind/trail";
import { shortId } from "@/table/columns";
import { CoverageBanner, CoverageChip } from "@/ui/CoverageParts";
import { Failure, Notice } from "@/ui/notices";
import { Age, SkeletonRows, State } from "@/ui/parts";

interface Group {
  kind: string;
  title: string;
  count: number;
  rows: Row[];
}

interface Answer {
  groups: Group[];
  total: number;
  exact: boolean;
  coverage: Coverage;
}

const LIMIT = 100;
const SHOWN = 8; // of a kind; all of them when it is the only one

function Hits({ group, q, alone }: { group: Group; q: string; alone: boolean }) {
  const rows = alone ? group.rows : group.rows.slice(0, SHOWN);
  const more = `/resources/${group.kind}?${new URLSearchParams({ q })}`;
  return (
    <section className="panel">
      <header>
        <h2>{group.title}</h2>
        <Link className="aside" href={more}>
          {group.count > rows.length ? `All ${formatCount(group.count)} as a table` : "As a table"}
        </Link>
      </header>
      <div className="scroll-x">
        <table className="plain hits">
          <thead>
            <tr>
              <th className="first">Name</th>
              <th>ID</th>
              <th>State</th>
              <th>Account</th>
              <th>Region</th>
              <th>Changed</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <td className="first">
                  <Link href={resourceHref(row.id)}>{row.name || shortId(row.native_id)}</Link>
                </td>
                <td>
                  <code title={row.native_id}>{shortId(row.native_id)}</code>
                </td>
                <td>{row.deleted_at ? <State state="deleted" /> : <State state={row.state} />}</td>
                <td title={row.account}>{row.account_name || row.account}</td>
                <td>{row.region}</td>
                <td className="dim">
                  <Age time={row.changed_at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Nothing({ q }: { q: string }) {
  const gone = withTerm(q, "is:deleted");
  return (
    <Notice
      icon="search"
      title="Nothing matches"
      actions={
        !q.includes("is:deleted") && (
          <button type="button" className="button" onClick={() => change({ q: gone })}>
            Look among what is gone
          </button>
        )
      }
    >
      Words match any part of ids, names, tags, IP addresses, DNS names and ARNs; all of them must be found. Fewer words
      find more.
    </Notice>
  );
}

const EXAMPLES = [
  ["10.0.3.17", "an IP address: its interface, instance, subnet and VPC"],
  ["kind:ec2.instance state:stopped age>90d", "instances that have been off for long"],
  ["kind:ec2.volume state:available", "volumes that nothing uses"],
  ["tag.team:payments -account:prod", "a team's things outside one account"],
  ["data.InstanceType:m5.*", "any path of the document"],
  ["changed<1d", "what changed within a day"],
];

function Examples() {
  return (
    <div className="examples">
      <h1>What one can ask</h1>
      <ul>
        {EXAMPLES.map(([q = "", says]) => (
          <li key={q}>
            <Link href={`/search?${new URLSearchParams({ q })}`}>
              <code>{q}</code>
            </Link>
            <span className="dim">{says}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function SearchPage() {
  const { query } = useLocation();
  const at = useAt();
  const q = (query.get("q") ?? "").trim();
  const asked = useQuery({
    queryKey: ["short list", "search", q, at],
    queryFn: ({ signal }) => get<Answer>("search", { q, at, limit: LIMIT }, signal),
    enabled: q !== "",
    staleTime: 20_000,
  });
  useEffect(() => {
    document.title = q ? `${q} · Search · Cadastre` : "Search · Cadastre";
  }, [q]);
  const answer = asked.data;
  useEffect(() => leaveTrail(answer?.groups.flatMap((group) => group.rows) ?? []), [answer]);
  const openFirst = useCallback(() => {
    const first = answer?.groups[0]?.rows[0];
    if (first) go(resourceHref(first.id));
  }, [answer]);
  useKeys([{ keys: "Enter", label: "Open the best match", group: "Search", run: openFirst }]);
  if (!q) return <Examples />;
  if (asked.isError) {
    const problem = asked.error instanceof Problem && asked.error.status === 400 ? asked.error : null;
    if (problem?.position !== undefined)
      return (
        <Notice page icon="warning" title="The query is not understood">
          {problem.detail}
          <br />
          <code className="pointed">
            {(problem.query ?? q).slice(0, problem.position)}
            <u className="fault">{(problem.query ?? q).slice(problem.position) || " "}</u>
          </code>
        </Notice>
      );
    return <Failure error={asked.error} retry={() => void asked.refetch()} />;
  }
  return (
    <>
      <CoverageBanner coverage={answer && answer.total > 0 ? answer.coverage : undefined} />
      <div className="search-page">
        <div className="line search-head">
          <h1>
            {answer ? `${answer.exact ? "" : "about "}${plural(answer.total, "match", "matches")}` : "Searching …"}
          </h1>
          <CoverageChip coverage={answer?.coverage} />
        </div>
        {!answer && <SkeletonRows />}
        {answer?.total === 0 && <Nothing q={q} />}
        {answer?.groups.map((group) => (
          <Hits key={group.kind} group={group} q={q} alone={answer.groups.length === 1} />
        ))}
        {answer && answer.total > LIMIT && (
          <p className="dim">The best {LIMIT} are shown. A kind&apos;s table has all of its matches.</p>
        )}
      </div>
    </>
  );
}
