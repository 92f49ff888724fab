"""Puts the objects into a real API server, sets in etcd what no client may choose, and says what is true of the result."""

import base64
import collections
import hashlib
import http.client
import json
import queue
import re
import ssl
import threading
import time
import urllib.parse

from estate import A, AGE, COUNT, DAY, DEL, K, MARK, MIN, OBJ, POD_PHASE, POD_STATE, UNH, b64, ts, uid

tl = threading.local()
KC = open(f"{A.run}/admin.kubeconfig").read() if not A.dry else ""
HOSTPORT = re.search(r"https://([\d.:]+)", KC).group(1) if KC else ""
CTX = ssl.create_default_context(cafile=f"{A.run}/pki/ca.crt") if KC else None


def call(method, path, body=None, ct="application/json", tries=8):
    for i in range(tries):
        try:
            if not getattr(tl, "c", None):
                tl.c = http.client.HTTPSConnection(HOSTPORT, context=CTX, timeout=60)
            tl.c.request(
                method,
                path,
                json.dumps(body) if body is not None else None,
                {"Authorization": "Bearer admin-token", "Content-Type": ct, "Accept": "application/json", "User-Agent": "seed.py"},
            )
            r = tl.c.getresponse()
            d = r.read()
            if r.status in (429, 500, 503, 504) or r.status == 404 and ct == "x":
                time.sleep(0.3 * (i + 1))
                continue
            return r.status, json.loads(d) if d else {}
        except (OSError, http.client.HTTPException):
            tl.c = None
            time.sleep(0.3 * (i + 1))
    return 599, {"message": "gave up"}


def put(item):
    stage, o, status, mgr, ex = item
    pre, plural, nsd, _ = K[o["kind"]]
    m = o["metadata"]
    base = f'{pre}/namespaces/{m["namespace"]}/{plural}' if nsd else f"{pre}/{plural}"
    one = f'{base}/{urllib.parse.quote(m["name"])}'
    q = "?fieldManager=" + mgr
    if ex.get("sauid"):
        m["annotations"]["kubernetes.io/service-account.uid"] = call("GET", f'/api/v1/namespaces/{m["namespace"]}/serviceaccounts/default')[
            1
        ]["metadata"]["uid"]
    code, r = call("POST", base + q, o)
    if code not in (200, 201, 202):
        if code == 409:
            return
        return f'{code} POST {o["kind"]} {m.get("namespace", "")}/{m["name"]}: {r.get("message", "")[:400]}'
    mp = "application/merge-patch+json"
    for p, body, why in [(one, ex.get("patch"), "patch"), (one + "/status", {"status": status} if status else None, "status")]:
        if body:
            code, r = call(
                "PATCH", p + "?fieldManager=" + ("kubelet" if o["kind"] in ("Pod", "Node") else "kube-controller-manager"), body, mp
            )
            if code != 200:
                return f'{code} {why} {o["kind"]} {m.get("namespace", "")}/{m["name"]}: {r.get("message", "")[:400]}'
    if ex.get("delete"):
        call("DELETE", one)


def push():
    t0 = time.time()
    errs = []
    n = 0
    for st in sorted({x[0] for x in OBJ}):
        q = queue.SimpleQueue()
        todo = [x for x in OBJ if x[0] == st]
        for x in todo:
            q.put(x)

        def work():
            while True:
                try:
                    x = q.get_nowait()
                except queue.Empty:
                    return
                try:
                    e = put(x)
                except Exception as ex:
                    e = f'{x[1]["kind"]} {x[1]["metadata"]["name"]}: {ex!r}'
                if e:
                    errs.append(e)

        th = [threading.Thread(target=work) for _ in range(A.threads)]
        [t.start() for t in th]
        [t.join() for t in th]
        n += len(todo)
        print(f"  stage {st}: {len(todo)} objects, {time.time() - t0:.1f} s, errors so far {len(errs)}", flush=True)
        if st == 0:
            for kd in ("Certificate", "Application"):
                for _ in range(60):
                    if call("GET", f"{K[kd][0]}/{K[kd][1]}")[0] == 200:
                        break
                    time.sleep(0.5)
    call("DELETE", "/api/v1/namespaces/old-preview")
    call(
        "PATCH",
        "/api/v1/namespaces/old-preview/status",
        {
            "status": {
                "conditions": [
                    {
                        "type": "NamespaceContentRemaining",
                        "status": "True",
                        "reason": "SomeResourcesRemain",
                        "message": "Some resources are remaining: configmaps. has 1 resource instances",
                        "lastTransitionTime": ts(6 * DAY),
                    }
                ]
            }
        },
        "application/merge-patch+json",
    )
    for e in errs[:12]:
        print("  ERR", e)
    return errs


