// What a resource needs, and what needs it: as a graph while that can be read, as a table always.

import { lazy, Suspense, useMemo } from "react";
import { useQueries, useQuery } from "@tanstack/react-query";
import { relationsQuery } from "@/api/queries";
import { related, type Detail, type Relation } from "@/api/types";
import { plural } from "@/base/format";
import { useKinds } from "@/kinds/useKinds";
import { change, useLocation } from "@/route/location";
import { resourceHref } from "@/route/hrefs";
import { Link } from "@/route/Link";
import { shortId } from "@/table/columns";
import { MOST, type GraphEdge, type GraphNode } from "@/graph/layout";
import { Failure, Notice } from "@/ui/notices";
import { Skeleton, SkeletonRows, State } from "@/ui/parts";

const RelationsGraph = lazy(() => import("@/graph/RelationsGraph"));
const FURTHER = 24; // neighbours that are asked for theirs

function nodeOf(relation: Relation): GraphNode {
  const native = relation.known ? relation.id.split("/").slice(3).join("/") : relation.id;
  return {
    id: relation.id,
    kind: relation.kind,
    name: relation.name || shortId(native),
    note: relation.known ? shortId(native) : "not in the record",
    state: relation.state,
    known: relation.known,
  };
}

function edgeOf(centre: string, relation: Relation): GraphEdge {
  return relation.direction === "out"
    ? { from: centre, to: relation.id, via: relation.via }
    : { from: relation.id, to: centre, via: relation.via };
}

// The neighbours, and theirs when asked for.
function useGraph(detail: Detail, relations: Relation[], at: string | null, further: boolean) {
  const known = useMemo(
    () => (further ? relations.filter((relation) => relation.known).slice(0, FURTHER) : []),
    [relations, further],
  );
  const second = useQueries({
    queries: known.map((relation) => relationsQuery(relation.id, at)),
    combine: (results) => ({
      answers: results.map((result) => result.data ?? []),
      pending: results.some((result) => result.isPending),
      stamp: results.map((result) => result.dataUpdatedAt).join(),
    }),
  });
  return useMemo(() => {
    const nodes = new Map<string, GraphNode>();
    const edges: GraphEdge[] = [];
    nodes.set(detail.id, {
      id: detail.id,
      kind: detail.kind,
      name: detail.name || shortId(detail.native_id),
      note: shortId(detail.native_id),
      state: detail.state,
      known: true,
    });
    const add = (centre: string, relation: Relation) => {
      if (!nodes.has(relation.id)) nodes.set(relation.id, nodeOf(relation));
      edges.push(edgeOf(centre, relation));
    };
    for (const relation of relations) add(detail.id, relation);
    known.forEach((relation, index) => {
      // Onward in the same direction only: all else that is in a VPC is not what an instance needs.
      for (const next of second.answers[index] ?? []) if (next.direction === relation.direction) add(relation.id, next);
    });
    return { nodes: [...nodes.values()], edges, pending: second.pending };
  }, [detail, relations, known, second.stamp]);
}

function Table({ relations, title }: { relations: Relation[]; title: string }) {
  const kinds = useKinds();
  return (
    <section className="panel">
      <header>
        <h2>{title}</h2>
        <span className="aside">{plural(related(relations), "resource")}</span>
      </header>
      {relations.length === 0 ? (
        <p className="panel-empty dim">None that is known.</p>
      ) : (
        <div className="scroll-x">
          <table className="plain">
            <thead>
              <tr>
                <th className="first">Name</th>
                <th>Kind</th>
                <th>State</th>
                <th>Account</th>
                <th>By</th>
              </tr>
            </thead>
            <tbody>
              {relations.map((relation) => (
                <tr key={`${relation.id} ${relation.via}`}>
                  <td className="first">
                    {relation.known ? (
                      <Link href={resourceHref(relation.id)}>{nodeOf(relation).name}</Link>
                    ) : (
                      <code className="dim">{shortId(relation.id)}</code>
                    )}
                  </td>
                  <td>{kinds.one(relation.kind)}</td>
                  <td>
                    {relation.known ? <State state={relation.state} /> : <span className="dim">not in the record</span>}
                  </td>
                  <td>{relation.account_name || relation.account}</td>
                  <td>
                    <code className="dim">{relation.via}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

export function RelationsTab({ detail, at }: { detail: Detail; at: string | null }) {
  const { query } = useLocation();
  const kinds = useKinds();
  const further = query.get("depth") === "2";
  const asked = useQuery(relationsQuery(detail.id, at, !detail.deleted_at));
  const relations = asked.data ?? detail.relations;
  const graph = useGraph(detail, relations, at, further);
  if (asked.isError && relations.length === 0)
    return <Failure error={asked.error} retry={() => void asked.refetch()} />;
  if (asked.isPending && relations.length === 0 && !detail.deleted_at) return <SkeletonRows />;
  if (relations.length === 0)
    return (
      <Notice icon="share" title="No relations are known">
        Nothing in its document refers to another resource, and no other resource refers to it.
      </Notice>
    );
  const out = relations.filter((relation) => relation.direction === "out");
  const into = relations.filter((relation) => relation.direction === "in");
  return (
    <div className="relations">
      <div className="line">
        <div className="segmented" role="group" aria-label="How far">
          <button type="button" aria-pressed={!further} onClick={() => change({ depth: null }, { replace: true })}>
            Direct
          </button>
          <button type="button" aria-pressed={further} onClick={() => change({ depth: "2" }, { replace: true })}>
            One step further
          </button>
        </div>
        <span className="dim">
          {plural(graph.nodes.length - 1, "resource")}
          {graph.nodes.length > MOST && `, the first ${MOST} drawn`}. Arrows point to what is needed.
        </span>
      </div>
      <Suspense fallback={<Skeleton height={420} />}>
        <RelationsGraph
          centre={detail.id}
          nodes={graph.nodes}
          edges={graph.edges}
          titleOf={kinds.title}
          oneOf={kinds.one}
        />
      </Suspense>
      <Table relations={out} title="Needs" />
      <Table relations={into} title="Is needed by" />
    </div>
  );
}
