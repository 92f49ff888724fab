"""Dumps are heard of by listing and through a queue, each is read once, in order, and is visible within a minute."""

import time
import unittest

from dumps import Dump
from rig import ACCOUNT, REGION, ListenerTest

DISCOVER = f', discover: {{account: main, region: {REGION}}}'


class Hearing(ListenerTest):
    def test_listed(self):
        site = self.site(DISCOVER)
        first = Dump("prod-eu", ["a", "b"], -600).put(self.s3, self.bucket)
        server = self.serve(site)
        self.until_settled(site, first)
        self.assertEqual(self.pods(server, "prod-eu"), ["a", "b"])
        second = Dump("prod-eu", ["b", "c"], -300)
        second.put_files(self.s3, self.bucket)
        other = Dump("edge", ["x"], -300).put(self.s3, self.bucket)
        self.until_settled(site, other)
        self.assertNotIn(("prod-eu", second.name), site.ledger())  # without its manifest it is none yet
        begun = time.monotonic()
        second.put_manifest(self.s3, self.bucket)
        self.until(lambda: self.pods(server, "prod-eu") == ["b", "c"], "the second dump is not to be seen")
        self.assertLess(time.monotonic() - begun, 60)
        self.assertEqual(self.pods(server, "edge"), ["x"])
        # Only what is new is asked for: one listing of a cluster is one request, and settled dumps are not opened again.
        self.gate.requests.clear()
        third = Dump("prod-eu", ["c"], 0).put(self.s3, self.bucket)
        self.until_settled(site, third)
        opened = {path for _, operation, path in self.gate.requests if operation == "GetObject"}
        self.assertTrue(all(third.name in path for path in opened), opened)

    def test_queue(self):
        queue = self.queue()
        site = self.site(DISCOVER, queue, every="15m")
        server = self.serve(site)
        self.sqs.send_message(QueueUrl=queue, MessageBody='{"Service": "Amazon S3", "Event": "s3:TestEvent"}')
        self.sqs.send_message(QueueUrl=queue, MessageBody="hello")
        dumps = [Dump("prod-eu", [f"p{i}"], -600 + 60 * i).put(self.s3, self.bucket) for i in range(4)]
        begun = time.monotonic()
        self.tell(queue, dumps[1], dumps[0], dumps[1], dumps[2], dumps[2], dumps[0], dumps[3])
        self.until(lambda: self.pods(server, "prod-eu") == ["p3"], "the last dump is not to be seen")
        took = time.monotonic() - begun
        print(f"from the event to being seen: {took:.2f} s")
        self.assertLess(took, 60)
        self.until_settled(site, *dumps)
        reads = [record["dump"] for record in server.log() if record["message"] == "a dump was read"]
        self.assertEqual(reads, sorted(set(reads)), "read twice, or out of order")
        self.assertEqual(reads[-1], dumps[3].name)
        for dump in dumps:  # what was told of too late was left, and says so
            if dump.name not in reads:
                self.assertEqual(site.ledger()[("prod-eu", dump.name)], ("done", "left: a newer dump was there first"))
        self.until(lambda: not self.waiting(queue), "messages are left in the queue")
        self.assertEqual(len(server.wait_for_log("no event of S3")["message"].splitlines()), 1)

    def waiting(self, queue):
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        counts = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        return sum(int(counts[name]) for name in names)

    def test_real_notifications_and_lost_ones(self):
        queue = self.queue()
        arn = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        site = self.site(DISCOVER, queue, every="10s")
        server = self.serve(site)
        lost = Dump("prod-eu", ["a"], -600).put(self.s3, self.bucket)  # nobody is told; a listing finds it
        self.until_settled(site, lost)
        self.s3.put_bucket_notification_configuration(Bucket=self.bucket, NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]})
        told = Dump("prod-eu", ["a", "ä b"], -300).put(self.s3, self.bucket)
        self.until_settled(site, told)
        self.assertEqual(self.pods(server, "prod-eu"), ["a", "ä b"])

    def test_bound_to_an_eks_cluster(self):
        eks = self.client("eks")
        for name in ("main", "other"):
            eks.create_cluster(name=name, roleArn=f"arn:aws:iam::{ACCOUNT}:role/eks", resourcesVpcConfig={})
        node = {"metadata": {"name": "n1", "uid": "n"}, "spec": {"providerID": "aws:///eu-west-1a/i-0"}}
        dumps = [Dump(name, ["a"], -300, others={"nodes": [node]}).put(self.s3, self.bucket) for name in ("bound", "other", "none")]
        bound = f"{{name: bound, account: main, region: {REGION}, prefix: clusters/bound/, eks: main}}"
        site = self.site(DISCOVER, clusters=f"  clusters: [{bound}]\n")
        server = self.serve(site)
        server.collect()
        self.until_settled(site, *dumps)

        def related(resource, kind):
            server.until(lambda: server.get(f"/api/v1/resources/{resource}").status == 200, f"{resource} is not to be seen")
            rows = server.get(f"/api/v1/resources/{resource}/relations").json()["rows"]
            return [row["id"] for row in rows if row["kind"] == kind]

        def eks_id(name):
            return f"aws.eks.cluster/{ACCOUNT}/{REGION}/{name}"

        nodes = {name: f"k8s.node/{ACCOUNT}/{name}/n1" for name in ("bound", "other", "none")}
        self.assertEqual({name: related(node, "aws.eks.cluster") for name, node in nodes.items()},
                         {"bound": [eks_id("main")], "other": [eks_id("other")], "none": []})
        self.assertEqual(related(f"k8s.cluster/{ACCOUNT}/bound/bound", "aws.eks.cluster"), [eks_id("main")])
        self.assertEqual({name: related(eks_id(name), "k8s.node") for name in ("main", "other")},
                         {"main": [nodes["bound"]], "other": [nodes["other"]]})

    def test_thirty_clusters(self):
        dumps = [Dump(f"c{i:02}", [f"pod-{i}"], -300).put(self.s3, self.bucket) for i in range(30)]
        bad = Dump("c31", ["x"], -300, says="c30").put(self.s3, self.bucket)
        site = self.site(DISCOVER)
        begun = time.monotonic()
        server = self.serve(site)
        self.until_settled(site, *dumps)
        print(f"30 clusters: {time.monotonic() - begun:.1f} s from the start of the server")
        self.until_settled(site, bad, state="poison")
        self.assertEqual({name: self.pods(server, name) for name in ("c00", "c29", "c31")}, {"c00": ["pod-0"], "c29": ["pod-29"], "c31": []})


if __name__ == "__main__":
    unittest.main(verbosity=2)
