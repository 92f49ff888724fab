"""What a team writes to look into a cluster's dump: read it all, parse it all, keep what the tables show. It knows nothing of yesterday."""

import gzip
import json
import sys
from pathlib import Path


def rows_of(document, cluster, account):
    """A row for each pod: what a table of pods shows."""
    for item in document["items"]:
        about, status = item["metadata"], item.get("status", {})
        yield {
            "cluster": cluster,
            "account": account,
            "namespace": about["namespace"],
            "name": about["name"],
            "labels": about.get("labels", {}),
            "phase": status.get("phase"),
            "ip": status.get("podIP"),
            "node": item.get("spec", {}).get("nodeName"),
        }


def main():
    folder, cluster, account = sys.argv[1:]
    pods = []
    for page in sorted(Path(folder).glob("pods.*.json.gz")):
        pods += rows_of(json.loads(gzip.decompress(page.read_bytes())), cluster, account)
    print(len(pods))


main()
