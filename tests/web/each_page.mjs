// The prepared organisation, and somebody signed in.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach } from "node:test";
import { Browser, Server, signIn } from "./support.mjs";

// `take` is given them before the first test.
export function signedInBrowser(take) {
  let server, browser;
  before(async () => {
    server = await new Server().start();
    browser = await new Browser().open();
    const page = await browser.page();
    await signIn(page, server.url);
    await page.close();
    take({ server, browser });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
}

// And a page for each test, on whose console nothing may be said. `take` is given them before each.
export function aPageForEachTest(take) {
  let now, page;
  signedInBrowser((given) => (now = given));
  beforeEach(async () => {
    page = await now.browser.page();
    take({ ...now, page });
  });
  afterEach(async () => {
    const { faults } = page;
    await page.close();
    assert.deepEqual(faults, [], "errors in the page's console");
  });
}
