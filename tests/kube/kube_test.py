"""cadastre-dropbox against a real API server with a believable cluster in it: kube_test.py [--scale N] [--keep].

Not part of `./dev test`, but of `./dev test --kube`: it builds kube-apiserver (four minutes, once) and fills a cluster (15 s; with --scale 20,
12,456 pods, two to four minutes). --keep leaves the dumps in build/kube/run/NAME/dumps. The cluster itself stays, stopped, for the next time.
"""

import argparse
import itertools
import json
import os
import shutil
import signal
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


# Seconds of processor time and MiB of the script and everything it ran; the memory is the largest process's. A process's peak
# begins with that of the one that started it, so a small one does.
MEASURE = """
import json, os, pathlib, subprocess, sys
_, status, used = os.wait4(subprocess.Popen(sys.argv[2:]).pid, 0)
pathlib.Path(sys.argv[1]).write_text(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
sys.exit(os.waitstatus_to_exitcode(status))
"""


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
        command = [*shell.split(), str(rig.SCRIPT), *[f"--{k.replace('_', '-')}={v}" for k, v in settings.items()]]
        began = time.monotonic()
        done = subprocess.run([sys.executable, "-c", MEASURE, self.folder / "used", *command], stderr=subprocess.PIPE, text=True, check=False,
                              env={"PATH": os.environ["PATH"], "HOME": str(self.folder)})
        self.seconds = time.monotonic() - began
        self.assertEqual(done.returncode, code, done.stderr)
        self.processor, self.memory = json.loads((self.folder / "used").read_text())
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
        kubectls, shells = (rig.kubectl(), KUBECTL_133), ("dash", "busybox ash")
        for kubectl, shell in itertools.product(kubectls, shells) if SCALE == 1 else zip(kubectls, shells):
            with self.subTest(kubectl=kubectl, shell=shell):
                dump = self.dump(kubectl=kubectl, shell=shell, more_kinds=CUSTOM)
                size = sum(file["bytes"] for kind in dump.kinds.values() for file in kind["files"])
                pages = sum(len(kind["files"]) for kind in dump.kinds.values())
                kube.step(f"{dump.manifest['kubectl']} under {shell}: {self.seconds:.1f} s, {self.processor:.1f} s of processor time, "
                          f"{self.memory:.0f} MiB, {pages} pages, {size / 1e6:.1f} MB; load {os.getloadavg()[0]:.0f}")
                self.assertLess(self.processor, 15)  # time on the clock says more about the machine's other work
                self.assertLess(self.memory, 100)
                self.assert_agrees(dump)

    def test_the_role_of_the_manifest_suffices_and_no_more(self) -> None:
        admin = [KUBECTL_133, f"--kubeconfig={SERVER.kubeconfig('admin')}"]
        manifest = (kube.ROOT / "dropbox/rbac.yaml").read_text()
        subprocess.run([*admin, "apply", "--dry-run=server", "-f", "-"], input=manifest.split("\n---\n")[0], text=True, check=True, capture_output=True)
        # Not the namespace and its account: without controllers they would never go again.
        parts = [part for part in manifest.split("\n---\n") if "\nkind: ClusterRole" in part]
        self.assertEqual(len(parts), 2)
        subprocess.run([*admin, "apply", "-f", "-"], input="\n---\n".join(parts), text=True, check=True, capture_output=True)
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
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped
    unittest.main(argv=[sys.argv[0], *rest])
