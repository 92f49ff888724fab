// What a finding rests on: what the rule read, and what the object stands on, down to what AWS runs for it.

import { useQueries, useQuery } from "@tanstack/react-query";
import type { Finding } from "@/api/clusters";
import { relationsQuery } from "@/api/queries";
import type { Relation } from "@/api/types";
import { useKinds } from "@/kinds/useKinds";
import { Link } from "@/route/Link";
import { resourceHref } from "@/route/hrefs";
import { shortId } from "@/table/columns";
import { useAt } from "@/time/instant";
import { Dot, Skeleton } from "@/ui/parts";
import { toneOf } from "@/ui/states";

// What stands between an object and AWS: their relations are asked for too.
const BETWEEN = [
  "k8s.node",
  "k8s.persistent_volume",
  "k8s.persistent_volume_claim",
  "k8s.service",
  "k8s.service_account",
];
const MOST = 12;

export interface Ground {
  relation: Relation;
  through: Relation | null; // what leads there
}

// Direct relations first, then those of AWS that the ones between lead to; each once.
export function groundsOf(direct: readonly Relation[], further: ReadonlyMap<string, readonly Relation[]>): Ground[] {
  const grounds = new Map<string, Ground>();
  const add = (relation: Relation, through: Relation | null) => {
    if (!grounds.has(relation.id)) grounds.set(relation.id, { relation, through });
  };
  const onward = direct.filter(({ direction, kind }) => direction === "out" || kind.startsWith("aws."));
  for (const relation of onward) add(relation, null);
  for (const relation of onward)
    for (const next of further.get(relation.id) ?? [])
      if (next.kind.startsWith("aws.") && next.direction === "out") add(next, relation);
  return [...grounds.values()].slice(0, MOST);
}

function name(relation: Relation): string {
  if (relation.name) return relation.name;
  return shortId(relation.known ? relation.id.split("/").slice(3).join("/") : relation.id);
}

function Grounds({ id }: { id: string }) {
  const at = useAt();
  const kinds = useKinds();
  const direct = useQuery(relationsQuery(id, at));
  const between = (direct.data ?? []).filter(
    ({ known, direction, kind }) => known && direction === "out" && BETWEEN.includes(kind),
  );
  const further = useQueries({
    queries: between.slice(0, 4).map((relation) => relationsQuery(relation.id, at)),
    combine: (results) => new Map(results.map((result, index) => [between[index]?.id ?? "", result.data ?? []])),
  });
  if (direct.isPending) return <Skeleton width={260} />;
  if (direct.isError) return <p className="dim">Its relations could not be read.</p>;
  const grounds = groundsOf(direct.data, further);
  if (grounds.length === 0) return <p className="dim">Nothing that is known.</p>;
  return (
    <ul className="grounds">
      {grounds.map(({ relation, through }) => (
        <li key={relation.id}>
          <span className="dim cut">{kinds.one(relation.kind)}</span>
          <div>
            {relation.known ? (
              <Link href={resourceHref(relation.id)} className="status">
                <Dot tone={toneOf(relation.state)} />
                <span className="cut">{name(relation)}</span>
              </Link>
            ) : (
              <>
                <code>{name(relation)}</code> <span className="dim">not in the record</span>
              </>
            )}
            <div className="dim ground-note">
              {[
                relation.kind.startsWith("aws.") && relation.known && (relation.account_name || relation.account),
                through && `by ${kinds.one(through.kind).toLowerCase()} ${name(through)}`,
              ]
                .filter(Boolean)
                .join(" · ")}
            </div>
          </div>
        </li>
      ))}
    </ul>
  );
}

export function FindingDetail({ finding }: { finding: Finding }) {
  return (
    <div className="finding-detail">
      <div>
        <h3>Evidence</h3>
        {finding.evidence.length === 0 ? (
          <p className="dim">The reason says all of it.</p>
        ) : (
          <dl className="evidence">
            {finding.evidence.map(({ path, value }, index) => (
              <div key={`${path} ${index}`}>
                <dt>
                  <code>{path}</code>
                </dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
      </div>
      {finding.id && (
        <div>
          <h3>What it stands on</h3>
          <Grounds id={finding.id} />
          <div className="line finding-links">
            <Link className="button small" href={resourceHref(finding.id)}>
              Open
            </Link>
            <Link className="button small" href={`${resourceHref(finding.id)}?tab=changes`}>
              What changed
            </Link>
            <Link className="button small" href={`${resourceHref(finding.id)}?tab=relations`}>
              Relations
            </Link>
          </div>
        </div>
      )}
    </div>
  );
}
