// What people do, against the real server and collected data.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { aPageForEachTest } from "./each_page.mjs";
import { api, facts, resourcePath, stage } from "./support.mjs";

const INSTANCES = "/resources/aws.ec2.instance";
let server, page;

aPageForEachTest((now) => ({ server, page } = now));

const open = (path) => page.goto(server.url + path);
const count = async () =>
  Number((await page.getByTestId("count").textContent()).replace(/\D/g, ""));
const rows = () => page.locator(".tbody .tr[aria-rowindex]");
const here = () => page.url().slice(server.url.length);
const counted = (number) =>
  page.waitForFunction(
    (wanted) =>
      document
        .querySelector("[data-testid=count]")
        ?.textContent.replace(/\D/g, "") === String(wanted),
    number,
  );

test("a piece of an IP address leads to its instance in three keys and Enter", async () => {
  await open("/");
  await page.locator("h1").waitFor();
  const { piece, id, ip } = await threeKeys();
  assert.equal(piece.length, 3);
  await page.keyboard.press("/");
  await page.keyboard.type(piece);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname.split("/").length > 4);
  assert.equal(decodeURIComponent(here()).split("/").at(-1), id);
  await page.locator("h1").waitFor();
  await page.locator("#main").getByText(ip, { exact: true }).first().waitFor();
});

// An instance and three characters of its address that no other resource's address or name has, as the record has them.
async function threeKeys() {
  const { rows: instances } = await api(
    page,
    "resources?kind=aws.ec2.instance&limit=200&cols=data.PrivateIpAddress",
  );
  const tried = new Set();
  for (const { native_id: id, columns } of instances) {
    const ip = columns["data.PrivateIpAddress"];
    if (!ip) continue;
    for (let from = 0; from + 3 <= ip.length; ++from) {
      const piece = ip.slice(from, from + 3);
      if (tried.has(piece) || piece.startsWith("10.")) continue;
      tried.add(piece);
      const { rows: hits } = await api(
        page,
        `resources?limit=1&q=${encodeURIComponent(piece)}`,
      );
      if (hits[0]?.native_id === id) return { piece, id, ip };
    }
  }
  throw new Error(
    "no instance is the first hit of three characters of its address",
  );
}

test("a whole IP address says in which account it lives", async () => {
  await open("/");
  await page.getByLabel("Search everything").fill(facts.found.ip);
  const hit = page.getByRole("option").filter({ hasText: facts.found.id });
  await hit.first().waitFor();
  assert.match(await hit.first().textContent(), /prod/);
});

test("facets narrow the table, count without themselves, and go into the address", async () => {
  await open(INSTANCES);
  await rows().first().waitFor();
  const all = await count();
  const answer = await api(
    page,
    "resources?kind=aws.ec2.instance&facets=state&limit=1",
  );
  assert.equal(all, answer.total);
  const stopped = answer.facets[0].values.find(
    ({ value }) => value === "stopped",
  );
  await page.getByRole("checkbox", { name: /stopped/ }).click();
  await counted(stopped.count);
  assert.match(here(), /state=stopped/);
  await page.getByRole("checkbox", { name: /running/ }).waitFor();
  await page.goBack();
  await counted(all);
  await page.goForward();
  await counted(stopped.count);
  await page.reload();
  await counted(stopped.count);
});

test("sorting and columns come from the catalogue", async () => {
  await open("/resources/aws.ec2.volume");
  await rows().first().waitFor();
  const { columns } = await api(page, "resources?kind=aws.ec2.volume&limit=1");
  const shown = await page.getByRole("columnheader").allTextContents();
  for (const { name } of columns)
    assert.ok(
      shown.some((text) => text.includes(name)),
      name,
    );
  await page
    .getByRole("columnheader", { name: "Size" })
    .getByRole("button")
    .click();
  await page.locator("[role=columnheader][aria-sort=descending]").waitFor();
  const expected = await api(
    page,
    "resources?kind=aws.ec2.volume&sort=-Size&limit=1",
  );
  await page.waitForFunction(
    (name) => document.querySelector(".tbody .tr")?.textContent.includes(name),
    expected.rows[0].name || expected.rows[0].native_id,
  );
});

