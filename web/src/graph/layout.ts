// Where the boxes of a relations graph stand. Things of one kind on one side of the centre are packed into one
// container; dagre places the containers, in layers from what depends on the resource (left) to what it needs (right).

import { graphlib, layout } from "@dagrejs/dagre";

export interface GraphNode {
  id: string;
  kind: string;
  name: string;
  note: string; // a second line
  state: string;
  known: boolean;
}

export interface GraphEdge {
  from: string;
  to: string;
  via: string;
}

export interface Placed {
  node: GraphNode;
  x: number; // within its container
  y: number;
}

export interface Container {
  id: string;
  kind: string;
  layer: number; // 0: the centre; negative: depends on it; positive: what it needs
  x: number;
  y: number;
  width: number;
  height: number;
  placed: Placed[];
  hidden: number; // of them, not drawn
}

export interface Line {
  id: string;
  from: string;
  to: string;
  via: string;
}

export interface Layout {
  containers: Container[];
  lines: Line[];
  drawn: number;
}

export const NODE = { width: 208, height: 46 };
const GAP = 8;
const HEAD = 30;
const PAD = 10;
export const MOST = 150;
const MOST_OF_A_KIND = 24;

// Layers by the shortest way from the centre, along or against the arrows.
export function layersOf(centre: string, edges: GraphEdge[]): Map<string, number> {
  const layers = new Map([[centre, 0]]);
  const queue = [centre];
  for (let at = 0; at < queue.length; ++at) {
    const id = queue[at] ?? "";
    const layer = layers.get(id) ?? 0;
    const visit = (other: string, next: number) => {
      if (layers.has(other)) return;
      layers.set(other, next);
      queue.push(other);
    };
    // To the right only along the arrows, to the left only against them: a sibling is neither.
    for (const edge of edges) {
      if (edge.from === id && layer >= 0) visit(edge.to, layer + 1);
      if (edge.to === id && layer <= 0) visit(edge.from, layer - 1);
    }
  }
  return layers;
}

function columnsFor(count: number): number {
  return count <= 4 ? 1 : count <= 12 ? 2 : 3;
}

function pack(id: string, kind: string, layer: number, nodes: GraphNode[]): Container {
  const shown = nodes.slice(0, MOST_OF_A_KIND);
  const columns = columnsFor(shown.length);
  const placed = shown.map((node, index) => ({
    node,
    x: PAD + (index % columns) * (NODE.width + GAP),
    y: HEAD + Math.floor(index / columns) * (NODE.height + GAP),
  }));
  // One thing needs no box around it: its card says what it is.
  if (nodes.length === 1) {
    const alone = shown.map((node) => ({ node, x: 0, y: 0 }));
    return { id, kind, layer, x: 0, y: 0, width: NODE.width, height: NODE.height, placed: alone, hidden: 0 };
  }
  const rows = Math.ceil(shown.length / columns);
  const width = 2 * PAD + columns * NODE.width + (columns - 1) * GAP;
  const height = HEAD + rows * (NODE.height + GAP) - GAP + PAD + (nodes.length > shown.length ? 20 : 0);
  return { id, kind, layer, x: 0, y: 0, width, height, placed, hidden: nodes.length - shown.length };
}

export function arrange(centre: string, nodes: GraphNode[], edges: GraphEdge[]): Layout {
  const layers = layersOf(centre, edges);
  const groups = new Map<string, GraphNode[]>();
  let drawn = 0;
  for (const node of nodes) {
    const layer = layers.get(node.id);
    if (layer === undefined || drawn >= MOST) continue;
    drawn += 1;
    const key = node.id === centre ? "centre" : `${layer} ${node.kind}`;
    const group = groups.get(key);
    if (group) group.push(node);
    else groups.set(key, [node]);
  }
  const containers = [...groups].map(([key, group]) =>
    pack(key, group[0]?.kind ?? "", key === "centre" ? 0 : Number(key.split(" ")[0]), group),
  );
  const containerOf = new Map(containers.flatMap((each) => each.placed.map(({ node }) => [node.id, each.id] as const)));
  const lines = new Map<string, Line>();
  const graph = new graphlib.Graph().setGraph({ rankdir: "LR", nodesep: 14, ranksep: 110, marginx: 20, marginy: 20 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of containers) graph.setNode(id, { width, height });
  for (const edge of edges) {
    const from = containerOf.get(edge.from);
    const to = containerOf.get(edge.to);
    if (!from || !to || from === to) continue;
    // Many refer to each other; the arrow that leads onward is drawn.
    if ((layers.get(edge.from) ?? 0) >= (layers.get(edge.to) ?? 0)) continue;
    graph.setEdge(from, to);
    // From and to the centre one line a container is enough; further out each thing has its own.
    const ends = from === "centre" ? [edge.from, to] : to === "centre" ? [from, edge.to] : [edge.from, edge.to];
    const [start = "", end = ""] = ends;
    const id = `${start} → ${end}`;
    if (!lines.has(id)) lines.set(id, { id, from: start, to: end, via: edge.via });
  }
  layout(graph);
  for (const container of containers) {
    const { x = 0, y = 0 } = graph.node(container.id) as { x?: number; y?: number };
    container.x = x - container.width / 2;
    container.y = y - container.height / 2;
  }
  return { containers, lines: [...lines.values()], drawn };
}
