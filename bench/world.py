"""The scripted AWS in a process of its own, and what it counted."""

import json
import os
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import yaml


class World:
    def __init__(self, binary: Path, directory: Path, accounts, regions, resources, mix, latency, seed):
        directory.mkdir(parents=True)
        self.config = directory / "world.yaml"
        port_file = directory / "port"
        command = [binary, "--port-file", port_file, "--config-out", self.config, "--accounts", accounts, "--regions", regions]
        command += ["--resources", resources, "--mix", ",".join(f"{kind}={weight}" for kind, weight in mix.items())]
        command += ["--latency-ms", latency, "--seed", seed, "--warm"]
        self.log = directory / "world.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen([str(word) for word in command], stdout=log, stderr=log)
        for _ in range(600):
            if port_file.exists() and port_file.read_text().strip() and self.config.exists():
                break
            if self.process.poll() is not None:
                raise SystemExit(f"the scripted AWS ended with {self.process.returncode}; see {self.log}")
            time.sleep(0.05)
        else:
            raise SystemExit(f"the scripted AWS did not start within 30 s; see {self.log}")
        self.url = f"http://127.0.0.1:{port_file.read_text().strip()}"

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def environment(self):
        """The user's own AWS settings have no say here."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return kept | {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def requests(self) -> int:
        with urllib.request.urlopen(f"{self.url}/_counts") as answer:
            return sum(json.loads(line)["calls"] for line in answer)

    def write_config(self, path: Path, store: Path, kinds, rate) -> Path:
        """The world's own configuration, with these kinds, this store and this pace."""
        config = yaml.safe_load(self.config.read_text())
        config |= {"store": f"sqlite:{store}", "kinds": list(kinds), "rate": rate}
        path.write_text(yaml.safe_dump(config))
        return path
