"""Fills a real kube-apiserver (server.py) with a believable production cluster. Standard library only.

  seed.py --run build/kube/run/small [--seed 1] [--scale 1] [--replicas 7 13] [--now 2026-11-21T08:00:00Z] [--truth truth.json]

Every object goes through the API (validation, defaulting, admission); every status through the status subresource. Creation and deletion times and
uids are set in etcd afterwards, where the server keeps JSON (--storage-media-type=application/json), so ages are real and uids repeat by seed.
--scale N: N times the application namespaces (shop, shop-02, …) and nodes.
"""

import collections
import json
import sys
import time

from applications import app_namespace
from estate import A, DAY, DEL, K, OBJ, REG, add, bad, hexs, uid
from feeding import etcd_fix, push, truth
from nodes import nodes
from scenario import APPNS
from services import namespace
from workloads import daemonset, deployment, statefulset


def crd(group, ver, kd, plural, status_sub):
    add(
        "CustomResourceDefinition",
        None,
        f"{plural}.{group}",
        {
            "spec": {
                "group": group,
                "scope": "Namespaced",
                "names": {"kind": kd, "plural": plural, "singular": kd.lower(), "listKind": kd + "List"},
                "versions": [
                    {
                        "name": ver,
                        "served": True,
                        "storage": True,
                        "schema": {
                            "openAPIV3Schema": {
                                "type": "object",
                                "properties": {
                                    k: {"type": "object", "x-kubernetes-preserve-unknown-fields": True} for k in ("spec", "status")
                                },
                            }
                        },
                        **({"subresources": {"status": {}}} if status_sub else {}),
                    }
                ],
            }
        },
        390 * DAY,
        0,
        manager="helm",
    )


def generate():
    nodes()
    crd("cert-manager.io", "v1", "Certificate", "certificates", True)
    crd("argoproj.io", "v1alpha1", "Application", "applications", False)
    for n, prov, dflt in [("gp2", "kubernetes.io/aws-ebs", False), ("gp3", "ebs.csi.aws.com", True), ("efs", "efs.csi.aws.com", False)]:
        add(
            "StorageClass",
            None,
            n,
            {"provisioner": prov, "reclaimPolicy": "Delete", "volumeBindingMode": "WaitForFirstConsumer", "allowVolumeExpansion": True},
            390 * DAY,
            0,
            ann={"storageclass.kubernetes.io/is-default-class": "true"} if dflt else None,
            manager="eksctl",
        )
    for n in ("nginx", "alb"):
        add("IngressClass", None, n, {"spec": {"controller": f"k8s.io/ingress-{n}"}}, 390 * DAY, 0, manager="helm")
    add(
        "PriorityClass",
        None,
        "business-critical",
        {"value": 1000000, "description": "checkout path"},
        300 * DAY,
        0,
        manager="kubectl-create",
    )
    namespace("kube-system", 400 * DAY)
    for app, img in [
        ("aws-node", f"{REG}/amazon-k8s-cni:v1.19.6"),
        ("kube-proxy", f"{REG}/eks/kube-proxy:v1.33.0"),
        ("ebs-csi-node", "images.example.com/ebs-csi-driver/aws-ebs-csi-driver:v1.45.0"),
    ]:
        daemonset("kube-system", app, img)
    for app, n in [("coredns", 2), ("ebs-csi-controller", 2), ("metrics-server", 1), ("cluster-autoscaler", 1)]:
        deployment("kube-system", app, n, svc="ClusterIP" if app in ("coredns", "metrics-server") else None, marker=False, secret=False)
    for ns in ("monitoring", "ingress-nginx", "cert-manager", "argocd"):
        namespace(ns, 380 * DAY)
    namespace("old-preview", 90 * DAY, term=True)
    bad("NamespaceTerminating", "Namespace", None, "old-preview")
    DEL[("Namespace", None, "old-preview")] = 6 * DAY
    add("ConfigMap", "old-preview", "leftover", {"data": {"note": "finalizer keeps me"}}, 90 * DAY, 1)
    daemonset("monitoring", "node-exporter", "images.example.com/prometheus/node-exporter:v1.9.1")
    for app, n in [("grafana", 2), ("kube-state-metrics", 1), ("prometheus-operator", 1)]:
        deployment("monitoring", app, n)
    statefulset("monitoring", "prometheus", 2)
    statefulset("monitoring", "alertmanager", 3)
    deployment("ingress-nginx", "ingress-nginx-controller", 3, svc="LoadBalancer", marker=False)
    for app in ("cert-manager", "cert-manager-webhook", "cert-manager-cainjector"):
        deployment("cert-manager", app, 1, marker=False)
    for app in ("argocd-server", "argocd-repo-server"):
        deployment("argocd", app, 2)
    for s in range(A.scale):
        for b in APPNS:
            app_namespace(b, b if s == 0 else f"{b}-{s + 1:02d}")
    for i in range(3 * A.scale):  # volumes without a claim (cost!)
        n = f'pvc-{uid("orphan", "", str(i))}'
        add(
            "PersistentVolume",
            None,
            n,
            {
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "capacity": {"storage": "200Gi"},
                    "persistentVolumeReclaimPolicy": "Retain",
                    "storageClassName": "gp3",
                    "claimRef": {
                        "kind": "PersistentVolumeClaim",
                        "apiVersion": "v1",
                        "namespace": "shop",
                        "name": f"gone-{i}",
                        "uid": uid("gone", "", str(i)),
                    },
                    "csi": {"driver": "ebs.csi.aws.com", "fsType": "ext4", "volumeHandle": "vol-0" + hexs(16)},
                }
            },
            150 * DAY,
            3,
            {"phase": "Released"},
        )
        bad("PVReleased", "PersistentVolume", None, n)
    # RBAC for the dump script: `dumpers` may list everything; `nosecrets` everything but secrets; both from an explicit role (no controller aggregates `view` here)
    add(
        "ClusterRole",
        None,
        "dump-all",
        {"rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list"]}]},
        DAY,
        1,
        manager="kubectl-create",
    )
    res = [("", [p for k, (a, p, n, v) in K.items() if v == "v1" and p != "secrets"])] + [
        (g, ["*"]) for g in sorted({v.split("/")[0] for _, _, _, v in K.values() if "/" in v})
    ]
    add(
        "ClusterRole",
        None,
        "dump-nosecrets",
        {"rules": [{"apiGroups": [g], "resources": r, "verbs": ["get", "list"]} for g, r in res]},
        DAY,
        1,
        manager="kubectl-create",
    )
    for role, grp in [("dump-all", "dumpers"), ("dump-nosecrets", "nosecrets")]:
        add(
            "ClusterRoleBinding",
            None,
            role,
            {
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
                "subjects": [{"kind": "Group", "name": grp, "apiGroup": "rbac.authorization.k8s.io"}],
            },
            DAY,
            1,
            manager="kubectl-create",
        )


def main():
    began = time.monotonic()
    generate()
    print(f'{len(OBJ)} objects: {dict(collections.Counter(o[1]["kind"] for o in OBJ))}')
    errors = []
    if not A.dry:
        errors = push()
        print(f"{etcd_fix()} objects were given ages and uids in etcd")
        time.sleep(2)  # the server's watch cache follows etcd
    with open(A.truth, "w") as file:
        json.dump(truth(errors), file, indent=1)
    print(f"{time.monotonic() - began:.1f} s, {len(errors)} errors, the truth is in {A.truth}")
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main())
