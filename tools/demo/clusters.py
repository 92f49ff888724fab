"""./dev demo --check, with what the clusters pushed out: it came in, what is broken is found, and a DNS name leads through."""

import time

from world.clusters import CLUSTERS
from world.plan import DOMAIN

WITHIN = 60  # seconds, from a server that starts to faults that are seen
# What each planted fault must be reported as, whatever else that brings with it.
RULES = {
    "crash": "container_crash_loop",
    "memory": "container_out_of_memory",
    "autoscaler": "autoscaler_at_maximum",
    "image": "image_unavailable",
    "node": "node_not_ready",
    "endpoints": "service_without_endpoints",
    "unschedulable": "pod_unschedulable",
    "claim": "claim_pending",
    "job": "job_failed",
}
HOST = f"api.use1.prod.{DOMAIN}"
BEHIND = {"aws.route53.record", "aws.elbv2.load_balancer", "k8s.ingress", "k8s.service", "k8s.pod", "k8s.node"}


def check(tally, program, client):
    faults = {cluster.name: {RULES[fault] for fault in cluster.faults} for cluster in CLUSTERS}
    deadline, seen = time.monotonic() + WITHIN, {}
    while time.monotonic() < deadline and not all(faults[name] <= seen.get(name, set()) for name in faults):
        time.sleep(0.2)
        status, answer = client.ask("GET", "/api/v1/clusters")
        if status == 200:
            seen = {row["cluster"]: {one["rule"] for one in row["by_rule"]} for row in answer["rows"]}
    for name, rules in faults.items():
        tally.expect(rules <= seen.get(name, set()), f"{name}: of {sorted(rules)} only {sorted(seen.get(name, []))} are reported")
    _, found = client.ask("GET", "/api/v1/resources", q=HOST, limit=200)
    kinds = {row["kind"] for row in found.get("rows", [])}
    tally.expect(BEHIND <= kinds, f"{HOST} does not find {sorted(BEHIND - kinds)}")
    code, output, errors = program.run("report", "k8s")
    for cluster in CLUSTERS:
        tally.expect(cluster.name in output, f"cadastre report k8s does not speak of {cluster.name}: {code} {errors.strip()}")
    _, pods = client.ask("GET", "/api/v1/resources", kind="k8s.pod", q="cluster:prod-euw1", limit=200)
    pod = next((row for row in pods.get("rows", []) if row["id"].endswith("9x2k")), None)
    tally.expect(pod is not None, "prod-euw1 shows no pods")
    if pod:
        _, versions = client.ask("GET", client.resource(pod["id"], "/versions"))
        tally.expect(len(versions["rows"]) >= 1, f"{pod['id']} has no history")
