// What people keep and set: views, tokens, users.

import assert from "node:assert/strict";
import { test } from "node:test";
import { aPageForEachTest } from "./each_page.mjs";

const INSTANCES = "/resources/aws.ec2.instance";
let server, browser, page;

aPageForEachTest((now) => ({ server, browser, page } = now));

const open = (path) => page.goto(server.url + path);
const rows = () => page.locator(".tbody .tr[aria-rowindex]");

test("views are saved, found again and removed", async () => {
  await open(`${INSTANCES}?state=stopped&sort=name`);
  await rows().first().waitFor();
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitem", { name: /Save this view/ }).click();
  await page.getByLabel("Name").fill("switched off");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await open(INSTANCES);
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitem", { name: "switched off" }).click();
  await page.waitForURL(/state=stopped/);
  await page.getByRole("button", { name: "switched off" }).click();
  await page.getByRole("menuitem", { name: /Copy a link/ }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const other = await browser.page();
  await other.goto(link);
  await other.getByRole("button", { name: "switched off" }).waitFor();
  await other
    .getByRole("checkbox", { name: /stopped/, checked: true })
    .waitFor();
  await other.close();
  await page.getByRole("button", { name: "switched off" }).click();
  await page.getByRole("menuitem", { name: /Remove/ }).click();
  await page.getByRole("button", { name: "Views" }).waitFor();
});

test("tokens are made, shown once and withdrawn", async () => {
  await open("/settings/tokens");
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByLabel("Name").fill("ci");
  await page.getByRole("button", { name: "Make the token" }).click();
  const secret = await page.getByTestId("token").textContent();
  const status = await fetch(`${server.url}/api/v1/kinds`, {
    headers: { Authorization: `Bearer ${secret}` },
  });
  assert.equal(status.status, 200);
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Withdraw" }).click();
  await page.getByText("No tokens yet").waitFor();
  assert.equal(
    (
      await fetch(`${server.url}/api/v1/kinds`, {
        headers: { Authorization: `Bearer ${secret}` },
      })
    ).status,
    401,
  );
});

test("a user is added, and narrowed to accounts", async () => {
  await open("/settings/users");
  await page.getByRole("button", { name: "New user" }).click();
  await page.getByLabel("Name").fill("newcomer");
  await page
    .getByRole("textbox", { name: "Password" })
    .fill("a-long-enough-password");
  await page.getByRole("button", { name: "Only some" }).click();
  await page.getByRole("checkbox", { name: /sandbox/ }).check();
  await page.getByRole("button", { name: "Add the user" }).click();
  const row = page.getByRole("row", { name: /newcomer/ });
  await row.waitFor();
  assert.match(await row.textContent(), /viewer.*sandbox/);
  await row.getByRole("button", { name: "Remove" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: "Remove" })
    .click();
  await row.waitFor({ state: "detached" });
});
