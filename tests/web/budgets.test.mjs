// What a page may cost. Bytes, rows and shifts fail it; times fail it at three times their budget only, since machines
// are noisy.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { existsSync, statSync } from "node:fs";
import { pages, settle } from "./pages.mjs";
import { signedInBrowser } from "./each_page.mjs";
import { web } from "./support.mjs";

const KIB = 1024;
const JS = 280 * KIB;
const CSS = 45 * KIB;
const CHUNK = 80 * KIB; // what a page loads besides
const ANSWER = 150 * KIB;
const ROWS = 80;
const SHIFT = 0.05;
const NOISE = 3;
const LCP = 1000 * NOISE;
const FIRST_ROW = 500 * NOISE;
const INP = 200 * NOISE;
const INP_SEARCH = 100 * NOISE;

let server, browser;
const measured = {};

signedInBrowser((given) => ({ server, browser } = given));
after(() => console.log(JSON.stringify(measured, null, 1)));

// Budgets are in gzip, whatever the browser takes.
function packed(path) {
  return statSync(
    existsSync(`${web}${path}.gz`) ? `${web}${path}.gz` : `${web}${path}`,
  ).size;
}

// A page that counts what comes over the wire, and what the browser says of its own speed.
async function observed() {
  const page = await browser.page();
  page.bytes = { js: 0, css: 0 };
  page.answers = [];
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  const addresses = new Map();
  session.on("Network.responseReceived", ({ requestId, response }) =>
    addresses.set(requestId, response.url),
  );
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const address = addresses.get(requestId) ?? "";
    const type = /\.(js|css)$/.exec(address)?.[1];
    if (type) page.bytes[type] += packed(new URL(address).pathname);
    if (address.includes("/api/v1/"))
      page.answers.push({
        address: address.slice(server.url.length),
        bytes: encodedDataLength,
      });
  });
  await page.addInitScript(() => {
    const seen = { lcp: 0, cls: 0, inp: 0, row: 0 };
    window.seen = seen;
    const observe = (type, act, more = {}) =>
      new PerformanceObserver((list) => list.getEntries().forEach(act)).observe(
        { type, buffered: true, ...more },
      );
    observe(
      "largest-contentful-paint",
      (entry) => (seen.lcp = entry.startTime),
    );
    observe("layout-shift", (entry) => {
      if (!entry.hadRecentInput) seen.cls += entry.value;
    });
    observe(
      "event",
      (entry) => (seen.inp = Math.max(seen.inp, entry.duration)),
      { durationThreshold: 16 },
    );
    new MutationObserver(() => {
      if (!seen.row && document.querySelector(".tbody .tr a"))
        seen.row = performance.now();
    }).observe(document, { childList: true, subtree: true });
  });
  return page;
}

const seen = (page) => page.evaluate(() => window.seen);
const domRows = (page) =>
  page.locator("[role=row], .change, .cell-row").count();

// Whatever else the machine does makes it slower, never faster: the best of a few is what the page takes.
const TRIES = 3;

// public/first.js asks before the page does; an answer that nobody takes is one that the page asks for again.
const askedTwice = ({ answers }) =>
  answers
    .map(({ address }) => address)
    .filter((address, index, all) => all.indexOf(address) < index);

test("the first load", async () => {
  let [lcp, row] = [Infinity, Infinity];
  for (
    let round = 0;
    round < TRIES && (lcp > LCP || row > FIRST_ROW);
    ++round
  ) {
    const page = await observed();
    await page.goto(`${server.url}/resources/aws.ec2.instance`);
    await settle(page, ".tbody .tr");
    const times = await seen(page);
    lcp = Math.round(Math.min(lcp, times.lcp));
    row = Math.round(Math.min(row, times.row));
    measured.first = { ...page.bytes, lcp, row, rows: await domRows(page) };
    assert.deepEqual(askedTwice(page), []);
    await page.close();
  }
  assert.ok(
    measured.first.js <= JS,
    `${measured.first.js} bytes of JavaScript, at most ${JS}`,
  );
  assert.ok(
    measured.first.css <= CSS,
    `${measured.first.css} bytes of CSS, at most ${CSS}`,
  );
  assert.ok(lcp <= LCP, `largest paint after ${lcp} ms`);
  assert.ok(row <= FIRST_ROW, `first row after ${row} ms`);
});

for (const { name, path, ready } of pages()) {
  test(`${name} stays within its bytes, rows and shifts`, async () => {
    const page = await observed();
    await page.goto(server.url + path);
    await settle(page, ready);
    const { cls } = await seen(page);
    measured[name] = {
      js: page.bytes.js,
      cls: Number(cls.toFixed(4)),
      rows: await domRows(page),
    };
    await page.close();
    assert.ok(
      page.bytes.js <= JS + CHUNK,
      `${page.bytes.js} bytes of JavaScript`,
    );
    assert.ok(cls <= SHIFT, `things shift by ${cls}`);
    for (const { address, bytes } of page.answers)
      assert.ok(bytes <= ANSWER, `${address}: ${bytes} bytes`);
    if (/table|changes|cells/.test(name))
      assert.ok(
        measured[name].rows <= ROWS,
        `${measured[name].rows} rows in the page`,
      );
  });
}

test("scrolling a long table keeps few rows", async () => {
  const page = await observed();
  await page.goto(`${server.url}/changes?span=all`);
  await settle(page, ".change");
  let most = 0;
  for (let step = 0; step < 15; ++step) {
    await page
      .locator(".feed")
      .evaluate((element) => element.scrollBy(0, 1500));
    await page.evaluate(
      () =>
        new Promise((done) =>
          requestAnimationFrame(() => requestAnimationFrame(done)),
        ),
    );
    most = Math.max(most, await domRows(page));
  }
  await page.close();
  measured.scrolling = { rows: most };
  assert.ok(most <= ROWS, `${most} rows in the page`);
});

test("typing and choosing answer at once", async () => {
  const page = await observed();
  await page.goto(`${server.url}/resources/aws.ec2.instance`);
  await settle(page, ".tbody .tr");
  await page.evaluate(() => (window.seen.inp = 0));
  await page
    .getByLabel("Search everything")
    .pressSequentially("checkout eu-west", { delay: 40 });
  await page.getByRole("option").first().waitFor();
  const search = (await seen(page)).inp;
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  // A choice is measured from the click to the next paint; the page stays, so that its entries arrive.
  const choices = {};
  const choose = async (what, target, chosen) => {
    await page.evaluate(() => (window.seen.inp = 0));
    await target.click();
    await page.locator(chosen).first().waitFor();
    await page.waitForFunction(() => window.seen.inp > 0);
    await settle(page, ".tbody .tr");
    choices[what] = (await seen(page)).inp;
  };
  await choose(
    "sort",
    page.getByRole("columnheader", { name: "Name" }).getByRole("button"),
    "[role=columnheader][aria-sort=ascending]",
  );
  await choose(
    "facet",
    page.getByRole("checkbox", { name: /running/ }),
    "input[type=checkbox]:checked",
  );
  await page.close();
  measured.typing = { search, ...choices };
  assert.ok(search <= INP_SEARCH, `a key in the search took ${search} ms`);
  for (const [what, took] of Object.entries(choices))
    assert.ok(took <= INP, `a ${what} took ${took} ms`);
});
