import { describe, expect, it } from "vitest";
import type { Row } from "@/api/types";
import { cellText, chosenColumns, columnsOf, extraColumns, fittingWidth, shortId, usualColumns } from "./columns";

const row = (given: Partial<Row>): Row =>
  ({
    name: "web",
    native_id: "i-1",
    state: "running",
    account: "1",
    account_name: "",
    tags: {},
    columns: {},
    ...given,
  }) as Row;
const catalogue = [
  { name: "Size", unit: "GiB" as const },
  { name: "Type", unit: "none" as const },
];

describe("columns", () => {
  it("stand in the order: common, the catalogue's, added ones, times", () => {
    expect(columnsOf(catalogue, ["tag.team", "data.X.Y"]).map(({ title }) => title)).toEqual([
      "Name",
      "ID",
      "State",
      "Account",
      "Region",
      "Size",
      "Type",
      "team",
      "X.Y",
      "Owner",
      "Changed",
      "First seen",
      "Created",
    ]);
  });

  it("leave out what says nothing", () => {
    const all = columnsOf(catalogue);
    expect(usualColumns(all, [row({})])).toEqual([
      "name",
      "id",
      "state",
      "account",
      "region",
      "Size",
      "Type",
      "changed",
    ]);
    expect(usualColumns(all, [row({ name: "b", native_id: "b", state: "" })])).not.toContain("id");
    expect(usualColumns(all, [row({ state: "" }), row({ state: "" })])).not.toContain("state");
  });

  it("come from the address", () => {
    expect(chosenColumns(null)).toBeNull();
    const chosen = chosenColumns("name,Size,data.Iops,tag.a,nonsense");
    expect(extraColumns(chosen, catalogue)).toEqual(["data.Iops", "tag.a"]);
  });

  it("read a row", () => {
    const [name, , , account] = columnsOf(catalogue);
    const size = columnsOf(catalogue)[5];
    expect(cellText(row({ name: "" }), name!)).toBe("i-1");
    expect(cellText(row({ account_name: "prod" }), account!)).toBe("prod");
    expect(cellText(row({ columns: { Size: "2048" } }), size!)).toBe("2 TiB");
    expect(cellText(row({ tags: { team: "x" } }), columnsOf([], ["tag.team"])[5]!)).toBe("x");
  });

  it("shorten ARNs to what tells them apart", () => {
    expect(shortId("arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/web/50dc")).toBe(
      "loadbalancer/app/web/50dc",
    );
    expect(shortId("arn:aws:sns:us-east-1:1:topic:sub")).toBe("topic:sub");
    expect(shortId("i-0abc")).toBe("i-0abc");
  });

  it("are neither narrow nor endless", () => {
    const name = columnsOf([])[0]!;
    expect(fittingWidth(name, [])).toBeGreaterThan(60);
    expect(fittingWidth(name, [row({ name: "x".repeat(500) })])).toBe(322);
  });
});
