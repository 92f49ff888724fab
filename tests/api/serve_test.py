"""The real server on a scripted AWS: what a person does with it, from the first start to the last stop."""

import os
import re
import signal
import stat
import sys
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from scripted import ScriptedAws, wrong_rows  # noqa: E402
from server import PASSWORD, Server, add_user  # noqa: E402


def check(condition, *words):
    if not condition:
        raise SystemExit("serve: " + " ".join(str(word) for word in words))


def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")


def live_rows(server):
    return {row["id"]: row for row in server.rows(data="true", limit=200)}


def first_administrator(aws):
    with Server(aws, "--no-schedule") as server:
        link_file = Path(aws.folder) / "cadastre.db.setup"
        check(stat.S_IMODE(link_file.stat().st_mode) == 0o600, "the link can be read by others")
        secret = link_file.read_text().strip().split("#")[1]
        for path in ("/api/v1/resources", "/api/v1/users", "/api/v1/events", "/api/v1/cells"):
            check(server.get(path).status == 401, path, "answers nobody")
        body = {"link": secret, "name": "ana", "password": PASSWORD}
        check(server.ask("POST", "/api/v1/session/setup", {**body, "link": "x"}).status == 401, "any link will do")
        check(server.ask("POST", "/api/v1/session/setup", body).status == 201, "the link does not do")
        check(server.ask("POST", "/api/v1/session/setup", body).status != 201, "the link does twice")
        check(server.stop() == 0, "the stop was no success")
        text = server.log_file.read_text()
        check(secret not in text and PASSWORD not in text, "a secret is in the log")


def find_and_export(server, aws):
    run = server.collect()
    check(run["summary"]["resources"] > 0, "nothing was collected", run)
    wrong = wrong_rows(aws.truth(), live_rows(server))
    check(not wrong, "rows are wrong:", wrong[:5])
    instances = server.rows(kind="aws.ec2.instance", data="true")
    instance = next(row for row in instances if row["data"].get("PrivateIpAddress"))
    address = instance["data"]["PrivateIpAddress"]
    piece = address[: address.rfind(".") + 2]
    found = server.rows(q=piece, limit=200)
    check(instance["id"] in {row["id"] for row in found}, f"{piece} does not find {instance['id']}")
    check(instance["id"] in {row["id"] for row in server.rows(q=address)}, f"{address} does not find its instance")

    csv = server.get("/api/v1/resources", kind="aws.ec2.instance", format="csv").body.split("\r\n")
    check(len(csv) == len(instances) + 2, "the CSV has another number of rows")
    printed = aws.cadastre("find", "kind:aws.ec2.instance", "-o", "csv", "--limit", "0").stdout.split("\r\n")
    if printed[0] == csv[0]:
        check(sorted(printed) == sorted(csv), "the command line's CSV is another")
    lines = server.get("/api/v1/resources", format="ndjson").body.splitlines()
    check(len(lines) == server.get("/api/v1/resources", limit=1).json()["total"], "NDJSON is not whole")
    return instance


def an_hour_ago(server, aws, instance):
    before = live_rows(server)
    moment = now()
    time.sleep(0.01)
    aws.mutate(1, 0.3)
    server.collect(full=True)
    after = live_rows(server)
    check(before != after, "nothing changed")
    past = {row["id"]: row["data"] for row in server.rows(at=moment, data="true", limit=200)}
    check(past == {name: row["data"] for name, row in before.items()}, "the past is not as it was")
    gone = [name for name in before if name not in after]
    check(gone, "nothing went")
    quoted = quote(gone[0], safe="")
    answer = server.get(f"/api/v1/resources/{quoted}")
    check(answer.status == 410, "what is gone answers", answer.status, answer.body)
    check(server.get(f"/api/v1/resources/{quoted}", at=moment).status == 200, "the past does not know it")
    changes = server.rows("/api/v1/changes", since=moment, limit=200)
    changed = {row["id"] for row in changes}
    moved = {name for name in before.keys() | after.keys()
             if (name in before) != (name in after) or before[name]["data"] != after[name]["data"]}
    check(changed == moved, "changes name other resources:", sorted(changed - moved)[:5], "and not", sorted(moved - changed)[:5])
    del instance


def reloads(server, aws):
    text = aws.config.read_text()
    aws.config.write_text(text + "schedule: {default: 7m}\nrequests_per_second: 5000\n")
    server.process.send_signal(signal.SIGHUP)
    record = server.wait_for_log("read again")
    check("schedule" in record["applied"] and "requests_per_second" in record["at_the_next_start"], record)
    aws.config.write_text(text + "schedul: {}\n")
    server.process.send_signal(signal.SIGHUP)
    server.wait_for_log("was not read again")
    check(server.get("/readyz").status == 200, "a wrong configuration ended the server")
    aws.config.write_text(text)


