"""Pod templates, and the deployments, stateful sets and daemon sets that run them, as their controllers would have written them."""

import json

from estate import AGE, DAY, HOUR, MIN, NODES, ODD, R, REG, add, applied, b64, bad, mark, ready, sfx, ts
from pods import pod
from services import pv_pvc, service


def template(
    ns,
    app,
    labels,
    sidecar=False,
    init=False,
    secret=True,
    image=None,
    port=8080,
    host_network=False,
    owner_kind="Deployment",
    marker=True,
    pvc=None,
    extra_vol=None,
):
    env = [
        {"name": "ENVIRONMENT", "value": "production"},
        {"name": "LOG_LEVEL", "value": R.choice(["info", "warn"])},
        {"name": "JAVA_TOOL_OPTIONS", "value": "-XX:MaxRAMPercentage=75.0 -XX:+ExitOnOutOfMemoryError"},
        {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "FEATURE_FLAGS", "value": ",".join(R.sample(["new-cart", "fast-search", "dark-mode", "promo", "beta-pay"], 3))},
    ]
    args = None
    if secret:
        env.append({"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": f"{app}-secret", "key": "password"}}})
    if marker:
        w = R.randint(0, 3)
        if w == 0:
            env.append({"name": "API_TOKEN", "value": mark(owner_kind, ns, app, "pod template env value (also in RS/pods/last-applied)")})
        if w == 1:
            env.append(
                {
                    "name": "DATABASE_URL",
                    "value": f'postgres://svc_{app}:{mark(owner_kind, ns, app, "pod template env URL password (also in RS/pods/last-applied)")}@db.internal:5432/{app}',
                }
            )
        if w == 2:
            args = ["--listen=:8080", "--db-password=" + mark(owner_kind, ns, app, "pod template args (also in RS/pods/last-applied)")]
    c = {
        "name": "app",
        "image": image or f"{REG}/{ns}/{app}:v{R.randint(1, 9)}.{R.randint(0, 40)}.{R.randint(0, 9)}",
        "env": env,
        "ports": [{"name": "http", "containerPort": port}],
        "resources": {
            "requests": {"cpu": f"{R.choice([50, 100, 250, 500])}m", "memory": f"{R.choice([128, 256, 512, 1024])}Mi"},
            "limits": {"memory": f"{R.choice([1024, 1536, 2048])}Mi"},
        },
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 10},
        "livenessProbe": {"httpGet": {"path": "/livez", "port": "http"}, "initialDelaySeconds": 30},
        "volumeMounts": [{"name": "config", "mountPath": "/etc/app"}],
    }
    if marker and w == 3:
        c["livenessProbe"]["httpGet"]["httpHeaders"] = [
            {
                "name": "Authorization",
                "value": "Bearer " + mark(owner_kind, ns, app, "livenessProbe httpHeaders (also in RS/pods/last-applied)"),
            }
        ]
    if args:
        c["args"] = args
    s = {
        "containers": [c],
        "volumes": [{"name": "config", "configMap": {"name": f"{app}-config", "optional": True}}],
        "terminationGracePeriodSeconds": 30,
    }
    if sidecar:
        s["containers"].append(
            {
                "name": "istio-proxy",
                "image": "images.example.com/istio/proxyv2:1.26.2",
                "args": ["proxy", "sidecar", "--domain", "$(POD_NAMESPACE).svc.cluster.local"],
                "env": [{"name": "POD_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}}],
                "ports": [{"name": "http-envoy-prom", "containerPort": 15090}],
                "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"cpu": "2", "memory": "1Gi"}},
            }
        )
    if init:
        s["initContainers"] = [
            {
                "name": "migrate",
                "image": c["image"],
                "command": ["/bin/sh", "-c", "/app/migrate --wait"],
                "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}},
            }
        ]
    if host_network:
        s["hostNetwork"] = True
    if pvc:
        s["volumes"].append({"name": "data", "persistentVolumeClaim": {"claimName": pvc}})
        c["volumeMounts"].append({"name": "data", "mountPath": "/data"})
    if extra_vol:
        s["volumes"].append(extra_vol)
    return {"metadata": {"labels": labels, "annotations": {"prometheus.io/scrape": "true", "prometheus.io/port": "9090"}}, "spec": s}


def deployment(ns, app, reps, scen=None, nbad=0, svc="ClusterIP", old=2, **kw):
    """scen: state of the first nbad pods; svc: Service type or None"""
    L = {"app.kubernetes.io/name": app, "app.kubernetes.io/instance": f"{app}-{ns}", "app.kubernetes.io/part-of": ns}
    if scen in ("imagepull", "errimagepull"):
        kw["image"] = f"{REG}/{ns}/{app}:v9.99.{R.randint(0, 9)}-rc1"
    if scen == "initcrash":
        kw["init"] = True
    t = template(ns, app, L, **kw)
    age = R.randint(20, 300) * DAY
    hsh = sfx(9)
    rs = f"{app}-{hsh}"
    rsage = R.randint(1, 19) * DAY if scen is None else R.randint(50, 600) * MIN
    spec = {
        "replicas": reps,
        "selector": {"matchLabels": {k: L[k] for k in list(L)[:2]}},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
        "template": t,
        "revisionHistoryLimit": 10,
    }
    rev = R.randint(old + 1, 60)
    pods = []
    mine = {"Deployment": (ns, app)}
    for i in range(reps):
        sc = scen if i < nbad else ("restarts" if R.random() < 0.12 else "ok")
        a = min(rsage, R.randint(5, 19 * 24) * HOUR) - R.randint(0, 50)
        nd = None
        if sc == "ok" and ODD.get("sick") and R.random() < 0.012:
            nd = R.choice([x for x in NODES if x["rk"] == 13])
        pods.append(pod(ns, f"{rs}-{sfx()}", ("ReplicaSet", rs), t, sc, max(a, 120), {**L, "pod-template-hash": hsh}, node=nd))
    rd = ready(pods)
    av = rd
    man = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"annotations": {}, "labels": L, "name": app, "namespace": ns},
        "spec": spec,
    }
    conds = [
        {
            "type": "Available",
            "status": "True" if av >= reps * 0.75 else "False",
            "reason": "MinimumReplicasAvailable" if av >= reps * 0.75 else "MinimumReplicasUnavailable",
            "message": "Deployment has minimum availability." if av >= reps * 0.75 else "Deployment does not have minimum availability.",
            "lastUpdateTime": ts(rsage),
            "lastTransitionTime": ts(rsage),
        },
        {
            "type": "Progressing",
            "status": "True",
            "reason": "NewReplicaSetAvailable",
            "message": f'ReplicaSet "{rs}" has successfully progressed.',
            "lastUpdateTime": ts(rsage - 60),
            "lastTransitionTime": ts(age),
        },
    ]
    if scen and rd < reps and nbad == reps:
        conds[1].update(status="False", reason="ProgressDeadlineExceeded", message=f'ReplicaSet "{rs}" has timed out progressing.')
        bad("ProgressDeadlineExceeded", "Deployment", ns, app)
    if rd < reps:
        bad("DeploymentUnavailable", "Deployment", ns, app, replicas=reps, ready=rd)
    gen = rev + 3
    add(
        "Deployment",
        ns,
        app,
        {"spec": spec},
        age,
        2,
        {
            "observedGeneration": 1,
            "replicas": reps,
            "updatedReplicas": reps,
            "readyReplicas": rd,
            "availableReplicas": av,
            "unavailableReplicas": reps - rd,
            "conditions": conds,
        },
        "kubectl-client-side-apply",
        L,
        {"deployment.kubernetes.io/revision": str(rev), **applied(man)},
    )
    for i in range(old + 1):
        h2 = hsh if i == 0 else sfx(9)
        t2 = json.loads(json.dumps(t))
        t2["metadata"]["labels"] = {**L, "pod-template-hash": h2}
        r2 = reps if i == 0 else 0
        if i:
            t2["spec"]["containers"][0]["image"] = f"{REG}/{ns}/{app}:v0.{R.randint(0, 99)}.{i}"
        add(
            "ReplicaSet",
            ns,
            f"{app}-{h2}",
            {
                "spec": {
                    "replicas": r2,
                    "selector": {"matchLabels": {**spec["selector"]["matchLabels"], "pod-template-hash": h2}},
                    "template": t2,
                }
            },
            rsage + i * 9 * DAY,
            2,
            {
                "replicas": r2,
                "fullyLabeledReplicas": r2,
                "readyReplicas": rd if not i else 0,
                "availableReplicas": rd if not i else 0,
                "observedGeneration": 1,
            },
            labels={**L, "pod-template-hash": h2},
            ann={"deployment.kubernetes.io/desired-replicas": str(reps), "deployment.kubernetes.io/revision": str(rev - i)},
            owner=("Deployment", app),
        )
    if kw.get("secret", True):
        add(
            "Secret",
            ns,
            f"{app}-secret",
            {
                "type": "Opaque",
                "data": {"password": b64(mark("Secret", ns, f"{app}-secret", "data.password", "base64")), "username": b64("svc_" + app)},
            },
            age,
            1,
            manager="kubectl-create",
        )
    add(
        "ConfigMap",
        ns,
        f"{app}-config",
        {
            "data": {
                "application.yaml": f'server:\n  port: 8080\nspring:\n  datasource:\n    url: jdbc:postgresql://db.internal/{app}\n    password: {mark("ConfigMap", ns, app + "-config", "data.application.yaml") if R.random() < .3 else "${DB_PASSWORD}"}\n',
                "LOG_LEVEL": "info",
            }
        },
        age,
        1,
        manager="helm",
    )
    if svc:
        service(ns, app, spec["selector"]["matchLabels"], pods, age, svc)
    return pods, spec["selector"]["matchLabels"], age


