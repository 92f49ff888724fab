"""What three of the organisation's EKS clusters would push out: their nodes are instances of the emulated accounts, their load
balancers and volumes too, and in each something is broken.

Objects are as an API server lists them, reduced to what is looked at. `CLUSTERS` is data; the functions turn it into lists by
resource, as dropbox/FORMAT.md has them.
"""

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from .plan import DOMAIN, planted


@dataclass(frozen=True)
class Cluster:
    account: str  # name
    region: str
    short: str
    faults: tuple[str, ...]

    @property
    def name(self):
        return f"{self.account}-{self.short}"


CLUSTERS = [
    Cluster("prod", "us-east-1", "use1", ("crash", "memory", "autoscaler")),
    Cluster("prod", "eu-west-1", "euw1", ("image", "node", "endpoints")),
    Cluster("data", "us-east-1", "use1", ("unschedulable", "claim", "job")),
]


class State:
    """The objects of one cluster. `aws` tells of its account and region: instances, balancers by app, volumes, role."""

    def __init__(self, cluster: Cluster, aws, now: datetime, broken: bool):
        self.cluster, self.aws, self.now = cluster, aws, now
        self.lists = {resource: [] for resource in RESOURCES}
        self.serial = 0
        self._namespaces()
        self._nodes()
        for app in aws.apps:
            self._app(app)
        for fault in cluster.faults if broken else ():
            getattr(self, "_fault_" + fault)()

    def _meta(self, name, space="", age=timedelta(days=20), owner=None, **more):
        self.serial += 1
        uid = f"{zlib.crc32('/'.join((self.cluster.name, space, name)).encode()):08x}-0000-4000-8000-{self.serial:012d}"
        meta = {"name": name, "uid": uid, "resourceVersion": str(1000 + self.serial),
                "creationTimestamp": (self.now - age).strftime("%Y-%m-%dT%H:%M:%SZ"), **more}
        if space:
            meta["namespace"] = space
        if owner:
            kind, object_ = owner
            meta["ownerReferences"] = [{"apiVersion": "apps/v1", "kind": kind, "name": object_["metadata"]["name"],
                                        "uid": object_["metadata"]["uid"], "controller": True}]
        return meta

    def add(self, resource, object_):
        self.lists[resource].append(object_)
        return object_

    def _ago(self, **parts):
        return (self.now - timedelta(**parts)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _namespaces(self):
        for name in ("default", "kube-system", "shop"):
            self.add("namespaces", {"metadata": self._meta(name, age=timedelta(days=300)), "status": {"phase": "Active"}})

    def _nodes(self):
        for instance in self.aws.instances[:4]:
            name = instance["PrivateDnsName"]
            conditions = [{"type": kind, "status": "False", "lastTransitionTime": self._ago(days=18), "reason": "Kubelet"}
                          for kind in ("MemoryPressure", "DiskPressure", "PIDPressure")]
            conditions.append({"type": "Ready", "status": "True", "reason": "KubeletReady", "lastTransitionTime": self._ago(days=18),
                               "lastHeartbeatTime": self._ago(seconds=20), "message": "kubelet is posting ready status"})
            self.add("nodes", {
                "metadata": self._meta(name, labels={"topology.kubernetes.io/region": self.cluster.region,
                                                     "topology.kubernetes.io/zone": instance["Placement"]["AvailabilityZone"],
                                                     "node.kubernetes.io/instance-type": instance["InstanceType"]}),
                "spec": {"providerID": f"aws:///{instance['Placement']['AvailabilityZone']}/{instance['InstanceId']}"},
                "status": {"conditions": conditions, "nodeInfo": {"kubeletVersion": "v1.31.4", "osImage": "Amazon Linux 2023"},
                           "capacity": {"cpu": "4", "memory": "16Gi", "pods": "58"},
                           "addresses": [{"type": "InternalIP", "address": instance["PrivateIpAddress"]},
                                         {"type": "InternalDNS", "address": name}]},
            })

    def _app(self, app):
        labels = {"app": app.name, "team": app.team}
        account = self.add("serviceaccounts", {"metadata": self._meta(app.name, "shop", annotations={
            "eks.amazonaws.com/role-arn": self.aws.role})})
        template = {"metadata": {"labels": labels}, "spec": {
            "serviceAccountName": account["metadata"]["name"],
            "containers": [{"name": app.name, "image": f"registry.{DOMAIN}/{app.name}:1.4.2", "ports": [{"containerPort": app.port}],
                            "env": [{"name": "API_TOKEN", "value": planted("pod-environment")},
                                    {"name": "LOG_LEVEL", "value": "info"}]}]}}
        deployment = self.add("deployments.apps", {
            "metadata": self._meta(app.name, "shop", labels=labels),
            "spec": {"replicas": 3, "selector": {"matchLabels": {"app": app.name}}, "template": template},
            "status": {"replicas": 3, "readyReplicas": 3, "availableReplicas": 3, "updatedReplicas": 3, "conditions": [
                {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable", "lastTransitionTime": self._ago(days=3)}]},
        })
        set_ = self.add("replicasets.apps", {
            "metadata": self._meta(f"{app.name}-6d4f9", "shop", labels=labels, owner=("Deployment", deployment)),
            "spec": {"replicas": 3, "selector": {"matchLabels": {"app": app.name}}, "template": template},
            "status": {"replicas": 3, "readyReplicas": 3, "availableReplicas": 3},
        })
        pods = [self._pod(app, set_, template, number) for number in range(3)]
        self.add("services", {
            "metadata": self._meta(app.name, "shop", labels=labels),
            "spec": {"type": "NodePort", "selector": {"app": app.name}, "clusterIP": f"172.20.{app.port % 250}.10",
                     "ports": [{"port": 80, "targetPort": app.port}]},
            "status": {"loadBalancer": {}},
        })
        self.add("endpointslices.discovery.k8s.io", {
            "metadata": self._meta(f"{app.name}-x7k2p", "shop", labels={"kubernetes.io/service-name": app.name}),
            "addressType": "IPv4", "ports": [{"port": app.port}],
            "endpoints": [{"addresses": [pod["status"]["podIP"]], "conditions": {"ready": True}, "nodeName": pod["spec"]["nodeName"],
                           "targetRef": {"kind": "Pod", "namespace": "shop", "name": pod["metadata"]["name"]}} for pod in pods],
        })
        balancer = self.aws.balancers.get(app.name)
        if balancer:
            host = f"{app.name}.{self.cluster.short}.prod.{DOMAIN}"
            self.add("ingresses.networking.k8s.io", {
                "metadata": self._meta(app.name, "shop", labels=labels),
                "spec": {"ingressClassName": "alb", "rules": [{"host": host, "http": {"paths": [{
                    "path": "/", "pathType": "Prefix",
                    "backend": {"service": {"name": app.name, "port": {"number": 80}}}}]}}]},
                "status": {"loadBalancer": {"ingress": [{"hostname": balancer}]}},
            })
        self.add("horizontalpodautoscalers.autoscaling", {
            "metadata": self._meta(app.name, "shop"),
            "spec": {"minReplicas": 2, "maxReplicas": 6, "scaleTargetRef": {"kind": "Deployment", "name": app.name, "apiVersion": "apps/v1"}},
            "status": {"currentReplicas": 3, "desiredReplicas": 3},
        })
        self._volume(app, pods[0])

    def _pod(self, app, owner, template, number):
        node = self.lists["nodes"][number % len(self.lists["nodes"])]
        return self.add("pods", {
            "metadata": self._meta(f"{owner['metadata']['name']}-{'abc'[number]}9x2k", "shop", timedelta(days=3),
                                   ("ReplicaSet", owner), labels=template["metadata"]["labels"]),
            "spec": {**template["spec"], "nodeName": node["metadata"]["name"], "volumes": []},
            "status": {"phase": "Running", "podIP": f"{self.aws.network}.{200 + number}.{10 + app.port % 200}",
                       "startTime": self._ago(days=3),
                       "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": self._ago(days=3)}],
                       "containerStatuses": [{"name": app.name, "ready": True, "restartCount": 0, "image": template["spec"]["containers"][0]["image"],
                                              "state": {"running": {"startedAt": self._ago(days=3)}}, "lastState": {}}]},
        })

    def _volume(self, app, pod):
        volume = self.aws.volumes.pop() if self.aws.volumes else None
        if not volume:
            return
        self.add("persistentvolumes", {
            "metadata": self._meta(f"pvc-{app.name}"),
            "spec": {"capacity": {"storage": f"{volume['Size']}Gi"}, "storageClassName": "gp3",
                     "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": volume["VolumeId"]},
                     "claimRef": {"namespace": "shop", "name": f"{app.name}-data"}},
            "status": {"phase": "Bound"},
        })
        self.add("persistentvolumeclaims", {
            "metadata": self._meta(f"{app.name}-data", "shop"),
            "spec": {"volumeName": f"pvc-{app.name}", "storageClassName": "gp3",
                     "resources": {"requests": {"storage": f"{volume['Size']}Gi"}}},
            "status": {"phase": "Bound", "capacity": {"storage": f"{volume['Size']}Gi"}},
        })
        pod["spec"]["volumes"].append({"name": "data", "persistentVolumeClaim": {"claimName": f"{app.name}-data"}})

    # ---- what is broken

    def _waits(self, pod, reason, message, restarts=0, last=None):
        status = pod["status"]["containerStatuses"][0]
        status |= {"ready": False, "restartCount": restarts, "state": {"waiting": {"reason": reason, "message": message}},
                   "lastState": last or {}}
        pod["status"]["conditions"][0] |= {"status": "False", "reason": "ContainersNotReady", "lastTransitionTime": self._ago(hours=2)}
        name = status["name"]
        for resource in ("deployments.apps", "replicasets.apps"):
            for one in self.lists[resource]:
                if one["metadata"]["labels"]["app"] == name:
                    one["status"] |= {"readyReplicas": 2, "availableReplicas": 2}
        for conditions in (one["status"].get("conditions", []) for one in self.lists["deployments.apps"]
                           if one["metadata"]["name"] == name):
            for condition in conditions:
                condition |= {"status": "False", "reason": "MinimumReplicasUnavailable", "lastTransitionTime": self._ago(hours=2)}

    def _pod_of(self, number):
        return self.lists["pods"][number]

    def _fault_crash(self):
        self._waits(self._pod_of(0), "CrashLoopBackOff", "back-off 5m0s restarting failed container", 41,
                    {"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": self._ago(minutes=4)}})

    def _fault_memory(self):
        status = self._pod_of(4)["status"]["containerStatuses"][0]
        status |= {"restartCount": 7, "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": self._ago(minutes=22)}}}

    def _fault_autoscaler(self):
        scaler = self.lists["horizontalpodautoscalers.autoscaling"][-1]
        scaler["status"] = {"currentReplicas": 6, "desiredReplicas": 6, "conditions": [
            {"type": "ScalingLimited", "status": "True", "reason": "TooManyReplicas", "lastTransitionTime": self._ago(hours=5),
             "message": "the desired replica count is more than the maximum replica count"}]}

    def _fault_image(self):
        self._waits(self._pod_of(1), "ImagePullBackOff", f'Back-off pulling image "registry.{DOMAIN}/{self.aws.apps[0].name}:1.4.3"')

    def _fault_node(self):
        ready = self.lists["nodes"][-1]["status"]["conditions"][-1]
        ready |= {"status": "Unknown", "reason": "NodeStatusUnknown", "message": "Kubelet stopped posting node status.",
                  "lastTransitionTime": self._ago(minutes=35)}

    def _fault_endpoints(self):
        self.lists["endpointslices.discovery.k8s.io"][-1]["endpoints"] = []

    def _fault_unschedulable(self):
        pod = self._pod_of(2)
        pod["spec"].pop("nodeName")
        pod["status"] = {"phase": "Pending", "conditions": [
            {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "lastTransitionTime": self._ago(hours=1),
             "message": "0/4 nodes are available: 4 Insufficient nvidia.com/gpu."}]}

    def _fault_claim(self):
        self.add("persistentvolumeclaims", {
            "metadata": self._meta("features-cache", "shop", timedelta(hours=6)),
            "spec": {"storageClassName": "io3", "resources": {"requests": {"storage": "500Gi"}}}, "status": {"phase": "Pending"}})

    def _fault_job(self):
        self.add("jobs.batch", {
            "metadata": self._meta("nightly-export-29384", "shop", timedelta(hours=9)),
            "spec": {"backoffLimit": 3, "template": {"spec": {"containers": []}}},
            "status": {"failed": 4, "conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded",
                                                    "message": "Job has reached the specified backoff limit",
                                                    "lastTransitionTime": self._ago(hours=8)}]}})


