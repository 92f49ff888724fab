"""A dump of 300 MB, in one list, meets a disk that is full: nothing is lost or falsely closed, everybody is told, and once there is room it
is read, within bounded memory: what is read passes through; the rules of health then look at all documents of the cluster at once."""

import json
import os
import resource
import sqlite3
import time
import unittest
import zlib
from pathlib import Path

from dumps import Dump, pod, posix_cksum
from rig import ACCOUNT, REGION, ListenerTest

PODS, BYTES_EACH = 12_000, 25_000
MOST_READING, MOST_AFTER = 400, 1000  # MB more than before


def large_list(names):
    """gzip of a list with pods of BYTES_EACH bytes, made piece by piece; and how long it is."""
    packer, length, packed = zlib.compressobj(1, wbits=31), 0, []

    def add(text):
        nonlocal length
        length += len(text)
        packed.append(packer.compress(text.encode()))

    one = pod("NAME")
    one["status"]["conditions"] = [{"type": f"example.com/check-{i}", "status": "True", "message": f"check {i} of NAME: " + "x" * 100}
                                   for i in range(BYTES_EACH // 175)]
    form = json.dumps(one)
    add('{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[')
    for number, name in enumerate(names):
        add(("," if number else "") + form.replace("NAME", name))
    add("]}")
    packed.append(packer.flush())
    return b"".join(packed), length


def megabytes(server, what):
    for line in Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(what + ":"):
            return int(line.split()[1]) / 1024
    raise KeyError(what)


class Large(ListenerTest):
    def pods_of(self, site, columns, more=""):
        """What the store has of the cell of pods."""
        store = sqlite3.connect(f"file:{site.store}?mode=ro", uri=True)
        try:
            return store.execute(f"SELECT {columns} FROM cell c JOIN kind k ON k.id = c.kind AND k.name = 'k8s.pod' {more}").fetchall()
        finally:
            store.close()

    def live(self, site):
        return {native for native, in self.pods_of(site, "native", "JOIN resource r ON r.cell = c.id AND r.deleted IS NULL")}

    def allow(self, server, size):
        """No file of the server may grow beyond it: its writes fail as on a full disk."""
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def test_full_disk_then_room(self):
        kept, gone = [f"kept-{i}" for i in range(40)], [f"gone-{i}" for i in range(10)]
        first = Dump("prod", kept + gone, -600).put(self.s3, self.bucket)
        large = Dump("prod", [], -300)
        names = kept + [f"new-{i}" for i in range(PODS)]
        body, length = large_list(names)
        self.assertGreater(length, 290e6)
        large.files = {"pods.1.json.gz": body}
        large.manifest["kinds"][0]["files"] = [{"name": "pods.1.json.gz", "bytes": len(body), "cksum": posix_cksum(body)}]

        queue = self.queue()
        site = self.site(f", discover: {{account: main, region: {REGION}}}", queue, every="15m")
        plainly = site.command
        site.command = lambda *arguments: ["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh", *plainly(*arguments)]
        server = self.serve(site)
        self.until_settled(site, first)
        before = megabytes(server, "VmRSS")
        self.allow(server, 2 << 20)
        self.tell(queue, large.put(self.s3, self.bucket))
        told = server.wait_for_log(f"the dump {large.name} of the cluster prod is tried again")["message"]
        self.assertIn(str(site.store), told)
        self.assertTrue(any(word in told for word in ("full", "space", "large")), told)
        answer = server.get(f"/api/v1/clusters/{ACCOUNT}/prod/dumps")
        self.assertEqual(answer.status, 200, answer.body)
        self.assertIn(("waiting", large.name), {(row["state"], row["dump"]) for row in answer.json()["rows"]})
        self.assertLessEqual({f"shop/{name}" for name in kept + gone}, self.live(site), "a full disk has closed something")
        self.assertEqual(server.get("/readyz").status, 200)

        self.allow(server, resource.RLIM_INFINITY)
        begun, first_read = time.monotonic(), self.pods_of(site, "attempted")
        server.until(lambda: self.pods_of(site, "attempted") != first_read, "it is not read", seconds=120)
        reading, took = megabytes(server, "VmHWM"), time.monotonic() - begun
        self.until_settled(site, large)
        after = megabytes(server, "VmHWM")
        print(f"{length / 1e6:.0f} MB of JSON, {len(body) / 1e6:.1f} MB packed, read {took:.1f} s after there was room: "
              f"{before:.0f} MB before, at most {reading:.0f} MB while reading, {after:.0f} MB with the look at health")
        self.assertEqual(self.live(site), {f"shop/{name}" for name in names})
        if os.environ.get("CADASTRE_SANITIZE"):
            return  # what a sanitizer keeps of its own is no part of it
        self.assertLess(reading - before, MOST_READING)
        self.assertLess(after - before, MOST_AFTER)


if __name__ == "__main__":
    unittest.main(verbosity=2)
