// Runs the dashboard's tests: prepares the organisation they look at, then every *.test.mjs, one after the other.
//
//   node tests/web/run.mjs [--keep] [FILE …]     --keep: use what the last run prepared

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "../..");
const directory =
  process.env.CADASTRE_WEB_TESTS ?? join(root, "build/web-tests");
const binary = process.env.CADASTRE ?? join(root, "build/release/cadastre");
const python =
  process.env.CADASTRE_PYTHON ?? join(root, "build/venv/bin/python");
const asked = process.argv.slice(2);
const keep = asked.includes("--keep");
const names = asked
  .filter((name) => name !== "--keep")
  .map((name) => basename(name));

function run(command, ...words) {
  const { status, error } = spawnSync(command, words, { stdio: "inherit" });
  if (error) throw error;
  return status ?? 1;
}

const files = readdirSync(here)
  .filter(
    (name) =>
      name.endsWith(".test.mjs") &&
      (names.length === 0 || names.includes(name)),
  )
  .sort()
  .map((name) => join(here, name));
if (files.length === 0) {
  console.error(`there is no ${names.join(" ")} in ${here}; name *.test.mjs`);
  process.exit(2);
}
const stage = [
  join(here, "stage.py"),
  "--binary",
  binary,
  "--directory",
  directory,
];
if (!(keep && existsSync(join(directory, "stage.json")))) {
  console.log("==> preparing the organisation that the tests look at");
  if (run(python, ...stage) !== 0) process.exit(1);
}
const status = run(
  process.execPath,
  "--test",
  "--test-concurrency=1",
  ...files,
);
if (!keep) run(python, ...stage, "--stop");
process.exit(status);
