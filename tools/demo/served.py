"""./dev demo --check, with the server: what a newcomer does with it, by curl, by the API and by the command line."""

import json
import shutil
import subprocess
import time
from datetime import datetime, timezone

import clusters
import service as services
import witness

WITHIN = 60  # seconds, for a collection of one kind


def check(tally, program, directory, emulator, rows):
    secret = services.password(program)
    service = services.start(program, directory)
    try:
        client = services.Client(service.url)
        tally.expect(client.sign_in(services.USER, "not the password") == 401, "a wrong password is let in")
        tally.expect(client.ask("GET", "/api/v1/resources")[0] == 401, "resources are shown without signing in")
        tally.expect(client.sign_in(services.USER, secret) == 200, "the printed password is refused")
        token = services.token(program)
        instance = next(row for row in rows.values()
                        if row["kind"] == "aws.ec2.instance" and row["state"] == "running" and row["data"].get("PrivateIpAddress"))
        client.headers["Accept"] = "text/html"
        status, page = client.ask("GET", "/")
        tally.expect(status == 200 and "/_next/static/" in page, f"the dashboard is not there: {status} {page[:200]}")
        del client.headers["Accept"]
        _find_by_address(tally, program, service, client, token, instance)
        clusters.check(tally, program, client)
        _look_back(tally, client, emulator, instance)
        _stop_while_collecting(tally, program, directory, service, client, rows)
    finally:
        services.stop(directory)


def _find_by_address(tally, program, service, client, token, instance):
    piece = instance["data"]["PrivateIpAddress"][3:]  # without the first octet: somewhere inside
    status, answer = client.ask("GET", "/api/v1/resources", q=piece)
    found = [row["id"] for row in answer["rows"]] if status == 200 else []
    tally.expect(instance["id"] in found, f"the API does not find {instance['id']} by {piece}: {status}, {found[:5]}")
    if shutil.which("curl"):
        answer = subprocess.run(
            ["curl", "-s", "-G", "-H", f"Authorization: Bearer {token}", "--data-urlencode", f"q={piece}", f"{service.url}/api/v1/resources"],
            capture_output=True, text=True, check=False,
        ).stdout
        tally.expect(instance["id"] in answer, f"curl does not find {instance['id']} by {piece}: {answer[:200]}")
    _, here = program.json("find", piece)
    tally.expect(instance["id"] in [row["id"] for row in here], f"cadastre find {piece} does not find {instance['id']}")
    program.environment["CADASTRE_TOKEN"] = token
    _, there = program.json("find", "--server", service.url, piece)
    del program.environment["CADASTRE_TOKEN"]
    tally.expect(_ids(there) == _ids(here), f"cadastre find {piece} finds other things from the server than from the store")


def _ids(rows):
    return sorted(row["id"] for row in rows)


def _look_back(tally, client, emulator, instance):
    """The instance is stopped in the emulator, read again on request, and was running before."""
    before = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    account, region = instance["account"], instance["region"]
    witness.client(emulator, "ec2", account, region).stop_instances(InstanceIds=[instance["id"].rsplit("/", 1)[1]])
    status, answer = client.ask("POST", client.resource(instance["id"], "/refresh"), {})
    tally.expect(status == 202, f"a refresh is answered with {status}: {answer}")
    deadline, state = time.monotonic() + WITHIN, None
    while state != "stopped" and time.monotonic() < deadline:
        time.sleep(0.1)
        _, row = client.ask("GET", client.resource(instance["id"]))
        state = row.get("state")
    tally.expect(state == "stopped", f"after the refresh {instance['id']} is {state}, not stopped")
    status, row = client.ask("GET", client.resource(instance["id"]), at=before)
    tally.expect(row.get("state") == "running", f"before, {instance['id']} was {row.get('state')}, not running")
    status, found = client.ask("GET", "/api/v1/resources", q=f"id:{instance['id'].rsplit('/', 1)[1]} state:running", at=before)
    tally.expect([row["id"] for row in found.get("rows", [])] == [instance["id"]], f"a search at {before} gives {found}")
    _, versions = client.ask("GET", client.resource(instance["id"], "/versions"))
    tally.expect(len(versions["rows"]) == 2, f"{instance['id']} has {len(versions['rows'])} versions, not 2")
    _, diff = client.ask("GET", client.resource(instance["id"], "/diff"), **{"from": before})
    tally.expect("State.Name" in json.dumps(diff["differences"]), f"State.Name is not among the differences: {diff['differences']}")


def _stop_while_collecting(tally, program, directory, service, client, rows):
    _, cells = client.ask("GET", "/api/v1/cells")
    status, _ = client.ask("POST", "/api/v1/runs", {})
    tally.expect(status == 202, f"a run is answered with {status}")
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        _, runs = client.ask("GET", "/api/v1/runs")
        if any(run["state"] == "running" for run in runs["rows"]):
            break
        time.sleep(0.02)
    code = service.stop()
    tally.expect(code == 0, f"the server ended with {code} when it was asked to stop")
    code, _, errors = program.run("store", "check")
    tally.expect(code == 0, f"after the stop the store is not sound: {errors.strip()}")
    kept = set()
    for kind in sorted({row["kind"] for row in rows.values()}):
        kept |= {row["id"] for row in program.json("find", f"kind:{kind}", "--limit", "0")[1]}
    tally.expect(kept == set(rows), f"after the stop {len(set(rows) - kept)} resources are lost, {len(kept - set(rows))} are new")
