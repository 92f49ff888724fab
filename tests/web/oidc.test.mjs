// Single sign-on as a browser sees it, with the provider of tests/oidc.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { Browser, directory, freePort, ROOT } from "./support.mjs";
import { World } from "./world.mjs";

const SECRET = "a secret & its signs: %+/="; // as provider.mjs has it
const python =
  process.env.CADASTRE_PYTHON ?? join(ROOT, "build/venv/bin/python");
const folder = process.env.CADASTRE_OIDC ?? join(directory, "oidc"); // the provider is installed here
let world, provider, issuer, server, browser;

async function control(accounts) {
  const answer = await fetch(`${issuer}/control`, {
    method: "POST",
    body: JSON.stringify({ accounts }),
  });
  assert.equal(answer.status, 200);
}

before(async () => {
  const installed = spawnSync(
    python,
    [
      "-c",
      "import sys; from pathlib import Path; import oidc_test; oidc_test.install(Path(sys.argv[1]))",
      folder,
    ],
    { cwd: join(ROOT, "tests/oidc"), stdio: ["ignore", "inherit", "inherit"] },
  );
  assert.equal(installed.status, 0, "the provider is not installed");
  world = await new World().start({ accounts: 2, regions: 1, resources: 40 });
  world.cadastre("collect");
  const port = await freePort();
  const here = `http://127.0.0.1:${port}`;
  // Not "node": that may be a script, which would die alone and leave the provider behind.
  provider = spawn(
    process.execPath,
    ["provider.mjs", `${here}/api/v1/session/oidc/callback`],
    { cwd: folder, stdio: ["ignore", "pipe", "ignore"] },
  );
  [issuer] = await new Promise((done) =>
    createInterface(provider.stdout).once("line", (line) => done([line])),
  );
  appendFileSync(
    world.config,
    `public_url: ${here}
sign_in:
  oidc:
    issuer: ${issuer}
    client_id: basic
    client_secret: \${OIDC_SECRET}
    scopes: [openid, email, groups]
    grants: [{group: platform, role: admin}, {group: payments, role: viewer, accounts: [account-01]}]
`,
  );
  world.environment.OIDC_SECRET = SECRET;
  server = await world.server().start(port);
  browser = await new Browser().open();
});
after(async () => {
  await browser?.close();
  await server?.stop();
  provider?.kill("SIGTERM");
  await world?.stop();
});

async function throughProvider(page, name) {
  await page
    .getByRole("link", { name: "Continue with single sign-on" })
    .click();
  await page.waitForURL((url) => url.origin === issuer);
  await page.locator("input[name=login]").fill(name);
  await page.locator("input[name=password]").fill("anything");
  await page.locator("button[type=submit]").click();
  await page.waitForURL((url) => url.origin === issuer);
  await page.getByRole("button", { name: "Continue" }).click();
}

test("the button leads to the provider, and back to the page that was asked for", async () => {
  await control({ ana: { groups: ["payments"] }, eve: { groups: ["other"] } });
  const page = await browser.page();
  await page.goto(`${server.url}/resources/aws.ec2.instance?sort=name`);
  await throughProvider(page, "ana");
  await page.getByRole("navigation", { name: "Main" }).waitFor();
  assert.equal(
    page.url(),
    `${server.url}/resources/aws.ec2.instance?sort=name`,
  );
  await page.locator(".tbody .tr").first().waitFor();
  await page
    .getByRole("button", { name: /Account of ana@example.com/ })
    .waitFor();
  const seen = await page.evaluate(async () =>
    (await (await fetch("/api/v1/accounts")).json()).rows.map(
      ({ name }) => name,
    ),
  );
  assert.deepEqual(seen, ["account-01"]);
  assert.deepEqual(
    page.faults.filter((text) => text.startsWith(server.url)),
    [],
  );
});

test("whoever has no granted group is told why, and is not in", async () => {
  await browser.context.clearCookies();
  const page = await browser.page();
  await page.goto(server.url);
  await throughProvider(page, "eve");
  await page.waitForURL((url) => url.origin === server.url);
  await page.getByText(/group/).first().waitFor();
  await page.goto(server.url);
  await page
    .getByRole("link", { name: "Continue with single sign-on" })
    .waitFor();
});
