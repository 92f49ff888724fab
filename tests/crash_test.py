"""Kills collections at random moments, and fills the disk under them: the store opens, and nothing that was committed is lost."""

import hashlib
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))
from scripted import ScriptedAws, wrong_rows  # noqa: E402

KILLS = 50
SEED = int(os.environ.get("CADASTRE_TEST_SEED", "1"))


def check(condition, *words):
    if not condition:
        raise SystemExit("crash: " + " ".join(str(word) for word in words))


def versions(store):
    """sequence → a hash of the version."""
    with sqlite3.connect(store) as connection:
        rows = connection.execute('SELECT sequence, resource, "from", cause, document FROM version').fetchall()
    connection.close()
    return {row[0]: hashlib.sha256(repr(row[1:]).encode()).hexdigest() for row in rows}


def check_integrity(store):
    connection = sqlite3.connect(store)
    answer = connection.execute("PRAGMA integrity_check").fetchall()
    connection.close()
    check(answer == [("ok",)], "the store is damaged:", answer)


def check_truth(aws, when):
    wrong = wrong_rows(aws.truth(), aws.rows())
    check(not wrong, when, f"{len(wrong)} rows are wrong:", wrong[:5])


def collect_and_check(aws, when):
    answer = aws.cadastre("collect", "--full", "--quiet")
    check(answer.returncode == 0, when, "collect ended with", answer.returncode, answer.stdout, answer.stderr)
    check_truth(aws, when)


def kill_at_random(folder):
    chance = random.Random(SEED)
    with ScriptedAws(folder, accounts=3, regions=2, resources=1500, latency_ms=2, page_size=50, seed=SEED) as aws:
        collect_and_check(aws, "before any kill")
        started = time.monotonic()
        aws.cadastre("collect", "--full", "--quiet")
        usual = time.monotonic() - started
        known, interrupted = versions(aws.store), 0
        for number in range(1, KILLS + 1):
            if number % 10 == 0:
                # From nothing, so that the first writes of all are interrupted too.
                for file in Path(folder).glob("cadastre.db*"):
                    file.unlink()
                known = {}
            aws.mutate(number, 0.1)
            process = subprocess.Popen(aws.command("collect", "--full", "--quiet"), env=aws.environment, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            try:
                process.wait(timeout=chance.uniform(0.05, 0.95) * usual)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                interrupted += 1
            answer = aws.cadastre("status")
            check(answer.returncode == 0, f"after kill {number} the store does not open:", answer.stderr)
            check_integrity(aws.store)
            now = versions(aws.store)
            lost = [sequence for sequence, content in known.items() if now.get(sequence) != content]
            check(not lost, f"after kill {number} versions are lost or changed:", lost[:5])
            known = now
            if number % 7 == 0:
                collect_and_check(aws, f"after kill {number}")
                known = versions(aws.store)
        collect_and_check(aws, "at the end")
        check(interrupted >= KILLS // 2, f"only {interrupted} of {KILLS} collections were interrupted")
        print(f"{interrupted} of {KILLS} collections killed in their course; every version kept, every run after right")


def check_full(aws, limited, free, what):
    """`limited` runs a collection that has not room enough; `free` makes room."""
    answer = limited()
    check(answer.returncode == 1, f"{what}: exit code", answer.returncode, answer.stdout, answer.stderr)
    lines = [line for line in answer.stderr.splitlines() if not line.startswith("warning:")]
    check(len(lines) == 1 and str(aws.store) in lines[0], f"{what}: no clear sentence that names the store:", answer.stderr)
    check(any(word in lines[0] for word in ("space", "large", "full")), f"{what}: the sentence does not say why:", lines[0])
    answer = aws.cadastre("status")
    check(answer.returncode == 0, f"{what}: the store does not open:", answer.stderr)
    check_integrity(aws.store)
    kept = versions(aws.store)
    free()
    collect_and_check(aws, what)
    now = versions(aws.store)
    check(all(now.get(sequence) == content for sequence, content in kept.items()), f"{what}: versions are lost")
    print(f"{what}: {lines[0]}")


def file_size_limit(folder):
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # writes fail instead, as on a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    with ScriptedAws(folder, accounts=2, regions=2, resources=3000) as aws:
        check_full(aws, lambda: aws.cadastre("collect", "--quiet", preexec_fn=limit), lambda: None, "a file that may not grow")


def full_disk(folder):
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "cadastre-test", folder], capture_output=True, check=False)
    if mounted.returncode != 0:
        print("a full disk: not tried, for it takes the right to mount one")
        return
    try:
        with ScriptedAws(folder, accounts=2, regions=2, resources=3000) as aws:
            check_full(aws, lambda: aws.cadastre("collect", "--quiet"),
                       lambda: subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True), "a full disk")
    finally:
        subprocess.run(["umount", folder], check=True)


if __name__ == "__main__":
    for part in (kill_at_random, file_size_limit, full_disk):
        with tempfile.TemporaryDirectory(prefix="cadastre-crash-") as directory:
            part(directory)
