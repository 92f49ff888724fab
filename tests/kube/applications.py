"""The namespace of an application, with everything in it."""

import gzip
import json

from estate import A, DAY, HOUR, MIN, NODES, OBJ, R, REG, add, applied, b64, bad, hexs, mark, ready, sfx, ts
from jobs import cronjob, job
from pods import pod
from scenario import DEPS, SCEN
from services import hpa, ingress, namespace, pdb, pv_pvc, service
from workloads import deployment, statefulset


def app_namespace(base, ns):
    age = R.randint(250, 500) * DAY
    namespace(ns, age, {"environment": "production"})
    add(
        "Secret",
        ns,
        "regcred",
        {
            "type": "kubernetes.io/dockerconfigjson",
            "data": {
                ".dockerconfigjson": b64(
                    json.dumps(
                        {
                            "auths": {
                                REG: {
                                    "username": "AWS",
                                    "password": mark("Secret", ns, "regcred", ".dockerconfigjson auths.*.password", "base64(json)"),
                                    "auth": b64(
                                        "AWS:" + mark("Secret", ns, "regcred", ".dockerconfigjson auths.*.auth", "base64(json(base64))")
                                    ),
                                }
                            }
                        }
                    )
                )
            },
        },
        age,
        1,
        manager="kubectl-create",
    )
    tk = mark("Secret", ns, f"{base}-tls", "data.tls.key", "base64")
    add(
        "Secret",
        ns,
        f"{base}-tls",
        {
            "type": "kubernetes.io/tls",
            "data": {
                "tls.crt": b64("-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----\n"),
                "tls.key": b64(f"-----BEGIN PRIVATE KEY-----\n{tk}\n-----END PRIVATE KEY-----\n"),
            },
        },
        40 * DAY,
        1,
        manager="cert-manager",
        ann={"cert-manager.io/certificate-name": f"{base}-tls"},
    )
    m = mark("Secret", ns, f"{base}-applied", "annotation last-applied stringData (plain!) and data", "plain+base64")
    add(
        "Secret",
        ns,
        f"{base}-applied",
        {"type": "Opaque", "data": {"api-key": b64(m)}},
        age,
        1,
        manager="kubectl-client-side-apply",
        ann=applied(
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"annotations": {}, "name": f"{base}-applied", "namespace": ns},
                "stringData": {"api-key": m},
            }
        ),
    )
    rel = mark("Secret", ns, f"sh.helm.release.v1.{base}.v3", "helm release values", "base64(base64(gzip(json)))")
    add(
        "Secret",
        ns,
        f"sh.helm.release.v1.{base}.v3",
        {
            "type": "helm.sh/release.v1",
            "data": {
                "release": b64(
                    b64(
                        gzip.compress(
                            json.dumps(
                                {
                                    "name": base,
                                    "config": {"db": {"password": rel}},
                                    "manifest": "".join(f"# {hexs(40)}\n" for _ in range(300)),
                                }
                            ).encode(),
                            mtime=0,
                        )
                    )
                )
            },
        },
        20 * DAY,
        1,
        manager="helm",
        labels={"name": base, "owner": "helm", "status": "deployed", "version": "3"},
    )
    add(
        "ServiceAccount",
        ns,
        f"{base}-app",
        {"imagePullSecrets": [{"name": "regcred"}]},
        age,
        1,
        ann={"eks.amazonaws.com/role-arn": f"arn:aws:iam::123456789012:role/prod-{base}"},
        manager="eksctl",
    )
    add(
        "Secret",
        ns,
        "default-token-legacy",
        {
            "type": "kubernetes.io/service-account-token",
            "data": {"token": b64("eyJhbGciOiJSUzI1NiJ9." + mark("Secret", ns, "default-token-legacy", "data.token", "base64"))},
        },
        age,
        2,
        ann={"kubernetes.io/service-account.name": "default", "kubernetes.io/service-account.uid": "@SA-UID@"},
        sauid=True,
    )
    add(
        "ConfigMap",
        ns,
        f"{base}-dashboards",
        {
            "data": {
                f"dash-{i}.json": json.dumps(
                    {
                        "panels": [
                            {
                                "id": j,
                                "title": f"panel {hexs(12)}",
                                "expr": f'sum(rate(http_requests_total{{ns="{ns}",code="{hexs(3)}"}}[5m]))',
                            }
                            for j in range(40)
                        ]
                    }
                )
                for i in range(3)
            },
            "binaryData": {"logo.png": b64(bytes(R.getrandbits(8) for _ in range(300)))},
        },
        age,
        1,
        manager="helm",
    )
    first = None
    for i, app in enumerate(DEPS[base]):
        scen, nb = SCEN.get((base, app), (None, 0))
        reps = R.randint(*A.replicas)
        old = R.randint(1, 3)
        if nb == 9:
            reps = 3
            nb = 3
        if scen == "evicted":
            scen, nb2, nb = None, nb, 0
        else:
            nb2 = 0
        svc = (
            "LoadBalancer"
            if app in ("web", "gateway")
            else "NodePort" if app == "webhooks" else None if app in ("worker", "crawler", "transcoder") else "ClusterIP"
        )
        pods, sel, dage = deployment(ns, app, reps, scen, nb, svc, old, sidecar=i % 3 == 0, init=i % 4 == 1)
        first = first or app
        if nb2:  # evicted pods stay behind beside the live replicas
            o = next(
                o for s, o, *_ in OBJ if o["kind"] == "Deployment" and o["metadata"]["name"] == app and o["metadata"]["namespace"] == ns
            )
            rs = pods[0]["name"].rsplit("-", 1)[0]
            for _ in range(nb2):
                pod(
                    ns,
                    f"{rs}-{sfx()}",
                    ("ReplicaSet", rs),
                    o["spec"]["template"],
                    "evicted",
                    R.randint(30, 300) * MIN,
                    {**sel, "pod-template-hash": rs.rsplit("-", 1)[1]},
                    node=next(n for n in NODES if n["rk"] == 4),
                )
        if i % 2 == 0:
            hpa(
                ns,
                app,
                reps,
                3,
                reps if (base, app) in (("shop", "catalog"), ("search", "query")) else 30,
                (
                    "max"
                    if (base, app) in (("shop", "catalog"), ("search", "query"))
                    else "nometrics" if (base, app) == ("media", "images") else "ok"
                ),
            )
        if i < 3:
            pdb(ns, app, sel, reps, ready(pods), reps if (base, app) == ("payments", "ledger") else max(1, reps // 2))
    h = ns.replace("-", ".") if ns != base else base
    host = f"{ns}.example.com"
    ann = {"nginx.ingress.kubernetes.io/proxy-body-size": "20m", "cert-manager.io/cluster-issuer": "letsencrypt"}
    if base == "payments":
        ann["nginx.ingress.kubernetes.io/configuration-snippet"] = (
            f'proxy_set_header X-Api-Key "{mark("Ingress", ns, base, "annotation configuration-snippet")}";'
        )
    ingress(
        ns,
        base,
        [(host, [("/", first), ("/api", DEPS[base][1])]), (f"api.{host}", [("/", DEPS[base][1])])],
        [{"hosts": [host, f"api.{host}"], "secretName": f"{base}-tls"}],
        ann=ann,
    )
    if base == "shop":
        ingress(ns, "legacy", [(f"old.{host}", [("/", "legacy-web")])], None, missing="IngressBackendMissing")
        ingress(
            ns,
            "promo",
            [(f"promo.{host}", [("/", "promo")])],
            [{"hosts": [f"promo.{host}"], "secretName": "promo-tls"}],
            cls="alb",
            missing="IngressTLSSecretMissing",
        )
        add(
            "Service",
            ns,
            "orders-db",
            {"spec": {"type": "ExternalName", "externalName": "orders.c9akciq32.us-east-1.rds.amazonaws.com"}},
            age,
            3,
            manager="kubectl-client-side-apply",
        )
    if base == "media":
        service(ns, "streaming", {"app.kubernetes.io/name": "streaming"}, [], 60 * DAY, "LoadBalancer", pending_lb=True)
    if base in ("shop", "search", "payments", "analytics", "accounts"):
        statefulset(
            ns,
            {"shop": "redis", "search": "elasticsearch", "payments": "postgres", "analytics": "kafka", "accounts": "sessions-db"}[base],
            3,
            *{"search": ("unschedulable", "csi", True), "payments": ("crashloop", "ebs"), "analytics": (None, "ebs")}.get(base, ()),
        )
    if base == "analytics":
        pv_pvc(ns, "scratch-old", 200 * DAY, state="Lost")
    if base == "batch":
        for j, (cj, s) in enumerate(
            [
                ("nightly-report", "0 2 * * *"),
                ("cleanup", "*/30 * * * *"),
                ("sync-crm", "0 * * * *"),
                ("rotate-keys", "0 0 * * 0"),
                ("billing-export", "15 * * * *"),
            ]
        ):
            cronjob(ns, cj, s, suspend=j == 3, failing=j == 2)
        job(ns, "reindex-2026", False, 5 * HOUR)
        job(ns, "big-join", False, 7 * HOUR, oom=True)
        job(ns, "backfill", True, 30 * HOUR, npods=12)
    add(
        "NetworkPolicy",
        ns,
        "default-deny",
        {"spec": {"podSelector": {}, "policyTypes": ["Ingress"]}},
        age,
        3,
        manager="kubectl-client-side-apply",
    )
    add(
        "RoleBinding",
        ns,
        "developers",
        {
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"},
            "subjects": [{"kind": "Group", "name": f"dev-{base}", "apiGroup": "rbac.authorization.k8s.io"}],
        },
        age,
        3,
        manager="kubectl-client-side-apply",
    )
    add(
        "ResourceQuota",
        ns,
        "quota",
        {"spec": {"hard": {"requests.cpu": "200", "requests.memory": "400Gi", "pods": "200"}}},
        age,
        7,
        {
            "hard": {"requests.cpu": "200", "requests.memory": "400Gi", "pods": "200"},
            "used": {"requests.cpu": "31", "requests.memory": "70Gi", "pods": "80"},
        },
    )
    add(
        "LimitRange",
        ns,
        "defaults",
        {"spec": {"limits": [{"type": "Container", "defaultRequest": {"cpu": "50m", "memory": "64Mi"}}]}},
        age,
        7,
    )
    okc = base != "media"
    add(
        "Certificate",
        ns,
        f"{base}-tls",
        {
            "spec": {
                "secretName": f"{base}-tls",
                "dnsNames": [host, f"api.{host}"],
                "issuerRef": {"name": "letsencrypt", "kind": "ClusterIssuer"},
            }
        },
        age,
        7,
        {
            "conditions": [
                {
                    "type": "Ready",
                    "status": "True" if okc else "False",
                    "reason": "Ready" if okc else "Failed",
                    "message": (
                        "Certificate is up to date and has not expired"
                        if okc
                        else "The certificate request has failed to complete and will be retried"
                    ),
                    "lastTransitionTime": ts(40 * DAY),
                }
            ],
            "notAfter": ts(-50 * DAY if okc else 2 * DAY),
        },
        "cert-manager",
    )
    if not okc:
        bad("CertificateNotReady", "Certificate", ns, f"{base}-tls")
    sy = base != "search"
    add(
        "Application",
        "argocd",
        f"{ns}",
        {
            "spec": {
                "project": "default",
                "source": {
                    "repoURL": "https://git.example.com/infra.git",
                    "path": f"apps/{base}",
                    "helm": {
                        "parameters": [{"name": "db.password", "value": mark("Application", "argocd", ns, "spec.source.helm.parameters")}]
                    },
                },
                "destination": {"server": "https://kubernetes.default.svc", "namespace": ns},
            }
        },
        age,
        7,
        manager="argocd",
        patch={
            "status": {
                "sync": {"status": "Synced" if sy else "OutOfSync", "revision": hexs(40)},
                "health": {"status": "Healthy" if sy else "Degraded"},
            }
        },
    )
    if not sy:
        bad("ApplicationOutOfSync", "Application", "argocd", ns)
