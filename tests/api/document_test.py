"""The OpenAPI document is valid, and what the server answers has the shapes that it promises."""

import json
import os
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from scripted import ScriptedAws  # noqa: E402
from server import Server, add_user  # noqa: E402

ACCOUNT, CLUSTER = "100000000000", "prod-eu"
DUMP = next((ROOT / "tests" / "kube" / "dump").glob("*/manifest.json")).parent
DOCUMENT = json.loads((ROOT / "docs" / "api" / "openapi.json").read_text())


def check(condition, *words):
    if not condition:
        raise SystemExit("document: " + " ".join(str(word) for word in words))


def resolved(node):
    while "$ref" in node:
        target = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def check_answer(path, method, answer):
    """Holds an answer against the schema of its status and content type."""
    operation = DOCUMENT["paths"][path][method]
    promised = resolved(operation["responses"].get(str(answer.status)) or operation["responses"]["default"])
    if "content" not in promised:
        check(not answer.body, method, path, "has a body that is not promised")
        return
    kind = answer.headers["Content-Type"].split(";")[0]
    check(kind in promised["content"], method, path, answer.status, "has the type", kind)
    if not kind.endswith("json"):
        return
    schema = {**promised["content"][kind]["schema"], "components": DOCUMENT["components"]}
    errors = [f"{list(error.absolute_path)}: {error.message[:300]}" for error in Draft202012Validator(schema).iter_errors(answer.json())]
    check(not errors, method, path, answer.status, errors[:3])


def walk(server):
    seen = []

    def ask(method, path, body=None, expected=200, query=None, **names):
        target = path
        for name, value in names.items():
            target = target.replace("{" + name + "}", quote(str(value), safe=""))
        answer = server.ask(method.upper(), target, body, query=query)
        check(answer.status == expected, method, target, "gives", answer.status, answer.body[:300])
        check_answer(path, method, answer)
        seen.append((path, method))
        return answer.json() if answer.body and "json" in answer.headers["Content-Type"] else None

    api = "/api/v1"
    rows = ask("get", f"{api}/resources", query={"facets": "kind,region,tag.Name", "data": "true", "limit": 200})["rows"]
    for kind in {row["kind"] for row in rows}:
        ask("get", f"{api}/resources", query={"kind": kind, "limit": 3})
    for row in rows[::17]:
        for path in ("", "/relations", "/versions"):
            ask("get", f"{api}/resources/{{id}}{path}", id=row["id"])
        ask("get", f"{api}/resources/{{id}}/diff", id=row["id"], query={"from": "-1h"})
    ask("get", f"{api}/resources/{{id}}", id="i-none", expected=404)
    ask("get", f"{api}/resources", query={"q": "kind:"}, expected=400)
    ask("get", f"{api}/resources", query={"format": "csv"})
    for path in ("search", "suggest", "changes", "kinds", "cells", "coverage", "accounts", "runs", "views", "tokens", "users",
                 "audit", "session", "openapi.json"):
        ask("get", f"{api}/{path}", query={"q": "a"} if path in ("search", "suggest", "coverage") else None)
    ask("get", f"{api}/kinds/{{kind}}", kind="ec2.instance")
    ask("post", f"{api}/runs", {"kinds": ["ec2.vpc"]}, expected=202)
    ask("post", f"{api}/resources/{{id}}/refresh", expected=202, id=rows[0]["id"])
    ask("get", f"{api}/runs")
    ask("get", f"{api}/clusters")
    cluster = {"account": ACCOUNT, "cluster": CLUSTER}
    for path in ("", "/dumps", "/health"):
        ask("get", f"{api}/clusters/{{account}}/{{cluster}}{path}", **cluster)
    ask("get", f"{api}/clusters/{{account}}/{{cluster}}", expected=404, account=ACCOUNT, cluster="none")
    ask("post", f"{api}/clusters/{{account}}/{{cluster}}/dumps/{{dump}}/retry", expected=404, dump="20260101T000000Z-1", **cluster)
    view = ask("post", f"{api}/views", {"name": "mine", "path": "/x", "shared": True}, expected=201)["id"]
    ask("put", f"{api}/views/{{view}}", {"name": "other", "path": "/y"}, view=view)
    ask("get", f"{api}/views")
    ask("delete", f"{api}/views/{{view}}", expected=204, view=view)
    ask("post", f"{api}/tokens", {"name": "ci", "scopes": ["read"]}, expected=201)
    token = ask("get", f"{api}/tokens", query={"all": "true"})["rows"][0]["id"]
    ask("delete", f"{api}/tokens/{{token}}", expected=204, token=token)
    user = ask("post", f"{api}/users", {"name": "ben", "password": "a long enough password", "role": "viewer",
                                        "accounts": [rows[0]["account"]]}, expected=201)["id"]
    ask("patch", f"{api}/users/{{user}}", {"role": "operator", "all_accounts": True}, user=user)
    ask("get", f"{api}/users")
    ask("delete", f"{api}/users/{{user}}", expected=204, user=user)
    ask("post", f"{api}/session/password", {"old": "wrong", "new": "another long password"}, expected=403)
    ask("get", f"{api}/session/oidc", expected=501)
    ask("get", f"{api}/session/oidc/callback", expected=501)
    ask("post", f"{api}/session/setup", {"link": "x", "name": "eve", "password": "a long enough password"}, expected=409)
    for path in ("/healthz", "/readyz", "/metrics", "/api", "/api/setup", "/api/page.js", "/api/page.css"):
        ask("get", path)
    ask("delete", f"{api}/session", expected=204)
    server.cookie = None
    ask("post", f"{api}/session", {"name": "ana", "password": "wrong"}, expected=401)
    ask("get", f"{api}/resources", expected=401)
    ask("get", f"{api}/session")
    asked = {*seen, (f"{api}/session", "post"), (f"{api}/events", "get")}  # events do not end
    left = {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods} - asked
    check(not left, "never asked:", sorted(left))


def main():
    validate(DOCUMENT)
    with tempfile.TemporaryDirectory(prefix="cadastre-document-") as folder, ScriptedAws(
            folder, accounts=2, regions=2, resources=300, seed=int(os.environ.get("CADASTRE_TEST_SEED", "1"))) as aws:
        add_user(aws)
        done = aws.cadastre("kubernetes", "ingest", "--cluster", CLUSTER, "--account", ACCOUNT, "--region", "eu-west-1", str(DUMP))
        check(done.returncode in (0, 3), "the dump is not read:", done.stderr)
        with Server(aws, "--no-schedule") as server:
            answer = server.sign_in()
            check(answer.status == 200, "cannot sign in:", answer.body)
            check_answer("/api/v1/session", "post", answer)
            server.collect()
            aws.mutate(1, 0.3)
            server.collect(full=True)
            walk(server)
            server.stop()
    print("the document is valid, and all answers are as it promises")


if __name__ == "__main__":
    main()
