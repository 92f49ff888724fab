// The types of types.ts are written by hand; this holds each against the schema of the same name in the API's document.

import { readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, it } from "vitest";

interface Schema {
  properties?: Record<string, unknown>;
  allOf?: Schema[];
  $ref?: string;
}

const document = JSON.parse(readFileSync(new URL("../../../docs/api/openapi.json", import.meta.url), "utf8")) as {
  components: { schemas: Record<string, Schema> };
};
const schemas = document.components.schemas;

function propertiesOf(schema: Schema): string[] {
  const named = schema.$ref ? schemas[schema.$ref.split("/").pop() ?? ""] : undefined;
  return [
    ...Object.keys(schema.properties ?? {}),
    ...(schema.allOf ?? []).flatMap(propertiesOf),
    ...(named ? propertiesOf(named) : []),
  ];
}

const source = ts.createSourceFile(
  "types.ts",
  readFileSync(new URL("./types.ts", import.meta.url), "utf8"),
  ts.ScriptTarget.ES2022,
);
const interfaces = new Map<string, { members: string[]; parents: string[] }>();
source.forEachChild((node) => {
  if (!ts.isInterfaceDeclaration(node)) return;
  const members = node.members.map((member) => (member.name as ts.Identifier).text);
  const parents = (node.heritageClauses ?? []).flatMap((clause) =>
    clause.types.map((type) => (type.expression as ts.Identifier).text),
  );
  interfaces.set(node.name.text, { members, parents });
});

function membersOf(name: string): string[] {
  const found = interfaces.get(name);
  return found ? [...found.members, ...found.parents.flatMap(membersOf)] : [];
}

describe("types and the API's document", () => {
  // Rows<T> is the envelope of several.
  it.each([...interfaces.keys()].filter((name) => name !== "Rows"))("%s", (name) => {
    const schema = schemas[name];
    expect(schema, `docs/api/openapi.json has no schema ${name}`).toBeDefined();
    expect([...new Set(membersOf(name))].sort()).toEqual([...new Set(propertiesOf(schema ?? {}))].sort());
  });
});
