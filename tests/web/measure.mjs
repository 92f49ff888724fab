// How fast a long table is, as whoever looks at it notices: the first row, the answer to a key, and scrolling.

import { settle } from "./pages.mjs";

// A page at `path` that has noted when its first row came, and how long its slowest key or click took (milliseconds).
export async function observed(browser, server, path) {
  const page = await browser.page();
  await page.addInitScript(() => {
    const seen = { row: 0, inp: 0 };
    window.seen = seen;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries())
        seen.inp = Math.max(seen.inp, duration);
    }).observe({ type: "event", buffered: true, durationThreshold: 16 });
    new MutationObserver(() => {
      if (!seen.row && document.querySelector(".tbody .tr a"))
        seen.row = performance.now();
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(server.url + path);
  await settle(page, ".tbody .tr");
  return page;
}

// Whatever else the machine does makes it slower, never faster: the best of up to three is what it takes.
export async function best(budget, measure) {
  let least = Infinity;
  for (let round = 0; round < 3 && least > budget; ++round)
    least = Math.min(least, await measure(round));
  return least;
}

export const firstRow = (page) =>
  page.evaluate(() => Math.round(window.seen.row));

// The slowest key of `text`, typed into the search, until its hits are there.
export async function typed(page, text) {
  await page.evaluate(() => (window.seen.inp = 0));
  await page
    .getByRole("combobox", { name: "Search everything" })
    .pressSequentially(text, { delay: 60 });
  await page.locator(".query-footer").waitFor();
  await page.waitForFunction(() => window.seen.inp > 0);
  return page.evaluate(() => window.seen.inp);
}

// Scrolls the table by a screen a frame, for so long or until `row`: most rows in the page, the last row reached, frames a
// second and the longest of them.
export async function scrolled(page, milliseconds, row = Infinity) {
  const found = await page.evaluate(
    async ({ budget, row }) => {
      const grid = document.querySelector(".grid");
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      const begun = performance.now();
      const seen = { most: 0, reached: 0, frames: 0, longest: 0 };
      let last = begun;
      while (last - begun < budget && seen.reached < row) {
        grid.scrollBy(0, grid.clientHeight);
        await frame();
        const now = performance.now();
        seen.frames += 1;
        seen.longest = Math.max(seen.longest, now - last);
        last = now;
        const rows = grid.querySelectorAll("[role=row]");
        seen.most = Math.max(seen.most, rows.length);
        for (const one of rows)
          seen.reached = Math.max(
            seen.reached,
            Number(one.getAttribute("aria-rowindex")),
          );
      }
      return { ...seen, took: last - begun };
    },
    { budget: milliseconds, row: Number.isFinite(row) ? row : 1e12 },
  );
  return {
    most_rows: found.most,
    reached_row: found.reached,
    seconds: Math.round(found.took / 100) / 10,
    frames_per_second: Math.round((found.frames / found.took) * 1000),
    longest_frame_ms: Math.round(found.longest),
  };
}
