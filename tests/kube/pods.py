"""A pod in each of the states that pods get into, as the kubelet and the scheduler would have written it, with its events."""

import hashlib
import json

from estate import A, DEL, HOUR, MIN, NODES, ODD, POD_PHASE, POD_STATE, R, READY, add, bad, event, hexs, mark, podip, ready, ts, uid


def pod(ns, name, owner, tmpl, scen, age, labels, host_network=False, node=None, extra_spec=None):
    """one pod in the state `scen`; returns (ip, ready, node name)"""
    spec = json.loads(json.dumps(tmpl["spec"]))
    spec.update(extra_spec or {})
    ann = dict(tmpl["metadata"].get("annotations") or {})
    n = None
    if scen != "unschedulable":
        n = node or R.choice(READY)
        spec["nodeName"] = n["name"]
    if n and n["rk"] in (7, 13) and scen == "ok":
        scen = "nodelost"
    if scen == "terminating":
        n = next(x for x in NODES if x["rk"] == 7 and (x["name"] == ODD.get("dead") or R.random() < 0.2))
        spec["nodeName"] = n["name"]
    cs = spec["containers"]
    ip = None if scen in ("unschedulable", "evicted", "creating") else (n["ip"] if host_network else podip())
    start = ts(age - 4)
    ready_ok = scen in ("ok", "restarts", "oom_recent", "terminating")

    def C(c, ready, state, restarts=0, last=None, ran=True):
        return {
            "name": c["name"],
            "image": c["image"],
            "imageID": f"{c['image'].rsplit(':', 1)[0]}@sha256:{hashlib.sha256(c['image'].encode()).hexdigest()}" if ran else "",
            **({"containerID": "containerd://" + hexs(64)} if ran else {}),
            "ready": ready,
            "started": bool(state.get("running")),
            "restartCount": restarts,
            "state": state,
            "lastState": last or {},
        }

    run = lambda a: {"running": {"startedAt": ts(a)}}
    wait = lambda r, m: {"waiting": {"reason": r, **({"message": m} if m else {})}}
    term = lambda r, code, a, b, m=None: {
        "terminated": {
            "reason": r,
            "exitCode": code,
            "startedAt": ts(a),
            "finishedAt": ts(b),
            "containerID": "containerd://" + hexs(64),
            **({"message": m} if m else {}),
        }
    }
    phase, sts, ist, extra, rc = "Running", [], [], {}, 0
    inits = spec.get("initContainers") or []
    ist = [C(c, True, term("Completed", 0, age - 6, age - 9)) for c in inits]
    if scen in ("ok", "nodelost", "terminating"):
        sts = [C(c, True, run(age - 10)) for c in cs]
    elif scen == "restarts":
        rc = R.randint(1, 9)
        last = R.randint(6, 60) * HOUR
        sts = [
            C(
                c,
                True,
                run(min(last, age - 10)),
                rc if i == 0 else 0,
                (
                    term("Error" if rc % 2 else "Completed", 1 if rc % 2 else 0, min(age, last + HOUR), min(last + 5, age - 5))
                    if i == 0
                    else None
                ),
            )
            for i, c in enumerate(cs)
        ]
    elif scen == "oom_recent":
        rc = R.randint(3, 25)
        sts = [
            C(
                c,
                True,
                run(17 * MIN if i == 0 else age - 10),
                rc if i == 0 else 0,
                term("OOMKilled", 137, 3 * HOUR, 17 * MIN + 2) if i == 0 else None,
            )
            for i, c in enumerate(cs)
        ]
        bad("OOMKilled", "Pod", ns, name, restarts=rc)
        event(
            ns,
            "Pod",
            name,
            "Warning",
            "BackOff",
            f'Back-off restarting failed container {cs[0]["name"]} in pod {name}_{ns}({uid("Pod", ns, name)})',
            17 * MIN,
            rc,
            host=n["name"],
            first=3 * HOUR,
        )
    elif scen in ("crashloop", "crashloop_oom"):
        rc = R.randint(8, 900)
        oom = scen == "crashloop_oom"
        msg = None
        if not oom and R.random() < 0.5:
            msg = f'panic: dial tcp: lookup db: password "{mark("Pod", ns, name, "status.containerStatuses[].lastState.terminated.message")}" rejected\n\ngoroutine 1 [running]:\nmain.main()\n'
        sts = [
            C(
                c,
                i != 0,
                (
                    wait(
                        "CrashLoopBackOff", f'back-off 5m0s restarting failed container={c["name"]} pod={name}_{ns}({uid("Pod", ns, name)})'
                    )
                    if i == 0
                    else run(age - 10)
                ),
                rc if i == 0 else 0,
                term("OOMKilled" if oom else "Error", 137 if oom else R.choice([1, 2, 255]), 4 * MIN, 3 * MIN, msg) if i == 0 else None,
            )
            for i, c in enumerate(cs)
        ]
        bad("CrashLoopBackOff", "Pod", ns, name, restarts=rc, lastReason="OOMKilled" if oom else "Error")
        if oom:
            bad("OOMKilled", "Pod", ns, name, restarts=rc)
        event(
            ns,
            "Pod",
            name,
            "Warning",
            "BackOff",
            f'Back-off restarting failed container {cs[0]["name"]} in pod {name}_{ns}({uid("Pod", ns, name)})',
            R.randint(5, 200),
            rc * 4,
            host=n["name"],
            first=min(age, 50 * MIN),
        )
    elif scen in ("imagepull", "errimagepull"):
        phase = "Pending"
        img = cs[0]["image"]
        r = "ImagePullBackOff" if scen == "imagepull" else "ErrImagePull"
        det = f'failed to pull and unpack image "{img}": failed to resolve reference "{img}": {img}: not found'
        sts = [
            C(
                c,
                i != 0,
                (
                    wait(
                        r,
                        (f'Back-off pulling image "{img}": ErrImagePull: ' if scen == "imagepull" else "")
                        + f"rpc error: code = NotFound desc = {det}",
                    )
                    if i == 0
                    else run(age - 10)
                ),
                ran=i != 0,
            )
            for i, c in enumerate(cs)
        ]
        bad(r, "Pod", ns, name, image=img)
        event(
            ns,
            "Pod",
            name,
            "Warning",
            "Failed",
            f'Failed to pull image "{img}": rpc error: code = NotFound desc = {det}',
            R.randint(20, 300),
            12,
            host=n["name"],
            first=min(age, 55 * MIN),
        )
        event(
            ns,
            "Pod",
            name,
            "Normal",
            "BackOff",
            f'Back-off pulling image "{img}"',
            R.randint(20, 300),
            200,
            host=n["name"],
            first=min(age, 55 * MIN),
        )
    elif scen == "configerror":
        phase = "Pending"
        sts = [C(c, False, wait("CreateContainerConfigError", f'secret "{ns}-missing" not found'), ran=False) for c in cs]
        bad("CreateContainerConfigError", "Pod", ns, name)
        event(ns, "Pod", name, "Warning", "Failed", f'Error: secret "{ns}-missing" not found', 40, 120, host=n["name"], first=50 * MIN)
    elif scen == "initcrash":
        phase = "Pending"
        rc = R.randint(5, 80)
        ist = [
            C(
                c,
                False,
                wait("CrashLoopBackOff", f'back-off 5m0s restarting failed container={c["name"]} pod={name}_{ns}({uid("Pod", ns, name)})'),
                rc,
                term("Error", 1, 5 * MIN, 4 * MIN),
            )
            for c in inits
        ]
        sts = [C(c, False, wait("PodInitializing", None), ran=False) for c in cs]
        bad("Init:CrashLoopBackOff", "Pod", ns, name, restarts=rc)
        event(
            ns,
            "Pod",
            name,
            "Warning",
            "BackOff",
            f'Back-off restarting failed container {inits[0]["name"] if inits else "init"} in pod {name}_{ns}',
            30,
            rc * 4,
            host=n["name"],
            first=50 * MIN,
        )
    elif scen == "unready":
        sts = [C(c, i != 0, run(age - 10)) for i, c in enumerate(cs)]
        bad("NotReady", "Pod", ns, name)
        event(
            ns,
            "Pod",
            name,
            "Warning",
            "Unhealthy",
            "Readiness probe failed: HTTP probe failed with statuscode: 503",
            8,
            2400,
            host=n["name"],
            first=55 * MIN,
        )
    elif scen == "creating":
        phase = "Pending"
        sts = [C(c, False, wait("ContainerCreating", None), ran=False) for c in cs]
        bad("ContainerCreating", "Pod", ns, name, detail="FailedMount")
        event(
            ns,
            "Pod",
            name,
            "Warning",
            "FailedMount",
            'MountVolume.SetUp failed for volume "certs" : secret "edge-tls" not found',
            33,
            29,
            host=n["name"],
            first=min(age, 50 * MIN),
        )
    elif scen == "unschedulable":
        phase = "Pending"
        m = R.choice(
            [
                f"0/{len(NODES)} nodes are available: {2 * A.scale} node(s) had untolerated taint(s), {len(NODES) - 2 * A.scale} Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.",
                f"0/{len(NODES)} nodes are available: pod has unbound immediate PersistentVolumeClaims.",
                f"0/{len(NODES)} nodes are available: {len(NODES)} node(s) didn't match Pod's node affinity/selector.",
            ]
        )
        extra["_cond"] = [
            {
                "type": "PodScheduled",
                "status": "False",
                "reason": "Unschedulable",
                "message": m,
                "lastTransitionTime": ts(age),
                "lastProbeTime": None,
            }
        ]
        bad("Unschedulable", "Pod", ns, name, detail=m)
        event(ns, "Pod", name, "Warning", "FailedScheduling", m, min(age, R.randint(10, 300)), comp="default-scheduler", newstyle=True)
    elif scen == "evicted":
        phase = "Failed"
        extra.update(
            reason="Evicted",
            message="The node was low on resource: ephemeral-storage. Threshold quantity: 10%, available: 8912Mi. Container app was using 21Gi, request is 0, has larger consumption of ephemeral-storage. ",
        )
        sts = (
            [
                C(
                    c,
                    False,
                    term(
                        "ContainerStatusUnknown", 137, age - 10, 20 * MIN, "The container could not be located when the pod was terminated"
                    ),
                    ran=False,
                )
                for c in cs
            ]
            if R.random() < 0.5
            else []
        )
        bad("Evicted", "Pod", ns, name)
        event(ns, "Pod", name, "Warning", "Evicted", extra["message"], 20 * MIN, host=n["name"])
    elif scen == "failed":
        phase = "Failed"
        sts = [C(c, False, term("Error", R.choice([1, 1, 137]), age - 10, max(age - 200, 5))) for c in cs]
        bad("Failed", "Pod", ns, name)
    elif scen == "failed_oom":
        phase = "Failed"
        sts = [C(c, False, term("OOMKilled", 137, age - 10, max(age - 200, 5))) for c in cs]
        bad("Failed", "Pod", ns, name)
        bad("OOMKilled", "Pod", ns, name, restarts=0)
    elif scen == "succeeded":
        phase = "Succeeded"
        sts = [C(c, False, term("Completed", 0, age - 10, max(age - 90, 5))) for c in cs]
    ready = ready_ok
    if scen == "nodelost":
        bad("NodeLost", "Pod", ns, name, node=n["name"])
    if scen == "terminating":
        bad("Terminating", "Pod", ns, name, node=n["name"])
        DEL[("Pod", ns, name)] = 36 * MIN
        ready = False
    cc = lambda t, s, r=None, a=age: {
        "type": t,
        "status": s,
        "lastProbeTime": None,
        "lastTransitionTime": ts(a),
        **({"reason": r} if r else {}),
    }
    rr = "PodCompleted" if phase == "Succeeded" else "PodFailed" if phase == "Failed" else None if ready else "ContainersNotReady"
    conds = extra.pop("_cond", None) or [
        cc("PodReadyToStartContainers", "True" if phase == "Running" else "False"),
        cc(
            "Initialized",
            "False" if scen == "initcrash" else "True",
            "ContainersNotInitialized" if scen == "initcrash" else "PodCompleted" if phase == "Succeeded" else None,
        ),
        cc("Ready", "True" if ready else "False", rr, age - 10 if ready else 30 * MIN),
        cc("ContainersReady", "True" if ready or scen in ("nodelost", "terminating") else "False", rr),
        cc("PodScheduled", "True"),
    ]
    if scen == "evicted":
        conds.insert(0, {**cc("DisruptionTarget", "True", "TerminationByKubelet", 20 * MIN), "message": extra["message"]})
    st = {"phase": phase, "conditions": conds, **extra}
    if n:
        st.update(
            startTime=start,
            hostIP=n["ip"],
            hostIPs=[{"ip": n["ip"]}],
            containerStatuses=sts,
            **({"initContainerStatuses": ist} if ist else {}),
        )
    if ip:
        st.update(podIP=ip, podIPs=[{"ip": ip}])
    add("Pod", ns, name, {"spec": spec}, age, 4, st, labels=labels, ann=ann or None, owner=owner, delete=scen == "terminating")
    POD_STATE[scen] += 1
    POD_PHASE[phase] += 1
    if scen == "ok" and age < HOUR or R.random() < 0.15:
        event(
            ns,
            "Pod",
            name,
            "Normal",
            R.choice(["Pulled", "Created", "Started"]),
            f'Container image "{cs[0]["image"]}" already present on machine',
            min(age, R.randint(60, 3500)),
            host=n["name"] if n else None,
        )
    return {"ip": ip, "ready": ready, "node": n["name"] if n else None, "zone": n["zone"] if n else None, "name": name}
