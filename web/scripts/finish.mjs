// After `next build`: makes the export ready to be served by the Cadastre server.
//
// 1. What stands in public/ as a script gets a name of its content, so that the browser need not ask whether it has changed.
// 2. Inline scripts become files, so that the server's content security policy stays `script-src 'self'`, without any
//    exception or hash that a page and a server would have to agree on.
// 3. What compresses is compressed once, here, as hard as it can be: NAME.br and NAME.gz beside each file.
// 4. What a visitor never asks for is removed.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const out = fileURLToPath(new URL("../out", import.meta.url));
const INLINE = /<script(?![^>]*\ssrc=)([^>]*)>([\s\S]*?)<\/script>/g;
const COMPRESSIBLE = /\.(html|js|css|json|txt|svg|webmanifest)$/;
const SMALLEST = 512; // below this, headers weigh more than what is saved

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : [path];
  });
}

// A script as a file that never changes; its address.
function lasting(code) {
  const name = `${createHash("sha256").update(code).digest("hex").slice(0, 16)}.js`;
  const folder = join(out, "_next/static/inline");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), code);
  return `/_next/static/inline/${name}`;
}

// Scripts run in their order: all inline ones that follow each other become one file in the place of the first.
function withoutInline(html) {
  const runs = [];
  let last = -1;
  for (const match of html.matchAll(INLINE)) {
    if (match[2] === "") continue;
    const joined = match.index === last && runs.length > 0;
    if (joined) runs.at(-1).code += `;${match[2]}`;
    else runs.push({ from: match.index, code: match[2] });
    last = match.index + match[0].length;
    runs.at(-1).to = last;
  }
  let result = html;
  for (const { from, to, code } of runs.reverse()) {
    result = `${result.slice(0, from)}<script src="${lasting(code)}"></script>${result.slice(to)}`;
  }
  return result;
}

if (!existsSync(join(out, "index.html"))) throw new Error("there is no web/out/index.html; run next build first");

// Next's payloads for its own router, and its error page: the server answers 404 by itself, and paths are ours.
for (const path of files(out)) {
  const name = relative(out, path);
  if (/(^|\/)(__next\.|_not-found|404)/.test(name) || name === "index.txt") rmSync(path);
}
rmSync(join(out, "_not-found"), { recursive: true, force: true });
const own = files(out).filter((path) => /^[^/]+\.js$/.test(relative(out, path)));
const renamed = own.map((path) => [`/${relative(out, path)}`, lasting(readFileSync(path, "utf8"))]);
for (const path of own) rmSync(path);
for (const path of files(out).filter((path) => path.endsWith(".html"))) {
  // In the page and in what React knows of it alike.
  const named = renamed.reduce((html, [from, to]) => html.replaceAll(from, to), readFileSync(path, "utf8"));
  const html = withoutInline(named);
  if (html.match(INLINE)?.some((script) => !/><\/script>$/.test(script)))
    throw new Error(`${path}: an inline script is left`);
  if (/\son[a-z]+="|\sstyle="|<style/.test(html)) throw new Error(`${path}: an inline handler or style is left`);
  writeFileSync(path, html);
}
let plain = 0;
let packed = 0;
for (const path of files(out).filter((path) => COMPRESSIBLE.test(path))) {
  const content = readFileSync(path);
  if (content.length < SMALLEST) continue;
  const brotli = brotliCompressSync(content, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
  });
  const gzip = gzipSync(content, { level: 9 });
  writeFileSync(`${path}.br`, brotli);
  writeFileSync(`${path}.gz`, gzip);
  plain += content.length;
  packed += brotli.length;
}
const total = files(out).reduce((sum, path) => sum + statSync(path).size, 0);
console.log(
  `web/out: ${Math.round(plain / 1024)} KiB of text, ${Math.round(packed / 1024)} KiB as brotli, ${Math.round(total / 1024)} KiB in all`,
);