test("a deep link with an ARN opens and survives a reload", async () => {
  const path = `/resources/aws.elbv2.load_balancer/${facts.balancer}`;
  for (const act of [() => open(path), () => page.reload()]) {
    await act();
    await page.locator("h1").waitFor();
    assert.equal(
      await page.locator("h1").textContent(),
      facts.balancer.split("/")[2],
    );
  }
});

test("a changed instance says what changed, and when", async () => {
  const { id, before: old, after: now } = facts.resized;
  await open(`${resourcePath("aws.ec2.instance", id)}?tab=changes`);
  const diff = page.getByTestId("diff");
  await diff.waitFor();
  await diff
    .locator(".removed", { hasText: `"InstanceType": "${old}"` })
    .waitFor();
  await diff
    .locator(".added", { hasText: `"InstanceType": "${now}"` })
    .waitFor();
  assert.equal(await page.locator(".timeline li").count(), 2);
});

test("yesterday is as it was", async () => {
  const yesterday = new Date(Date.now() - 24 * 3600_000)
    .toISOString()
    .replace(/\.\d+Z/, "Z");
  await open(
    `${resourcePath("aws.ec2.instance", facts.resized.id)}?at=${yesterday}`,
  );
  await page.getByText(facts.resized.before, { exact: true }).first().waitFor();
  await page.getByText("Viewing").waitFor();
  // The moment is kept while moving on.
  await page.getByRole("link", { name: "EC2 instances" }).first().click();
  await rows().first().waitFor();
  assert.match(here(), /at=/);
  const then = await api(
    page,
    `resources?kind=aws.ec2.instance&limit=1&at=${yesterday}`,
  );
  await counted(then.total);
  await page.getByRole("button", { name: "Back to now" }).click();
  await page.waitForURL((url) => !url.searchParams.has("at"));
});

test("what is gone shows its last state and its history", async () => {
  await open(resourcePath("aws.ec2.volume", facts.deleted_volume));
  const banner = page.locator(".banner.bad");
  await banner.waitFor();
  assert.match(await banner.textContent(), /Gone since .* its last state/);
  assert.equal(
    await page.locator("h1").textContent(),
    "scratch-of-a-migration",
  );
  assert.match(await page.locator(".resource-title").textContent(), /deleted/i);
  await page.getByText("50 GiB").first().waitFor();
  await page.keyboard.press("2");
  await page.getByTestId("diff").waitFor();
  const versions = await page.locator(".timeline li").allTextContents();
  assert.equal(versions.length, 2);
  assert.match(versions[0], /gone|deleted|removed/i);
  assert.match(versions[1], /first/i);
  await page.getByText("It was no longer in the list").waitFor();
});

test("what never was says so", async () => {
  await open(
    "/resources/aws.ec2.instance/111111111111/eu-west-1/i-0000000000000dead",
  );
  await page.getByText("There is no such resource").waitFor();
  page.faults.length = 0; // 404 is what was asked for
});

test("CSV is what the API has", async () => {
  await open(`${INSTANCES}?state=running`);
  await rows().first().waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "CSV" }).click(),
  ]);
  const text = readFileSync(await download.path(), "utf8");
  const expected = await page.evaluate(async () =>
    (
      await fetch(
        "/api/v1/resources?kind=aws.ec2.instance&state=running&format=csv",
      )
    ).text(),
  );
  assert.equal(text, expected);
  const { total } = await api(
    page,
    "resources?kind=aws.ec2.instance&state=running&limit=1",
  );
  assert.equal(text.trim().split("\r\n").length, total + 1);
});

test("by keyboard alone: from the overview to a row's differences and back", async () => {
  await open("/");
  await page.locator("h1").waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await page.waitForURL(/\/resources$/);
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(/Go to a page/).waitFor();
  await page.keyboard.type("EC2 instances");
  await page.locator("[data-selected]", { hasText: "EC2 instances" }).waitFor();
  await page.keyboard.press("Enter");
  await rows().first().waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.locator("#main .tr.current[aria-rowindex='4']").waitFor();
  await page.keyboard.press("Space");
  await page.locator(".peek").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".peek").waitFor({ state: "detached" });
  await page.keyboard.press("Enter");
  await page.locator(".resource-head").waitFor();
  await page.keyboard.press("2");
  await page.getByTestId("diff").waitFor();
  const first = here();
  await page.keyboard.press("]");
  await page.waitForFunction(
    (before) => location.pathname + location.search !== before,
    first,
  );
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await page.keyboard.press("Escape");
});

