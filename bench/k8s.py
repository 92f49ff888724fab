"""./dev bench k8s: a dump of 10,000 pods, first and unchanged, beside a Python parser of the same files.

The pods are those of a real API server (tests/kube/dump), multiplied: names, uids, addresses and owners differ, all else is as the API server wrote it.
"""

import argparse
import gzip
import json
import multiprocessing
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from measure import run

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT / "tests" / "kube" / "dump"
CLUSTER, ACCOUNT, REGION = "prod-eu", "111111111111", "eu-west-1"
PODS, PAGE, BYTES = 10_000, 500, 100_000_000
CLUSTERS, EVERY = 30, 300  # clusters, seconds between their dumps


def real_pods():
    pods = []
    for page in sorted(REAL.glob("*/pods.*.json.gz")):
        pods += json.loads(gzip.decompress(page.read_bytes()))["items"]
    return pods


def fields_of(value):
    """The members of a value as managedFields lists them."""
    if isinstance(value, dict):
        return {f"f:{key}": fields_of(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return {f'k:{{"name":"{inner["name"]}"}}': {".": {}} | fields_of(inner) for inner in value if isinstance(inner, dict) and "name" in inner}
    return {}


def book(manager, time, fields):
    return {"manager": manager, "operation": "Update", "apiVersion": "v1", "time": time, "fieldsType": "FieldsV1", "fieldsV1": fields}


def pod(real, number):
    """One of the real pods under another name, with the books that the API server keeps of who wrote what, until it weighs what a pod of a
    large cluster does."""
    name = real["metadata"]["name"]
    made = json.loads(json.dumps(real).replace(name, f"{name[:40]}-{number:05d}"))
    about = made["metadata"]
    about["uid"] = f"{number:08x}-{about['uid'][9:]}"
    if "podIP" in made.get("status", {}):
        made["status"]["podIP"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    time = about["creationTimestamp"]
    books = [book("kube-controller-manager", time, fields_of({"metadata": {"labels": about.get("labels", {})}, "spec": made["spec"]})),
             book("kubelet", time, fields_of({"status": made.get("status", {})}))]
    missing = BYTES // PODS - len(json.dumps(made, separators=(",", ":")))
    about["managedFields"] = books * max(1, round(missing / len(json.dumps(books, separators=(",", ":")))))
    return made


def write_dump(folder, started, version):
    """The pages, and a manifest that names them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pods = real_pods()
    files, plain = [], 0
    for page in range(PODS // PAGE):
        items = [pod(pods[number % len(pods)], number) for number in range(page * PAGE, (page + 1) * PAGE)]
        left = PODS - (page + 1) * PAGE
        more = {"continue": "eyJ2Ijoi", "remainingItemCount": left} if left else {}
        text = json.dumps(
            {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": version, **more}, "items": items},
            separators=(",", ":"),
        ).encode()
        plain += len(text)
        path = folder / f"pods.{page + 1}.json.gz"
        path.write_bytes(gzip.compress(text, 6))
        cksum, size = subprocess.run(["cksum", path], check=True, capture_output=True, text=True).stdout.split()[:2]
        files.append({"name": path.name, "bytes": int(size), "cksum": int(cksum)})
    write_manifest(folder, files, started)
    return plain, sum(file["bytes"] for file in files)


def write_manifest(folder, files, started):
    kinds = [{"resource": "pods", "version": "v1", "outcome": "complete", "exit": 0, "message": "", "files": files}]
    manifest = {
        "format": 1, "tool": "bench", "cluster": CLUSTER, "dump": folder.name, "started": started, "ended": started,
        "kubectl": "v1.33.4", "server": "v1.33.4", "kinds": kinds,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--work", required=True)
    options = parser.parse_args()
    work = Path(options.work)
    shutil.rmtree(work, ignore_errors=True)
    folder = work / "20261121T100000Z-1"
    # In a process of its own: what a child's highest memory is counts from what its parent had.
    with multiprocessing.Pool(1) as pool:
        plain, stored = pool.apply(write_dump, (folder, "2026-11-21T10:00:00Z", "1000"))
    (work / "cadastre.yaml").write_text(f'store: {work}/cadastre.db\naccounts:\n  - id: "{ACCOUNT}"\n')
    print(f"{platform.machine()}, {PODS:,} pods: {plain / 1e6:.1f} MB of JSON in {stored / 1e6:.1f} MB of gzip, {PODS // PAGE} pages\n")

    def ingest(*more):
        usage = run([options.binary, "-c", work / "cadastre.yaml", "kubernetes", "ingest", "--cluster", CLUSTER, "--account", ACCOUNT,
                     "--region", REGION, "-o", "json", *more, folder])
        if usage.code != 0:
            sys.exit(f"cadastre failed ({usage.code}): {usage.output}")
        return usage, json.loads(usage.output)[0]["kinds"][0]

    start = min((run([options.binary, "version"]) for _ in range(3)), key=lambda usage: usage.cpu)
    first, opened = ingest("--no-health")
    files = json.loads((folder / "manifest.json").read_text())["kinds"][0]["files"]
    later = []
    for minute in (5, 10, 15):
        write_manifest(folder, files, f"2026-11-21T10:{minute:02d}:00Z")
        later.append(ingest("--no-health"))
    unchanged, seen = sorted(later, key=lambda one: one[0].cpu)[1]
    write_manifest(folder, files, "2026-11-21T10:20:00Z")
    healthy, _ = ingest()
    rival = run([sys.executable, ROOT / "bench" / "rival_dump.py", folder, CLUSTER, ACCOUNT])

    print(f"{'run':34}{'pods':>8}{'CPU s':>8}{'wall s':>8}{'peak RSS MB':>13}")
    for name, usage, pods in [("cadastre, first", first, opened["opened"]), ("cadastre, unchanged (median of 3)", unchanged, seen["resources"]),
                              ("cadastre, unchanged, with health", healthy, seen["resources"]),
                              ("Python parser, every time", rival, int(rival.output or 0)), ("cadastre version", start, 0)]:
        print(f"{name:34}{pods:>8,}{usage.cpu:>8.2f}{usage.wall:>8.2f}{usage.rss:>13.0f}")

    core, fared = (usage.cpu * CLUSTERS / EVERY for usage in (unchanged, healthy))
    targets = [
        ("first: opened", opened["opened"], "= 10000", opened["opened"] == PODS),
        ("unchanged: seen", seen["resources"], "= 10000", seen["resources"] == PODS),
        ("unchanged: opened, changed, closed", seen["opened"] + seen["changed"] + seen["closed"], "= 0",
         seen["opened"] + seen["changed"] + seen["closed"] == 0),
        ("unchanged: CPU", f"{unchanged.cpu:.2f} s", "<= 1.5 s", unchanged.cpu <= 1.5),
        ("unchanged: peak RSS", f"{unchanged.rss:.0f} MB", "<= 200 MB", unchanged.rss <= 200),
        ("first: peak RSS", f"{first.rss:.0f} MB", "<= 200 MB", first.rss <= 200),
        ("unchanged: of the parser's CPU", f"{unchanged.cpu / rival.cpu:.2f}", "", True),
        ("30 such clusters, every 5 min", f"{core:.1%} of a core", "< 10 %", core < 0.1),
        ("… with health each time", f"{fared:.1%} of a core", "", True),
    ]
    print()
    for what, value, target, met in targets:
        print(f"{what:40}{value!s:>18}  {target:10}{'' if not target else 'met' if met else 'missed'}")
    sys.exit(0 if all(met for *_, met in targets) else 1)


if __name__ == "__main__":
    main()
