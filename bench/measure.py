"""Runs a program and says what it alone took: CPU of user and kernel, wall, and its highest resident memory."""

import os
import subprocess
import time
from dataclasses import dataclass


@dataclass
class Usage:
    code: int
    output: str
    cpu: float  # seconds
    wall: float  # seconds
    rss: float  # MB at the highest


def run(command, environment=None, log=os.devnull):
    """os.wait4 tells the usage of this very child, whatever else runs on the machine. What it says on stderr goes to `log`."""
    with open(log, "w") as errors:
        started = time.monotonic()
        process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=errors, env=environment)
    output = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    return Usage(
        code=process.returncode,
        output=output,
        cpu=usage.ru_utime + usage.ru_stime,
        wall=time.monotonic() - started,
        rss=usage.ru_maxrss * 1024 / 1e6,
    )
