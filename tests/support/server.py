"""Drives a real `cadastre serve` from outside: as a process of its own, over HTTP. For tests and benches."""

import http.client
import json
import os
import signal
import subprocess
import time
import urllib.parse
from pathlib import Path

PASSWORD = "correct horse battery staple"
PATIENCE = 5 if os.environ.get("CADASTRE_SANITIZE") else 1


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Server:
    """`cadastre serve` on the configuration of a ScriptedAws, with its log in a file."""

    def __init__(self, aws, *arguments, wait=True):
        self.aws = aws
        self.log_file = Path(aws.folder) / "serve.log"
        self.log_from = self.log_file.stat().st_size if self.log_file.exists() else 0
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(aws.command("serve", "--listen", "127.0.0.1:0", "--log", "json", *arguments),
                                            env=aws.environment, stderr=log)
        self.port = int(self.wait_for_log("listening")["port"])
        self.cookie = self.csrf = self.token = None
        if wait:
            self.until(lambda: self.get("/readyz").status == 200, "the server is not ready")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def log(self):
        """The records of this run."""
        data = self.log_file.read_bytes()[self.log_from:]
        return [json.loads(line) for line in data.decode().splitlines() if line.startswith("{") and line.endswith("}")]

    def wait_for_log(self, message, seconds=60):
        found = []

        def look():
            found[:] = [record for record in self.log() if message in record["message"]]
            return found

        self.until(look, f"the log has no '{message}'", seconds)
        return found[-1]

    def until(self, condition, otherwise, seconds=60):
        deadline = time.monotonic() + seconds * PATIENCE
        while not condition():
            if self.process.poll() is not None:
                raise SystemExit(f"{otherwise}: the server ended with {self.process.returncode}: {self.log_file.read_text()[-2000:]}")
            if time.monotonic() > deadline:
                raise SystemExit(f"{otherwise} after {seconds} s: {self.log_file.read_text()[-2000:]}")
            time.sleep(0.02)

    def ask(self, method, path, body=None, headers=None, query=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = dict(headers or {})
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        elif self.cookie:
            headers["Cookie"] = self.cookie
            headers["X-CSRF-Token"] = self.csrf
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        if query:
            path += "?" + urllib.parse.urlencode(query)
        try:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read().decode())
        finally:
            connection.close()

    def get(self, path, **query):
        return self.ask("GET", path, query=query)

    def rows(self, path="/api/v1/resources", **query):
        """All rows of a list, page after page."""
        rows, cursor = [], ""
        while True:
            answer = self.get(path, **query, **({"cursor": cursor} if cursor else {}))
            if answer.status != 200:
                warnings = [record["message"] for record in self.log() if record["level"] == "warning"]
                raise SystemExit(f"{path} {query}: {answer.status} {answer.body} {warnings[-3:]}")
            page = answer.json()
            rows += page["rows"]
            cursor = page["next"]
            if not cursor:
                return rows

    def sign_in(self, name="ana", password=PASSWORD):
        answer = self.ask("POST", "/api/v1/session", {"name": name, "password": password})
        if answer.status == 200:
            self.cookie = answer.headers["Set-Cookie"].split(";")[0]
            self.csrf = answer.json()["csrf"]
        return answer

    def collect(self, **selection):
        """A run on request, to its end."""
        answer = self.ask("POST", "/api/v1/runs", selection)
        if answer.status != 202:
            raise SystemExit(f"no run: {answer.status} {answer.body}")
        run = answer.json()["run"]
        self.until(lambda: self.run(run)["state"] == "ended", f"run {run} does not end", 120)
        return self.run(run)

    def run(self, number):
        return next(row for row in self.get("/api/v1/runs", limit=200).json()["rows"] if row["id"] == number)

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


def add_user(aws, name="ana", role="admin", password=PASSWORD, accounts=()):
    extra = [word for account in accounts for word in ("--account", account)]
    answer = aws.cadastre("user", "add", name, "--role", role, "--password-stdin", *extra, input=password + "\n")
    if answer.returncode != 0:
        raise SystemExit(f"no user: {answer.stderr}")