test("a query's fault is shown where it is", async () => {
  await open(INSTANCES);
  await rows().first().waitFor();
  await page
    .getByRole("combobox", { name: "Filter EC2 instances" })
    .fill("state:running (web");
  await page
    .getByRole("combobox", { name: "Filter EC2 instances" })
    .press("Escape");
  await page.locator(".query-problem").waitFor();
  assert.equal(await page.locator(".page-query .fault").count(), 1);
  assert.ok((await rows().count()) > 0, "the rows stay");
  page.faults.length = 0; // 400 is what was asked for
});

test("suggestions complete keys and values", async () => {
  await open(INSTANCES);
  const box = page.getByRole("combobox", { name: "Filter EC2 instances" });
  await box.pressSequentially("sta");
  await page
    .getByRole("option")
    .filter({ hasText: "state:" })
    .first()
    .waitFor();
  await box.pressSequentially("te:sto");
  const value = page
    .getByRole("option")
    .filter({ hasText: "state:stopped" })
    .first();
  await value.waitFor();
  await value.click();
  await page.waitForURL(/q=state:stopped/);
  page.faults.length = 0; // half a query is refused while it is typed
});

test("relations are a graph and a table", async () => {
  await open(
    `${resourcePath("aws.ec2.instance", facts.resized.id)}?tab=relations`,
  );
  await page.locator(".graph-card.centre").waitFor();
  const { rows: relations } = await api(
    page,
    `resources/${encodeURIComponent(`aws.ec2.instance/${facts.account}/${facts.region}/${facts.resized.id}`)}/relations`,
  );
  assert.equal(
    await page.locator(".relations table tbody tr").count(),
    relations.length,
  );
  for (const { direction, id } of relations.filter(
    (relation) => relation.known && relation.direction === "out",
  ))
    assert.ok(
      await page.locator(`.react-flow__node[data-id="${id}"]`).count(),
      `${direction} ${id}`,
    );
  const cards = page.locator(".graph-card");
  const direct = await cards.count();
  await page.getByRole("button", { name: "One step further" }).click();
  await page.waitForFunction(
    (before) => document.querySelectorAll(".graph-card").length > before,
    direct,
  );
  // What was added is in sight, too.
  await page.waitForFunction(() => {
    const { left, right, top, bottom } = document
      .querySelector(".graph")
      .getBoundingClientRect();
    return [...document.querySelectorAll(".graph-card")].every((card) => {
      const box = card.getBoundingClientRect();
      return (
        box.left >= left &&
        box.right <= right &&
        box.top >= top &&
        box.bottom <= bottom
      );
    });
  });
});

test("ARN and command are copied, and the console's link is plain without an access portal", async () => {
  await open(resourcePath("aws.ec2.instance", facts.found.id));
  await page.getByRole("button", { name: "Copy ARN" }).click();
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  assert.equal(
    await copied(),
    `arn:aws:ec2:${facts.region}:${facts.account}:instance/${facts.found.id}`,
  );
  await page.getByRole("button", { name: "Copy AWS CLI" }).click();
  assert.match(
    await copied(),
    new RegExp(`^aws ec2 describe-instances .*${facts.found.id}`),
  );
  const link = page.getByRole("link", { name: "AWS console" });
  const href = await link.getAttribute("href");
  assert.ok(
    href.startsWith(`https://${facts.region}.console.aws.amazon.com/ec2/`),
    href,
  );
  assert.ok(href.includes(facts.found.id), href);
});

test("changes open in place", async () => {
  await open("/changes?span=1d&kind=aws.ec2.security_group");
  const entry = page
    .locator(".change", { hasText: "opened to the internet" })
    .first();
  await entry.waitFor();
  await entry.getByRole("button").click();
  await entry.locator(".differences", { hasText: "0.0.0.0/0" }).waitFor();
});

test("there is no table without its server's words on coverage", async () => {
  await open("/accounts?tab=cells");
  await page.locator(".cell-row").nth(1).waitFor();
  const { rows: cells } = await api(page, "cells");
  assert.ok(
    (await page
      .getByRole("table", { name: "Cells" })
      .getAttribute("aria-rowcount")) <=
      cells.length + 1,
  );
  assert.equal(
    Object.keys(stage.accounts).length,
    (await api(page, "accounts")).rows.filter(
      ({ status }) => status === "active",
    ).length,
  );
});
