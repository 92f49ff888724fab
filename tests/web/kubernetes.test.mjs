// The pages of Kubernetes clusters, on the dump of a real API server and what is known to be wrong in it.

import assert from "node:assert/strict";
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { COLOURS, ROOT, setTheme, signIn, violations } from "./support.mjs";
import { PASSWORD, Visit } from "./world.mjs";

const FOLDER = join(ROOT, "tests/kube/dump");
const [DUMP] = readdirSync(FOLDER).filter((name) => name !== "truth.json");
const truth = JSON.parse(readFileSync(join(FOLDER, "truth.json"), "utf8"));
const items = (file) =>
  JSON.parse(gunzipSync(readFileSync(join(FOLDER, DUMP, file)))).items;
const wrong = (reason) => truth.unhealthy[reason].map(({ name }) => name);

const visit = new Visit();
let world, server, page, account, other;
const open = (path) => visit.open(path);
const cluster = (rest = "") => open(`/kubernetes/${account}/prod-eu${rest}`);
const group = (rule) => page.locator(`[data-rule=${rule}]`);

before(async () => {
  const options = { accounts: 2, regions: 1, resources: 100 };
  ({ world, server, page } = await visit.start(options));
  const accounts = (await world.truth()).map((row) => row.account);
  [account, other] = [...new Set(accounts)];
});
after(() => visit.end());

test("g k leads to the clusters; while there is none, to how one begins", async () => {
  await page.keyboard.press("g");
  await page.keyboard.press("k");
  await page.waitForURL(/\/kubernetes$/);
  await page
    .getByRole("heading", { name: "No cluster is known yet" })
    .waitFor();
  assert.match(await page.locator(".set-up").textContent(), /cadastre-dropbox/);
  assert.deepEqual(await violations(page), []);
});

test("what is configured is there before its first dump, and says so", async () => {
  appendFileSync(
    world.config,
    `kubernetes:
  clusters:
    - {name: edge, account: "${account}", region: eu-west-1}
    - {name: prod-eu, account: "${account}", region: eu-west-1, eks: platform}
`,
  );
  await visit.restart();
  await open("/kubernetes");
  const card = page.locator(".cluster-card", { hasText: "edge" });
  await card.getByText("no dump yet").waitFor();
  await card.getByRole("link", { name: "edge" }).click();
  await page
    .getByRole("heading", { name: "It has not sent a dump yet" })
    .waitFor();
  assert.deepEqual(await violations(page), []);
});

