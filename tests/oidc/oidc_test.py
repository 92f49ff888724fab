"""Sign-in through a real identity provider, with a browser made of http.client: python3 oidc_test.py OIDC_CLIENT FOLDER

FOLDER gets the provider (npm ci, by the committed lock file) and keeps it for the next time.
"""

import hashlib
import http.client
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

HERE = Path(__file__).resolve().parent
SECRET = "a secret & its signs: %+/="
CLIENT, FOLDER = "", Path()


def install(folder: Path) -> None:
    files = [HERE / name for name in ("package.json", "package-lock.json", "provider.mjs")]
    wanted = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    stamp = folder / "installed"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copy(file, folder)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True)
    stamp.write_text(wanted)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def post(url: str, body: str = "", headers: dict | None = None) -> tuple[int, str]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    connection.request("POST", parts.path + ("?" + parts.query if parts.query else ""), body, headers or {})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


class Browser:
    """Follows redirects, keeps cookies by origin, and fills in forms."""

    def __init__(self) -> None:
        self.cookies: dict[str, dict[str, str]] = {}
        self.seen: list[str] = []

    def request(self, method: str, url: str, body: str = "", headers: dict | None = None):
        parts = urlsplit(url)
        jar = self.cookies.setdefault(parts.netloc, {})
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())} if jar else {}
        if body:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        connection.request(method, (parts.path or "/") + ("?" + parts.query if parts.query else ""), body, sent | (headers or {}))
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        for name, value in answer.getheaders():
            if name.lower() != "set-cookie":
                continue
            key, _, rest = value.split(";")[0].partition("=")
            if not rest or "1970" in value or "Max-Age=0" in value:
                jar.pop(key, None)
            else:
                jar[key] = rest
        return answer, text

    def go(self, url: str, stop_before: str = "") -> tuple[int, str, str]:
        """(status, address, text) at the end of the redirects, or before an address that begins with `stop_before`."""
        method, body = "GET", ""
        for _ in range(20):
            if stop_before and url.startswith(stop_before):
                return 0, url, ""
            self.seen.append(url)
            answer, text = self.request(method, url, body)
            method, body = "GET", ""
            if answer.status in (302, 303):
                url = urljoin(url, answer.getheader("Location"))
                continue
            form = re.search(r'<form[^>]* action="([^"]+)"', text)
            if answer.status != 200 or not form:
                return answer.status, url, text
            url, method = urljoin(url, unescape(form[1])), "POST"
            fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text))
            if 'name="login"' in text:
                fields |= {"login": self.login, "password": "anything"}
            body = urlencode(fields)
        raise AssertionError("redirected for ever: " + url)

    login = ""


class SignIn(unittest.TestCase):
    client_id, secret = "basic", SECRET

    @classmethod
    def setUpClass(cls) -> None:
        cls.port = free_port()
        cls.here = f"http://127.0.0.1:{cls.port}"
        cls.folder = tempfile.TemporaryDirectory()
        cls.processes: list[subprocess.Popen] = []
        cls.addClassCleanup(cls.tear_down)
        cls.issuer = cls.start(["node", "provider.mjs", cls.here + "/callback"], FOLDER)
        cls.start([CLIENT, cls.issuer, cls.client_id, cls.secret, str(cls.port), f"sqlite:{cls.folder.name}/store.db"])

    @classmethod
    def tear_down(cls) -> None:
        for process in cls.processes:
            process.terminate()
        for process in cls.processes:
            process.wait(20)
            process.stdout.close()
        cls.folder.cleanup()

    @classmethod
    def start(cls, command: list[str], cwd: Path | None = None) -> str:
        process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        cls.processes.append(process)
        line = process.stdout.readline().strip()
        assert line, f"{command[0]} did not start"
        return line

    def setUp(self) -> None:
        self.control(accounts={"ana": {"groups": ["payments", "elsewhere"]}, "boss": {"groups": ["platform"]},
                               "eve": {"groups": ["elsewhere"]}}, forge="", down=False)

    def control(self, **what) -> None:
        self.assertEqual(post(self.issuer + "/control", json.dumps(what))[0], 200)

    def advance(self, **time) -> None:
        minutes = time.get("minutes", 0) * 60_000 + time.get("seconds", 0) * 1000
        self.assertEqual(post(f"{self.here}/advance?ms={minutes}")[0], 200)

    def browser(self, login: str = "ana") -> Browser:
        browser = Browser()
        browser.login = login
        return browser

    def sign_in(self, browser: Browser, to: str = "/me?x=1") -> tuple[int, str, str]:
        return browser.go(f"{self.here}/begin?{urlencode({'to': to})}")

    def me(self, browser: Browser) -> dict | None:
        status, _, text = browser.go(self.here + "/me")
        return json.loads(text) if status == 200 else None

    def refused(self, browser: Browser, why: str) -> None:
        status, _, text = self.sign_in(browser)
        self.assertEqual(status, 401, text)
        self.assertIn(why, text)
        self.assertIsNone(self.me(browser))


