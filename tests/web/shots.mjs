// Pictures of the main pages, from the prepared organisation: docs/screenshots by default.
//
//   node tests/web/shots.mjs [--to FOLDER] [--all] [NAME …]     --all: every page, both themes, two sizes

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pages, settle } from "./pages.mjs";
import { collect } from "./world.mjs";
import { Browser, ROOT, Server, setTheme, signIn } from "./support.mjs";

const words = process.argv.slice(2);
const all = words.includes("--all");
const folder = words.includes("--to")
  ? words[words.indexOf("--to") + 1]
  : join(ROOT, "docs/screenshots");
const names = words.filter(
  (word, index) => !word.startsWith("--") && words[index - 1] !== "--to",
);
const MAIN = [
  { name: "overview", scheme: "light" },
  { name: "table-narrowed", scheme: "light" },
  { name: "resource-changes", scheme: "dark" },
  { name: "resource-relations", scheme: "light" },
  { name: "kubernetes-cluster", scheme: "light" },
];
const PHONE = { width: 390, height: 844 };
const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
];

mkdirSync(folder, { recursive: true });
const server = await new Server().start();
const browser = await new Browser().open();
try {
  const page = await browser.page();
  if (all) {
    await page.goto(server.url);
    await page.getByLabel("Name").waitFor();
    for (const [name, size] of [
      ["1440", SIZES[0]],
      ["1024", SIZES[1]],
      ["phone", PHONE],
    ])
      for (const scheme of ["light", "dark"]) {
        await page.setViewportSize(size);
        await setTheme(page, scheme);
        await page.screenshot({
          path: join(folder, `sign-in-${scheme}-${name}.png`),
        });
      }
  }
  await page.setViewportSize(SIZES[0]);
  await signIn(page, server.url);
  await collect(page); // the record is fresh, however long ago it was prepared
  const take = async ({ name, path, ready }, scheme, size, file) => {
    await page.setViewportSize(size);
    await page.goto(server.url + path);
    await settle(page, ready);
    await setTheme(page, scheme);
    await settle(page, ready);
    await page.screenshot({ path: join(folder, file) });
    console.log(file);
  };
  for (const each of pages()) {
    if (names.length > 0 && !names.includes(each.name)) continue;
    if (all)
      for (const size of SIZES)
        for (const scheme of ["light", "dark"])
          await take(
            each,
            scheme,
            size,
            `${each.name}-${scheme}-${size.width}.png`,
          );
    if (all) await take(each, "light", PHONE, `${each.name}-phone.png`);
    else
      for (const { scheme } of MAIN.filter(({ name }) => name === each.name))
        await take(each, scheme, SIZES[0], `${each.name}.png`);
  }
} finally {
  await browser.close();
  await server.stop();
}
