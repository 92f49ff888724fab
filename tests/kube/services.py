"""Services with their endpoints, volumes and claims, autoscalers, disruption budgets, ingresses and namespaces."""

import hashlib

from estate import DAY, HOUR, MIN, NPORT, R, ZONES, add, b64, bad, clusterip, event, hexs, sfx, ts, uid


def service(ns, name, sel, pods, age, typ="ClusterIP", headless=False, port=80, target="http", tport=8080, pending_lb=False):
    sp = {"type": typ, "selector": sel, "ports": [{"name": "http", "port": port, "targetPort": target, "protocol": "TCP"}]}
    st = None
    ann = None
    if headless:
        sp.update(clusterIP="None", clusterIPs=["None"])
    else:
        ci = clusterip()
        sp.update(clusterIP=ci, clusterIPs=[ci])
    if typ in ("LoadBalancer", "NodePort"):
        sp["ports"][0]["nodePort"] = next(NPORT)
    if typ == "LoadBalancer":
        ann = {
            "service.beta.kubernetes.io/aws-load-balancer-type": "nlb",
            "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
        }
        if pending_lb:
            bad("LoadBalancerPending", "Service", ns, name)
            event(
                ns,
                "Service",
                name,
                "Warning",
                "SyncLoadBalancerFailed",
                "Error syncing load balancer: failed to ensure load balancer: could not find any suitable subnets for creating the ELB",
                90,
                40,
                comp="service-controller",
                first=55 * MIN,
            )
        else:
            st = {"loadBalancer": {"ingress": [{"hostname": f"a{hexs(31)}-{hexs(16)}.elb.us-east-1.amazonaws.com"}]}}
    add("Service", ns, name, {"spec": sp}, age, 3, st, "kubectl-client-side-apply", sel, ann)
    live = [p for p in pods if p["ip"]]
    rd = [p for p in live if p["ready"]]
    nr = [p for p in live if not p["ready"]]
    if not rd:
        bad("ServiceNoReadyEndpoints", "Service", ns, name)
    addr = lambda p: {
        "ip": p["ip"],
        "nodeName": p["node"],
        "targetRef": {"kind": "Pod", "name": p["name"], "namespace": ns, "uid": uid("Pod", ns, p["name"])},
    }
    ss = []
    if live:
        ss = [
            {
                **({"addresses": [addr(p) for p in rd]} if rd else {}),
                **({"notReadyAddresses": [addr(p) for p in nr]} if nr else {}),
                "ports": [{"name": "http", "port": tport, "protocol": "TCP"}],
            }
        ]
    add(
        "Endpoints",
        ns,
        name,
        {"subsets": ss} if ss else {},
        age,
        5,
        labels=sel,
        ann={"endpoints.kubernetes.io/last-change-trigger-time": ts(HOUR)},
    )
    add(
        "EndpointSlice",
        ns,
        f"{name}-{sfx()}",
        {
            "addressType": "IPv4",
            "ports": [{"name": "http", "port": tport, "protocol": "TCP"}],
            "endpoints": [
                {
                    "addresses": [p["ip"]],
                    "conditions": {"ready": p["ready"], "serving": p["ready"], "terminating": False},
                    "nodeName": p["node"],
                    "zone": p["zone"],
                    "targetRef": addr(p)["targetRef"],
                }
                for p in live
            ],
        },
        age,
        5,
        labels={**sel, "kubernetes.io/service-name": name, "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"},
        owner=("Service", name),
    )


def pv_pvc(ns, claim, age, size="100Gi", mode="csi", state="Bound", node=None, sc="gp3"):
    pv = f'pvc-{uid("PersistentVolumeClaim", ns, claim)}'
    zone = R.choice(ZONES)
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": size}},
        "storageClassName": sc,
        "volumeMode": "Filesystem",
    }
    ann = {
        "volume.kubernetes.io/storage-provisioner": "ebs.csi.aws.com",
        "volume.beta.kubernetes.io/storage-provisioner": "ebs.csi.aws.com",
    }
    if state in ("Bound", "Lost"):
        spec["volumeName"] = pv
        ann.update({"pv.kubernetes.io/bind-completed": "yes", "pv.kubernetes.io/bound-by-controller": "yes"})
    st = {"phase": state} if state != "Bound" else {"phase": "Bound", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": size}}
    if state != "Bound":
        bad("PVC" + state, "PersistentVolumeClaim", ns, claim, storageClass=sc)
    if state == "Pending":
        event(
            ns,
            "PersistentVolumeClaim",
            claim,
            "Warning",
            "ProvisioningFailed",
            f'storageclass.storage.k8s.io "{sc}" not found',
            14,
            300,
            comp="persistentvolume-controller",
            first=55 * MIN,
        )
    add("PersistentVolumeClaim", ns, claim, {"spec": spec}, age, 3, st, ann=ann)
    if state == "Bound":
        vol = "vol-0" + hexs(16)
        src = (
            {
                "csi": {
                    "driver": "ebs.csi.aws.com",
                    "fsType": "ext4",
                    "volumeHandle": vol,
                    "volumeAttributes": {"storage.kubernetes.io/csiProvisionerIdentity": "1747-8081-ebs.csi.aws.com"},
                }
            }
            if mode == "csi"
            else {"awsElasticBlockStore": {"volumeID": f"aws://{zone}/{vol}", "fsType": "ext4"}}
        )
        add(
            "PersistentVolume",
            None,
            pv,
            {
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "capacity": {"storage": size},
                    "claimRef": {
                        "apiVersion": "v1",
                        "kind": "PersistentVolumeClaim",
                        "namespace": ns,
                        "name": claim,
                        "uid": uid("PersistentVolumeClaim", ns, claim),
                    },
                    "persistentVolumeReclaimPolicy": "Delete",
                    "storageClassName": sc,
                    **src,
                    "nodeAffinity": {
                        "required": {
                            "nodeSelectorTerms": [
                                {"matchExpressions": [{"key": "topology.kubernetes.io/zone", "operator": "In", "values": [zone]}]}
                            ]
                        }
                    },
                }
            },
            age,
            3,
            {"phase": "Bound"},
            ann={"pv.kubernetes.io/provisioned-by": "ebs.csi.aws.com"},
        )
        if node and mode == "csi":
            add(
                "VolumeAttachment",
                None,
                "csi-" + hashlib.sha256((pv + node).encode()).hexdigest(),
                {"spec": {"attacher": "ebs.csi.aws.com", "nodeName": node, "source": {"persistentVolumeName": pv}}},
                age,
                3,
                {"attached": True, "attachmentMetadata": {"devicePath": "/dev/xvdaa"}},
            )


