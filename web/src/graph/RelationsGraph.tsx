// The graph of what a resource needs and what needs it. Loaded when the tab is opened.

import { useEffect, useMemo, useState } from "react";
import {
  Background,
  BackgroundVariant,
  Controls,
  Handle,
  MarkerType,
  MiniMap,
  Position,
  ReactFlow,
  useReactFlow,
  useStore,
  type Edge,
  type Node,
  type NodeProps,
} from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import "./graph.css";
import { useComputedColorScheme } from "@mantine/core";
import { plural } from "@/base/format";
import { resourceHref } from "@/route/hrefs";
import { go } from "@/route/location";
import { Dot } from "@/ui/parts";
import { toneOf } from "@/ui/states";
import { arrange, NODE, type GraphEdge, type GraphNode, type Layout } from "./layout";

interface Props {
  centre: string;
  nodes: GraphNode[];
  edges: GraphEdge[];
  titleOf: (kind: string) => string;
  oneOf: (kind: string) => string;
}

type BoxData = { title: string; count: number; hidden: number };
type CardData = { node: GraphNode; centre: boolean; kind: string | null };

function Box({ data }: NodeProps<Node<BoxData>>) {
  return (
    <div className={data.count > 1 ? "graph-box" : ""}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      {data.count > 1 && (
        <div className="graph-box-title">
          <span className="cut">{data.title}</span>
          <span className="graph-box-count">{data.count}</span>
        </div>
      )}
      {data.hidden > 0 && (
        <div className="graph-box-more">and {plural(data.hidden, "more in the table", "more in the table")}</div>
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}

function Card({ data }: NodeProps<Node<CardData>>) {
  const { node, centre, kind } = data;
  return (
    <div
      className={`graph-card${centre ? " centre" : ""}${node.known ? "" : " unknown"}`}
      title={`${node.name}\n${node.note}`}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <span className="graph-card-name">
        <Dot tone={toneOf(node.state)} />
        <span className="cut">{node.name}</span>
      </span>
      <span className="graph-card-note cut">
        {kind && <span className="graph-card-kind">{kind} </span>}
        {node.note !== node.name && node.note}
      </span>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}

const nodeTypes = { box: Box, card: Card };
const FIT = { padding: 0.08, maxZoom: 1 };

// All of it is in sight whenever there is more or less of it, or its place has another size.
function Refit({ layout }: { layout: Layout }) {
  const { fitView } = useReactFlow();
  const width = useStore((state) => state.width);
  useEffect(() => {
    const frame = requestAnimationFrame(() => void fitView(FIT));
    return () => cancelAnimationFrame(frame);
  }, [layout, width, fitView]);
  return null;
}

export default function RelationsGraph({ centre, nodes, edges, titleOf, oneOf }: Props) {
  const scheme = useComputedColorScheme("light");
  const [over, setOver] = useState<string | null>(null);
  const layout = useMemo(() => arrange(centre, nodes, edges), [centre, nodes, edges]);
  const drawn = useMemo<Node[]>(
    () =>
      layout.containers.flatMap((container): Node[] => [
        {
          id: container.id,
          type: "box",
          position: { x: container.x, y: container.y },
          width: container.width,
          height: container.height,
          initialWidth: container.width,
          initialHeight: container.height,
          selectable: false,
          focusable: false,
          zIndex: 0,
          data: {
            title: titleOf(container.kind),
            count: container.placed.length + container.hidden,
            hidden: container.hidden,
          } satisfies BoxData,
        },
        ...container.placed.map(({ node, x, y }): Node => ({
          id: node.id,
          type: "card",
          parentId: container.id,
          position: { x, y },
          width: NODE.width,
          height: NODE.height,
          initialWidth: NODE.width,
          initialHeight: NODE.height,
          zIndex: 20,
          ariaLabel: `${titleOf(node.kind)}: ${node.name}`,
          data: {
            node,
            centre: container.id === "centre",
            kind: container.placed.length === 1 ? oneOf(node.kind) : null,
          } satisfies CardData,
        })),
      ]),
    [layout, titleOf, oneOf],
  );
  const lines = useMemo<Edge[]>(
    () =>
      layout.lines.map(({ id, from, to, via }) => {
        const lit = over !== null && (from === over || to === over);
        return {
          id,
          source: from === centre ? "centre" : from,
          target: to === centre ? "centre" : to,
          zIndex: 10,
          className: lit ? "lit" : over ? "dimmed" : "",
          ariaLabel: via ? `refers to it by ${via}` : "refers to it",
          focusable: false,
          markerEnd: {
            type: MarkerType.ArrowClosed,
            width: 14,
            height: 14,
            color: lit ? "var(--accent)" : "var(--text-3)",
          },
        };
      }),
    [layout, over, centre],
  );
  return (
    <div className="graph" data-testid="graph">
      <ReactFlow
        nodes={drawn}
        edges={lines}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        fitView
        fitViewOptions={FIT}
        minZoom={0.15}
        maxZoom={1.6}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        zoomOnScroll={false}
        preventScrolling={false}
        onNodeMouseEnter={(_, node) => setOver(node.type === "card" ? node.id : null)}
        onNodeMouseLeave={() => setOver(null)}
        onNodeClick={(_, node) => {
          const data = node.data as Partial<CardData>;
          if (data.node?.known && !data.centre) go(`${resourceHref(data.node.id)}?tab=relations`);
        }}
        proOptions={{ hideAttribution: true }}
      >
        <Background variant={BackgroundVariant.Dots} gap={18} size={1} color="var(--line)" />
        <Controls showInteractive={false} fitViewOptions={FIT} />
        <Refit layout={layout} />
        {layout.drawn > 40 && (
          <MiniMap pannable zoomable nodeColor="var(--line-2)" nodeStrokeWidth={0} ariaLabel="The graph, small" />
        )}
      </ReactFlow>
    </div>
  );
}
