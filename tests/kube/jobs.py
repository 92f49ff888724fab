"""Jobs and cron jobs, done and failed."""

import json

from estate import DAY, HOUR, MIN, R, add, bad, event, sfx, ts, uid
from pods import pod
from workloads import template


def job(ns, name, ok=True, age=HOUR, owner=None, t=None, oom=False, npods=None):
    t = json.loads(json.dumps(t)) if t else template(ns, name, {}, owner_kind="Job", secret=False)
    t["spec"]["restartPolicy"] = "Never"
    for c in t["spec"]["containers"]:
        c.pop("livenessProbe", 0)
        c.pop("readinessProbe", 0)
    u = uid("Job", ns, name)
    L = {"batch.kubernetes.io/controller-uid": u, "batch.kubernetes.io/job-name": name, "controller-uid": u, "job-name": name}
    t["metadata"]["labels"] = L
    npods = npods or (1 if ok else 4)
    pods = [
        pod(ns, f"{name}-{sfx()}", ("Job", name), t, "succeeded" if ok else "failed_oom" if oom else "failed", max(age - 260 * i, 300), L)
        for i in range(npods)
    ]
    fin = age - 100 if ok else max(age - 1000, 60)
    cond = [
        {
            "type": x,
            "status": "True",
            "reason": "CompletionsReached" if ok else "BackoffLimitExceeded",
            "message": "Reached expected number of succeeded pods" if ok else "Job has reached the specified backoff limit",
            "lastProbeTime": ts(fin),
            "lastTransitionTime": ts(fin),
        }
        for x in (["SuccessCriteriaMet", "Complete"] if ok else ["FailureTarget", "Failed"])
    ]
    st = {
        "startTime": ts(age),
        "conditions": cond,
        "uncountedTerminatedPods": {},
        "ready": 0,
        "terminating": 0,
        **({"completionTime": ts(fin), "succeeded": npods} if ok else {"failed": npods}),
    }
    if not ok:
        bad("JobFailed", "Job", ns, name)
        event(ns, "Job", name, "Warning", "BackoffLimitExceeded", "Job has reached the specified backoff limit", fin, comp="job-controller")
    add(
        "Job",
        ns,
        name,
        {
            "spec": {
                "backoffLimit": 3,
                "completions": npods if ok else 1,
                "parallelism": 1,
                "manualSelector": True,
                "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": u}},
                "template": t,
            }
        },
        age,
        2,
        st,
        labels=L,
        owner=owner,
    )


def cronjob(ns, name, sched, suspend=False, failing=False):
    t = template(ns, name, {}, owner_kind="CronJob", secret=False)
    t["spec"]["restartPolicy"] = "Never"
    for c in t["spec"]["containers"]:
        c.pop("livenessProbe", 0)
        c.pop("readinessProbe", 0)
    if not suspend:
        for i in range(3):
            job(ns, f"{name}-{29396000 - i * 60 + R.randint(0, 9)}", not (failing and i == 0), (i + 1) * HOUR - 300, ("CronJob", name), t)
    else:
        bad("CronJobSuspended", "CronJob", ns, name)
    add(
        "CronJob",
        ns,
        name,
        {
            "spec": {
                "schedule": sched,
                "suspend": suspend,
                "concurrencyPolicy": "Forbid",
                "successfulJobsHistoryLimit": 3,
                "failedJobsHistoryLimit": 1,
                "jobTemplate": {"spec": {"template": t}},
            }
        },
        200 * DAY,
        2,
        {"lastScheduleTime": ts(55 * MIN), **({} if failing else {"lastSuccessfulTime": ts(54 * MIN)})},
        "kubectl-client-side-apply",
    )
