"""Drives the built programs from outside: the scripted AWS and cadastre, as processes of their own. For tests and tools."""

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from digest import content_digest


def build_directory():
    """Where the programs are: beside the cadastre that ctest names, or the first build there is."""
    if os.environ.get("CADASTRE"):
        return Path(os.environ["CADASTRE"]).parent
    build = Path(__file__).resolve().parents[2] / "build"
    for preset in ("release", "dev"):
        if (build / preset / "scripted_aws").exists() and (build / preset / "cadastre").exists():
            return build / preset
    raise SystemExit("there is no build with cadastre and scripted_aws; run ./dev build, or set CADASTRE")


class ScriptedAws:
    """The scripted AWS with a configuration for it in `folder`."""

    def __init__(self, folder, **options):
        self.folder = Path(folder)
        self.build = build_directory()
        self.config = self.folder / "cadastre.yaml"
        self.store = self.folder / "cadastre.db"
        port_file = self.folder / "port"
        command = [self.build / "scripted_aws", "--port-file", port_file, "--config-out", self.config]
        for name, value in {"only_our_kinds": True, "rate": 0, **options}.items():
            command += [f"--{name.replace('_', '-')}"] + ([] if value is True else [str(value)])
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not port_file.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("the scripted AWS did not start")
            time.sleep(0.01)
        self.url = f"http://127.0.0.1:{port_file.read_text()}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "AWS_ENDPOINT_URL": self.url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def ask(self, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method or ("POST" if body is not None else "GET"))
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            raise SystemExit(f"the scripted AWS refuses {path}: {error.read().decode()}") from error

    def mutate(self, round_number, rate, together=False):
        return json.loads(self.ask(f"/_mutate?round={round_number}&rate={rate}&together={int(together)}", method="POST"))

    def set_faults(self, faults):
        self.ask("/_faults", faults)

    def faults(self):
        return json.loads(self.ask("/_faults"))

    def truth(self):
        """id → what is true of the resource now."""
        rows = (json.loads(line) for line in self.ask("/_truth").splitlines())
        return {row["id"]: row for row in rows}

    def command(self, *arguments):
        return [str(self.build / "cadastre"), "-c", str(self.config), *arguments]

    def cadastre(self, *arguments, **options):
        return subprocess.run(self.command(*arguments), env=self.environment, capture_output=True, text=True, check=False, **options)

    def rows(self):
        """id → the stored row, of everything that is live."""
        answer = self.cadastre("find", "-o", "json", "--limit", "0")
        if answer.returncode != 0:
            raise SystemExit(f"cadastre find ended with {answer.returncode}: {answer.stderr}")
        return {row["id"]: row for row in json.loads(answer.stdout)}


def row_digest(row, true):
    """The digest of a stored row's document; what says again what others say is left out, for it may be older."""
    return content_digest({member: value for member, value in row["data"].items() if member != true["said_twice"]})


def wrong_rows(truth, rows):
    """A sentence for each row that is not as it should be, when everything was read."""
    wrong = [f"{name} exists and is not in the store" for name in truth.keys() - rows.keys()]
    wrong += [f"{name} is in the store and does not exist" for name in rows.keys() - truth.keys()]
    read = {name: truth[name]["digest"] for name in truth.keys() & rows.keys() if truth[name]["digest"]}
    wrong += [f"{name} reads differently" for name, digest in read.items() if row_digest(rows[name], truth[name]) != digest]
    return sorted(wrong)