def statefulset(ns, app, reps, scen=None, mode="csi", pending=False):
    L = {"app.kubernetes.io/name": app, "app.kubernetes.io/part-of": ns}
    t = template(ns, app, L, owner_kind="StatefulSet", secret=False)
    age = R.randint(60, 400) * DAY
    rev = f"{app}-{sfx(9)}"
    pods = []
    for i in range(reps):
        last = i == reps - 1
        claim = f"data-{app}-{i}"
        p = pod(
            ns,
            f"{app}-{i}",
            ("StatefulSet", app),
            t,
            scen if last and scen else "ok",
            age if not (last and scen) else 3 * HOUR,
            {
                **L,
                "apps.kubernetes.io/pod-index": str(i),
                "controller-revision-hash": rev,
                "statefulset.kubernetes.io/pod-name": f"{app}-{i}",
            },
            extra_spec={
                "hostname": f"{app}-{i}",
                "subdomain": f"{app}-headless",
                "volumes": t["spec"]["volumes"] + [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}],
            },
        )
        pods.append(p)
        pv_pvc(
            ns,
            claim,
            age,
            R.choice(["20Gi", "100Gi", "500Gi"]),
            mode,
            "Pending" if last and pending else "Bound",
            p["node"],
            "fast-io-missing" if last and pending else "gp3",
        )
    rd = ready(pods)
    if rd < reps:
        bad("StatefulSetNotReady", "StatefulSet", ns, app, replicas=reps, ready=rd)
    add(
        "StatefulSet",
        ns,
        app,
        {
            "spec": {
                "replicas": reps,
                "serviceName": f"{app}-headless",
                "selector": {"matchLabels": L},
                "template": t,
                "volumeClaimTemplates": [
                    {
                        "metadata": {"name": "data"},
                        "spec": {
                            "accessModes": ["ReadWriteOnce"],
                            "storageClassName": "gp3",
                            "resources": {"requests": {"storage": "100Gi"}},
                        },
                    }
                ],
            }
        },
        age,
        2,
        {
            "replicas": reps,
            "readyReplicas": rd,
            "availableReplicas": rd,
            "currentReplicas": reps,
            "updatedReplicas": reps,
            "currentRevision": rev,
            "updateRevision": rev,
            "collisionCount": 0,
            "observedGeneration": 1,
        },
        "helm",
        L,
        {"meta.helm.sh/release-name": app, "meta.helm.sh/release-namespace": ns},
    )
    add(
        "ControllerRevision",
        ns,
        rev,
        {"revision": 1, "data": {"spec": {"template": {**t, "$patch": "replace"}}}},
        age,
        2,
        owner=("StatefulSet", app),
    )
    service(ns, f"{app}-headless", L, pods, age, headless=True)
    return pods


