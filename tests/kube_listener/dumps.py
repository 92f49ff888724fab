"""Makes dumps as dropbox/FORMAT.md has them: small ones, whose every object the test knows."""

import datetime
import gzip
import json

KINDS = {"pods": ("v1", "Pod"), "nodes": ("v1", "Node")}


def posix_cksum(data):
    """The CRC of POSIX cksum, from its definition."""
    length, tail = len(data), b""
    while length:
        tail += bytes([length & 0xFF])
        length >>= 8
    crc = 0
    for byte in data + tail:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    return crc ^ 0xFFFFFFFF


assert posix_cksum(b"123456789") == 930766865  # POSIX's own figure


def pod(name):
    return {"metadata": {"name": name, "namespace": "shop", "uid": f"uid-{name}", "creationTimestamp": "2026-11-01T00:00:00Z"},
            "spec": {"nodeName": "n1", "containers": [{"name": "c", "image": "shop:1"}]}, "status": {"phase": "Running"}}


def now(offset=0):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=offset)


class Dump:
    """A dump of a cluster: its pods by name, as of so many seconds from now."""

    def __init__(self, cluster, pods, offset=0, prefix=None, number=1, says=None):
        self.cluster, started = cluster, now(offset)
        self.name = f"{started:%Y%m%dT%H%M%SZ}-{number}"
        self.folder = f"{prefix if prefix is not None else f'clusters/{cluster}/'}{started:%Y/%m/%d}/{self.name}/"
        listing = json.dumps({"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": [pod(name) for name in pods]})
        body = gzip.compress(listing.encode())
        self.files = {"pods.1.json.gz": body}
        self.manifest = {
            "format": 1, "tool": "test 1", "cluster": says or cluster, "dump": self.name, "started": f"{started:%Y-%m-%dT%H:%M:%SZ}",
            "ended": f"{started:%Y-%m-%dT%H:%M:%SZ}", "kubectl": "v1.33.4", "server": "v1.33.4",
            "kinds": [{"resource": "pods", "version": "v1", "outcome": "complete", "exit": 0, "message": "",
                       "files": [{"name": "pods.1.json.gz", "bytes": len(body), "cksum": posix_cksum(body)}]}]}

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
