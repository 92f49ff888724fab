#!/usr/bin/env python3
"""Gathers the licences and notices of what the program is made of: third_party.py OUT

The embedded AWS models (botocore) in full, then every Debian package the program links, with its copyright file in full.
"""
import importlib.metadata
import pathlib
import subprocess
import sys

PACKAGES = """libcurl4 libssl3 libboost-json1.81.0 libsimdjson14 libpugixml1v5 libyaml-cpp0.7 libfmt9 libspdlog1.10 libsqlite3-0 libzstd1
    libxxhash0 libcli11-dev libroaring0 libargon2-1 libjemalloc2 libmongoc-1.0-0 libbson-1.0-0 libprometheus-cpp-core1.0 zlib1g""".split()


def botocore_notices():
    distribution = importlib.metadata.distribution("botocore")
    for file in distribution.files or []:
        if file.name.upper().startswith(("LICENSE", "NOTICE")):
            yield f"botocore {distribution.version}: {file.name}", file.read_text()


def debian_notices():
    for package in PACKAGES:
        path = pathlib.Path("/usr/share/doc") / package / "copyright"
        if not path.exists():
            continue
        version = subprocess.run(["dpkg-query", "-W", "-f=${Version}", package], capture_output=True, text=True).stdout
        yield f"{package} {version}", path.read_text(errors="replace")


def main():
    parts = ["Cadastre is licensed under Apache-2.0 (LICENSE). It contains or links the following work of others.\n"]
    for title, text in [*botocore_notices(), *debian_notices()]:
        parts.append(f"{'=' * 100}\n{title}\n{'=' * 100}\n{text.rstrip()}\n")
    pathlib.Path(sys.argv[1]).write_text("\n".join(parts))


if __name__ == "__main__":
    main()
