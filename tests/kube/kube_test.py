"""cadastre-dropbox against a real API server with a believable cluster in it: kube_test.py [--scale N] [--keep].

Not part of `./dev test`, but of `./dev test --kube`: it builds kube-apiserver (four minutes, once) and fills a cluster (15 s; with --scale 20,
12,456 pods, two to four minutes). --keep leaves the dumps in build/kube/run/NAME/dumps. The cluster itself stays, stopped, for the next time.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import server as kube

sys.path.insert(0, str(kube.ROOT / "tests/dropbox"))
import rig  # noqa: E402

CUSTOM = "certificates.cert-manager.io applications.argoproj.io"
KUBECTL_133 = kube.HOME / "bin/kubectl"
SCALE, KEEP = 1, False
SERVER: kube.Server
TRUTH: dict
# Where the seeder's names of kinds differ from the resources' in more than case and a plural s.
PLURAL = {"Ingress": "ingresses", "NetworkPolicy": "networkpolicies", "StorageClass": "storageclasses"}


def setUpModule() -> None:
    global SERVER, TRUTH
    kube.build()
    name = "small" if SCALE == 1 else f"x{SCALE}"
    truth = kube.HOME / "run" / name / "truth.json"
    if not truth.exists():  # never filled, or not to the end
        shutil.rmtree(truth.parent, ignore_errors=True)
    SERVER = kube.Server(name).start()
    unittest.addModuleCleanup(SERVER.stop)
    if not truth.exists():
        kube.step(f"filling the cluster {name}")
        subprocess.run([sys.executable, Path(__file__).parent / "seed.py", "--run", SERVER.run, "--scale", str(SCALE), "--truth", f"{truth}.new"],
                       check=True, stdout=subprocess.DEVNULL)
        os.rename(f"{truth}.new", truth)
    TRUTH = json.loads(truth.read_text())


class Kube(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def dump(self, code: int = 0, user: str = "nosecrets", shell: str = "dash", kubectl: str | Path = KUBECTL_133, **settings) -> rig.Dump:
        out = SERVER.run / "dumps" if KEEP else self.folder / "out"
        before = set(out.glob("*/*/*/*"))
        settings = {"cluster": "prod-eu", "url": out, "directory": self.folder / "state", "kubectl": kubectl,
                    "kubeconfig": SERVER.kubeconfig(user)} | settings
        began = time.monotonic()
        done = subprocess.run([*shell.split(), str(rig.SCRIPT), *[f"--{k.replace('_', '-')}={v}" for k, v in settings.items()]], capture_output=True,
                              text=True, env={"PATH": os.environ["PATH"], "HOME": str(self.folder)})
        self.seconds = time.monotonic() - began
        self.assertEqual(done.returncode, code, done.stderr)
        (new,) = set(out.glob("*/*/*/*")) - before
        return rig.Dump(new)

    def listed(self, resource: str, version: str) -> list[tuple]:
        """The names of all there are, asked for in one answer and without kubectl."""
        plural, _, group = resource.partition(".")
        selector = "?fieldSelector=type%3DWarning" if resource == "events" else ""
        answer = json.loads(SERVER.get(f"/apis/{group}/{version}/{plural}" if group else f"/api/{version}/{plural}{selector}"))
        return sorted(item["metadata"]["name"] for item in answer["items"])

    def assert_agrees(self, dump: rig.Dump) -> None:
        self.assertEqual(set(dump.outcomes().values()), {"complete"})
        self.assertEqual(len(dump.kinds), 23)
        compared = 0
        for kind, count in TRUTH["counts_live"].items():
            plural = PLURAL.get(kind, kind.lower() + "s")
            (resource,) = [name for name in dump.kinds if name.split(".")[0] == plural] or [None]
            if resource and kind != "Event":  # of which only warnings are dumped
                self.assertEqual(len(dump.names(resource)), count, kind)
                compared += 1
        self.assertEqual(compared, 22)
        for resource, kind in dump.kinds.items():
            self.assertEqual(sorted(dump.names(resource)), self.listed(resource, kind["version"]), resource)

    def test_every_object_with_every_kubectl_and_shell(self) -> None:
        for kubectl in (rig.kubectl(), KUBECTL_133):
            for shell in ("dash", "busybox ash"):
                with self.subTest(kubectl=kubectl, shell=shell):
                    dump = self.dump(kubectl=kubectl, shell=shell, more_kinds=CUSTOM)
                    self.assert_agrees(dump)
                    size = sum(file["bytes"] for kind in dump.kinds.values() for file in kind["files"])
                    pages = sum(len(kind["files"]) for kind in dump.kinds.values())
                    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
                    kube.step(f"{dump.manifest['kubectl']} under {shell}: {self.seconds:.1f} s, {pages} pages, {size / 1e6:.1f} MB")
                    self.assertLess(self.seconds, 60)
                    kube.step(f"largest process so far {peak:.0f} MiB") if SCALE > 1 else None

    def test_the_role_of_the_manifest_suffices_and_no_more(self) -> None:
        admin = [KUBECTL_133, f"--kubeconfig={SERVER.kubeconfig('admin')}"]
        subprocess.run([*admin, "apply", "-f", kube.ROOT / "dropbox/rbac.yaml"], check=True, capture_output=True)
        dump = self.dump(3, user="dropbox", more_kinds=CUSTOM)
        self.assertEqual({name for name, outcome in dump.outcomes().items() if outcome != "complete"}, set(CUSTOM.split()))
        self.assertEqual(dump.outcomes()["applications.argoproj.io"], "denied")
        for resource in ("secrets", "configmaps", "leases"):
            asked = subprocess.run([*admin, "auth", "can-i", "list", resource, "-A", "--as=x", "--as-group=cadastre-dropbox"], capture_output=True)
            self.assertEqual(asked.stdout.strip(), b"no", resource)

    def test_a_list_that_really_expires_is_read_whole(self) -> None:
        """kubectl in a wrapper that makes etcd forget its past before the second page of pods is asked for."""
        wrapper, marker, asked = self.folder / "kubectl", self.folder / "compacted", self.folder / "asked"
        wrapper.write_text(f"""#!/usr/bin/env python3
import os, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
open({str(asked)!r}, "a").write(sys.argv[-1] + "\\n")
if "continue=" in sys.argv[-1] and not os.path.exists({str(marker)!r}):
    import server
    open({str(marker)!r}, "w")
    server.Server({SERVER.name!r}).compact()
os.execv({str(KUBECTL_133)!r}, sys.argv)
""")
        wrapper.chmod(0o755)
        dump = self.dump(kubectl=wrapper, kinds="pods", page_size=200)
        self.assertEqual(asked.read_text().splitlines().count("/api/v1/pods?limit=200"), 2, "it did not expire, or did not begin again")
        self.assertEqual(sorted(dump.names("pods")), self.listed("pods", "v1"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=int, default=1)
    parser.add_argument("--keep", action="store_true")
    options, rest = parser.parse_known_args()
    SCALE, KEEP = options.scale, options.keep
    unittest.main(argv=[sys.argv[0], *rest])