RESOURCES = {  # resource: (kind of its list, API version)
    "namespaces": ("NamespaceList", "v1"),
    "nodes": ("NodeList", "v1"),
    "pods": ("PodList", "v1"),
    "services": ("ServiceList", "v1"),
    "serviceaccounts": ("ServiceAccountList", "v1"),
    "persistentvolumes": ("PersistentVolumeList", "v1"),
    "persistentvolumeclaims": ("PersistentVolumeClaimList", "v1"),
    "deployments.apps": ("DeploymentList", "apps/v1"),
    "replicasets.apps": ("ReplicaSetList", "apps/v1"),
    "jobs.batch": ("JobList", "batch/v1"),
    "ingresses.networking.k8s.io": ("IngressList", "networking.k8s.io/v1"),
    "endpointslices.discovery.k8s.io": ("EndpointSliceList", "discovery.k8s.io/v1"),
    "horizontalpodautoscalers.autoscaling": ("HorizontalPodAutoscalerList", "autoscaling/v2"),
}


def lists_of(cluster: Cluster, aws, now: datetime, broken: bool):
    """By resource: the list as the API server answers it. Two of the same `now` differ by what broke only."""
    state = State(cluster, aws, now, broken)
    return {resource: {"kind": kind, "apiVersion": version, "metadata": {"resourceVersion": "4711"}, "items": state.lists[resource]}
            for resource, (kind, version) in RESOURCES.items()}
