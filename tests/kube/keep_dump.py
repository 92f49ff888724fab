"""keep_dump.py FROM TO: a smaller copy of a dump, to be committed: without managedFields, with two images a node, packed as well as can be."""

import gzip
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "dropbox"))
from rig import Dump, posix_cksum  # noqa: E402


def main(source: Path, target: Path) -> None:
    dump = Dump(source)
    target.mkdir(parents=True)
    for kind in dump.manifest["kinds"]:
        for file in kind["files"]:
            page = json.loads(gzip.decompress((source / file["name"]).read_bytes()))
            for item in page["items"]:
                item["metadata"].pop("managedFields", None)
                if kind["resource"] == "nodes":
                    del item["status"]["images"][2:]
            data = gzip.compress(json.dumps(page, separators=(",", ":")).encode() + b"\n", 9, mtime=0)
            (target / file["name"]).write_bytes(data)
            file |= {"bytes": len(data), "cksum": posix_cksum(data)}
    (target / "manifest.json").write_text(json.dumps(dump.manifest, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
