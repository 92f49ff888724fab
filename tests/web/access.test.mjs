// Every page in both themes: axe finds nothing, the console stays silent, the policy forbids nothing, nothing is wider
// than the window.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pages, settle } from "./pages.mjs";
import {
  Browser,
  COLOURS,
  Server,
  setTheme,
  signIn,
  violations,
} from "./support.mjs";

let server, browser, page;

before(async () => {
  server = await new Server().start();
  browser = await new Browser().open();
  page = await browser.page();
  await page.goto(server.url);
  await page.getByLabel("Name").waitFor();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const scheme of ["light", "dark"]) {
  test(`the sign-in page, ${scheme}`, async () => {
    await setTheme(page, scheme);
    assert.deepEqual(await violations(page), []);
  });
}

test("signing in", () => signIn(page, server.url));

const SIZES = [
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];

for (const { name, path, ready, refused } of pages())
  test(name, async () => {
    page.faults.length = 0;
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(server.url + path);
    await settle(page, ready);
    await setTheme(page, "light");
    await settle(page, ready);
    assert.deepEqual(await violations(page), [], "light");
    await setTheme(page, "dark");
    await settle(page, ready);
    assert.deepEqual(await violations(page, COLOURS), [], "dark");
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await settle(page, ready);
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - innerWidth,
      );
      assert.ok(wider <= 0, `at ${size.width} px it is ${wider} px too wide`);
    }
    const faults = page.faults.filter(
      (text) => !(refused && /status of 40[04]/.test(text)),
    );
    assert.deepEqual(faults, []);
  });
