import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";
import { moreFindingsQuery, type ClusterDetail, type Finding } from "./clusters";

const finding = (name: string) => ({ name }) as Finding;
const page = (findings: Finding[], next: string | null) =>
  ({ account: "111111111111", cluster: "prod eu", as_of: "t", findings, next, total: 3 }) as ClusterDetail;

// What the page asked for before it was drawn stands in its window, and there is none here.
vi.mock("./early", () => ({ earlyAnswer: () => undefined }));

afterEach(() => vi.unstubAllGlobals());

test("what follows the first page is asked for with each page's cursor, to the end", async () => {
  const asked: URL[] = [];
  vi.stubGlobal("fetch", (target: string) => {
    const url = new URL(target, "http://server.test");
    asked.push(url);
    const last = url.searchParams.get("cursor") === "warning b k i";
    return Promise.resolve(
      Response.json(last ? page([finding("three")], null) : page([finding("two")], "warning b k i")),
    );
  });
  const first = page([finding("one")], "critical a k i");
  const more = await new QueryClient().fetchQuery(moreFindingsQuery(first, "2026-11-21T10:00:00Z"));
  expect(more.map(({ name }) => name)).toEqual(["two", "three"]);
  expect(asked.map((url) => url.searchParams.get("cursor"))).toEqual(["critical a k i", "warning b k i"]);
  for (const url of asked) {
    expect(url.pathname).toBe("/api/v1/clusters/111111111111/prod%20eu");
    expect(url.searchParams.get("at")).toBe("2026-11-21T10:00:00Z");
  }
});

test("nothing is asked for while there is no first page, or nothing follows it", () => {
  expect(moreFindingsQuery(undefined, null).enabled).toBe(false);
  expect(moreFindingsQuery(page([], null), null).enabled).toBe(false);
});
