"""Runs cadastre against the emulator, with nothing of the caller's own AWS settings."""

import json
import os
import subprocess
from pathlib import Path


class Program:
    def __init__(self, binary: Path, config: Path, endpoint: str):
        self.binary = binary
        self.config = config
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "CADASTRE_")) and not name.lower().endswith("_proxy")
        } | {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def show(self, *arguments: str) -> int:
        """For people: on the terminal, with its progress and colours."""
        return subprocess.run(self.command(*arguments), env=self.environment, check=False).returncode

    def run(self, *arguments: str, log: Path | None = None) -> tuple[int, str, str]:
        """For checks: exit code, standard output and standard error; `log` keeps the latter two."""
        done = subprocess.run(self.command(*arguments), env=self.environment, capture_output=True, text=True, check=False)
        if log:
            with open(log, "a", encoding="utf-8") as file:
                file.write(f"$ cadastre {' '.join(arguments)}\n{done.stdout}{done.stderr}")
        return done.returncode, done.stdout, done.stderr

    def json(self, *arguments: str, log: Path | None = None):
        code, output, errors = self.run(*arguments, "-o", "json", log=log)
        try:
            return code, json.loads(output)
        except ValueError:
            raise SystemExit(f"demo: cadastre {' '.join(arguments)} ended with {code} and no JSON: {errors or output}") from None

    def command(self, *arguments):
        return [str(self.binary), "-c", str(self.config), *arguments]