class Flow(SignIn):
    def test_groups_become_a_role_and_accounts(self) -> None:
        ana = self.browser()
        status, address, text = self.sign_in(ana)
        self.assertEqual((status, address), (200, self.here + "/me?x=1"), text)
        who = json.loads(text)
        self.assertEqual((who["name"], who["role"], who["everything"]), ("ana@example.com", "operator", False))
        self.assertEqual(who["accounts"], ["222222222222", "333333333333"])
        boss = self.browser("boss")
        self.sign_in(boss)
        self.assertEqual((self.me(boss)["role"], self.me(boss)["everything"]), ("admin", True))

    def test_no_group_no_access(self) -> None:
        self.refused(self.browser("eve"), "none of your groups")

    def test_nobody_is_led_astray(self) -> None:
        for to in ("//evil.example/", "https://evil.example/", "/\\evil.example", "/\t/evil.example"):
            status, address, _ = self.sign_in(self.browser(), to)
            self.assertEqual((status, address), (200, self.here + "/"))

    def test_the_code_is_not_worth_anything_elsewhere(self) -> None:
        ana, eve = self.browser(), self.browser("eve")
        _, answer, _ = ana.go(self.here + "/begin", stop_before=self.here + "/callback")
        self.assertIn("code", parse_qs(urlsplit(answer).query))
        # In another browser: one that began nothing, one that began something else.
        self.assertEqual(eve.go(answer)[0], 401)
        eve.go(self.here + "/begin", stop_before=self.issuer)
        self.assertEqual(eve.go(answer)[0], 401)
        # With another state, or a code that was not given out.
        query = {name: values[0] for name, values in parse_qs(urlsplit(answer).query).items()}
        for changed in ({"state": "x" * 43}, {"state": ""}, {"code": "made-up"}, {"iss": "https://evil.example"}):
            self.assertEqual(ana.go(self.here + "/callback?" + urlencode(query | changed))[0], 401, changed)
            _, answer, _ = ana.go(self.here + "/begin", stop_before=self.here + "/callback")
            query = {name: values[0] for name, values in parse_qs(urlsplit(answer).query).items()}
        self.assertEqual(ana.go(self.here + "/callback?" + urlencode(query))[0], 200)
        # And once only.
        self.assertEqual(ana.go(answer)[0], 401)

    def test_signing_out(self) -> None:
        ana = self.browser()
        self.sign_in(ana)
        self.assertEqual(ana.request("POST", self.here + "/sign-out")[0].status, 403)
        answer, where = ana.request("POST", self.here + "/sign-out", headers={"X-CSRF-Token": self.me(ana)["csrf"]})
        self.assertEqual(answer.status, 200)
        self.assertTrue(where.startswith(self.issuer + "/session/end?client_id=" + self.client_id), where)
        self.assertIsNone(self.me(ana))

    def test_a_lost_group_ends_access(self) -> None:
        ana = self.browser()
        self.sign_in(ana)
        csrf = {"X-CSRF-Token": self.me(ana)["csrf"]}
        token = {"Authorization": "Bearer " + ana.request("POST", self.here + "/token", headers=csrf)[1]}
        self.assertEqual(Browser().request("GET", self.here + "/me", headers=token)[0].status, 200)
        self.advance(minutes=5)
        self.assertIsNotNone(self.me(ana))
        self.advance(minutes=5)
        self.assertIsNotNone(self.me(ana), "the refresh token was renewed and kept")
        self.control(accounts={"ana": {"groups": ["everyone"]}})
        self.advance(minutes=5)
        self.assertEqual((self.me(ana)["role"], self.me(ana)["accounts"]), ("viewer", ["111111111111"]))
        self.control(accounts={"ana": {"groups": []}})
        self.assertIsNotNone(self.me(ana))
        self.advance(minutes=5)
        self.assertIsNone(self.me(ana))
        self.assertEqual(Browser().request("GET", self.here + "/me", headers=token)[0].status, 401)

    def test_a_user_who_is_gone(self) -> None:
        boss = self.browser("boss")
        self.sign_in(boss)
        self.control(accounts={})
        self.advance(minutes=5)
        self.assertIsNone(self.me(boss))

    def test_a_provider_that_is_down(self) -> None:
        boss = self.browser("boss")
        self.sign_in(boss)
        self.control(down=True)
        self.advance(minutes=6)
        self.assertIsNotNone(self.me(boss))
        self.advance(minutes=8)
        self.assertIsNotNone(self.me(boss))
        self.advance(minutes=2)
        self.assertIsNone(self.me(boss))


