#!/usr/bin/env python3
"""Breaks everything around Cadastre, at random, and holds its store against the truth after every collection.

Each round the scripted AWS's world moves on, random faults strike, and the built `cadastre` collects, now and then killed or
interrupted in its course. Then every stored row is looked at: where the outcome says that all was read, the rows must be the
truth; elsewhere nothing may be closed, lost or made up. Every few rounds all faults are lifted, and everything must be right.
"""

import argparse
import collections
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))
from digest import content_digest  # noqa: E402
from scripted import ScriptedAws, row_digest, wrong_rows  # noqa: E402

LISTS = {
    "ec2": ["DescribeInstances", "DescribeVolumes", "DescribeSnapshots", "DescribeNetworkInterfaces", "DescribeSecurityGroups", "Describe*"],
    "rds": ["DescribeDBInstances"],
    "elbv2": ["DescribeLoadBalancers", "DescribeTags", "DescribeListeners", "*"],
    "iam": ["ListRoles", "GetRole", "ListAttachedRolePolicies", "*"],
    "dynamodb": ["ListTables", "DescribeTable", "ListTagsOfResource", "*"],
    "ssm": ["DescribeParameters", "ListTagsForResource"],
    "sqs": ["ListQueues", "GetQueueAttributes", "*"],
    "ecs": ["ListClusters", "ListServices", "DescribeServices"],
    "lambda": ["ListFunctions", "ListTags", "*"],
    "s3": ["ListBuckets", "GetBucketTagging", "GetBucket*"],
    "route53": ["ListHostedZones", "ListResourceRecordSets", "*"],
    "sts": ["GetCallerIdentity"],
    "*": ["*", "List*", "Describe*"],
}
KINDS = ["throttle", "error500", "error503", "reset", "cut", "malformed", "html", "empty_page_with_token", "repeated_token",
         "expired_token_mid", "deny_iam", "deny_scp", "opt_in_required", "auth_failure", "hang", "slow", "wrong_region_bucket"]
SLOW_KINDS = {"hang", "slow", "throttle"}  # what waits: only in one place at a time
READ = {"complete", "gaps"}
CALM_EVERY = 5
# Their lists say little more than names, so nothing makes second calls come before their cadence.
NAMES_ONLY = {"aws.dynamodb.table", "aws.sqs.queue", "aws.eks.cluster", "aws.ecs.service", "aws.s3.bucket"}


