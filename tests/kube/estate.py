"""What a made-up cluster is kept in while it is being made: its objects, what is wrong with them, the secrets planted in them.

The command line is read here, because everything follows from its seed. No two objects are made at once.
"""

import argparse
import base64
import collections
import datetime
import json
import random
import uuid

ap = argparse.ArgumentParser()
ap.add_argument("--run", required=True)
ap.add_argument("--seed", type=int, default=1)
ap.add_argument("--scale", type=int, default=1)
ap.add_argument("--now", default="2026-11-21T08:00:00Z")
ap.add_argument("--truth", default="truth.json")
ap.add_argument("--replicas", type=int, nargs=2, default=[7, 13], help="of a deployment, from and to")
ap.add_argument("--threads", type=int, default=8)
ap.add_argument("--dry", action="store_true", help="generate only")
A = ap.parse_args()
# The one source of chance: who takes from it, and in which order, decides what everything after it is called.
R = random.Random(A.seed)
NOW = datetime.datetime.strptime(A.now, "%Y-%m-%dT%H:%M:%SZ")
MIN, HOUR, DAY = 60, 3600, 86400
# A time that is `age` seconds before NOW, as Kubernetes writes it; bytes or text in base64; made-up hexadecimal digits and name endings.
ts = lambda age: (NOW - datetime.timedelta(seconds=int(age))).strftime("%Y-%m-%dT%H:%M:%SZ")
b64 = lambda s: base64.b64encode(s if isinstance(s, bytes) else s.encode()).decode()
hexs = lambda n: "".join(R.choice("0123456789abcdef") for _ in range(n))
SAFE = "bcdfghjklmnpqrstvwxz2456789"
sfx = lambda n=5: "".join(R.choice(SAFE) for _ in range(n))

# kind -> (api prefix, plural, namespaced, apiVersion)
K = {}


def kind(name, av, plural, nsd=True):
    K[name] = (("/api/" if "/" not in av else "/apis/") + av, plural, nsd, av)


for n, p, d in [
    ("Namespace", "namespaces", 0),
    ("Node", "nodes", 0),
    ("Pod", "pods", 1),
    ("Service", "services", 1),
    ("Endpoints", "endpoints", 1),
    ("ConfigMap", "configmaps", 1),
    ("Secret", "secrets", 1),
    ("ServiceAccount", "serviceaccounts", 1),
    ("PersistentVolume", "persistentvolumes", 0),
    ("PersistentVolumeClaim", "persistentvolumeclaims", 1),
    ("Event", "events", 1),
    ("ResourceQuota", "resourcequotas", 1),
    ("LimitRange", "limitranges", 1),
]:
    kind(n, "v1", p, bool(d))

for n, p in [
    ("Deployment", "deployments"),
    ("ReplicaSet", "replicasets"),
    ("StatefulSet", "statefulsets"),
    ("DaemonSet", "daemonsets"),
    ("ControllerRevision", "controllerrevisions"),
]:
    kind(n, "apps/v1", p)

kind("Job", "batch/v1", "jobs")
kind("CronJob", "batch/v1", "cronjobs")
kind("Ingress", "networking.k8s.io/v1", "ingresses")
kind("IngressClass", "networking.k8s.io/v1", "ingressclasses", False)
kind("NetworkPolicy", "networking.k8s.io/v1", "networkpolicies")
kind("EndpointSlice", "discovery.k8s.io/v1", "endpointslices")
kind("HorizontalPodAutoscaler", "autoscaling/v2", "horizontalpodautoscalers")
kind("PodDisruptionBudget", "policy/v1", "poddisruptionbudgets")
kind("StorageClass", "storage.k8s.io/v1", "storageclasses", False)
kind("VolumeAttachment", "storage.k8s.io/v1", "volumeattachments", False)
kind("CSINode", "storage.k8s.io/v1", "csinodes", False)
kind("PriorityClass", "scheduling.k8s.io/v1", "priorityclasses", False)
kind("Lease", "coordination.k8s.io/v1", "leases")
kind("CustomResourceDefinition", "apiextensions.k8s.io/v1", "customresourcedefinitions", False)
kind("ClusterRole", "rbac.authorization.k8s.io/v1", "clusterroles", False)
kind("ClusterRoleBinding", "rbac.authorization.k8s.io/v1", "clusterrolebindings", False)
kind("Role", "rbac.authorization.k8s.io/v1", "roles")
kind("RoleBinding", "rbac.authorization.k8s.io/v1", "rolebindings")
kind("Certificate", "cert-manager.io/v1", "certificates")
kind("Application", "argoproj.io/v1alpha1", "applications")
uid = lambda k, ns, n: str(uuid.uuid5(uuid.NAMESPACE_URL, f'{A.seed}/{k}/{ns or ""}/{n}'))
OBJ = []  # (stage, obj, status, manager, extra)
AGE = {}  # (kind, ns, name) -> creation age in seconds
DEL = {}  # -> deletion age
COUNT = collections.Counter()
UNH = collections.defaultdict(list)
MARK = []