class Forgeries(SignIn):
    def test_tokens_that_are_not_good(self) -> None:
        for forge, why in (("nonce", "another browser"), ("no nonce", "another browser"), ("aud", "another client"),
                           ("azp", "another client"), ("iss", "another issuer"), ("expired", "expired"),
                           ("of the future", "future"), ("alg none", "algorithm"), ("none, signed", "algorithm"),
                           ("HS256 with the public key", "algorithm"), ("stranger", "signature"),
                           ("somebody else", "signature")):
            with self.subTest(forge):
                self.control(forge=forge)
                self.refused(self.browser(), why)
        # The forger itself is in order: what it signs unchanged is accepted.
        self.control(forge="same")
        self.assertEqual(self.sign_in(self.browser())[0], 200)

    def test_a_new_key_is_fetched_once_a_minute(self) -> None:
        self.assertEqual(self.sign_in(self.browser())[0], 200)
        self.advance(minutes=2)
        self.control(forge="new key")
        self.assertNotEqual(self.sign_in(self.browser())[0], 200)
        self.control(publish=True)
        self.assertNotEqual(self.sign_in(self.browser())[0], 200, "asked again within the minute")
        self.advance(seconds=61)
        self.assertEqual(self.sign_in(self.browser())[0], 200)


class PublicClient(SignIn):
    """No secret, and ES256."""

    client_id, secret = "public", ""
    test_groups = Flow.test_groups_become_a_role_and_accounts
    test_lost_group = Flow.test_a_lost_group_ends_access


class WithoutRefreshToken(SignIn):
    client_id = "fleeting"

    def test_the_browser_is_sent_again_silently(self) -> None:
        ana = self.browser()
        self.assertEqual(self.sign_in(ana)[0], 200)
        self.advance(minutes=5)
        self.assertIsNone(self.me(ana))
        ana.seen.clear()
        self.assertEqual(ana.go(self.here + "/begin?silent=1&to=/me")[0], 200)
        self.assertFalse([url for url in ana.seen if "/interaction/" in url], "nothing was asked")
        self.control(accounts={"ana": {"groups": []}})
        self.assertEqual(ana.go(self.here + "/begin?silent=1&to=/me")[0], 401)
        status, _, text = self.browser().go(self.here + "/begin?silent=1&to=/me")
        self.assertEqual((status, text.split(":")[0]), (401, "expired"))


if __name__ == "__main__":
    CLIENT, FOLDER = sys.argv[1], Path(sys.argv[2])
    install(FOLDER)
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
