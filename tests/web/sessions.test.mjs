// Who is in, who is not, and what happens when the server goes away.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  api,
  Browser,
  resourcePath,
  facts,
  Server,
  signIn,
  stage,
} from "./support.mjs";

let server;

before(async () => {
  server = await new Server().start();
});
after(() => server?.stop());

async function withBrowser(act) {
  const browser = await new Browser().open();
  try {
    await act(await browser.page(), browser);
  } finally {
    await browser.close();
  }
}

test("a wrong password is refused in a sentence, the right one opens the page that was asked for", () =>
  withBrowser(async (page) => {
    await page.goto(`${server.url}/changes?span=1d`);
    await page.getByLabel("Name").fill("ana");
    await page.getByLabel("Password", { exact: true }).fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    await page
      .getByLabel("Password", { exact: true })
      .fill(stage.passwords.ana);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Changes" }).waitFor();
    assert.match(page.url(), /\/changes\?span=1d$/);
    await page.getByRole("button", { name: /Account of ana/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByLabel("Password", { exact: true }).waitFor();
    assert.equal((await page.context().cookies()).length, 0);
  }));

test("a session that ends leaves the view, and goes on where it was", () =>
  withBrowser(async (page) => {
    await signIn(page, server.url);
    await page.goto(`${server.url}/resources/aws.ec2.instance?state=running`);
    await page.locator(".tbody .tr").first().waitFor();
    await page.context().clearCookies();
    await page
      .getByRole("columnheader", { name: "Name" })
      .getByRole("button")
      .click();
    const dialog = page.getByRole("dialog", { name: "Your session has ended" });
    await dialog.waitFor();
    assert.ok(
      (await page.locator(".tbody .tr").count()) > 0,
      "the rows are still there",
    );
    await dialog
      .getByLabel("Password", { exact: true })
      .fill(stage.passwords.ana);
    await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.locator("[role=columnheader][aria-sort=ascending]").waitFor();
    assert.match(page.url(), /state=running/);
  }));

test("a user of one account sees nothing of the others", () =>
  withBrowser(async (page) => {
    await signIn(page, server.url, "vic");
    const others = Object.entries(stage.accounts).filter(
      ([name]) => name !== "staging",
    );
    for (const path of [
      "/",
      "/resources",
      "/resources/aws.ec2.instance",
      "/changes?span=all",
      "/accounts",
      "/accounts?tab=cells",
      "/search?q=prod",
      "/settings",
    ]) {
      await page.goto(server.url + path);
      await page.locator("#main").waitFor();
      await page.waitForFunction(
        () => !document.querySelector("#main .skeleton"),
      );
      const text = await page.locator("body").innerText();
      for (const [, id] of others)
        assert.ok(!text.includes(id), `${path} names account ${id}`);
    }
    await page.goto(
      server.url + resourcePath("aws.ec2.instance", facts.found.id),
    );
    await page.getByText("There is no such resource").waitFor();
    const { rows } = await api(page, "accounts");
    assert.deepEqual(
      rows.map(({ name }) => name),
      ["staging"],
    );
    await page.goto(`${server.url}/settings/users`);
    await page.getByText("Only administrators see this").waitFor();
  }));

test("the server goes away under an open page, and comes back", () =>
  withBrowser(async (page) => {
    const own = await new Server().start();
    try {
      await signIn(page, own.url);
      await page.goto(`${own.url}/resources/aws.ec2.instance`);
      await page.locator(".tbody .tr").first().waitFor();
      await own.stop();
      await page
        .getByRole("columnheader", { name: "Name" })
        .getByRole("button")
        .click();
      await page.getByText("The server does not answer").first().waitFor();
      assert.ok(
        (await page.locator(".tbody .tr").count()) > 0,
        "the rows are still there",
      );
      await own.start(own.port);
      await page
        .getByText("The server does not answer")
        .first()
        .waitFor({ state: "detached", timeout: 30_000 });
      await page.locator("[role=columnheader][aria-sort=ascending]").waitFor();
      await page.locator(".grid:not(.dimmed) .tbody .tr").first().waitFor();
    } finally {
      await own.stop();
    }
  }));

test("a collection under way shows its cells", () =>
  withBrowser(async (page) => {
    await signIn(page, server.url, "ola");
    await page.goto(`${server.url}/accounts?tab=runs`);
    await page.getByRole("heading", { name: "Accounts" }).waitFor();
    await page.evaluate(async () => {
      const { csrf } = await (await fetch("/api/v1/session")).json();
      await fetch("/api/v1/runs", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
        body: JSON.stringify({ kinds: ["aws.ec2.vpc"] }),
      });
    });
    await page
      .getByRole("heading", { name: /Under way|Read just now/ })
      .waitFor({ timeout: 60_000 });
    await page
      .getByRole("cell", { name: "VPCs" })
      .first()
      .waitFor({ timeout: 60_000 });
  }));