def no_two_runs_of_a_cell(server, aws):
    aws.set_faults([])
    for _ in range(2):  # one asker may ask for ten at once
        server.ask("POST", "/api/v1/runs", {"full": True})
        server.ask("POST", "/api/v1/runs", {"full": True, "kinds": ["ec2.instance"]})
        server.ask("POST", "/api/v1/runs", {"full": True, "kinds": ["ec2.*"]})
    refused = aws.cadastre("collect", "--quiet")
    if refused.returncode != 0:
        check("another process" in refused.stderr, "collecting beside the server fails for another reason:", refused.stderr)
    server.until(lambda: all(run["state"] == "ended" for run in server.get("/api/v1/runs").json()["rows"]), "runs do not end", 120)
    wrong = wrong_rows(aws.truth(), live_rows(server))
    check(not wrong, "after runs side by side rows are wrong:", wrong[:5])


def stopped_in_mid_collection(server, aws):
    server.collect(full=True)
    aws.mutate(2, 0.3)
    before = live_rows(server)
    server.ask("POST", "/api/v1/runs", {"full": True})
    started = time.monotonic()
    check(server.stop() == 0, "a stop in mid-collection is no success")
    check(time.monotonic() - started < 20, "the stop took long")
    with Server(aws, "--no-schedule") as again:
        again.cookie, again.csrf = server.cookie, server.csrf
        check(again.get("/api/v1/session").json()["user"]["name"] == "ana", "the session is lost")
        check(len(live_rows(again)) >= len(before) * 0.6, "resources are lost")
        again.collect(full=True)
        wrong = wrong_rows(aws.truth(), live_rows(again))
        check(not wrong, "after a stop in mid-collection rows are wrong:", wrong[:5])
        again.stop()


def follows_others(aws):
    """What another process writes is in the answers within moments."""
    with Server(aws, "--no-schedule") as server:
        server.sign_in()
        aws.mutate(3, 0.2)
        check(aws.cadastre("collect", "--full", "--quiet").returncode == 0, "cannot collect beside an idle server")
        server.until(lambda: not wrong_rows(aws.truth(), live_rows(server)), "the index does not follow", 20)
        backup = Path(aws.folder) / "copy.db"
        check(aws.cadastre("backup", str(backup)).returncode == 0, "no backup beside a server")
        check(aws.cadastre("restore", str(backup), "--replace").returncode != 0, "a store in use was replaced")
        server.stop()
    check(aws.cadastre("store", "check").returncode == 0, "the store is not sound")
    check(aws.cadastre("restore", str(backup)).returncode != 0, "a store was replaced unasked")
    check(aws.cadastre("restore", str(backup), "--replace").returncode == 0, "the backup is not put back")
    check(aws.cadastre("store", "check").returncode == 0, "the restored store is not sound")


def on_schedule(aws):
    text = aws.config.read_text()
    aws.config.write_text(text + "schedule: {default: 10s}\n")
    with Server(aws) as server:
        server.sign_in()
        server.until(lambda: sum(run["state"] == "ended" for run in server.get("/api/v1/runs").json()["rows"]) >= 2,
                     "nothing is collected on schedule", 60)
        server.stop()
    aws.config.write_text(text)


def no_secrets_in_logs(server_log, aws):
    text = server_log.read_text()
    secrets = re.findall(r"secret_access_key: *\"?([^\s\"},]+)", aws.config.read_text())
    for secret in [PASSWORD, *secrets]:
        check(secret not in text, "a secret is in the log")
    check("cadastre=" not in text, "a session's cookie is in the log")
    records = [line for line in text.splitlines() if '"message":"request"' in line]
    check(len(records) > 20, "requests are not logged")
    check(not any("q=" in line or "?" in line for line in records), "queries are in the log")


def main():
    with tempfile.TemporaryDirectory(prefix="cadastre-serve-") as folder, ScriptedAws(
            folder, accounts=2, regions=2, resources=400, seed=int(os.environ.get("CADASTRE_TEST_SEED", "1"))) as aws:
        first_administrator(aws)
        with Server(aws, "--no-schedule") as server:
            check(not (Path(folder) / "cadastre.db.setup").exists(), "the link's file is still there")
            check(server.sign_in(password="wrong horse").status == 401, "any password will do")
            check(server.sign_in().status == 200, "cannot sign in")
            instance = find_and_export(server, aws)
            an_hour_ago(server, aws, instance)
            reloads(server, aws)
            no_two_runs_of_a_cell(server, aws)
            stopped_in_mid_collection(server, aws)
        follows_others(aws)
        on_schedule(aws)
        no_secrets_in_logs(Path(folder) / "serve.log", aws)
        print("the server starts, finds, remembers, reloads, stops and loses nothing")


if __name__ == "__main__":
    main()
