import { describe, expect, it } from "vitest";
import { cleared, countedTags, parametersOf, selectionOf, toggled } from "./selection";

const query = (text: string) => new URLSearchParams(text);

describe("facets in the address", () => {
  it("are read", () => {
    expect(selectionOf(query("state=running,stopped&q=web&tag.team=a,b&tag.team=c&region="))).toEqual([
      { key: "state", values: ["running", "stopped"] },
      { key: "tag.team", values: ["a,b", "c"] },
    ]);
  });

  it("are chosen and let go", () => {
    expect(toggled(query("state=a&q=x"), "state", "b").toString()).toBe("q=x&state=a%2Cb");
    expect(toggled(query("state=a,b"), "state", "a").toString()).toBe("state=b");
    expect(toggled(query("state=a"), "state", "a").toString()).toBe("");
    expect(toggled(query("tag.t=a,b"), "tag.t", "c").getAll("tag.t")).toEqual(["a,b", "c"]);
  });

  it("are cleared with the query, and nothing else is", () => {
    expect(cleared(query("state=a&tag.t=b&q=x&sort=name&at=2026-01-01T00:00:00Z")).toString()).toBe(
      "sort=name&at=2026-01-01T00%3A00%3A00Z",
    );
  });

  it("tell which tags to count", () =>
    expect(countedTags(query("by=tag.env,state&tag.team=a"))).toEqual(["tag.env", "tag.team"]));

  it("become what the API asks for", () =>
    expect(parametersOf(selectionOf(query("account=1,2&tag.t=x")))).toEqual({ account: "1,2", "tag.t": ["x"] }));
});
