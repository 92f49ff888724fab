"""Runs dropbox/cadastre-dropbox under a shell with the real kubectl, and reads the dumps that come of it as FORMAT.md says."""

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import api_server  # noqa: E402
from posix_cksum import posix_cksum  # noqa: E402

SCRIPT = ROOT / "dropbox" / "cadastre-dropbox"
PATIENCE = 60  # seconds that anything may take here


def kubectl() -> str:
    """Debian's, which `./dev test` unpacks, or the machine's own."""
    unpacked = ROOT / "build/kubectl/usr/bin/kubectl"
    return os.environ.get("CADASTRE_KUBECTL") or (str(unpacked) if unpacked.exists() else shutil.which("kubectl") or "kubectl")


assert posix_cksum(b"") == 4294967295 and posix_cksum(b"123456789") == 930766865  # POSIX's own figures


class Dump:
    """A dump in a folder; every file is held against the manifest."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.manifest = json.loads((folder / "manifest.json").read_text())
        assert self.manifest["format"] == 1 and self.manifest["dump"] == folder.name
        self.kinds = {kind["resource"]: kind for kind in self.manifest["kinds"]}
        assert len(self.kinds) == len(self.manifest["kinds"])
        listed = {"manifest.json"}
        for kind in self.kinds.values():
            assert set(kind) == {"resource", "version", "outcome", "exit", "message", "files"}, kind
            for file in kind["files"]:
                data = (folder / file["name"]).read_bytes()
                assert (file["bytes"], file["cksum"]) == (len(data), posix_cksum(data)), file
                listed.add(file["name"])
        assert listed == {path.name for path in folder.iterdir()}, "a file that the manifest does not name, or the other way round"

    def outcomes(self) -> dict[str, str]:
        return {name: kind["outcome"] for name, kind in self.kinds.items()}

    def names(self, resource: str) -> list[str]:
        found = []
        for file in self.kinds[resource]["files"]:
            data = (self.folder / file["name"]).read_bytes()
            page = json.loads(gzip.decompress(data) if file["name"].endswith(".gz") else data)
            found += [item["metadata"]["name"] for item in page["items"]]
        return found


def applets(folder: Path, *without: str) -> Path:
    """A folder of busybox's own tools, to be the whole PATH: nothing of GNU is to be found."""
    folder.mkdir()
    busybox = shutil.which("busybox")
    for name in subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True).stdout.split():
        if name not in without:
            (folder / name).symlink_to(busybox)
    if not (folder / "cksum").exists():  # which is POSIX, but not in every busybox
        (folder / "cksum").symlink_to(shutil.which("cksum"))
    return folder


class DropboxTest(unittest.TestCase):
    shell = ["dash"]
    path: str | None = None  # PATH, where it is not the usual one

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.cluster = api_server.Cluster()
        self.server = api_server.Server(self.cluster)
        self.addCleanup(self.server.close)
        self.environment = {"HOME": str(self.folder), "PATH": self.path or os.environ["PATH"], "KUBECONFIG": self.kubeconfig({"token": "t"})}

    def kubeconfig(self, user: dict, name: str = "kubeconfig") -> str:
        path = self.folder / name
        path.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "c",
            "clusters": [{"name": "c", "cluster": {"server": self.server.address}}],
            "users": [{"name": "u v", "user": user}], "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u v"}}]}))
        return str(path)

    def command(self, **settings) -> list[str]:
        settings = {"cluster": "prod-eu", "url": self.folder / "out", "kubectl": kubectl(), "directory": self.folder / "state"} | settings
        options = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items() if value is not None]
        return [*self.shell, str(SCRIPT), *options]

    def start(self, *options: str, **settings) -> subprocess.Popen:
        process = subprocess.Popen([*self.command(**settings), *options], env=self.environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def run_script(self, *options: str, code: int, **settings) -> tuple[str, str]:
        """What it said, on standard output and on standard error. Nothing may be left behind but dumps."""
        done = subprocess.run([*self.command(**settings), *options], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(self.left_behind(), [])
        return done.stdout, done.stderr

    def left_behind(self) -> list[str]:
        state = self.folder / "state"
        return sorted(path.name for path in state.iterdir()) if state.exists() else []

    def dumps(self) -> list[Path]:
        return sorted((self.folder / "out").glob("*/*/*/*"))

    def dump(self, code: int = 0, **settings) -> Dump:
        """The one dump of one run."""
        before = self.dumps()
        out, err = self.run_script(code=code, **settings)
        self.assertEqual((out, err.count("\n")), ("", 1), err)
        (new,) = [path for path in self.dumps() if path not in before]
        return Dump(new)


class WithBusybox:
    """Mixed into tests: the same under busybox, with its tools only."""

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.path = str(applets(Path(folder.name) / "bin"))
        cls.shell = [shutil.which("busybox"), "ash"]


def main() -> None:
    for program in ("busybox", "dash", kubectl()):
        if not shutil.which(program):
            sys.exit(f"{program} is not there; `./dev test` installs what the tests need")
    unittest.main()
