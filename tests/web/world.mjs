// A scripted AWS of a test's own, which denies and breaks on request (tests/scripted_aws), with its store and its users.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Browser, binary, Server, signIn } from "./support.mjs";

export const PASSWORD = "a-password-for-tests";
const program =
  process.env.CADASTRE_SCRIPTED_AWS ?? join(dirname(binary), "scripted_aws");

export class World {
  // Options as scripted_aws --help names them.
  async start(options = {}) {
    this.folder = mkdtempSync(join(tmpdir(), "cadastre-world-"));
    this.config = join(this.folder, "cadastre.yaml");
    const port = join(this.folder, "port");
    const words = Object.entries({ rate: 0, ...options }).flatMap(
      ([name, value]) => [`--${name}`, String(value)],
    );
    words.push("--only-our-kinds", "--port-file", port);
    words.push("--config-out", this.config);
    words.push("--store", `sqlite:${join(this.folder, "cadastre.db")}`);
    this.process = spawn(program, words, { stdio: "ignore" });
    const failed = new Promise((_, refuse) =>
      this.process.once("error", refuse),
    );
    const deadline = Date.now() + 60_000;
    while (!existsSync(port) || !readFileSync(port, "utf8")) {
      if (this.process.exitCode !== null || Date.now() > deadline)
        throw new Error("the scripted AWS did not start");
      await Promise.race([wait(20), failed]);
    }
    this.url = `http://127.0.0.1:${readFileSync(port, "utf8").trim()}`;
    this.environment = {
      AWS_ENDPOINT_URL: this.url,
      AWS_EC2_METADATA_DISABLED: "true",
    };
    this.cadastre("user", "add", "ana", "--role", "admin", "--password-stdin");
    return this;
  }

  server() {
    return new Server(this);
  }

  cadastre(...words) {
    const done = spawnSync(binary, ["-c", this.config, ...words], {
      env: { ...process.env, ...this.environment },
      input: `${PASSWORD}\n`,
      encoding: "utf8",
    });
    // 3: some cells could not be read, which is what most of these tests want.
    if (done.status !== 0 && done.status !== 3)
      throw new Error(
        `cadastre ${words.join(" ")} ended with ${done.status}: ${done.stderr}`,
      );
  }

  // The store under the running server, as no program of ours would leave it.
  alter(statement) {
    const done = spawnSync(
      "python3",
      [
        "-c",
        "import sqlite3, sys; sqlite3.connect(sys.argv[1], isolation_level=None).execute(sys.argv[2])",
        join(this.folder, "cadastre.db"),
        statement,
      ],
      { encoding: "utf8" },
    );
    if (done.status !== 0) throw new Error(done.stderr);
  }

  async faults(list) {
    const answer = await fetch(`${this.url}/_faults`, {
      method: "POST",
      body: JSON.stringify(list),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }

  // What exists, one object a resource.
  async truth() {
    const text = await (await fetch(`${this.url}/_truth`)).text();
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  }

  async stop() {
    if (this.process && this.process.exitCode === null) {
      const ended = new Promise((done) => this.process.once("exit", done));
      this.process.kill("SIGTERM");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

// A world with its server, and a browser in which ana has signed in, on one page. begin() tells of a world that is to be altered
// before its server starts.
export class Visit {
  async start(options, begin = () => {}) {
    this.world = await new World().start(options);
    await begin(this.world);
    this.server = await this.world.server().start();
    this.browser = await new Browser().open();
    this.page = await this.browser.page();
    await signIn(this.page, this.server.url, "ana", PASSWORD);
    return this;
  }

  open(path) {
    return this.page.goto(this.server.url + path);
  }

  // With what the world's configuration says now, where it was.
  async restart() {
    const { port } = this.server;
    await this.server.stop();
    await this.server.start(port);
  }

  async end() {
    await this.browser?.close();
    await this.server?.stop();
    await this.world?.stop();
  }
}

// A run that the page's session asks for, to its end.
export async function collect(page, selection = {}) {
  await page.evaluate(async (asked) => {
    const { csrf } = await (await fetch("/api/v1/session")).json();
    const answer = await fetch("/api/v1/runs", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
      body: JSON.stringify(asked),
    });
    const { run } = await answer.json();
    for (;;) {
      const { rows } = await (await fetch("/api/v1/runs?limit=50")).json();
      if (rows.find(({ id }) => id === run)?.state === "ended") return;
      await new Promise((done) => setTimeout(done, 100));
    }
  }, selection);
}