test("a dump fills the card: how much there is, and what fails first", async () => {
  world.cadastre(
    ...["kubernetes", "ingest", "--cluster", "prod-eu"],
    ...["--account", account, "--region", "eu-west-1", join(FOLDER, DUMP)],
  );
  await open("/kubernetes");
  const card = page.locator(".cluster-card").first();
  await card.getByRole("link", { name: "prod-eu", exact: true }).waitFor();
  const { Node: nodes, Pod: pods } = truth.counts_live;
  await card.getByText(`${nodes} nodes`).waitFor();
  await card.getByText(`${pods} pods`).waitFor();
  await card.locator(".chip.bad", { hasText: /^\d+ critical$/ }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Rows" }).click();
  await page.waitForURL(/view=rows/);
  await page.locator(".cluster-rows tbody tr").nth(1).waitFor();
  assert.match(
    await page.locator(".cluster-rows tbody tr").first().textContent(),
    /^prod-eu/,
  );
  assert.deepEqual(await violations(page), []);
  await page.getByLabel("Find a cluster").fill("edge");
  await page.locator(".cluster-rows tbody tr", { hasText: "prod-eu" }).waitFor({
    state: "detached",
  });
});

test("findings stand by rule, and are those that are known to be there", async () => {
  await cluster();
  await group("pod_unschedulable").waitFor();
  for (const [rule, ...reasons] of [
    ["pod_unschedulable", "Unschedulable"],
    ["node_not_ready", "NodeNotReady"],
    ["job_failed", "JobFailed"],
    ["claim_pending", "PVCPending"],
    ["image_unavailable", "ImagePullBackOff", "ErrImagePull"],
    ["container_crash_loop", "CrashLoopBackOff", "Init:CrashLoopBackOff"],
  ]) {
    const more = group(rule).locator(".finding-more");
    if (await more.count()) await more.click();
    const names = await group(rule)
      .locator(".finding-what a")
      .allTextContents();
    assert.deepEqual(names.sort(), reasons.flatMap(wrong).sort(), rule);
  }
  const severities = await page
    .locator(".finding-group > header .aside")
    .allTextContents();
  const rank = ["critical", "warning", "notice"];
  const order = severities.map((word) => rank.indexOf(word));
  assert.deepEqual(order, [...order].sort(), "the most severe first");
  const [{ detail }] = truth.unhealthy.Unschedulable;
  await group("pod_unschedulable").getByText(detail).first().waitFor();
  assert.deepEqual(await violations(page), []);
  await setTheme(page, "dark");
  assert.deepEqual(await violations(page, COLOURS), []);
  await setTheme(page, "light");
});

test("they are narrowed by severity, namespace and words, and back undoes it", async () => {
  await cluster();
  await group("node_cordoned").waitFor();
  await page.getByRole("button", { name: /^\d+ critical$/ }).click();
  await page.waitForURL(/severity=critical/);
  await group("node_cordoned").waitFor({ state: "detached" });
  await page.getByLabel("Namespace").selectOption("search");
  await page.waitForURL(/namespace=search/);
  await group("node_not_ready").waitFor({ state: "detached" });
  await page.getByLabel("Find a finding").fill("unbound immediate");
  await page.waitForFunction(
    () => document.querySelectorAll(".finding-group").length === 1,
  );
  const names = await page.locator(".finding-what a").allTextContents();
  const wanted = truth.unhealthy.Unschedulable.filter(
    ({ namespace, detail }) =>
      namespace === "search" && detail.includes("unbound immediate"),
  );
  assert.deepEqual(names.sort(), wanted.map(({ name }) => name).sort());
  await page.goBack();
  await page.goBack();
  await group("node_cordoned").waitFor();
  await page.getByLabel("Find a finding").fill("nothing is called so");
  await page.getByRole("heading", { name: "No finding matches" }).waitFor();
  await page.getByRole("button", { name: "Clear" }).click();
  await group("node_cordoned").waitFor();
});

test("a finding opens on its evidence, and leads to the object and to AWS", async () => {
  const [name] = wrong("NodeNotReady");
  const { spec } = items("nodes.1.json.gz").find(
    ({ metadata }) => metadata.name === name,
  );
  const instance = spec.providerID.split("/").at(-1);
  await cluster("?rule=node_not_ready");
  const finding = page.locator(".finding", { hasText: name });
  await finding.getByRole("button", { name: `Evidence for ${name}` }).click();
  await finding.locator(".evidence").getByText(spec.providerID).waitFor();
  await finding.locator(".grounds").getByText(instance).waitFor();
  assert.deepEqual(await violations(page), []);
  await finding.getByRole("link", { name }).click();
  await page.waitForURL(new RegExp(`/resources/k8s.node/${account}/prod-eu/`));
  await page.getByRole("heading", { name, exact: true }).waitFor();
  await page.getByText(instance).first().waitFor();
});

test("nodes, workloads and claims: those that fail first", async () => {
  for (const [tab, kind, reason] of [
    ["nodes", "Nodes", "NodeNotReady"],
    ["workloads", "Deployments", "DeploymentUnavailable"],
    ["claims", "Persistent volume claims", "PVCLost"],
  ]) {
    await cluster(`?tab=${tab}`);
    const rows = page
      .getByRole("region", { name: kind, exact: true })
      .locator("tbody tr");
    await rows.first().waitFor();
    const bad = rows.filter({ has: page.locator(".dot.bad") });
    const names = await bad.locator("a").allTextContents();
    for (const one of wrong(reason)) assert.ok(names.includes(one), one);
    const tones = await rows.evaluateAll((all) =>
      all.map((row) => row.querySelector(".dot").classList.contains("bad")),
    );
    assert.ok(tones.lastIndexOf(true) < tones.filter(Boolean).length, kind);
    assert.deepEqual(await violations(page), []);
  }
});

test("all of a kind are a click away, in the table", async () => {
  await cluster();
  await page.locator(".cluster-kinds a", { hasText: /^Pods/ }).click();
  await page.locator(".tbody .tr a").first().waitFor();
  await page
    .getByText(String(truth.counts_live.Pod), { exact: true })
    .first()
    .waitFor();
});

test("a dump that is long past its time is late, above all else", async () => {
  await cluster();
  await page
    .locator(".banner.late", { hasText: "No dump has come for" })
    .waitFor();
  await group("dump_late").waitFor();
  await open("/kubernetes");
  await page.locator(".dump-age.late, .dump-age.bad").first().waitFor();
});

test("history: a bar for each hour that has a dump leads to that moment", async () => {
  await cluster();
  const chart = page.getByRole("slider", { name: /Findings over time/ });
  await chart.waitFor();
  const bars = await chart.locator("rect.hour-critical").count();
  assert.equal(bars, 1);
  await chart.focus();
  for (let step = 0; step < 48; step += 1) {
    if (/critical/.test(await chart.getAttribute("aria-valuetext"))) break;
    await page.keyboard.press("ArrowLeft");
  }
  await page.keyboard.press("Enter");
  await page.waitForURL(/at=/);
  await page
    .locator(".banner", { hasText: /viewing|Back to now/i })
    .first()
    .waitFor();
  await group("pod_unschedulable").waitFor();
  await open(`/kubernetes/${account}/prod-eu?at=2020-01-01T00:00:00Z`);
  await page.getByRole("heading", { name: "It was not known then" }).waitFor();
});

test("what cannot be read is told of in its place, and asked again", async () => {
  world.alter("ALTER TABLE cluster_health RENAME TO elsewhere");
  await cluster();
  await page.getByText("Its history could not be read").waitFor();
  await group("pod_unschedulable").waitFor();
  world.alter("ALTER TABLE elsewhere RENAME TO cluster_health");
  await page
    .locator(".history")
    .getByRole("button", { name: "Try again" })
    .click();
  await page.getByRole("slider", { name: /Findings over time/ }).waitFor();
  assert.ok(page.faults.every((text) => /status of 500/.test(text)));
  page.faults.length = 0;
});

test("poison has its reason; operators have it read again, viewers do not", async () => {
  const reason = "Its manifest names the cluster staging";
  world.alter(
    `INSERT INTO dump (cluster, dump, place, state, reason, tries, seen, settled, report) VALUES
     ('prod-eu', '20261121T150000Z-1', 's3://acme/clusters/prod-eu/20261121T150000Z-1/', 2, '${reason}', 1,
      ${Date.now() - 60_000}, ${Date.now() - 50_000}, '')`,
  );
  world.cadastre(
    ...["user", "add", "vic", "--role", "viewer"],
    "--password-stdin",
  );
  world.cadastre(
    ...["user", "add", "una", "--role", "viewer"],
    ...["--account", other, "--password-stdin"],
  );
  await cluster("?tab=dumps");
  const row = page.locator(".dumps tbody tr", {
    hasText: "20261121T150000Z-1",
  });
  await row.getByText(reason).waitFor();
  await page.locator(".tabs .chip.bad", { hasText: "1 poison" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.context().clearCookies();
  await signIn(page, server.url, "vic", PASSWORD);
  await cluster("?tab=dumps");
  await row.getByText(reason).waitFor();
  assert.equal(
    await page.getByRole("button", { name: "Read again" }).count(),
    0,
  );
  await page.context().clearCookies();
  await signIn(page, server.url, "ana", PASSWORD);
  await cluster("?tab=dumps");
  await row.getByRole("button", { name: "Read again" }).click();
  await row.getByText("waiting").waitFor();
});

test("who may not see its account does not learn of a cluster", async () => {
  await page.context().clearCookies();
  await signIn(page, server.url, "una", PASSWORD);
  // Whose session is gone without a word has the first questions refused, and nothing else.
  assert.ok(page.faults.every((text) => /status of 401/.test(text)));
  page.faults.length = 0;
  await open("/kubernetes");
  await page
    .getByRole("heading", { name: "No cluster is known yet" })
    .waitFor();
  await cluster();
  await page
    .getByRole("heading", { name: "There is no such cluster" })
    .waitFor();
  assert.deepEqual(await violations(page), []);
  assert.ok(page.faults.every((text) => /status of 404/.test(text)));
});
