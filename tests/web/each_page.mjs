// The prepared organisation, somebody signed in, and a page for each test, on whose console nothing may be said.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach } from "node:test";
import { Browser, Server, signIn } from "./support.mjs";

// `take` is given them before each test.
export function aPageForEachTest(take) {
  let server, browser, page;
  before(async () => {
    server = await new Server().start();
    browser = await new Browser().open();
    const first = await browser.page();
    await signIn(first, server.url);
    await first.close();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    page = await browser.page();
    take({ server, browser, page });
  });
  afterEach(async () => {
    const { faults } = page;
    await page.close();
    assert.deepEqual(faults, [], "errors in the page's console");
  });
}