class Chaos:
    def __init__(self, aws, seed):
        self.aws = aws
        self.chance = random.Random(seed)
        self.accounts = sorted({row["account"] for row in aws.truth().values()})
        self.regions = sorted({row["cell_region"] for row in aws.truth().values()} - {"global"})
        # With an odd seed second calls keep to their cadence, and must be made all the same where the list changed or one failed.
        self.by_cadence = seed % 2 == 1
        self.before = {}  # what the store held after the round before
        self.regions_off = set()
        self.round = self.rounds_wrong = self.wrong = self.struck = self.interrupted = self.rows_checked = 0
        self.outcomes = collections.Counter()
        self.strikes = collections.Counter()

    # ---- what happens

    def fault(self):
        service = self.chance.choice(list(LISTS))
        kind = self.chance.choice(KINDS)
        fault = {"kind": kind, "service": service, "operation": self.chance.choice(LISTS[service])}
        if service == "*" and kind in SLOW_KINDS:
            fault["service"], fault["operation"] = "ec2", "DescribeVolumes"
        if kind == "hang" and fault["service"] == "sts":
            fault["kind"] = "reset"
        if fault["operation"] in ("*", "Describe*") and fault["kind"] == "hang":
            fault["operation"] = "DescribeInstances"
        if kind in SLOW_KINDS or self.chance.random() < 0.6:
            fault["account"] = self.chance.choice(self.accounts)
        if self.chance.random() < 0.4:
            fault["region"] = self.chance.choice(self.regions)
        fault["probability"] = self.chance.choice([0.05, 0.3, 1, 1])
        fault["pages"] = self.chance.choice(["any", "any", "first", "later"])
        if self.chance.random() < 0.3:
            fault["times"] = self.chance.randint(1, 20)
        if self.chance.random() < 0.3:
            fault["skip"] = self.chance.randint(1, 10)
        fault["step"] = 5
        return fault

    def move_regions(self):
        for account, region in list(self.regions_off):
            if self.chance.random() < 0.5:
                self.region(account, region, on=True)
        if self.chance.random() < 0.15:
            self.region(self.chance.choice(self.accounts), self.chance.choice(self.regions), on=False)

    def region(self, account, region, on):
        self.aws.ask("/_world", {"region_on" if on else "region_off": [account, region]})
        (self.regions_off.discard if on else self.regions_off.add)((account, region))

    def play(self):
        self.round += 1
        calm = self.round % CALM_EVERY == 0
        self.aws.mutate(self.round, self.chance.choice([0, 0.02, 0.1]), together=self.by_cadence)
        if calm:
            for account, region in list(self.regions_off):
                self.region(account, region, on=True)
            self.aws.set_faults([])
        else:
            self.move_regions()
            self.aws.set_faults([self.fault() for _ in range(self.chance.randint(3, 20))])
        full = not self.by_cadence and (calm or self.chance.random() < 0.5)
        report, code = self.collect(full, interrupt=not calm)
        for fault in self.aws.faults():
            self.struck += fault["hits"]
            self.strikes[fault["kind"]] += fault["hits"] > 0
        wrong = self.check(report, code, full)
        if calm:
            wrong += self.check_calm(report, code)
        if wrong:
            self.rounds_wrong += 1
            self.wrong += len(wrong)
            print(f"round {self.round}: {len(wrong)} wrong", *wrong[:8], sep="\n  ", file=sys.stderr)

    def collect(self, full, interrupt):
        """The report, or None when the collection was killed; and the exit code."""
        command = self.aws.command("collect", "--quiet", "-o", "json", *(["--full"] if full else []))
        process = subprocess.Popen(command, env={**self.aws.environment, "AWS_MAX_ATTEMPTS": "3"}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if interrupt and self.chance.random() < 0.25:
            how = self.chance.choice([signal.SIGKILL, signal.SIGINT])
            try:
                output, errors = process.communicate(timeout=self.chance.uniform(0.02, 0.6))
            except subprocess.TimeoutExpired:
                process.send_signal(how)
                asked = time.monotonic()
                output, errors = process.communicate()
                self.interrupted += 1
                if how == signal.SIGKILL:
                    return None, None
                if time.monotonic() - asked > 5:
                    errors += f"it took {time.monotonic() - asked:.1f} s to stop"
                if not output or process.returncode == -signal.SIGINT:
                    return None, None  # before it listened for signals, or when all was done but the telling
        else:
            output, errors = process.communicate(timeout=300)
        try:
            return json.loads(output), process.returncode
        except json.JSONDecodeError:
            if process.returncode == 1 and errors.strip():
                return None, 1  # not even a plan could be made
            raise SystemExit(f"round {self.round}: cadastre collect ended with {process.returncode} and said: {output[-300:]} {errors[-300:]}") from None

    # ---- what must be true afterwards

    def check(self, report, code, full):
        truth, rows = self.aws.truth(), self.aws.rows()
        cells = {}
        for cell in (report or {}).get("cells", []):
            self.outcomes[cell["outcome"]] += 1
            if cell["code"] != "stopped":
                cells[(cell["account"], cell["region"], cell["kind"])] = cell
        wrong = []
        names = {}
        for name in truth.keys() | rows.keys() | self.before.keys():
            kind, account, region, _ = name.split("/", 3)
            names.setdefault((account, region, kind), []).append(name)
        for key, members in names.items():
            self.rows_checked += len(members)
            cell = cells.get(key)
            if cell and cell["outcome"] in READ:
                wrong += self.check_read(cell, members, truth, rows, full)
            else:
                wrong += self.check_unread(cell, members, truth, rows)
        if report and not report["stopped"]:
            wrong += self.check_report(cells.values(), code)
        self.before = rows
        return wrong

    def check_read(self, cell, members, truth, rows, full):
        wrong, held = [], 0
        whole = full or (self.by_cadence and cell["kind"] not in NAMES_ONLY)
        for name in members:
            true, row = truth.get(name), rows.get(name)
            if true and not row:
                wrong.append(f"{name} exists and is not in the store, though its cell is {cell['outcome']}")
            elif row and not true:
                held += 1
                if held > cell["held"]:
                    wrong.append(f"{name} does not exist and is in the store, though its cell is {cell['outcome']}")
            elif row and listed(row, true) != true["listed_digest"]:
                wrong.append(f"{name} is listed differently, though its cell is {cell['outcome']}")
            elif row and whole and cell["outcome"] == "complete" and row_digest(row, true) != true["digest"]:
                wrong.append(f"{name} reads differently, though everything of it was read")
        return wrong

    def check_unread(self, cell, members, truth, rows):
        wrong = []
        outcome = cell["outcome"] if cell else "not finished"
        for name in members:
            before, row, true = self.before.get(name), rows.get(name), truth.get(name)
            if before and not row and (cell or true):
                # A cell of a killed run may have come to its end: then what does not exist was rightly closed.
                wrong.append(f"{name} was closed without proof: its cell is {outcome}")
            elif row and not before and not true:
                wrong.append(f"{name} never was, and is in the store")
            elif row and not (before and row["data"] == before["data"]) and not (true and listed(row, true) == true["listed_digest"]):
                wrong.append(f"{name} reads neither as before nor as it is: its cell is {outcome}")
        return wrong

    @staticmethod
    def check_report(cells, code):
        wrong = []
        all_read = all(cell["outcome"] == "complete" or cell["code"] == "not-opted-in" for cell in cells)
        any_read = any(cell["outcome"] in READ for cell in cells)
        expected = 0 if all_read else 3 if any_read else 1
        if code != expected:
            wrong.append(f"the exit code is {code} instead of {expected}")
        for cell in cells:
            if cell["outcome"] != "complete" and cell["account"] not in cell["message"]:
                wrong.append(f"{cell['account']}/{cell['region']}/{cell['kind']} is {cell['outcome']} and does not say where: '{cell['message']}'")
        return wrong

    def check_calm(self, report, code):
        if report and any(cell["held"] for cell in report["cells"]):
            report, code = self.collect(full=not self.by_cadence, interrupt=False)  # the second opinion that the brake asks for
        truth, self.before = self.aws.truth(), self.aws.rows()
        if self.by_cadence:
            truth = {name: {**true, "digest": None} if true["kind"] in NAMES_ONLY else true for name, true in truth.items()}
        wrong = wrong_rows(truth, self.before)
        if code != 0:
            wrong.append(f"nothing is broken, and the exit code is {code}")
        return wrong


def listed(row, true):
    """The digest of what the list says of a stored row."""
    return content_digest({member: row["data"][member] for member in true["listed"] if member in row["data"]})


def main():
    parser = argparse.ArgumentParser(prog="./dev chaos", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--accounts", type=int, default=3)
    parser.add_argument("--regions", type=int, default=2)
    parser.add_argument("--resources", type=int, default=900)
    options = parser.parse_args()
    deadline = time.monotonic() + options.minutes * 60
    with tempfile.TemporaryDirectory(prefix="cadastre-chaos-") as folder:
        world = {"accounts": options.accounts, "regions": options.regions, "resources": options.resources, "page_size": 20}
        with ScriptedAws(folder, seed=options.seed, **world) as aws:
            with open(aws.config, "a", encoding="utf-8") as config:
                config.write("cell_timeout: 2s\n")
            chaos = Chaos(aws, options.seed)
            while time.monotonic() < deadline or chaos.round % CALM_EVERY != 0:
                chaos.play()
    print(f"seed                {options.seed}")
    print(f"rounds              {chaos.round}, {chaos.interrupted} of them killed or interrupted")
    print(f"faults              {chaos.struck} strikes of {len(+chaos.strikes)} kinds: {', '.join(sorted(+chaos.strikes))}")
    print(f"cells               {', '.join(f'{count} {outcome}' for outcome, count in chaos.outcomes.most_common())}")
    print(f"rows checked        {chaos.rows_checked}")
    print(f"wrong rows          {chaos.wrong}" + (f", in {chaos.rounds_wrong} rounds" if chaos.wrong else ""))
    return 1 if chaos.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
