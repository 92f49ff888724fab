"""A drop-box in moto, a gate before it that can refuse, and `cadastre serve` that follows it."""

import http.client
import json
import logging
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3
from moto.server import ThreadedMotoServer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from scripted import build_directory  # noqa: E402
from server import Server, add_user  # noqa: E402

ACCOUNT, REGION = "123456789012", "eu-west-1"  # moto's own account


class Gate:
    """Passes requests on to moto, unless `refuse` says otherwise: (service, operation, path) → an answer (status, body), or None."""

    def __init__(self, target):
        self.target, self.refuse, self.requests = target, lambda *_: None, []
        gate = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                parts = self.headers.get("Authorization", "").split("/")
                service = parts[3] if len(parts) > 3 else ""
                operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
                if service == "s3":
                    operation = "ListObjectsV2" if "list-type=2" in self.path else "GetObject"
                gate.requests.append((service, operation, urllib.parse.unquote(self.path)))
                refused = gate.refuse(service, operation, self.path)
                if refused:
                    status, text = refused
                    headers, data = {}, text.encode()
                else:
                    connection = http.client.HTTPConnection("127.0.0.1", gate.target, timeout=60)
                    connection.request(self.command, self.path, body, {k: v for k, v in self.headers.items() if k != "Connection"})
                    passed = connection.getresponse()
                    status, data = passed.status, passed.read()
                    headers = {k: v for k, v in passed.getheaders() if k.lower() not in ("connection", "content-length", "transfer-encoding")}
                    connection.close()
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:
                    self.close_connection = True  # whoever asked is gone

            do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = answer

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Site:
    """A folder with a configuration, and the commands on it: what support/server.py drives."""

    def __init__(self, folder, gate, bucket, kubernetes):
        self.folder, self.bucket = Path(folder), bucket
        self.config, self.store = self.folder / "cadastre.yaml", self.folder / "cadastre.db"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self.environment |= {"AWS_ENDPOINT_URL": gate.url, "AWS_EC2_METADATA_DISABLED": "true", "KEY": "test", "AWS_MAX_ATTEMPTS": "2"}
        self.config.write_text(
            f"""regions: [{REGION}]
kinds: [aws.eks.cluster]
rate: 0
schedule: {{default: 24h}}
accounts: [{{id: "{ACCOUNT}", name: main, access_key_id: "${{KEY}}", secret_access_key: "${{KEY}}"}}]
kubernetes:
{kubernetes}""")

    def command(self, *arguments):
        return [str(build_directory() / "cadastre"), "-c", str(self.config), *arguments]

    def cadastre(self, *arguments, **options):
        return subprocess.run(self.command(*arguments), env=self.environment, capture_output=True, text=True, check=False, **options)

    def ledger(self):
        """(cluster, dump) → (state, reason) as they are on the disk."""
        with sqlite3.connect(f"file:{self.store}?mode=ro", uri=True) as store:
            rows = store.execute("SELECT cluster, dump, state, reason FROM dump").fetchall()
        store.close()
        return {(cluster, dump): (("waiting", "done", "poison")[state], reason) for cluster, dump, state, reason in rows}


class ListenerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        cls.moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        cls.moto.start()
        cls.gate = Gate(cls.moto.get_host_and_port()[1])
        session = boto3.session.Session("test", "test", region_name=REGION)
        url = f"http://127.0.0.1:{cls.gate.target}"  # past the gate
        cls.client = staticmethod(lambda name: session.client(name, endpoint_url=url))
        cls.s3, cls.sqs = cls.client("s3"), cls.client("sqs")

    @classmethod
    def tearDownClass(cls):
        cls.gate.server.shutdown()
        cls.moto.stop()

    def setUp(self):
        self.gate.refuse, self.bucket = (lambda *_: None), "drop-" + self.id().rpartition(".")[2].replace("_", "-")[:50]
        self.gate.requests.clear()
        self.s3.create_bucket(Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def queue(self):
        return self.sqs.create_queue(QueueName=self.bucket)["QueueUrl"]

    def site(self, more="", queue="", every="10s", clusters=""):
        box = f'bucket: {self.bucket}, region: {REGION}, account: main, prefix: clusters/, every: {every}'
        box += f", queue: '{queue}'" if queue else ""
        return Site(self.folder, self.gate, self.bucket, f"  dropboxes: [{{{box}{more}}}]\n{clusters}")

    def serve(self, site):
        server = Server(site)
        self.addCleanup(lambda: server.process.poll() is not None or (server.process.kill(), server.process.wait()))
        if not site.cadastre("user", "list").stdout.count("ana"):
            add_user(site)
        server.sign_in()
        return server

    def tell(self, queue, *dumps):
        """An event of S3 for each manifest, in this order."""
        for dump in dumps:
            event = {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": {
                "bucket": {"name": self.bucket}, "object": {"key": urllib.parse.quote(dump.key)}}}]}
            self.sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(event))

    def pods(self, server, cluster):
        answer = server.get("/api/v1/resources", q="kind:k8s.pod", limit=200)
        return sorted(row["name"] for row in answer.json()["rows"] if f"/{cluster}/" in row["id"])

    def until(self, condition, what, seconds=40):
        deadline = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.05)

    def until_settled(self, site, *dumps, state="done", seconds=40):
        wanted = {(dump.cluster, dump.name) for dump in dumps}

        def settled():
            ledger = site.ledger()
            return all(ledger.get(key, ("", ""))[0] == state for key in wanted)

        self.until(settled, f"{sorted(wanted)} are not {state}: {site.ledger()}", seconds)
