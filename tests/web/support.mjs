// What the tests share: the server, the browser, and looking for what must never be there.

import { spawn } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const require = createRequire(
  new URL("../../web/package.json", import.meta.url),
);
const { chromium } = require("playwright-core");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export const directory =
  process.env.CADASTRE_WEB_TESTS ?? join(ROOT, "build/web-tests");
export const binary =
  process.env.CADASTRE ?? join(ROOT, "build/release/cadastre");
export const web = process.env.CADASTRE_WEB ?? join(ROOT, "web/out");
// What stage.py prepared; nothing for those who bring a world of their own.
const prepared = join(directory, "stage.json");
export const stage = existsSync(prepared)
  ? JSON.parse(readFileSync(prepared, "utf8"))
  : {};
export const facts = stage.facts ?? {};

// The real server, on a port of its own: on the prepared organisation, or on what a test made itself.
export class Server {
  constructor({
    config = stage.config,
    environment = stage.environment,
    folder = directory,
  } = {}) {
    Object.assign(this, { config, environment, folder });
  }

  async start(port = 0, patience = 60_000) {
    const log = openSync(join(this.folder, "server.log"), "a");
    this.process = spawn(
      binary,
      [
        "-c",
        this.config,
        "serve",
        "--no-schedule",
        "--web",
        web,
        "--listen",
        `127.0.0.1:${port || (await freePort())}`,
      ],
      {
        env: { ...process.env, ...this.environment },
        stdio: ["ignore", log, log],
      },
    );
    this.port = Number(this.process.spawnargs.at(-1).split(":")[1]);
    this.url = `http://127.0.0.1:${this.port}`;
    const deadline = Date.now() + patience;
    for (;;) {
      if (this.process.exitCode !== null)
        throw new Error(
          `the server ended with ${this.process.exitCode}; see ${this.folder}/server.log`,
        );
      if ((await fetch(`${this.url}/readyz`).catch(() => null))?.ok)
        return this;
      if (Date.now() > deadline)
        throw new Error(`the server is not ready after ${patience / 1000} s`);
      await wait(50);
    }
  }

  async stop() {
    if (!this.process || this.process.exitCode !== null) return;
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await ended;
  }
}

export async function freePort() {
  const { createServer } = await import("node:net");
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

export class Browser {
  async open() {
    this.profile = mkdtempSync(join(tmpdir(), "cadastre-web-"));
    this.context = await chromium.launchPersistentContext(this.profile, {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      headless: true,
      viewport: { width: 1440, height: 900 },
      acceptDownloads: true,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
    await this.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    return this;
  }

  // A page that notes what goes wrong in it: errors of scripts, and whatever the content security policy forbids.
  async page(viewport) {
    const page = await this.context.newPage();
    if (viewport) await page.setViewportSize(viewport);
    page.faults = [];
    page.on("pageerror", (error) => page.faults.push(String(error)));
    page.on("console", (message) => {
      // A refused request is told of here too; tests that provoke one say so.
      if (message.type() === "error") page.faults.push(message.text());
    });
    await page.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => {
        console.error(
          `forbidden by the policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`,
        );
      });
    });
    return page;
  }

  async close() {
    await this.context.close();
    rmSync(this.profile, { recursive: true, force: true });
  }
}

export async function signIn(
  page,
  url,
  name = "ana",
  password = stage.passwords[name],
) {
  await page.goto(url);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("navigation", { name: "Main" }).waitFor();
}

// Requests of the API as the page makes them, with its session.
export async function api(page, path) {
  return page.evaluate(
    async (address) => (await fetch(address)).json(),
    `/api/v1/${path}`,
  );
}

const ALL_RULES = {
  type: "tag",
  values: [
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22aa",
    "best-practice",
  ],
};
// What a theme can break.
export const COLOURS = {
  type: "rule",
  values: ["color-contrast", "link-in-text-block"],
};

export async function violations(page, rules = ALL_RULES) {
  await page.evaluate(AXE);
  const found = await page.evaluate(
    (runOnly) => axe.run(document, { runOnly, resultTypes: ["violations"] }),
    rules,
  );
  return found.violations.map(
    ({ id, impact, nodes }) =>
      `${id} (${impact}): ${nodes
        .slice(0, 3)
        .map(
          ({ target, any }) => `${target.join(" ")} ${any[0]?.message ?? ""}`,
        )
        .join(" | ")}`,
  );
}

export async function setTheme(page, scheme) {
  await page.evaluate((value) => {
    localStorage.setItem("cadastre-theme", value);
    // As another tab tells of it; who calls this has seen the page drawn, and so listening.
    dispatchEvent(
      new StorageEvent("storage", {
        key: "cadastre-theme",
        newValue: value,
        storageArea: localStorage,
      }),
    );
  }, scheme);
  await page
    .locator(`html[data-mantine-color-scheme=${scheme}]`)
    .waitFor({ state: "attached" });
}

export const resourcePath = (kind, id) =>
  `/resources/${kind}/${facts.account}/${facts.region}/${id}`;
