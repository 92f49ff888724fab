// The cluster's nodes, workloads or claims: a short table for each kind, what is wrong first. All of them, with filters
// and columns of one's own, are one link away.

import { useQuery } from "@tanstack/react-query";
import type { ClusterDetail, Finding } from "@/api/clusters";
import { peekQuery } from "@/api/queries";
import { useNow } from "@/base/clock";
import { formatCount, formatUnit, isNumeric } from "@/base/format";
import { useKinds } from "@/kinds/useKinds";
import { resourceHref } from "@/route/hrefs";
import { Link } from "@/route/Link";
import { useAt } from "@/time/instant";
import { Failure, Notice } from "@/ui/notices";
import { Age, Dot, SkeletonRows } from "@/ui/parts";
import { kindOfCluster } from "./ClusterCards";
import { SEVERITIES, severityTone } from "./health";

// What is worth a look here; the table of the kind has all of its columns.
const SHOWN: Record<string, string[]> = {
  "k8s.node": ["Instance", "Type", "Zone", "Internal IP", "Kubelet", "CPU", "Memory"],
  "k8s.deployment": ["Namespace", "Up to date", "Available", "Images"],
};
const USUALLY = 5; // columns of other kinds, from the left
const MOST = 100; // rows of one kind: a page of the API

// The worst finding of each resource.
export function worstOf(findings: readonly Finding[]): Map<string, Finding> {
  const worst = new Map<string, Finding>();
  const rank = ({ severity }: Finding) => SEVERITIES.indexOf(severity);
  for (const finding of findings) {
    if (!finding.id) continue;
    const other = worst.get(finding.id);
    if (!other || rank(finding) < rank(other)) worst.set(finding.id, finding);
  }
  return worst;
}

export function failingFirst<T extends { id: string; name: string }>(
  rows: readonly T[],
  worst: Map<string, Finding>,
): T[] {
  const rank = ({ id }: T) => {
    const finding = worst.get(id);
    return finding ? SEVERITIES.indexOf(finding.severity) : SEVERITIES.length;
  };
  return [...rows].sort((a, b) => rank(a) - rank(b));
}

function KindTable({ detail, kind, worst }: { detail: ClusterDetail; kind: string; worst: Map<string, Finding> }) {
  const at = useAt();
  const now = useNow();
  const kinds = useKinds();
  const asked = useQuery(
    peekQuery({ kind, account: detail.account, q: `cluster:${detail.cluster}`, at, limit: MOST, sort: "name" }),
  );
  const table = kindOfCluster(kind, detail);
  const rows = failingFirst(asked.data?.rows ?? [], worst);
  const all = asked.data?.columns ?? [];
  const wanted = SHOWN[kind]?.flatMap((name) => all.filter((column) => column.name === name)) ?? all.slice(0, USUALLY);
  const columns = wanted.filter(({ name }) => rows.some((row) => row.columns[name]));
  const stated = rows.some((row) => row.state !== "");
  return (
    <section className="panel">
      <header>
        <h2>{kinds.title(kind)}</h2>
        <Link className="aside" href={table}>
          {asked.data ? `All ${formatCount(asked.data.total)} in the table` : " "}
        </Link>
      </header>
      {asked.isError && !asked.data ? (
        <Failure error={asked.error} retry={() => void asked.refetch()} />
      ) : asked.isPending ? (
        <SkeletonRows count={4} />
      ) : (
        <div className="scroll-x" tabIndex={0} role="region" aria-label={kinds.title(kind)}>
          <table className="plain kind-table">
            <thead>
              <tr>
                <th className="first">Name</th>
                {stated && <th>State</th>}
                <th>What is wrong</th>
                {columns.map(({ name, unit }) => (
                  <th key={name} className={isNumeric(unit) ? "right" : undefined}>
                    {name}
                  </th>
                ))}
                <th>Changed</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => {
                const finding = worst.get(row.id);
                return (
                  <tr key={row.id}>
                    <td className="first">
                      <span className="status">
                        <Dot tone={finding ? severityTone(finding.severity) : "good"} />
                        <Link className="cut" href={resourceHref(row.id)} title={row.name}>
                          {row.name || row.native_id}
                        </Link>
                      </span>
                    </td>
                    {stated && <td>{row.state}</td>}
                    <td className="what-is-wrong" title={finding?.reason}>
                      {finding?.reason}
                    </td>
                    {columns.map(({ name, unit }) => (
                      <td key={name} className={isNumeric(unit) ? "right" : "cut kind-text"} title={row.columns[name]}>
                        {formatUnit(row.columns[name] ?? "", unit, now)}
                      </td>
                    ))}
                    <td className="nowrap">
                      <Age time={row.changed_at} />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          {asked.data.total > rows.length && (
            <p className="panel-foot">
              <Link href={table}>
                {formatCount(rows.length)} of {formatCount(asked.data.total)} are shown; the table has all of them
              </Link>
            </p>
          )}
        </div>
      )}
    </section>
  );
}

export function KindTables({ detail, kinds }: { detail: ClusterDetail; kinds: readonly string[] }) {
  const worst = worstOf(detail.findings);
  const held = kinds.filter((kind) => (detail.resources[kind] ?? 0) > 0);
  if (held.length === 0)
    return (
      <Notice icon="empty" title="There are none">
        The last dump listed none of this kind, or could not read them: what was not read is named with the findings.
      </Notice>
    );
  return (
    <div className="stack">
      {held.map((kind) => (
        <KindTable key={kind} detail={detail} kind={kind} worst={worst} />
      ))}
    </div>
  );
}
