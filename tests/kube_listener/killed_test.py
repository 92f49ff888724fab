"""Kills `cadastre kubernetes ingest` at random moments. Nothing that was stored is lost, nothing is closed that another store, which was
left in peace, does not close; an older dump does not touch what a newer one had begun; and once a dump was read to its end, both stores
have the same live resources, the same pasts and the same cells."""

import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import types
import unittest
from pathlib import Path

from dumps import Dump, pod
from rig import ACCOUNT, REGION, Site

SEED = int(os.environ.get("CADASTRE_TEST_SEED", "1"))
DUMPS, KILLS = 5, 2  # so many kills in each of the dumps
CELLS = "cell c JOIN kind k ON k.id = c.kind"
RESOURCES = f"resource r JOIN {CELLS} AND c.id = r.cell"


def deployment(name, size):
    return {"metadata": {"name": name, "namespace": "shop", "uid": f"uid-{name}", "creationTimestamp": "2026-11-01T00:00:00Z"},
            "spec": {"replicas": size}}


class Cluster:
    """Objects that come, change and go. Whatever goes never comes back under its name."""

    def __init__(self, chance):
        self.chance, self.made = chance, 0
        self.pods, self.deployments = {}, {}
        self.add(self.pods, 3000)
        self.add(self.deployments, 600)

    def add(self, objects, count):
        for _ in range(count):
            self.made += 1
            objects[f"o{self.made}"] = 0

    def live_on(self):
        for objects in (self.pods, self.deployments):
            names = list(objects)
            for name in self.chance.sample(names, len(names) * 7 // 10):
                objects[name] += 1
            for name in self.chance.sample(names, len(names) // 20):
                del objects[name]
            self.add(objects, len(names) // 20)

    def dump(self, offset):
        pods = []
        for name, revision in self.pods.items():
            one = pod(name)
            one["spec"]["containers"][0]["image"] = f"shop:{revision}"
            pods.append(one)
        deployments = [deployment(name, revision) for name, revision in self.deployments.items()]
        return Dump("prod", pods, offset, others={"deployments.apps": deployments}, page=200)


class Store:
    """A store of its own, and what is in it."""

    def __init__(self, folder):
        folder.mkdir()
        self.site = Site(folder, types.SimpleNamespace(url="http://127.0.0.1:1"), "none", "  dropboxes: []\n")

    def command(self, folder):
        return self.site.command("kubernetes", "ingest", "--cluster", "prod", "--account", ACCOUNT, "--region", REGION, str(folder))

    def ingest(self, folder):
        return subprocess.run(self.command(folder), env=self.site.environment, capture_output=True, text=True, check=False)

    def killed(self, folder, seconds):
        """False: it came to its end before."""
        process = subprocess.Popen(self.command(folder), env=self.site.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=seconds)
            return False
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return True

    def ask(self, sql):
        connection = sqlite3.connect(self.site.store)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def versions(self):
        """sequence → a hash of what is never changed of a version."""
        rows = self.ask('SELECT sequence, resource, "from", cause, document FROM version')
        return {row[0]: hashlib.sha256(repr(row[1:]).encode()).hexdigest() for row in rows}

    def closed(self):
        return set(self.ask(f"SELECT k.name, native FROM {RESOURCES} WHERE deleted IS NOT NULL"))

    def broken_off(self):
        """Kinds that a run has written to since the last one that came to its end."""
        return {kind for kind, in self.ask(f"SELECT k.name FROM {CELLS} WHERE written > coalesce(attempted, 0)")}

    def state(self):
        """Everything but numbers that say in which order things were written."""
        resources = self.ask(f"""SELECT k.name, native, incarnation, state, first_seen, changed, since, missing, deleted, hex(document_hash)
                                 FROM {RESOURCES} ORDER BY 1, 2""")
        versions = self.ask(f"""SELECT k.name, native, v."from", v."to", v.cause, v.size FROM version v JOIN {RESOURCES} AND r.id = v.resource
                                ORDER BY 1, 2, 3""")
        cells = self.ask(f"""SELECT k.name, outcome, c.code, message, attempted, written, verified, unverified_since, resources, held
                             FROM {CELLS} ORDER BY 1""")
        return {"resources": resources, "versions": versions, "cells": cells}


class Killed(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="cadastre-killed-")
        self.addCleanup(directory.cleanup)
        self.folder = Path(directory.name)

    def whole(self, store, folder, again=False):
        answer = store.ingest(folder)
        # What had come to its end before it was killed is not read again, and said.
        self.assertIn(answer.returncode, (0, 3) if again else (0,), answer)

    def refuses_older(self, store, cluster, offset, kinds):
        """A dump of the kinds that were broken off, from before that: all else in it, and half of it gone."""
        others = Cluster(cluster.chance)
        wild = others.dump(offset)
        wild.manifest["kinds"] = [kind for kind in wild.manifest["kinds"] if {"pods": "k8s.pod", "deployments.apps": "k8s.deployment"}
                                  [kind["resource"]] in kinds]
        before = store.state()
        answer = store.ingest(wild.write(self.folder))
        self.assertEqual(answer.stdout.count("is not newer"), len(kinds), answer)
        self.assertEqual(store.state(), before, "an older dump has changed what a newer one had begun")

    def test_kills(self):
        chance = random.Random(SEED)
        cluster = Cluster(chance)
        peace, war = Store(self.folder / "peace"), Store(self.folder / "war")
        self.whole(peace, cluster.dump(-10_000).write(self.folder))
        # A copy, so that both replace secrets with the same key.
        for file in peace.site.folder.glob("cadastre.db*"):
            shutil.copy(file, war.site.folder / file.name)
        interrupted, in_the_middle = 0, 0
        known = war.versions()
        for number in range(1, DUMPS + 1):
            cluster.live_on()
            offset = -10_000 + number * 1000
            dump = cluster.dump(offset).write(self.folder)
            begun = time.monotonic()
            self.whole(peace, dump)
            usual = time.monotonic() - begun
            for kill in range(KILLS):
                interrupted += war.killed(dump, chance.uniform(0.1, 0.8) * usual)
                self.assertEqual(war.ask("PRAGMA integrity_check"), [("ok",)])
                now = war.versions()
                lost = [sequence for sequence, content in known.items() if now.get(sequence) != content]
                self.assertFalse(lost, f"versions are lost or changed by kill {kill} of dump {number}")
                self.assertLessEqual(war.closed(), peace.closed(), f"falsely closed by kill {kill} of dump {number}")
                known = now
                if broken := war.broken_off():
                    in_the_middle += 1
                    self.refuses_older(war, cluster, offset - 500 + kill, broken)
            self.whole(war, dump, again=True)
            for what, rows in peace.state().items():
                self.assertEqual(war.state()[what], rows, f"{what} after dump {number}")
            known = war.versions()
        print(f"{interrupted} of {DUMPS * KILLS} killed in their course, {in_the_middle} of them in the middle of a kind")
        self.assertGreaterEqual(interrupted, DUMPS * KILLS // 2)
        self.assertGreaterEqual(in_the_middle, 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
