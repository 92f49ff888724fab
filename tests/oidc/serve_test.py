"""Single sign-on and TLS of the real `cadastre serve`: python3 serve_test.py CADASTRE FOLDER, the provider in FOLDER as in oidc_test.py."""

import http.client
import json
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import oidc_test
from oidc_test import SECRET, Browser, free_port, install, post

CADASTRE, FOLDER = "", Path()
WITHIN = 60  # seconds, for whatever must happen soon


def until(condition, what):
    deadline = time.monotonic() + WITHIN
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {WITHIN} s: {what}")
        time.sleep(0.05)
    return answer


class Served(unittest.TestCase):
    config = ""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.port = free_port()

    def serve(self, config: str) -> subprocess.Popen:
        file = self.folder / "cadastre.yaml"
        file.write_text(
            f"store: sqlite:{self.folder}/c.db\nlisten: 127.0.0.1:{self.port}\nregions: [eu-west-1]\n"
            'accounts: [{id: "111111111111", name: prod, access_key_id: "${KEY}", secret_access_key: "${KEY}"}]\n' + config
        )
        log = open(self.folder / "serve.log", "ab")
        self.addCleanup(log.close)
        process = subprocess.Popen([CADASTRE, "-c", file, "serve", "--no-schedule", "--log", "json"], stderr=log,
                                   env={"KEY": "unused", "OIDC_SECRET": SECRET, "PATH": "/usr/bin:/bin"})
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def log(self) -> str:
        return (self.folder / "serve.log").read_text()


class SingleSignOn(Served):
    def test_groups_are_roles_and_what_is_lost_is_lost_soon(self) -> None:
        here = f"http://127.0.0.1:{self.port}"
        provider = subprocess.Popen(["node", "provider.mjs", here + "/api/v1/session/oidc/callback"], cwd=FOLDER, text=True,
                                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(provider.stdout.close)
        self.addCleanup(provider.wait)
        self.addCleanup(provider.terminate)
        issuer = provider.stdout.readline().strip()
        self.serve(
            f"public_url: {here}\nsign_in:\n  oidc:\n    issuer: {issuer}\n    client_id: basic\n    client_secret: ${{OIDC_SECRET}}\n"
            "    scopes: [openid, email, groups]\n    recheck: 10s\n"
            "    grants: [{group: platform, role: admin}, {group: payments, role: viewer, accounts: [prod]}]\n"
        )
        self.control(issuer, ana=["payments", "elsewhere"], eve=["elsewhere"])
        browser = until(lambda: self.signed_in(here, "ana"), "the sign-in of ana: " + self.log()[-500:])
        status, session = self.session(browser, here)
        self.assertEqual((status, session["user"]["name"], session["user"]["role"]), (200, "ana@example.com", "viewer"))
        self.assertEqual(session["user"]["accounts"], ["111111111111"])
        self.assertEqual(browser.request("GET", here + "/api/v1/users")[0].status, 403)
        self.assertIsNone(self.signed_in(here, "eve"), "whoever has no granted group does not come in")
        until(lambda: browser.request("GET", here + "/api/v1/resources")[0].status == 200, "an answer about resources")
        self.control(issuer, ana=["elsewhere"])
        until(lambda: browser.request("GET", here + "/api/v1/resources")[0].status == 401, "the end of a lost group's session")
        for text in (SECRET, "refresh_token", "id_token"):
            self.assertNotIn(text, self.log())

    def control(self, issuer: str, **accounts) -> None:
        said = {"accounts": {name: {"groups": groups} for name, groups in accounts.items()}}
        self.assertEqual(post(issuer + "/control", json.dumps(said))[0], 200)

    def signed_in(self, here: str, name: str) -> Browser | None:
        browser = Browser()
        browser.login = name
        try:
            browser.go(here + "/api/v1/session/oidc")
            session = self.session(browser, here)[1]
        except (OSError, ValueError, http.client.HTTPException):
            return None  # not listening yet
        return browser if session.get("user") else None

    def session(self, browser: Browser, here: str):
        answer, text = browser.request("GET", here + "/api/v1/session")
        return answer.status, json.loads(text)


class Tls(Served):
    def certificate(self, name: str) -> None:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={name}",
             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", self.folder / "key.pem", "-out", self.folder / "cert.pem"],
            check=True, capture_output=True,
        )

    def get(self, path: str, trusted: bytes):
        context = ssl.create_default_context(cadata=trusted.decode())
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return answer
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def test_a_new_certificate_is_taken_up_on_sighup(self) -> None:
        self.certificate("first")
        first = (self.folder / "cert.pem").read_bytes()
        process = self.serve("tls: {certificate: cert.pem, key: key.pem}\n")
        answer = until(lambda: self.get("/healthz", first), "an answer over TLS: " + self.log()[-500:])
        self.assertEqual(answer.status, 200)
        self.assertIn("max-age", answer.getheader("Strict-Transport-Security"))
        self.certificate("second")
        second = (self.folder / "cert.pem").read_bytes()
        self.assertIsNone(self.get("/healthz", second), "the second certificate is not in use yet")
        process.send_signal(signal.SIGHUP)
        until(lambda: self.get("/healthz", second), "the second certificate")
        self.assertIsNone(self.get("/healthz", first), "the first certificate is still in use")
        (self.folder / "key.pem").write_text("no key\n")
        process.send_signal(signal.SIGHUP)
        until(lambda: "key.pem" in self.log(), "a complaint about the key")
        self.assertEqual(self.get("/healthz", second).status, 200)


if __name__ == "__main__":
    CADASTRE, FOLDER = sys.argv[1], Path(sys.argv[2])
    oidc_test.FOLDER = FOLDER
    install(FOLDER)
    unittest.main(argv=sys.argv[:1], verbosity=2)
