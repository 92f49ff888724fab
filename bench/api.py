"""./dev bench api: list requests of many connections against the real server, while it collects.

Every request is of 50 rows with columns and facets, of at least 10,000 different queries, and no answer is kept anywhere: the tags of answers
are not sent back, and the server has no cache of answers. The generator (bench/load.cc) runs on the same two cores. First each connection asks
again as soon as it is answered, which says how many a second there can be, then 500 a second are asked, which says how long each takes.
"""

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import threading
import time
import urllib.parse
from pathlib import Path

from collect import Targets

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))
from scripted import ScriptedAws  # noqa: E402
from server import Server, add_user  # noqa: E402

CONNECTIONS, DISTINCT, IDLE, RATE = 64, 12_000, 1_000, 500
COLUMNS = {"aws.ec2.instance": "Type,data.PrivateIpAddress,data.State.Name", "aws.ec2.volume": "data.Size,data.VolumeType"}


def queries(rows, chance):
    """Questions as people ask them: pieces of names, addresses and ids, kinds with a state, a region or an account, tags."""
    kinds = sorted({row["kind"] for row in rows})
    asked = set()
    while len(asked) < DISTINCT:
        row = chance.choice(rows)
        address = (row["data"] or {}).get("PrivateIpAddress", "")
        words = [row["name"], row["native_id"], row["arn"], address]
        text = chance.choice([word for word in words if len(word) > 3] or [row["kind"]])
        begin = chance.randrange(max(1, len(text) - 3))
        piece = text[begin:begin + chance.randint(3, 12)]
        fields = {"limit": 50, "facets": chance.choice(["kind,account,region", "kind,region,state", "account,state,tag.Name"])}
        sort = chance.randrange(4)
        if sort < 2:
            fields["sort"] = ["-changed", "name"][sort]
        what = chance.randrange(4)
        if what == 0:
            fields["q"] = '"' + piece.replace('"', "") + '"'
        elif what == 1:
            fields["kind"] = row["kind"]
            fields[chance.choice(["region", "account", "state"])] = row[chance.choice(["region", "account", "state"])] or "running"
            fields["q"] = f"-name:{piece[:4].replace(':', '')}*" if piece[:4].isalnum() else ""
        elif what == 2:
            fields["kind"] = chance.choice(kinds)
            fields["q"] = f"changed<{chance.randint(1, 5000)}h"
        else:
            fields["q"] = f"region:{row['region']} account:{row['account']} age>{chance.randint(0, 400)}d"
        if "kind" not in fields:
            fields["cols"] = "tag.Name,data.VpcId"  # a list of several kinds has no columns of its own
        elif fields["kind"] in COLUMNS:
            fields["cols"] = COLUMNS[fields["kind"]]
        asked.add("/api/v1/resources?" + urllib.parse.urlencode({name: value for name, value in fields.items() if value}))
    return sorted(asked)


class Collecting:
    """Collections on request, one after the other, as long as it is open."""

    def __init__(self, server, aws):
        self.server, self.aws, self.runs, self.ended = server, aws, 0, threading.Event()
        self.thread = threading.Thread(target=self.work)

    def work(self):
        while not self.ended.is_set():
            self.aws.mutate(self.runs + 1, 0.01)
            answer = self.server.ask("POST", "/api/v1/runs", {})
            if answer.status != 202:
                self.ended.wait(2)
                continue
            self.runs += 1
            number = answer.json()["run"]
            while not self.ended.is_set() and self.server.run(number)["state"] != "ended":
                self.ended.wait(0.2)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


