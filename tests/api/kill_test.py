"""Kills the server fifty times while people write and it collects: what was acknowledged is there, and everybody is still in."""

import os
import random
import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from scripted import ScriptedAws, wrong_rows  # noqa: E402
from server import Server, add_user  # noqa: E402

KILLS = 50
SEED = int(os.environ.get("CADASTRE_TEST_SEED", "1"))


def check(condition, *words):
    if not condition:
        raise SystemExit("kill: " + " ".join(str(word) for word in words))


class Writers:
    """Threads that save views, make tokens and change them, and remember what was acknowledged."""

    def __init__(self, server, number):
        self.server, self.number, self.views, self.tokens = server, number, set(), []
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self.save_views, args=(index,)) for index in range(2)]
        self.threads += [threading.Thread(target=self.make_tokens), threading.Thread(target=self.read)]
        for thread in self.threads:
            thread.start()

    def until_killed(self, work):
        count = 0
        while not self.stop.is_set():
            count += 1
            try:
                work(count)
            except (OSError, ValueError, KeyError):  # the server is gone, or its answer was cut short
                return
            except Exception as error:  # noqa: BLE001: http.client's own kinds of cut answers
                if type(error).__module__ != "http.client":
                    raise
                return

    def save_views(self, index):
        def save(count):
            if count > 3:  # a user has at most 200, and fifty rounds come
                self.stop.wait(0.01)
                return
            name = f"view {self.number} {index} {count}"
            if self.server.ask("POST", "/api/v1/views", {"name": name, "path": "/x"}).status == 201:
                self.views.add(name)
        self.until_killed(save)

    def make_tokens(self):
        def make(count):
            answer = self.server.ask("POST", "/api/v1/tokens", {"name": f"token {self.number} {count}", "scopes": ["read"]})
            if answer.status == 201:
                self.tokens.append(answer.json()["token"])
            self.stop.wait(0.02)
        self.until_killed(make)

    def read(self):
        self.until_killed(lambda _: self.server.get("/api/v1/resources", q="web", facets="kind,region"))

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()


def main():
    chance = random.Random(SEED)
    print(f"seed {SEED}")
    with tempfile.TemporaryDirectory(prefix="cadastre-kill-") as folder, ScriptedAws(
            folder, accounts=2, regions=2, resources=300, latency_ms=1, seed=SEED) as aws:
        add_user(aws)
        views, tokens, cookie, csrf = set(), [], None, None
        for number in range(1, KILLS + 1):
            aws.mutate(number, 0.1)
            with Server(aws, "--no-schedule") as server:
                server.cookie, server.csrf = cookie, csrf
                if cookie is None:
                    check(server.sign_in().status == 200, "cannot sign in")
                    cookie, csrf = server.cookie, server.csrf
                user = server.get("/api/v1/session").json()["user"]
                check(user and user["name"] == "ana", f"before kill {number} the session is lost")
                known = {row["name"] for row in server.get("/api/v1/views").json()["rows"]}
                check(views <= known, f"before kill {number} acknowledged views are lost:", sorted(views - known))
                for token in chance.sample(tokens, min(3, len(tokens))) + tokens[-1:]:
                    server.token = token
                    check(server.get("/api/v1/kinds").status == 200, f"before kill {number} a token is lost")
                server.token = None
                # What views were kept for more than some rounds is removed, which must hold as well.
                for row in server.get("/api/v1/views").json()["rows"]:
                    if int(row["name"].split()[1]) < number - 10:
                        check(server.ask("DELETE", f"/api/v1/views/{row['id']}").status == 204, "cannot remove a view")
                        views.discard(row["name"])
                server.ask("POST", "/api/v1/runs", {"full": True})
                writers = Writers(server, number)
                writers.stop.wait(chance.uniform(0.05, 0.6))
                server.process.kill()
                server.process.wait()
                writers.end()
                views |= writers.views
                tokens += writers.tokens
        with Server(aws, "--no-schedule") as server:
            server.cookie, server.csrf = cookie, csrf
            server.collect(full=True)
            wrong = wrong_rows(aws.truth(), {row["id"]: row for row in server.rows(data="true", limit=200)})
            check(not wrong, "after all kills rows are wrong:", wrong[:5])
            check(len(views) > 10 and len(tokens) > KILLS, "hardly anything was written", len(views), len(tokens))
            server.stop()
        check(aws.cadastre("store", "check").returncode == 0, "the store is not sound")
        print(f"{KILLS} kills; {len(views)} views, {len(tokens)} tokens and the session are there")


if __name__ == "__main__":
    main()
