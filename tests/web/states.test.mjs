// What a page says when not everything is known: nothing collected yet, denied, second calls that fail, old.

import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { violations } from "./support.mjs";
import { collect, Visit } from "./world.mjs";

const visit = new Visit();
let world, server, browser, page;
const VOLUMES = "/resources/aws.ec2.volume";
const open = (path) => visit.open(path);
const rows = () => page.locator(".tbody .tr[aria-rowindex]");
const PORTAL = "https://d-1234567890.awsapps.com/start";
// Second calls have a pace of their own: what fails must fail when the buckets are first read.
const POLICIES = { kind: "deny_iam", operation: "GetBucketPolicy*" };
const denied = (more) => ({
  kind: "deny_iam",
  operation: "DescribeVolumes",
  ...more,
});

before(async () => {
  const portal = `access_portal: {url: "${PORTAL}", role: ReadOnly}\n`;
  ({ world, server, browser, page } = await visit.start(
    { accounts: 2, regions: 1, resources: 200 },
    ({ config }) => appendFileSync(config, portal),
  ));
});
after(() => visit.end());

test("nothing has been collected: the page says so, and starts it", async () => {
  await page
    .getByRole("heading", { name: "Nothing has been collected yet" })
    .waitFor();
  assert.deepEqual(await violations(page), []);
  await open(VOLUMES);
  await page.getByRole("heading", { name: "Not collected yet" }).waitFor();
  await page.getByRole("button", { name: "Collect now" }).waitFor();
  assert.deepEqual(await violations(page), []);
});

test("denied everywhere: the table says who refuses, and where to look", async () => {
  await world.faults([denied(), POLICIES]);
  await collect(page);
  await open(VOLUMES);
  const notice = page.locator(".notice");
  await notice
    .getByRole("heading", { name: "AWS does not let us see them" })
    .waitFor();
  assert.match(await notice.textContent(), /DescribeVolumes/);
  assert.deepEqual(await violations(page), []);
  await notice.getByRole("link", { name: "Cells of this kind" }).click();
  await page.locator(".cell-row", { hasText: "denied" }).first().waitFor();
  await open("/");
  await page.locator(".attention li", { hasText: "denied" }).first().waitFor();
});

test("denied in one account: the rows of the other, under a banner", async () => {
  const accounts = [
    ...new Set((await world.truth()).map(({ account }) => account)),
  ];
  await world.faults([denied({ account: accounts[0] })]);
  await collect(page, { kinds: ["aws.ec2.volume"] });
  await open(VOLUMES);
  await rows().first().waitFor();
  const banner = page.locator(".banner.bad");
  await banner.getByText(/AWS refuses to show 1 cell/).waitFor();
  assert.deepEqual(await violations(page), []);
});

test("second calls that fail leave gaps, which the resource names", async () => {
  const bucket = (await world.truth()).find(
    ({ kind }) => kind === "aws.s3.bucket",
  );
  await open(`/resources/${bucket.id}`);
  await page
    .locator(".banner.late", { hasText: "Parts of it could not be read" })
    .waitFor();
  await open("/accounts?tab=cells&kind=aws.s3.bucket");
  await page.locator(".cell-row", { hasText: "gaps" }).first().waitFor();
  assert.deepEqual(await violations(page), []);
});

test("a list that breaks keeps what was known, and says since when it is not verified", async () => {
  await world.faults([]);
  await collect(page, { kinds: ["aws.ec2.volume"] });
  await world.faults([denied()]);
  await collect(page, { kinds: ["aws.ec2.volume"] });
  await open(VOLUMES);
  await page.locator(".banner.bad").waitFor();
  await rows().first().waitFor();
  const volume = (await world.truth()).find(
    ({ kind }) => kind === "aws.ec2.volume",
  );
  await open(`/resources/${volume.id}`);
  await page
    .locator(".banner.late", { hasText: "Not verified since" })
    .waitFor();
  await page.getByText("denied").first().waitFor();
});

test("the console opens through the access portal, in the resource's account", async () => {
  const volume = (await world.truth()).find(
    ({ kind }) => kind === "aws.ec2.volume",
  );
  await open(`/resources/${volume.id}`);
  const link = page.getByRole("link", { name: "AWS console" });
  const href = await link.getAttribute("href");
  const asked = new URLSearchParams(href.slice(`${PORTAL}/#/console?`.length));
  assert.ok(href.startsWith(`${PORTAL}/#/console?`), href);
  assert.equal(asked.get("account_id"), volume.account);
  assert.equal(asked.get("role_name"), "ReadOnly");
  const destination = new URL(asked.get("destination"));
  assert.equal(destination.hostname, `${volume.region}.console.aws.amazon.com`);
  assert.ok(destination.hash.includes(volume.id.split("/").at(-1)), href);
});

test("while an answer is on its way, its place is kept, and old rows stay", async () => {
  await open(VOLUMES);
  await rows().first().waitFor();
  let release;
  const held = new Promise((done) => (release = done));
  const slow = "**/api/v1/resources?**";
  await page.route(slow, async (route) => {
    await held;
    await route.continue();
  });
  await page
    .getByRole("columnheader", { name: "Name" })
    .getByRole("button")
    .click();
  await page.locator(".grid.dimmed").waitFor();
  assert.ok((await rows().count()) > 0, "the old rows stay");
  const height = await rows()
    .first()
    .evaluate((row) => row.offsetHeight);
  const fresh = await browser.page();
  await fresh.route(slow, async (route) => {
    await held;
    await route.continue();
  });
  await fresh.goto(server.url + VOLUMES);
  const waiting = fresh.locator(".tr.waiting").first();
  await fresh.locator("#main .skeleton").first().waitFor();
  assert.equal(
    await waiting.evaluate((row) => row.offsetHeight),
    height,
    "a skeleton is as high as a row",
  );
  assert.deepEqual(await violations(fresh), []);
  release();
  await fresh.locator(".tbody .tr a").first().waitFor();
  await fresh.close();
  await page.unroute(slow);
});

test("what the server cannot answer has its request's id, and is asked again", async () => {
  page.faults.length = 0;
  world.alter("ALTER TABLE audit RENAME TO elsewhere");
  await open("/settings/audit");
  const notice = page.locator(".notice");
  const copy = notice.getByRole("button", { name: /Request/ });
  await copy.waitFor();
  assert.match(await copy.textContent(), /Request \S{8,}/);
  assert.deepEqual(await violations(page), []);
  world.alter("ALTER TABLE elsewhere RENAME TO audit");
  await notice.getByRole("button", { name: "Try again" }).click();
  await page.locator(".plain tbody tr").first().waitFor();
  assert.ok(page.faults.every((text) => /status of 500/.test(text)));
  page.faults.length = 0;
});

test("what was read long ago is red and called stale", async () => {
  await world.faults([]);
  await collect(page);
  await open("/");
  await page.locator(".tile-value.good").nth(1).waitFor();
  const later = await browser.page();
  await later.clock.setFixedTime(Date.now() + 40 * 24 * 3600_000);
  await later.goto(`${server.url}/accounts?tab=cells`);
  await later.locator(".cell-row", { hasText: "stale" }).first().waitFor();
  await later.goto(`${server.url}/`);
  await later.locator(".tile", { hasText: "Up to date" }).waitFor();
  await later.locator(".tile-value", { hasText: /^0 %$/ }).waitFor();
  assert.deepEqual(later.faults, []);
});