def cpu_seconds(process):
    """What the server has used so far. Says what a request costs even when others use the machine."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(options, server, paths, seconds, rate=0, idle=0):
    command = [options.load, server.port, CONNECTIONS, seconds, paths, "--header", f"Authorization: Bearer {server.token}"]
    command += ["--rate", rate, "--idle", idle]
    before = cpu_seconds(server.process)
    answer = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise SystemExit(f"the load generator ended with {answer.returncode}: {answer.stderr}")
    figures = json.loads(answer.stdout)
    return {**figures, "cpu_ms": (cpu_seconds(server.process) - before) * 1000 / max(1, figures["answers"])}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--server", type=Path, required=True, help="the scripted AWS")
    parser.add_argument("--load", type=Path, help="the load generator; beside the binary, when left out")
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--resources", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.environ["CADASTRE"] = str(options.binary.resolve())
    options.load = options.load or options.binary.parent / "bench_load"
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 8192)), hard))
    shutil.rmtree(options.directory, ignore_errors=True)
    options.directory.mkdir(parents=True)
    with ScriptedAws(options.directory, accounts=25, regions=4, resources=options.resources, seed=options.seed, latency_ms=5) as aws:
        aws.config.write_text(aws.config.read_text() + "requests_per_second: 0\n")
        add_user(aws)
        with Server(aws, "--no-schedule") as server:
            server.sign_in()
            server.token = server.ask("POST", "/api/v1/tokens", {"name": "bench", "scopes": ["collect"]}).json()["token"]
            began = time.monotonic()
            server.collect()
            print(f"collected in {time.monotonic() - began:.1f} s")
            rows = []
            for kind in server.get("/api/v1/kinds").json()["rows"]:
                if kind["count"]:
                    rows += server.get("/api/v1/resources", kind=kind["name"], limit=200, data="true").json()["rows"]
            paths = options.directory / "paths"
            questions = queries(rows, random.Random(options.seed))
            random.Random(options.seed).shuffle(questions)
            paths.write_text("\n".join(questions) + "\n")
            load(options, server, paths, 2)
            quiet = load(options, server, paths, options.seconds / 2)
            with Collecting(server, aws) as collecting:
                busy = load(options, server, paths, options.seconds)
                asked = load(options, server, paths, options.seconds, RATE)
                beside_idle = load(options, server, paths, options.seconds / 2, RATE, IDLE)
            total = server.get("/api/v1/resources", limit=1).json()["total"]
            peak = int(Path(f"/proc/{server.process.pid}/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
            server.stop()
    print(f"{total:,} resources, {len(questions):,} distinct queries, {CONNECTIONS} connections, seed {options.seed}; "
          f"{collecting.runs} collections meanwhile; peak RSS {peak:.0f} MB\n")
    print(f"{'':<28}{'a second':>10}{'p50 ms':>9}{'p90 ms':>9}{'p99 ms':>9}{'max ms':>9}{'CPU ms':>9}{'KB each':>9}  statuses")
    for title, of in (("nothing else going on", quiet), ("while collecting", busy), (f"the same, {RATE} asked a second", asked),
                      (f"and {IDLE:,} idle connections", beside_idle)):
        print(f"{title:<28}{of['per_second']:>10.0f}{of['p50_ms']:>9.1f}{of['p90_ms']:>9.1f}{of['p99_ms']:>9.1f}{of['max_ms']:>9.1f}"
              f"{of['cpu_ms']:>9.2f}"
              f"{of['bytes'] / max(1, of['answers']) / 1000:>9.1f}  {of['statuses']}")
    targets = Targets()
    targets.at_most("seconds for 500 list requests, collecting", 500 / busy["per_second"], 1, " s")
    targets.at_most("p99, collecting, as many as there can be", busy["p99_ms"], 100, " ms")
    targets.at_most(f"p99 of {RATE} a second, collecting", asked["p99_ms"], 100, " ms")
    targets.at_most("p99, beside idle connections", beside_idle["p99_ms"], 100, " ms")
    targets.equal("answers that are not 200", sum(count for of in (quiet, busy, asked, beside_idle) for status, count in of["statuses"].items()
                                                  if status != "200"), 0)
    targets.equal("connections that broke", sum(of["broken"] for of in (quiet, busy, asked, beside_idle)), 0)
    print()
    targets.print()
    return 0 if targets.met() else 1


if __name__ == "__main__":
    sys.exit(main())
