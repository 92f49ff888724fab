"""Fills the drop-box of the emulated organisation: for each cluster a dump of an hour ago, when all was well, and one of now.

The bucket is in the account `HOME`, with a queue that hears of each object. The form of a dump is dropbox/FORMAT.md's.
"""

import gzip
import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import witness  # noqa: E402
from posix_cksum import posix_cksum  # noqa: E402
from world.clusters import CLUSTERS, lists_of  # noqa: E402
from world.plan import APPS, MEMBERS  # noqa: E402

HOME, REGION = "network", "us-east-1"
BUCKET, PREFIX = "acme-cadastre-dropbox", "clusters/"


def fill(emulator) -> str:
    """Uploads the dumps, unless they are there. Returns the queue's URL."""
    ids = {account["name"]: account["id"] for account in emulator.accounts}
    s3 = witness.client(emulator, "s3", ids[HOME], REGION)
    sqs = witness.client(emulator, "sqs", ids[HOME], REGION)
    queue = sqs.create_queue(QueueName=BUCKET)["QueueUrl"]
    if any(bucket["Name"] == BUCKET for bucket in s3.list_buckets()["Buckets"]):
        return queue
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={
        "QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]})
    now = datetime.now(timezone.utc)
    for cluster in CLUSTERS:
        aws = _aws(emulator, ids[cluster.account], cluster)
        for started, broken in ((now - timedelta(hours=1), False), (now, True)):
            _upload(s3, cluster, started, lists_of(cluster, aws, now, broken))
    return queue


def _aws(emulator, account, cluster):
    """What of the account stands behind the cluster."""
    ec2 = witness.client(emulator, "ec2", account, cluster.region)
    elb = witness.client(emulator, "elbv2", account, cluster.region)
    running = [{"Name": "instance-state-name", "Values": ["running"]}]
    instances = [instance for reservation in ec2.describe_instances(Filters=running)["Reservations"]
                 for instance in reservation["Instances"]]
    instances.sort(key=lambda instance: instance["InstanceId"])
    balancers = {balancer["LoadBalancerName"]: balancer["DNSName"] for balancer in elb.describe_load_balancers()["LoadBalancers"]}
    names = next(member for member in MEMBERS if member.name == cluster.account).apps[cluster.region]
    return SimpleNamespace(
        apps=[APPS[name] for name in names],
        instances=instances,
        balancers={name: dns for name in names
                   if (dns := balancers.get(f"{cluster.account}-{name}-{cluster.short}-alb"))},
        volumes=[volume for volume in ec2.describe_volumes()["Volumes"] if volume["State"] == "in-use"],
        role=f"arn:aws:iam::{account}:role/{cluster.name}-pods",
        network=instances[0]["PrivateIpAddress"].rsplit(".", 2)[0],
    )


def _upload(s3, cluster, started, lists):
    dump = started.strftime("%Y%m%dT%H%M%SZ-1")
    folder = f"{PREFIX}{cluster.name}/{started:%Y/%m/%d}/{dump}/"
    kinds = []
    for resource, content in lists.items():
        name, data = f"{resource}.1.json.gz", gzip.compress(json.dumps(content).encode())
        s3.put_object(Bucket=BUCKET, Key=folder + name, Body=data)
        version = content["apiVersion"].rpartition("/")[2]
        kinds.append({"resource": resource, "version": version, "outcome": "complete", "exit": 0, "message": "",
                      "files": [{"name": name, "bytes": len(data), "cksum": posix_cksum(data)}]})
    manifest = {"format": 1, "tool": "cadastre-dropbox", "cluster": cluster.name, "dump": dump,
                "started": f"{started:%Y-%m-%dT%H:%M:%SZ}", "ended": f"{started + timedelta(seconds=4):%Y-%m-%dT%H:%M:%SZ}",
                "kubectl": "v1.31.4", "server": "v1.31.4", "kinds": kinds}
    s3.put_object(Bucket=BUCKET, Key=folder + "manifest.json", Body=json.dumps(manifest).encode())
