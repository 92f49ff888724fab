#!/usr/bin/env python3
"""Fetches botocore's source distribution, whose compliance suites and recorded answers our tests read.

It lands in build/fetched/botocore-VERSION; a second run only prints where. Nothing of it is committed.
"""

import hashlib
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

VERSION = "1.44.5"
SHA256 = "a988f39e3a4484def0b8010f41128f71157da0515a4804fccce4739aa8f216da"
FETCHED = pathlib.Path(__file__).resolve().parent.parent / "build" / "fetched"


def download(folder: pathlib.Path) -> pathlib.Path:
    """The archive as pip finds it, checked against the pinned hash."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:",
               "--disable-pip-version-check", "-d", str(folder), f"botocore=={VERSION}"]
    result = subprocess.run(command, capture_output=True, text=True)
    archive = folder / f"botocore-{VERSION}.tar.gz"
    if not archive.exists():
        sys.exit(f"fetch_botocore.py: pip could not download botocore {VERSION}:\n{result.stderr.strip()}")
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != SHA256:
        sys.exit(f"fetch_botocore.py: {archive.name} has the SHA-256 {found}, not the pinned {SHA256}; nothing was unpacked")
    return archive


def main() -> None:
    target = FETCHED / f"botocore-{VERSION}"
    if not target.is_dir():
        FETCHED.mkdir(parents=True, exist_ok=True)
        # Unpacked beside the target and renamed, so that a run that is interrupted leaves nothing half done.
        with tempfile.TemporaryDirectory(dir=FETCHED) as scratch:
            folder = pathlib.Path(scratch)
            with tarfile.open(download(folder)) as archive:
                archive.extractall(folder / "unpacked")  # its hash is pinned, so it is the archive that was reviewed
            shutil.move(folder / "unpacked" / target.name, target)
    print(target)


if __name__ == "__main__":
    main()