def add(kind_, ns, name, body, age, stage, status=None, manager="kube-controller-manager", labels=None, ann=None, owner=None, **extra):
    m = {"name": name}
    if ns:
        m["namespace"] = ns
    if labels:
        m["labels"] = labels
    if ann:
        m["annotations"] = ann
    if owner:
        m["ownerReferences"] = [
            {
                "apiVersion": K[owner[0]][3],
                "kind": owner[0],
                "name": owner[1],
                "uid": uid(owner[0], ns, owner[1]),
                "controller": True,
                "blockOwnerDeletion": True,
            }
        ]
    o = {"apiVersion": K[kind_][3], "kind": kind_, "metadata": m, **body}
    OBJ.append((stage, o, status, manager, extra))
    AGE[(kind_, ns, name)] = age
    COUNT[(kind_, ns or "")] += 1
    return o


def bad(reason, kind_, ns, name, **d):
    UNH[reason].append({"kind": kind_, "namespace": ns or "", "name": name, **d})


def mark(kind_, ns, name, where, enc="plain"):
    s = f"SECRET-MARKER-{len(MARK) + 1:04d}"
    MARK.append({"marker": s, "kind": kind_, "namespace": ns or "", "name": name, "where": where, "encoding": enc})
    return s


def event(ns, k, name, typ, reason, msg, age, count=1, comp="kubelet", host=None, newstyle=False, first=None):
    av = K[k][3]
    b = {
        "involvedObject": {"apiVersion": av, "kind": k, "name": name, "uid": uid(k, ns, name) if k != "Node" else name},
        "type": typ,
        "reason": reason,
        "message": msg[:1023],
        "source": {"component": comp, **({"host": host} if host else {})},
        "reportingComponent": comp,
        "reportingInstance": host or "",
    }
    if ns:
        b["involvedObject"]["namespace"] = ns
    if newstyle:
        b.update(
            eventTime=ts(age)[:-1] + ".123456Z",
            action="Scheduling",
            firstTimestamp=None,
            lastTimestamp=None,
            source={},
            reportingInstance=comp + "-0",
        )
    else:
        b.update(firstTimestamp=ts(first or age), lastTimestamp=ts(age), count=count)
    add("Event", ns or "default", f"{name[:200]}.{hexs(16)}", b, first or age, 6, manager=comp)


ITYPES = [
    ("m5.2xlarge", "8", 7910, 32000000, 58),
    ("m5.xlarge", "4", 3920, 15900000, 58),
    ("r5.2xlarge", "8", 7910, 64000000, 58),
    ("c5.4xlarge", "16", 15890, 31800000, 234),
]

REG = "images.example.com"
ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"]
NODES, READY = [], []
ODD = {}  # "dead" and "sick": the first node of each sort
IPC = iter(range(1, 1 << 22))


def podip():
    n = next(IPC)
    return f"10.{64 + (n >> 16)}.{n >> 8 & 255}.{n & 255}"


CIP = iter(range(10, 1 << 19))


def clusterip():
    n = next(CIP)
    return f"10.{100 + (n >> 16)}.{n >> 8 & 255}.{n & 255}"


NPORT = iter(range(30001, 32767))
POD_STATE, POD_PHASE = collections.Counter(), collections.Counter()


def applied(o):
    return {"kubectl.kubernetes.io/last-applied-configuration": json.dumps(o, separators=(",", ":")) + "\n"}


def ready(pods):
    return sum(p["ready"] for p in pods)
