// Every page in both themes: axe finds nothing, the console stays silent, the policy forbids nothing, nothing is wider
// than the window.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pages, settle } from "./pages.mjs";
import { Browser, Server, setTheme, signIn, violations } from "./support.mjs";

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

for (const { name, path, ready, refused } of pages()) {
  for (const scheme of ["light", "dark"]) {
    test(`${name}, ${scheme}`, async () => {
      page.faults.length = 0;
      await page.goto(server.url + path);
      await setTheme(page, scheme);
      await settle(page, ready);
      assert.deepEqual(await violations(page), []);
      const faults = page.faults.filter(
        (text) => !(refused && /status of 40[04]/.test(text)),
      );
      assert.deepEqual(faults, []);
    });
  }
  for (const width of [1024, 390]) {
    test(`${name}, ${width} px wide`, async () => {
      await page.setViewportSize({ width, height: 768 });
      await page.goto(server.url + path);
      await settle(page, ready);
      assert.ok(
        await page.evaluate(
          () => document.documentElement.scrollWidth <= innerWidth,
        ),
        "the page scrolls sideways",
      );
      await page.setViewportSize({ width: 1440, height: 900 });
    });
  }
}
