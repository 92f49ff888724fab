import { describe, expect, it } from "vitest";
import { arrange, layersOf, MOST, NODE, type GraphEdge, type GraphNode } from "./layout";

const node = (id: string, kind: string): GraphNode => ({ id, kind, name: id, note: "", state: "", known: true });
const edge = (from: string, to: string): GraphEdge => ({ from, to, via: "" });

describe("layers", () => {
  it("go right along the arrows and left against them, never back", () => {
    const layers = layersOf("i", [
      edge("i", "subnet"),
      edge("subnet", "vpc"),
      edge("tg", "i"),
      edge("other", "subnet"),
    ]);
    expect(Object.fromEntries(layers)).toEqual({ i: 0, subnet: 1, vpc: 2, tg: -1 });
  });

  it("end in circles", () => expect(layersOf("a", [edge("a", "b"), edge("b", "a")]).size).toBe(2));
});

describe("a graph of 120 things", () => {
  const nodes = [node("i", "instance")];
  const edges: GraphEdge[] = [];
  for (let index = 0; index < 119; ++index) {
    const id = `n${index}`;
    nodes.push(node(id, `kind${index % 9}`));
    edges.push(index % 3 === 0 ? edge(id, "i") : edge("i", id));
  }
  const { containers, drawn } = arrange("i", nodes, edges);

  it("draws all of them in their containers", () => {
    expect(drawn).toBe(120);
    expect(
      containers.flatMap((container) => container.placed).length +
        containers.reduce((sum, { hidden }) => sum + hidden, 0),
    ).toBe(120);
    for (const { placed, width, height } of containers)
      for (const { x, y } of placed) {
        expect(x + NODE.width).toBeLessThanOrEqual(width);
        expect(y + NODE.height).toBeLessThanOrEqual(height);
      }
  });

  it("lets no two containers touch", () => {
    for (const a of containers)
      for (const b of containers) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(a === b || apart, `${a.id} and ${b.id}`).toBe(true);
      }
  });

  it("puts what depends on it left, and what it needs right", () => {
    const centre = containers.find(({ id }) => id === "centre")!;
    for (const { layer, x } of containers) if (layer !== 0) expect(Math.sign(x - centre.x)).toBe(Math.sign(layer));
  });
});

it("never draws more than it can", () => {
  const nodes = [node("i", "instance"), ...Array.from({ length: 400 }, (_, index) => node(`n${index}`, "volume"))];
  const { drawn } = arrange(
    "i",
    nodes,
    nodes.slice(1).map(({ id }) => edge("i", id)),
  );
  expect(drawn).toBe(MOST);
});