def hpa(ns, app, reps, mn, mx, state="ok"):
    c = [
        {
            "type": "AbleToScale",
            "status": "True",
            "reason": "ReadyForNewScale",
            "message": "recommended size matches current size",
            "lastTransitionTime": ts(30 * DAY),
        },
        {
            "type": "ScalingActive",
            "status": "True",
            "reason": "ValidMetricFound",
            "message": "the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)",
            "lastTransitionTime": ts(30 * DAY),
        },
        {
            "type": "ScalingLimited",
            "status": "False",
            "reason": "DesiredWithinRange",
            "message": "the desired count is within the acceptable range",
            "lastTransitionTime": ts(30 * DAY),
        },
    ]
    util = 61
    if state == "max":
        c[2].update(status="True", reason="TooManyReplicas", message="the desired replica count is more than the maximum replica count")
        util = 143
        bad("HPAMaxedOut", "HorizontalPodAutoscaler", ns, app)
    st = {
        "currentReplicas": reps,
        "desiredReplicas": reps,
        "conditions": c,
        "currentMetrics": [
            {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": util, "averageValue": "210m"}}}
        ],
        "lastScaleTime": ts(5 * HOUR),
    }
    if state == "nometrics":
        c[1].update(
            status="False",
            reason="FailedGetResourceMetric",
            message="the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu in container app of Pod",
        )
        st["currentMetrics"] = None
        bad("HPANoMetrics", "HorizontalPodAutoscaler", ns, app)
        event(
            ns,
            "HorizontalPodAutoscaler",
            app,
            "Warning",
            "FailedGetResourceMetric",
            c[1]["message"],
            11,
            900,
            comp="horizontal-pod-autoscaler",
            first=58 * MIN,
        )
    add(
        "HorizontalPodAutoscaler",
        ns,
        app,
        {
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": app},
                "minReplicas": mn,
                "maxReplicas": mx,
                "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}}],
            }
        },
        90 * DAY,
        3,
        st,
        "kubectl-client-side-apply",
    )


def pdb(ns, app, sel, reps, rd, minav):
    da = max(0, rd - minav)
    if da == 0:
        bad("PDBBlocksEviction", "PodDisruptionBudget", ns, app)
    add(
        "PodDisruptionBudget",
        ns,
        app,
        {"spec": {"minAvailable": minav, "selector": {"matchLabels": sel}}},
        90 * DAY,
        3,
        {
            "currentHealthy": rd,
            "desiredHealthy": minav,
            "disruptionsAllowed": da,
            "expectedPods": reps,
            "observedGeneration": 1,
            "conditions": [
                {
                    "type": "DisruptionAllowed",
                    "status": "True" if da else "False",
                    "reason": "SufficientPods" if da else "InsufficientPods",
                    "message": "",
                    "lastTransitionTime": ts(DAY),
                }
            ],
        },
    )


def ingress(ns, name, rules, tls, cls="nginx", ann=None, missing=None):
    add(
        "Ingress",
        ns,
        name,
        {
            "spec": {
                "ingressClassName": cls,
                "rules": [
                    {
                        "host": h,
                        "http": {
                            "paths": [
                                {"path": p, "pathType": "Prefix", "backend": {"service": {"name": s, "port": {"number": 80}}}}
                                for p, s in ps
                            ]
                        },
                    }
                    for h, ps in rules
                ],
                **({"tls": tls} if tls else {}),
            }
        },
        120 * DAY,
        3,
        {"loadBalancer": {"ingress": [{"hostname": f"k8s-ingressn-{hexs(10)}.elb.us-east-1.amazonaws.com"}]}},
        "kubectl-client-side-apply",
        ann=ann,
    )
    if missing:
        bad(missing, "Ingress", ns, name)


def namespace(ns, age, labels=None, term=False):
    if ns != "kube-system":
        add(
            "Namespace",
            None,
            ns,
            {},
            age,
            0,
            {"phase": "Active"},
            "kubectl-create",
            {"team": ns.split("-")[0], "pod-security.kubernetes.io/enforce": "privileged", **(labels or {})},
            delete_ns=term,
        )
    add("ServiceAccount", ns, "default", {}, age, 1)
    add(
        "ConfigMap",
        ns,
        "kube-root-ca.crt",
        {"data": {"ca.crt": "-----BEGIN CERTIFICATE-----\n" + b64(hashlib.sha512(b"ca").digest() * 12) + "\n-----END CERTIFICATE-----\n"}},
        age,
        1,
        ann={
            "kubernetes.io/description": "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters."
        },
    )
