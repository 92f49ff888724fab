"""None of the secrets that were planted in a real cluster is found in what the server keeps or says: not in the store, the index's file, the
log, nor in any answer of the API. The dump is the one of tests/kube/dump, taken twice; between the two every object changes, so that each
has a past."""

import base64
import datetime
import gzip
import json
import re
import unittest
import urllib.parse
from pathlib import Path

from dumps import now, posix_cksum
from rig import ACCOUNT, REGION, ListenerTest

KEPT = Path(__file__).resolve().parent.parent / "kube" / "dump"
COMMON = "SECRET-MARKER"  # what all of them begin with
BASE64 = re.compile(rb"[A-Za-z0-9+/]{12,}={0,2}")


def decoded(data):
    """What the words of a text are in base64."""
    found = []
    for word in BASE64.findall(data):
        try:
            found.append(base64.b64decode(word + b"=" * (-len(word) % 4)))
        except ValueError:
            continue
    return b"\n".join(found)


def betrays(data):
    data = data if isinstance(data, bytes) else data.encode()
    plain = data + decoded(data)
    return COMMON.encode() in plain or COMMON.lower().encode() in plain.lower()


class KeptDump:
    """The dump of tests/kube/dump, as of so many seconds from now; `mark`: a label that all of its objects have."""

    def __init__(self, offset, mark=None):
        source = next(path for path in KEPT.iterdir() if path.is_dir())
        started = now(offset)
        self.manifest = json.loads((source / "manifest.json").read_text())
        self.cluster, self.name = self.manifest["cluster"], f"{started:%Y%m%dT%H%M%SZ}-1"
        self.manifest |= {"dump": self.name, "started": f"{started:%Y-%m-%dT%H:%M:%SZ}", "ended": f"{started:%Y-%m-%dT%H:%M:%SZ}"}
        self.folder = f"clusters/{self.cluster}/{started:%Y/%m/%d}/{self.name}/"
        self.files, self.objects, self.text = {}, 0, b""
        for kind in self.manifest["kinds"]:
            for file in kind["files"]:
                page = json.loads(gzip.decompress((source / file["name"]).read_bytes()))
                for item in page["items"]:
                    if mark:
                        item["metadata"].setdefault("labels", {})["round"] = mark
                    if kind["resource"] == "events":  # or they would be too old to be taken up
                        item["lastTimestamp"] = f"{started - datetime.timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
                self.objects += len(page["items"])
                plain = json.dumps(page).encode()
                self.text += plain
                body = gzip.compress(plain, 1)
                self.files[file["name"]] = body
                file |= {"bytes": len(body), "cksum": posix_cksum(body)}

    def put(self, s3, bucket):
        for name, body in (self.files | {"manifest.json": json.dumps(self.manifest).encode()}).items():
            s3.put_object(Bucket=bucket, Key=self.folder + name, Body=body)
        return self


class Markers(ListenerTest):
    def answers(self, server, first, second):
        """Every answer there is: (what was asked, the text)."""

        def ask(path, **query):
            answer = server.get(path, **query)
            self.assertEqual(answer.status, 200, f"{path} {query}: {answer.body}")
            return f"{path} {query}", answer.body

        since, later = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (first, second))
        rows = server.rows(data="true", limit=200)
        yield "the list", json.dumps(rows)
        for moment in (since, later):
            yield f"the list at {moment}", json.dumps(server.rows(data="true", limit=200, at=moment))
        for form in ("ndjson", "csv"):
            yield ask("/api/v1/resources", format=form, data="true")
        yield "changes", json.dumps(server.rows("/api/v1/changes", limit=200, since="-1d"))
        for kind in sorted({row["kind"] for row in rows}):
            yield ask("/api/v1/resources", kind=kind, facets="state,namespace,owner,tag.app", cols="data.spec,data.status,data.metadata", limit=200)
        for row in rows:
            path = "/api/v1/resources/" + urllib.parse.quote(row["id"], safe="/")
            yield ask(path)
            versions = ask(path + "/versions", data="true")
            yield versions
            yield ask(path + "/diff", **{"from": since, "to": later})
            yield ask(path + "/relations")
        cluster = f"/api/v1/clusters/{ACCOUNT}/prod-eu"
        for path in ("/api/v1/clusters", cluster, cluster + "/health", cluster + "/dumps", "/api/v1/cells", "/api/v1/runs", "/api/v1/audit",
                     "/metrics"):
            yield ask(path)

    def check_files(self, server):
        """The files of the store; the log was looked at before it was asked for markers."""
        files = [path for path in Path(self.folder).rglob("*") if path.is_file() and path != server.log_file]
        for path in files:
            self.assertFalse(betrays(path.read_bytes()), path)
        return {path.name for path in files}

    def test_planted_secrets(self):
        markers = [marker["marker"] for marker in json.loads((KEPT / "truth.json").read_text())["secret_markers"]]
        self.assertGreaterEqual(len(markers), 198)
        begun = now()
        first = KeptDump(-600).put(self.s3, self.bucket)
        there = first.text + decoded(first.text)
        planted = [marker for marker in markers if marker.encode() in there]
        self.assertGreaterEqual(len(planted), 80, "the dump has no secrets to betray")
        self.assertTrue(betrays(first.text))
        site = self.site(f", discover: {{account: main, region: {REGION}}}")
        site.config.write_text("requests_per_second: 0\n" + site.config.read_text())
        plainly = site.command
        site.command = lambda *arguments: [*plainly()[:1], "--verbose", *plainly(*arguments)[1:]]
        server = self.serve(site)
        self.until_settled(site, first)
        second = KeptDump(-300, "2").put(self.s3, self.bucket)
        self.until_settled(site, second)
        server.until(lambda: len(server.rows(q="tag.round:2", limit=200)) == second.objects, "the second dump is not to be seen")

        count, size = 0, 0
        moments = (begun + datetime.timedelta(seconds=-450), begun)
        for what, text in self.answers(server, *moments):
            self.assertFalse(betrays(text), what)
            count, size = count + 1, size + len(text)
        self.assertGreater(size, 5_000_000)
        self.assertIn("hmac:", server.get("/api/v1/resources", kind="k8s.pod", data="true", limit=200).body)
        self.assertFalse(betrays(server.log_file.read_bytes()), "the log")
        for marker in markers:
            for asked in (marker, f'"{marker}"', marker.lower()):
                self.assertEqual(server.get("/api/v1/resources", q=asked, data="true").json()["rows"], [], asked)
            self.assertEqual(server.get("/api/v1/search", q=marker).json()["groups"], [], marker)
        names = self.check_files(server)
        self.assertIn("cadastre.db-wal", names)
        self.assertEqual(server.stop(), 0)  # it keeps the index
        names |= self.check_files(server)
        self.assertIn("cadastre.db.index", names)
        print(f"{len(planted)} of {len(markers)} markers were in the dump, none is in {count} answers ({size / 1e6:.0f} MB) or in {sorted(names)}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
