"""./dev bench collect: what a collection costs, beside a boto3 script that reads the same world in the same run."""

import argparse
import json
import shutil
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path

import measure
from kinds import KINDS
from world import World

HERE = Path(__file__).resolve().parent
PACED = 0.5  # the default share of AWS's published rates


@dataclass
class Run:
    title: str
    usage: measure.Usage
    resources: int
    requests: int
    report: dict

    @property
    def each(self):
        """CPU microseconds a resource."""
        return self.usage.cpu / self.resources * 1e6


class Targets:
    """Figures held against what they must be."""

    def __init__(self):
        self.rows = []

    def at_most(self, what, figure, limit, unit=""):
        self.rows.append((what, f"{figure:.3g}{unit}", f"<= {limit:.3g}{unit}", figure <= limit))

    def equal(self, what, figure, wanted):
        self.rows.append((what, str(figure), f"= {wanted}", figure == wanted))

    def print(self):
        widths = [max(len(row[i]) for row in self.rows) for i in range(3)]
        for what, figure, limit, met in self.rows:
            print(f"{what:<{widths[0]}}  {figure:>{widths[1]}}  {limit:<{widths[2]}}  {'met' if met else 'MISSED'}")

    def met(self):
        return all(row[3] for row in self.rows)


def cadastre(options, world, title, store, rate=0):
    names = [kind.name for kind in KINDS]
    config = world.write_config(store.with_suffix(".yaml"), store, names, rate)
    before = world.requests()
    usage = measure.run([options.binary, "-c", config, "collect", "--quiet", "-o", "json"], world.environment(), store.with_suffix(".log"))
    if usage.code != 0:
        raise SystemExit(f"{title}: cadastre ended with {usage.code}; see {store.with_suffix('.log')}")
    report = json.loads(usage.output)
    return Run(title, usage, report["resources"], world.requests() - before, report)


def rival(world, title, database):
    before = world.requests()
    usage = measure.run([sys.executable, HERE / "rival.py", world.config, database], world.environment(), database.with_suffix(".log"))
    if usage.code != 0:
        raise SystemExit(f"{title}: the script ended with {usage.code}; see {database.with_suffix('.log')}")
    report = json.loads(usage.output)
    return Run(title, usage, report["resources"], world.requests() - before, report)


def start_time(options, words):
    """The median wall of several starts, in milliseconds."""
    times = []
    for _ in range(11):
        usage = measure.run([options.binary, *words])
        if usage.code != 0:
            raise SystemExit(f"cadastre {' '.join(map(str, words))} ended with {usage.code}")
        times.append(usage.wall * 1000)
    return sorted(times)[len(times) // 2]


def print_runs(runs):
    print(f"\n{'run':<34}{'resources':>10}{'requests':>10}{'CPU s':>9}{'CPU µs each':>13}{'wall s':>9}{'peak RSS MB':>13}")
    for run in runs:
        usage = run.usage
        print(f"{run.title:<34}{run.resources:>10,}{run.requests:>10,}{usage.cpu:>9.2f}{run.each:>13.1f}"
              f"{usage.wall:>9.2f}{usage.rss:>13.0f}")


def per_kind(store):
    database = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    return database.execute(
        "SELECT k.name, count(*), avg(v.size) FROM resource r JOIN version v ON v.sequence = r.version "
        "JOIN cell c ON c.id = r.cell JOIN kind k ON k.id = c.kind WHERE r.deleted IS NULL GROUP BY k.name ORDER BY 2 DESC"
    ).fetchall()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=Path, required=True, help="the collector")
    parser.add_argument("--server", type=Path, required=True, help="the scripted AWS")
    parser.add_argument("--directory", type=Path, required=True, help="for stores and logs; emptied first")
    parser.add_argument("--accounts", type=int, default=25)
    parser.add_argument("--regions", type=int, default=4)
    parser.add_argument("--resources", type=int, default=100_000)
    parser.add_argument("--latency-ms", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-rival", action="store_true", help="only the collector: for a quick look while optimising")
    options = parser.parse_args()
    shutil.rmtree(options.directory, ignore_errors=True)
    options.directory.mkdir(parents=True)

    def make_world(name, accounts):
        resources = options.resources * accounts // options.accounts
        mix = {kind.name: kind.weight for kind in KINDS}
        return World(options.server, options.directory / name, accounts, options.regions, resources, mix, options.latency_ms, options.seed)

    store, database = options.directory / "cadastre.db", options.directory / "rival.db"
    with make_world("world", options.accounts) as world:
        first = cadastre(options, world, "cadastre, first", store)
        again = cadastre(options, world, "cadastre, unchanged", store)
        paced = cadastre(options, world, "cadastre, unchanged, paced", store, PACED)
        runs = [first, again, paced]
        if not options.no_rival:
            runs += [rival(world, "boto3 script, first", database), rival(world, "boto3 script, unchanged", database)]
        config = store.with_suffix(".yaml")
        version = start_time(options, ["version"])
        reading = start_time(options, ["-c", config, "status"])
    few = max(1, options.accounts // 5)
    with make_world("small", few) as world:
        small_store = options.directory / "small.db"
        small = [cadastre(options, world, f"cadastre, first, {few} accounts", small_store),
                 cadastre(options, world, f"cadastre, unchanged, {few} accounts", small_store)]

    print(f"{options.accounts} accounts, {options.regions} regions, {options.latency_ms} ms latency; kinds and their documents:")
    for kind, count, size in per_kind(store):
        print(f"  {kind:<28}{count:>8,}  {size:>6,.0f} bytes of JSON")
    print_runs(runs + small)
    print()
    targets = Targets()
    if not options.no_rival:
        script, script_again = runs[3], runs[4]
        targets.at_most("the script's own CPU, first, each", script.each, 450, " µs")
        targets.equal("both read as many resources", first.resources, script.resources)
        targets.at_most("CPU, first: of the script's", first.each / script.each, 1 / 5)
        targets.at_most("CPU, unchanged: of the script's", again.each / script_again.each, 1 / 12)
        targets.at_most("wall, first: of the script's", first.usage.wall / script.usage.wall, 1 / 5)
        targets.at_most("wall, unchanged: of the script's", again.usage.wall / script_again.usage.wall, 1 / 5)
    targets.at_most("CPU, unchanged, each", again.each, 33, " µs")
    targets.equal("versions written by the unchanged run", again.report["versions_written"], 0)
    targets.equal("cells written by it, one for each planned", again.report["cells_written"], len(again.report["cells"]))
    targets.at_most("peak RSS, first", first.usage.rss, 150, " MB")
    targets.at_most("peak RSS, unchanged", again.usage.rss, 150, " MB")
    targets.at_most(f"peak RSS from {few} to {options.accounts} accounts, first", first.usage.rss / small[0].usage.rss, 1.2)
    targets.at_most(f"peak RSS from {few} to {options.accounts} accounts, unchanged", again.usage.rss / small[1].usage.rss, 1.2)
    targets.at_most("start of `version`", version, 20, " ms")
    targets.at_most("start of `status`", reading, 50, " ms")
    targets.print()
    return 0 if targets.met() else 1


if __name__ == "__main__":
    sys.exit(main())
