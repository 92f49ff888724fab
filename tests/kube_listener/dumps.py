"""Makes dumps as dropbox/FORMAT.md has them: small ones, whose every object the test knows."""

import datetime
import gzip
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from posix_cksum import posix_cksum  # noqa: E402

KINDS = {"pods": ("v1", "Pod"), "nodes": ("v1", "Node"), "deployments.apps": ("apps/v1", "Deployment")}


def pod(name):
    return {"metadata": {"name": name, "namespace": "shop", "uid": f"uid-{name}", "creationTimestamp": "2026-11-01T00:00:00Z"},
            "spec": {"nodeName": "n1", "containers": [{"name": "c", "image": "shop:1"}]}, "status": {"phase": "Running"}}


def now(offset=0):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=offset)


class Dump:
    """A dump of a cluster, as of so many seconds from now: its pods, by name or as they are, and objects of other resources."""

    def __init__(self, cluster, pods, offset=0, prefix=None, number=1, says=None, others=None, page=1000):
        self.cluster, started = cluster, now(offset)
        self.name = f"{started:%Y%m%dT%H%M%SZ}-{number}"
        self.folder = f"{prefix if prefix is not None else f'clusters/{cluster}/'}{started:%Y/%m/%d}/{self.name}/"
        self.files = {}
        resources = {"pods": [pod(one) if isinstance(one, str) else one for one in pods]} | (others or {})
        self.manifest = {
            "format": 1, "tool": "test 1", "cluster": says or cluster, "dump": self.name, "started": f"{started:%Y-%m-%dT%H:%M:%SZ}",
            "ended": f"{started:%Y-%m-%dT%H:%M:%SZ}", "kubectl": "v1.33.4", "server": "v1.33.4",
            "kinds": [{"resource": resource, "version": KINDS[resource][0], "outcome": "complete", "exit": 0,
                       "message": "", "files": self.pages(resource, objects, page)} for resource, objects in resources.items()]}

    def pages(self, resource, objects, page):
        """What the manifest says of the files of a resource, which it makes."""
        version, kind = KINDS[resource]
        said = []
        for start in range(0, max(len(objects), 1), page):
            rest = len(objects) - start - page
            metadata = {"resourceVersion": "1"} | ({"continue": "more", "remainingItemCount": rest} if rest > 0 else {})
            listing = {"kind": f"{kind}List", "apiVersion": version, "metadata": metadata, "items": objects[start:start + page]}
            body = gzip.compress(json.dumps(listing).encode(), 1)
            name = f"{resource}.{len(said) + 1}.json.gz"
            self.files[name] = body
            said.append({"name": name, "bytes": len(body), "cksum": posix_cksum(body)})
        return said

    @property
    def key(self):
        return self.folder + "manifest.json"

    def put_files(self, s3, bucket):
        for name, body in self.files.items():
            s3.put_object(Bucket=bucket, Key=self.folder + name, Body=body)

    def put_manifest(self, s3, bucket, text=None):
        s3.put_object(Bucket=bucket, Key=self.key, Body=text if text is not None else json.dumps(self.manifest))

    def put(self, s3, bucket):
        self.put_files(s3, bucket)
        self.put_manifest(s3, bucket)
        return self

    def write(self, folder):
        """Into a folder of its own in this one, for `cadastre kubernetes ingest`."""
        folder = Path(folder) / self.name
        folder.mkdir()
        for name, body in self.files.items():
            (folder / name).write_bytes(body)
        (folder / "manifest.json").write_text(json.dumps(self.manifest))
        return folder