def etcd_fix():
    c = http.client.HTTPConnection("127.0.0.1", json.load(open(f"{A.run}/ports.json"))[1], timeout=120)

    def rpc(p, b):
        c.request("POST", p, json.dumps(b))
        r = c.getresponse()
        d = json.loads(r.read())
        assert r.status == 200, d
        return d

    end = b64("/registry0")
    key = b"/registry/"
    kv = []
    while True:
        d = rpc("/v3/kv/range", {"key": b64(key), "range_end": end, "limit": 500})
        ks = d.get("kvs", [])
        kv += [(base64.b64decode(x["key"]), base64.b64decode(x["value"])) for x in ks]
        if not d.get("more"):
            break
        key = kv[-1][0] + b"\0"
    umap, todo = {}, []
    for k, v in kv:
        try:
            o = json.loads(v)
        except ValueError:
            continue
        m = o.get("metadata") or {}
        if "uid" not in m:
            continue
        ident = (o["kind"], m.get("namespace"), m["name"])
        umap[m["uid"]] = uid(*[ident[0], ident[1], ident[2]])
        todo.append((k, o, ident))
    rx = re.compile("|".join(["[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"]))
    ops = []
    n = 0

    def flush():
        if ops:
            rpc("/v3/kv/txn", {"success": list(ops)})
            ops.clear()

    for k, o, ident in todo:
        m = o["metadata"]
        a = AGE.get(ident, 400 * DAY)
        m["creationTimestamp"] = ts(a)
        for f in m.get("managedFields") or []:
            f["time"] = ts(a)
        if (o.get("status") or {}).get("lastPhaseTransitionTime"):
            o["status"]["lastPhaseTransitionTime"] = ts(a)
        if m.get("deletionTimestamp"):
            m["deletionTimestamp"] = ts(DEL.get(ident, 36 * MIN) - 30)
        s = rx.sub(lambda x: umap.get(x.group(0), x.group(0)), json.dumps(o, separators=(",", ":")))
        s = re.sub(r"kube-api-access-[a-z0-9]{5}", "kube-api-access-" + hashlib.sha1(repr(ident).encode()).hexdigest()[:5], s)
        ops.append({"request_put": {"key": b64(k), "value": b64(s)}})
        n += 1
        if len(ops) >= 100:
            flush()
    flush()
    return n


def truth(errs):
    by = collections.defaultdict(dict)
    for (k, ns), n in sorted(COUNT.items()):
        by[k][ns] = n
    live = {}
    if not A.dry:
        for k, (pre, plural, nsd, _) in K.items():
            c, cont = 0, ""
            while True:
                code, d = call("GET", f"{pre}/{plural}?limit=500" + (f"&continue={cont}" if cont else ""))
                c += len(d.get("items") or [])
                cont = (d.get("metadata") or {}).get("continue")
                if not cont:
                    break
            live[k] = c
    return {
        "seed": A.seed,
        "scale": A.scale,
        "now": A.now,
        "errors": len(errs),
        "counts_seeded": {k: sum(v.values()) for k, v in by.items()},
        "counts_live": live,
        "counts_by_namespace": by,
        "pods_by_phase": POD_PHASE,
        "pods_by_state": POD_STATE,
        "unhealthy_counts": {k: len(v) for k, v in sorted(UNH.items())},
        "unhealthy": {k: UNH[k] for k in sorted(UNH)},
        "secret_markers": MARK,
    }