def daemonset(ns, app, image, host_network=True):
    L = {"k8s-app": app}
    t = template(ns, app, L, owner_kind="DaemonSet", secret=False, marker=False, image=image, host_network=host_network)
    t["spec"].update(priorityClassName="system-node-critical", tolerations=[{"operator": "Exists"}])
    age = 390 * DAY
    rev = sfx(9)
    pods = [
        pod(
            ns,
            f"{app}-{sfx()}",
            ("DaemonSet", app),
            t,
            "restarts" if R.random() < 0.05 and n["rk"] not in (7, 13) else "ok",
            min(age, AGE[("Node", None, n["name"])]),
            {**L, "controller-revision-hash": rev, "pod-template-generation": "1"},
            True,
            n,
            {
                "affinity": {
                    "nodeAffinity": {
                        "requiredDuringSchedulingIgnoredDuringExecution": {
                            "nodeSelectorTerms": [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": [n["name"]]}]}]
                        }
                    }
                }
            },
        )
        for n in NODES
    ]
    rd, n = ready(pods), len(NODES)
    if rd < n:
        bad("DaemonSetUnavailable", "DaemonSet", ns, app, desired=n, ready=rd)
    add(
        "DaemonSet",
        ns,
        app,
        {"spec": {"selector": {"matchLabels": L}, "template": t}},
        age,
        2,
        {
            "currentNumberScheduled": n,
            "desiredNumberScheduled": n,
            "numberAvailable": rd,
            "numberReady": rd,
            "numberUnavailable": n - rd,
            "numberMisscheduled": 0,
            "updatedNumberScheduled": n,
            "observedGeneration": 1,
        },
        "eksctl",
        L,
        {"deprecated.daemonset.template.generation": "1"},
    )
    add(
        "ControllerRevision",
        ns,
        f"{app}-{rev}",
        {"revision": 1, "data": {"spec": {"template": {**t, "$patch": "replace"}}}},
        age,
        2,
        owner=("DaemonSet", app),
    )
