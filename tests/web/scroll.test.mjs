// A kind of many rows: the first row, typing in the search, and scrolling, against the budgets. bench/web.mjs does the same
// with a million.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { best, firstRow, observed, scrolled, typed } from "./measure.mjs";
import { Visit } from "./world.mjs";

const RESOURCES = 20_000;
const SCROLLED_MS = 6_000;
const NOISE = 3; // times fail at three times their budget only
const ROWS = 80;
const FIRST_ROW = 500 * NOISE;
const INP_SEARCH = 100 * NOISE;
const KIND = "/resources/aws.ec2.volume";

const visit = new Visit();
let server, browser, page;
const measured = { resources: RESOURCES };

before(async () => {
  const options = { accounts: 4, regions: 2, resources: RESOURCES };
  ({ server, browser } = await visit.start(
    { ...options, mix: "aws.ec2.volume=1" },
    (world) => world.cadastre("collect"),
  ));
  await visit.page.close();
  page = await observed(browser, server, KIND);
});
after(async () => {
  await visit.end();
  console.log(JSON.stringify(measured, null, 1));
});

test("the first row of many", async () => {
  const total = await page.getByTestId("count").textContent();
  measured.first_row_ms = await best(FIRST_ROW, async (round) => {
    if (round > 0) {
      await page.close();
      page = await observed(browser, server, KIND);
    }
    return firstRow(page);
  });
  assert.ok(Number(total.replace(/\D/g, "")) >= RESOURCES * 0.9, total);
  assert.ok(measured.first_row_ms <= FIRST_ROW, `${measured.first_row_ms} ms`);
});

test("typing among many", async () => {
  const words = ["checkout prod", "payments dev", "10.12.3"];
  measured.typing_inp_ms = await best(INP_SEARCH, async (round) => {
    await page.getByRole("combobox", { name: "Search everything" }).fill("");
    return typed(page, words[round]);
  });
  assert.ok(
    measured.typing_inp_ms <= INP_SEARCH,
    `a key took ${measured.typing_inp_ms} ms`,
  );
  await page.keyboard.press("Escape");
});

test("scrolling through many keeps few rows, and rows in sight", async () => {
  measured.scrolling = await scrolled(page, SCROLLED_MS);
  await page.locator(".tbody .tr a").first().waitFor();
  const { most_rows, reached_row } = measured.scrolling;
  assert.ok(most_rows <= ROWS, `${most_rows} rows in the page`);
  assert.ok(reached_row > 500, `reached row ${reached_row} only`);
});
