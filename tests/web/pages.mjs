// Every page there is, with the sign that it is ready: for the tests that visit all of them.

import { facts, resourcePath } from "./support.mjs";

const yesterday = () =>
  new Date(Date.now() - 24 * 3600_000).toISOString().replace(/\.\d+Z/, "Z");

export const pages = () => [
  { name: "overview", path: "/", ready: ".freshness" },
  { name: "search", path: "/search?q=checkout", ready: ".hits" },
  { name: "search-examples", path: "/search", ready: ".examples" },
  {
    name: "nothing-found",
    path: "/search?q=nothing-is-called-so",
    ready: ".notice",
  },
  {
    name: "fault",
    path: "/search?q=state:(running",
    ready: ".notice",
    refused: true,
  },
  { name: "kinds", path: "/resources", ready: ".kind-row" },
  { name: "table", path: "/resources/aws.ec2.instance", ready: ".tbody .tr" },
  {
    name: "table-narrowed",
    path: "/resources/aws.ec2.instance?state=running&by=tag.team&sort=-changed",
    ready: ".tbody .tr",
  },
  {
    name: "table-empty",
    path: "/resources/aws.ec2.instance?q=nothing-is-called-so",
    ready: ".notice",
  },
  {
    name: "table-none",
    path: "/resources/aws.elasticache.cluster",
    ready: ".notice, .tbody .tr",
  },
  {
    name: "resource",
    path: resourcePath("aws.ec2.instance", facts.resized.id),
    ready: ".recent",
  },
  {
    name: "resource-changes",
    path: `${resourcePath("aws.ec2.instance", facts.resized.id)}?tab=changes`,
    ready: "[data-testid=diff]",
  },
  {
    name: "resource-relations",
    path: `${resourcePath("aws.ec2.instance", facts.resized.id)}?tab=relations`,
    ready: ".graph-card",
  },
  {
    name: "resource-json",
    path: `${resourcePath("aws.ec2.instance", facts.resized.id)}?tab=json`,
    ready: ".json",
  },
  {
    name: "resource-yesterday",
    path: `${resourcePath("aws.ec2.instance", facts.resized.id)}?at=${yesterday()}`,
    ready: ".recent",
  },
  {
    name: "resource-unknown",
    path: "/resources/aws.ec2.instance/i-0000000000000dead",
    ready: ".notice",
    refused: true,
  },
  { name: "changes", path: "/changes?span=7d", ready: ".change" },
  { name: "kubernetes", path: "/kubernetes", ready: ".cluster-card h2" },
  {
    name: "kubernetes-rows",
    path: "/kubernetes?view=rows",
    ready: ".cluster-rows tbody tr",
  },
  {
    name: "kubernetes-cluster",
    path: `/kubernetes/${facts.account}/prod-eu`,
    ready: ".finding",
  },
  {
    name: "kubernetes-nodes",
    path: `/kubernetes/${facts.account}/prod-eu?tab=nodes`,
    ready: ".kind-table tbody tr",
  },
  {
    name: "kubernetes-dumps",
    path: `/kubernetes/${facts.account}/prod-eu?tab=dumps`,
    ready: ".dumps, .notice",
  },
  { name: "accounts", path: "/accounts", ready: ".freshness" },
  {
    name: "cells",
    path: "/accounts?tab=cells",
    ready: ".cell-row + div .cell-row",
  },
  { name: "collections", path: "/accounts?tab=runs", ready: ".plain" },
  { name: "settings", path: "/settings", ready: ".settings-panel" },
  { name: "tokens", path: "/settings/tokens", ready: ".notice, .plain" },
  { name: "users", path: "/settings/users", ready: ".plain" },
  { name: "audit", path: "/settings/audit", ready: ".plain" },
];

// Nothing is on its way any more, and nothing moves.
export async function settle(page, ready) {
  await page.locator(ready).first().waitFor();
  await page.waitForFunction(
    () => !document.querySelector("#main .skeleton, [aria-busy=true]"),
  );
  await page.evaluate(() => document.fonts.ready);
  await page.evaluate(
    () =>
      new Promise((done) =>
        requestAnimationFrame(() => requestAnimationFrame(done)),
      ),
  );
}
