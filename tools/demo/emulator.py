"""Starts, finds again and stops the emulated AWS: moto's server on a free port of this machine, in a process of its own.

Its state stands in <directory>/emulator.json, so that the next run finds a living emulator, filled with the same world,
and need not fill another. Nobody outside this machine can reach it.
"""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path

import world

HERE = Path(__file__).resolve().parent
START_SECONDS = 60
# Images of Amazon's are listed by nobody here and cost a second in each account and region. Certificates are valid at
# once: a certificate that changes by itself after a minute would make the second collection differ from the first.
SETTINGS = {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false", "MOTO_ACM_VALIDATION_WAIT": "0"}


@dataclass
class Emulator:
    pid: int
    endpoint: str
    fingerprint: str
    accounts: list  # [{"id", "name"}], without the closed one
    keys: dict  # account name -> {"access_key_id", "secret_access_key"}


def start(directory: Path) -> tuple[Emulator, bool]:
    """The directory's emulator, and whether it is new (its ids are then new as well)."""
    fingerprint = _fingerprint()
    running = find(directory)
    if running and running.fingerprint == fingerprint and _answers(running.endpoint):
        return running, False
    stop(directory)
    directory.mkdir(parents=True, exist_ok=True)
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    with open(directory / "emulator.log", "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_environment(),
            start_new_session=True,  # Ctrl-C in the demo's terminal is not for it
        )
    try:
        _wait_until_ready(process, endpoint, directory)
        organisation = world.seed(endpoint)
    except BaseException:
        process.kill()
        process.wait()
        raise
    emulator = Emulator(
        pid=process.pid,
        endpoint=endpoint,
        fingerprint=fingerprint,
        accounts=[{"id": account.id, "name": account.name} for account in organisation.accounts],
        keys=organisation.keys,
    )
    state = directory / "emulator.json"
    state.touch(mode=0o600)
    state.write_text(json.dumps(asdict(emulator), indent=2))
    return emulator, True


def find(directory: Path) -> Emulator | None:
    """The emulator that this directory speaks of, if its process still lives."""
    try:
        emulator = Emulator(**json.loads((directory / "emulator.json").read_text()))
        command = Path(f"/proc/{emulator.pid}/cmdline").read_bytes()
    except (OSError, ValueError, TypeError):
        return None
    # The number may belong to somebody else by now.
    return emulator if b"moto.server" in command else None


def stop(directory: Path) -> bool:
    running = find(directory)
    if running:
        os.kill(running.pid, signal.SIGKILL)  # it holds nothing that would have to be written
        try:
            os.waitpid(running.pid, 0)
        except ChildProcessError:
            pass  # another run's child
    (directory / "emulator.json").unlink(missing_ok=True)
    return running is not None


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted([*HERE.glob("world/*.py"), HERE / "emulator.py", HERE.parent / "requirements.txt"]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _environment():
    """Nothing of the user's own AWS settings may reach the emulator or the other way round."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    return kept | SETTINGS


def free_port(wanted: int = 0) -> int:
    """The wanted one when nobody has it, else any."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return free_port()
        return probe.getsockname()[1]


def _answers(endpoint: str) -> bool:
    # Without this a proxy of the user's would be asked for 127.0.0.1.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{endpoint}/moto-api/", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def _wait_until_ready(process, endpoint, directory):
    deadline = time.monotonic() + START_SECONDS
    while not _answers(endpoint):
        if process.poll() is not None:
            raise SystemExit(f"demo: the emulator ended at once; see {directory / 'emulator.log'}")
        if time.monotonic() > deadline:
            raise SystemExit(f"demo: the emulator did not answer within {START_SECONDS} s")
        time.sleep(0.1)
