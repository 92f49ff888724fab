"""A real kube-apiserver with Debian's etcd on 127.0.0.1: built from Go modules once, started and stopped here. No kubelet, scheduler or
controllers, so that what was put in stays as it is. Everything lies in build/kube; README.md says what was learned about running it.
"""

import csv
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HOME = ROOT / "build/kube"
VERSION = "1.33.4"  # v1.33.6 and later lack staging modules at the module proxy
# name: (token, groups). Tokens of a server that lives for a test on 127.0.0.1.
USERS = {"admin": "system:masters", "nosecrets": "nosecrets", "dropbox": "cadastre-dropbox"}
START = 120  # seconds until it must be ready; it takes three


def step(text: str) -> None:
    print(f"==> {text}", file=sys.stderr, flush=True)


# ---- the programs


def build() -> None:
    """kube-apiserver and kubectl in build/kube/bin. Three to four minutes the first time."""
    if all((HOME / "bin" / name).exists() for name in ("kube-apiserver", "kubectl")):
        return
    if not shutil.which("go"):
        sys.exit("building kube-apiserver needs Go 1.24 or later in PATH")
    step(f"building kube-apiserver and kubectl {VERSION}")
    module = HOME / "module"
    module.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"GOFLAGS": "-buildvcs=false", "CGO_ENABLED": "0"}

    def go(*arguments: str) -> str:
        return subprocess.run(["go", *arguments], cwd=module, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout

    source = Path(json.loads(go("mod", "download", "-json", f"k8s.io/kubernetes@v{VERSION}"))["GoMod"])
    lines = [line.strip() for line in source.read_text().splitlines()]
    staging = [line.split()[0] for line in lines if "=> ./staging/" in line]
    (module / "go.mod").write_text(
        "\n".join(["module kubebuild", *[line for line in lines if line.startswith(("go ", "godebug "))], f"require k8s.io/kubernetes v{VERSION}",
                   *[f"replace {name} => {name} v0.{VERSION[2:]}" for name in staging]]) + "\n")
    # Named here, so that `go mod tidy` keeps what they need.
    (module / "tools.go").write_text('//go:build tools\n\npackage kubebuild\n\nimport (\n\t_ "k8s.io/kubernetes/cmd/kube-apiserver"\n'
                                     '\t_ "k8s.io/kubernetes/cmd/kubectl"\n)\n')
    go("mod", "tidy")
    stamp = "k8s.io/component-base/version"
    flags = f"-s -w -X {stamp}.gitVersion=v{VERSION} -X {stamp}.gitMajor=1 -X {stamp}.gitMinor={VERSION.split('.')[1]} -X {stamp}.gitTreeState=clean"
    for name in ("kube-apiserver", "kubectl"):
        go("build", "-p", "2", "-trimpath", "-ldflags", flags, "-o", str(HOME / "bin" / name), f"k8s.io/kubernetes/cmd/{name}")


# ---- a cluster


class Server:
    """The cluster NAME in build/kube/run/NAME. Its content outlives it: whoever starts it again finds what was there."""

    def __init__(self, name: str):
        self.name, self.run = name, HOME / "run" / name
        self.run.mkdir(parents=True, exist_ok=True)
        ports = self.run / "ports.json"
        if not ports.exists():  # kept, because the `kubernetes` service remembers its port
            ports.write_text(json.dumps(free_ports(3)))
        self.port, self.etcd_port, peer = json.loads(ports.read_text())
        self.etcd, self.url = f"http://127.0.0.1:{self.etcd_port}", f"https://127.0.0.1:{self.port}"
        self.peer = f"http://127.0.0.1:{peer}"
        self.processes: list[subprocess.Popen] = []

    def start(self) -> "Server":
        self.make_keys()
        etcd = ROOT / "build/etcd/usr/bin/etcd"
        self.spawn("etcd", [
            str(etcd) if etcd.exists() else "etcd", "--name", self.name, "--data-dir", self.run / "etcd", "--listen-client-urls", self.etcd,
            "--advertise-client-urls", self.etcd, "--listen-peer-urls", self.peer, "--initial-advertise-peer-urls", self.peer,
            "--initial-cluster", f"{self.name}={self.peer}", "--quota-backend-bytes", str(8 << 30), "--log-level", "error", "--logger", "zap"])
        pki = self.run / "pki"
        # JSON in etcd lets the seeder set ages and uids there. No node has an ExternalDNS address, so that logs and exec dial nobody.
        # The advertised address, which may not be a loopback one, is only recorded.
        self.spawn("apiserver", [
            str(HOME / "bin/kube-apiserver"), f"--etcd-servers={self.etcd}", "--storage-media-type=application/json", "--bind-address=127.0.0.1",
            f"--secure-port={self.port}", "--advertise-address=10.0.0.10", f"--tls-cert-file={pki}/apiserver.crt",
            f"--tls-private-key-file={pki}/apiserver.key", f"--client-ca-file={pki}/ca.crt",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local", f"--service-account-key-file={pki}/sa.pub",
            f"--service-account-signing-key-file={pki}/sa.key", f"--token-auth-file={pki}/tokens.csv", "--anonymous-auth=false",
            "--authorization-mode=RBAC", "--kubelet-preferred-address-types=ExternalDNS", "--service-cluster-ip-range=10.96.0.0/12",
            "--event-ttl=87600h", "--max-requests-inflight=2000", "--max-mutating-requests-inflight=1000"])
        deadline = time.monotonic() + START
        while self.get("/readyz") != b"ok":
            if self.processes[-1].poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"kube-apiserver did not get ready; its log is {self.run}/apiserver.log")
            time.sleep(0.2)
        return self

    def spawn(self, name: str, command: list) -> None:
        with open(self.run / f"{name}.log", "wb") as log:
            self.processes.append(subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log))

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
            process.wait()
        self.processes.clear()

    def make_keys(self) -> None:
        pki = self.run / "pki"
        if not pki.exists():
            making = self.run / "pki.new"
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()

            def openssl(*arguments: str) -> None:
                subprocess.run(["openssl", *arguments], cwd=making, check=True, capture_output=True)

            openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=test-ca", "-keyout", "ca.key", "-out", "ca.crt")
            openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=kube-apiserver", "-keyout", "apiserver.key", "-out", "apiserver.csr")
            (making / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc\n")
            openssl("x509", "-req", "-in", "apiserver.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "3650", "-extfile",
                    "names", "-out", "apiserver.crt")
            openssl("genrsa", "-out", "sa.key", "2048")
            openssl("rsa", "-in", "sa.key", "-pubout", "-out", "sa.pub")
            making.rename(pki)
        with open(pki / "tokens.csv", "w") as file:
            csv.writer(file).writerows([f"{name}-token", name, number, group] for number, (name, group) in enumerate(USERS.items(), 1))
        for name in USERS:
            config = {"apiVersion": "v1", "kind": "Config", "current-context": self.name,
                      "clusters": [{"name": self.name, "cluster": {"server": self.url, "certificate-authority": str(pki / "ca.crt")}}],
                      "users": [{"name": name, "user": {"token": f"{name}-token"}}],
                      "contexts": [{"name": self.name, "context": {"cluster": self.name, "user": name}}]}
            self.kubeconfig(name).write_text(json.dumps(config))
            self.kubeconfig(name).chmod(0o600)

    def kubeconfig(self, user: str) -> Path:
        return self.run / f"{user}.kubeconfig"

    def get(self, path: str) -> bytes:
        """Without kubectl, as the administrator; nothing when there is no answer yet."""
        request = urllib.request.Request(self.url + path, headers={"Authorization": "Bearer admin-token"})
        try:
            context = ssl.create_default_context(cafile=str(self.run / "pki/ca.crt"))
            with urllib.request.urlopen(request, context=context, timeout=60) as answer:
                return answer.read()
        except (urllib.error.URLError, ConnectionError):
            return b""

    def compact(self) -> None:
        """Makes etcd forget its past, so that every list that is being paged through expires."""
        def rpc(path: str, body: dict) -> dict:
            with urllib.request.urlopen(urllib.request.Request(self.etcd + path, json.dumps(body).encode())) as answer:
                return json.load(answer)

        # A write first, beside what the API server keeps: the revision that was just listed is then of the past.
        revision = int(rpc("/v3/kv/put", {"key": "eA==", "value": "eA=="})["header"]["revision"])
        rpc("/v3/kv/compaction", {"revision": revision, "physical": True})


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


if __name__ == "__main__":  # server.py NAME: until it is interrupted, for a look with kubectl
    build()
    server = Server(sys.argv[1]).start()
    print(f"KUBECONFIG={server.kubeconfig('admin')}", flush=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        server.stop()
