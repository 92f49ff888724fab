"""Starts, finds again and stops `cadastre serve` on the demo's store, and asks its API as a client would.

Its state stands in <directory>/service.json. It listens on this machine only.
"""

import http.client
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from emulator import free_port

USUAL_PORT = 8080
START_SECONDS = 60
STOP_SECONDS = 30
USER = "demo"


class Service:
    def __init__(self, directory: Path, pid: int, url: str, process=None):
        self.directory, self.pid, self.url, self.process = directory, pid, url, process

    def ready(self) -> bool:
        try:
            return Client(self.url).ask("GET", "/readyz")[0] == 200
        except OSError:
            return False

    def stop(self):
        """As an operator does: SIGTERM, and what is under way ends well. Returns the exit code, where it can be known."""
        os.kill(self.pid, signal.SIGTERM)
        (self.directory / "service.json").unlink(missing_ok=True)
        if self.process:
            return self.process.wait(timeout=STOP_SECONDS)
        for _ in range(STOP_SECONDS * 10):
            if not Path(f"/proc/{self.pid}").exists():
                break
            time.sleep(0.1)
        return None


class Client:
    """A session of the API: what a browser keeps between two requests, and no more."""

    def __init__(self, url: str):
        self.host = urlsplit(url).netloc
        self.headers = {}

    def ask(self, method: str, path: str, body=None, **query):
        connection = http.client.HTTPConnection(self.host, timeout=60)
        try:
            target = path + ("?" + urlencode(query) if query else "")
            data = None if body is None else json.dumps(body)
            headers = self.headers | ({"Content-Type": "application/json"} if data else {})
            connection.request(method, target, data, headers)
            answer = connection.getresponse()
            content = answer.read()
            self.cookie = (answer.getheader("Set-Cookie") or "").split(";")[0]
        finally:
            connection.close()
        is_json = "json" in (answer.getheader("Content-Type") or "")
        return answer.status, json.loads(content) if is_json and content else content.decode()

    def sign_in(self, name: str, password: str) -> int:
        status, session = self.ask("POST", "/api/v1/session", {"name": name, "password": password})
        if status == 200:
            self.headers = {"Cookie": self.cookie, "X-CSRF-Token": session["csrf"]}
        return status

    def resource(self, identity: str, rest: str = "") -> str:
        return f"/api/v1/resources/{quote(identity, safe='')}{rest}"


def start(program, directory: Path, *options: str) -> Service:
    """On the usual port when it is free, so that the address is easy to remember."""
    port = free_port(USUAL_PORT)
    with open(directory / "service.log", "ab") as log:
        process = subprocess.Popen(
            program.command("serve", "--listen", f"127.0.0.1:{port}", *options),
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=program.environment, start_new_session=True,
        )
    service = Service(directory, process.pid, f"http://127.0.0.1:{port}", process)
    deadline = time.monotonic() + START_SECONDS
    while not service.ready():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise SystemExit(f"demo: the server did not come up; see {directory / 'service.log'}")
        time.sleep(0.05)
    (directory / "service.json").write_text(json.dumps({"pid": process.pid, "url": service.url}))
    return service


def find(directory: Path) -> Service | None:
    """The server that this directory speaks of, if its process still lives."""
    try:
        state = json.loads((directory / "service.json").read_text())
        command = Path(f"/proc/{state['pid']}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError, KeyError):
        return None
    return Service(directory, state["pid"], state["url"]) if b"serve" in command else None


def stop(directory: Path) -> bool:
    running = find(directory)
    if running:
        running.stop()
    return running is not None


def password(program) -> str:
    """Of the demo's administrator: a new one each time, since the store keeps none that could be shown again."""
    _, users = program.json("user", "list")
    exists = any(user["name"] == USER for user in users)
    words = ("user", "password", USER) if exists else ("user", "add", USER, "--role", "admin")
    code, output, errors = program.run(*words, "--generate")
    if code != 0:
        raise SystemExit(f"demo: no user could be made: {errors.strip()}")
    return output.split()[-1]


def token(program) -> str:
    """To read with; the one of an earlier demo is replaced."""
    _, tokens = program.json("token", "list")
    for old in tokens:
        program.run("token", "remove", str(old["id"]))
    code, output, errors = program.run("token", "add", USER, "demo", "--scope", "read")
    if code != 0:
        raise SystemExit(f"demo: no token could be made: {errors.strip()}")
    return next(word for word in output.split() if word.startswith("cad_"))
