"""Nodes: every twentieth of each sort is unreachable, not ready, short of disk or cordoned."""

import json
import uuid

from estate import A, DAY, ITYPES, MIN, NODES, ODD, R, READY, REG, ZONES, add, bad, event, hexs, ts
from scenario import APPNS, DEPS


def nodes():
    nn = 20 * A.scale
    for i in range(nn):
        ip = f"10.0.{16 + i // 200}.{10 + i % 200}"
        name = ip.replace(".", "-", 3)
        name = f"ip-{name}.ec2.internal"
        t, cpu, mcpu, memk, maxp = ITYPES[i % 4]
        z = ZONES[i % 3]
        iid = "i-0" + hexs(16)
        age = R.randint(2, 200) * DAY + R.randint(0, DAY)
        pool = "spot" if i % 4 == 3 else "general"
        labels = {
            "kubernetes.io/hostname": name,
            "kubernetes.io/os": "linux",
            "kubernetes.io/arch": "amd64",
            "beta.kubernetes.io/os": "linux",
            "beta.kubernetes.io/arch": "amd64",
            "beta.kubernetes.io/instance-type": t,
            "node.kubernetes.io/instance-type": t,
            "topology.kubernetes.io/zone": z,
            "topology.kubernetes.io/region": "us-east-1",
            "failure-domain.beta.kubernetes.io/zone": z,
            "failure-domain.beta.kubernetes.io/region": "us-east-1",
            "topology.ebs.csi.aws.com/zone": z,
            "k8s.io/cloud-provider-aws": "0a1b2c3d4e5f",
            "eks.amazonaws.com/nodegroup": f"prod-{pool}",
            "eks.amazonaws.com/capacityType": "SPOT" if pool == "spot" else "ON_DEMAND",
            "alpha.eksctl.io/cluster-name": "prod",
        }
        rk = i % 20
        taints, unsched = [], False

        def cond(t_, s, r, m, tr=age, hb=20):
            return {"type": t_, "status": s, "reason": r, "message": m, "lastHeartbeatTime": ts(hb), "lastTransitionTime": ts(tr)}

        conds = [
            cond("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
            cond("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
            cond("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
            cond("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
        ]
        if rk == 7:  # unreachable
            conds = [
                cond(c["type"], "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", 42 * MIN, 43 * MIN) for c in conds
            ]
            taints = [
                {"key": "node.kubernetes.io/unreachable", "effect": e, "timeAdded": ts(42 * MIN)} for e in ("NoSchedule", "NoExecute")
            ]
            bad("NodeNotReady", "Node", None, name, detail="Unknown: Kubelet stopped posting node status")
            ODD.setdefault("dead", name)
            event(
                None, "Node", name, "Normal", "NodeNotReady", f"Node {name} status is now: NodeNotReady", 42 * MIN, comp="node-controller"
            )
        elif rk == 13:
            conds[3] = cond(
                "Ready",
                "False",
                "KubeletNotReady",
                "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized",
                3 * MIN,
            )
            taints = [{"key": "node.kubernetes.io/not-ready", "effect": e, "timeAdded": ts(3 * MIN)} for e in ("NoSchedule", "NoExecute")]
            bad("NodeNotReady", "Node", None, name, detail="False: cni plugin not initialized")
            ODD.setdefault("sick", name)
            event(
                None, "Node", name, "Normal", "NodeNotReady", f"Node {name} status is now: NodeNotReady", 3 * MIN, comp="kubelet", host=name
            )
        elif rk == 4:
            conds[1] = cond("DiskPressure", "True", "KubeletHasDiskPressure", "kubelet has disk pressure", 25 * MIN)
            taints = [{"key": "node.kubernetes.io/disk-pressure", "effect": "NoSchedule", "timeAdded": ts(25 * MIN)}]
            bad("NodeDiskPressure", "Node", None, name)
            event(
                None,
                "Node",
                name,
                "Warning",
                "EvictionThresholdMet",
                "Attempting to reclaim ephemeral-storage",
                10 * MIN,
                14,
                host=name,
                first=25 * MIN,
            )
        elif rk == 16:
            unsched = True
            taints = [{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule", "timeAdded": ts(2 * DAY)}]
            bad("NodeCordoned", "Node", None, name)
        images = [
            {
                "names": [f"{REG}/{w}@sha256:{hexs(64)}", f"{REG}/{w}:v{R.randint(1, 9)}.{R.randint(0, 30)}.{R.randint(0, 9)}"],
                "sizeBytes": R.randint(20, 900) * 1000003,
            }
            for w in R.sample([f"{a}/{b}" for a in APPNS for b in DEPS[a]], 25)
        ]
        q = {
            "cpu": cpu,
            "memory": f"{memk}Ki",
            "pods": str(maxp),
            "ephemeral-storage": "104845292Ki",
            "hugepages-1Gi": "0",
            "hugepages-2Mi": "0",
        }
        st = {
            "capacity": q,
            "allocatable": {**q, "cpu": f"{mcpu}m", "memory": f"{memk - 1020000}Ki", "ephemeral-storage": "95551679124"},
            "conditions": conds,
            "addresses": [
                {"type": "InternalIP", "address": ip},
                {"type": "InternalDNS", "address": name},
                {"type": "Hostname", "address": name},
            ],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "images": images,
            "nodeInfo": {
                "machineID": hexs(32),
                "systemUUID": "ec2" + hexs(5) + "-" + hexs(4),
                "bootID": str(uuid.UUID(int=R.getrandbits(128))),
                "kernelVersion": "6.1.141-155.222.amzn2023.x86_64",
                "osImage": "Amazon Linux 2023.7.20250623",
                "containerRuntimeVersion": "containerd://1.7.27",
                "kubeletVersion": "v1.33.1-eks-b9364f6" if i % 7 else "v1.32.3-eks-473151a",
                "kubeProxyVersion": "",
                "operatingSystem": "linux",
                "architecture": "amd64",
            },
        }
        add(
            "Node",
            None,
            name,
            {"spec": {"providerID": f"aws:///{z}/{iid}", **({"unschedulable": True} if unsched else {})}},
            age,
            1,
            st,
            "kubelet",
            labels,
            {
                "node.alpha.kubernetes.io/ttl": "15",
                "volumes.kubernetes.io/controller-managed-attach-detach": "true",
                "csi.volume.kubernetes.io/nodeid": json.dumps({"ebs.csi.aws.com": iid}),
                "alpha.kubernetes.io/provided-node-ip": ip,
            },
            patch={"spec": {"taints": taints or None}},
        )
        add(
            "Lease",
            "kube-node-lease",
            name,
            {"spec": {"holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": ts(43 * MIN if rk == 7 else 6)[:-1] + ".000000Z"}},
            age,
            1,
            manager="kubelet",
        )
        add(
            "CSINode",
            None,
            name,
            {
                "spec": {
                    "drivers": [
                        {
                            "name": "ebs.csi.aws.com",
                            "nodeID": iid,
                            "topologyKeys": ["kubernetes.io/os", "topology.ebs.csi.aws.com/zone"],
                            "allocatable": {"count": 25},
                        }
                    ]
                }
            },
            age,
            1,
            manager="kubelet",
        )
        n = {"name": name, "ip": ip, "zone": z, "rk": rk, "iid": iid}
        NODES.append(n)
        if rk not in (7, 13, 16, 4):
            READY.append(n)
