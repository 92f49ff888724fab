"""What goes wrong around a drop-box: refusals, throttling, poison, kills, clocks. Nothing of it blocks what is well."""

import signal
import time
import unittest

from dumps import Dump
from rig import REGION, ListenerTest

DISCOVER = f', discover: {{account: main, region: {REGION}}}'
DENIED_S3 = (403, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
SLOW_DOWN = (503, "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>")
DENIED_SQS = (403, '{"__type": "com.amazon.coral.service#AccessDeniedException", "message": "no"}')


class Faults(ListenerTest):
    def test_poison_beside_good_ones(self):
        site = self.site(DISCOVER)
        good = Dump("good", ["a"], -300).put(self.s3, self.bucket)
        before = Dump("mixed", ["a", "b"], -600).put(self.s3, self.bucket)
        broken = Dump("mixed", ["x"], -500)
        broken.put_manifest(self.s3, self.bucket, '{"format": 1, "clus')
        foreign = Dump("mixed", ["y"], -400, says="good").put(self.s3, self.bucket)
        future = Dump("mixed", ["z"], -350)
        future.manifest["format"] = 2
        future.put(self.s3, self.bucket)
        after = Dump("mixed", ["b"], -300).put(self.s3, self.bucket)
        server = self.serve(site)
        self.until_settled(site, good, before, after)
        self.until_settled(site, broken, foreign, future, state="poison")
        self.assertEqual(self.pods(server, "mixed"), ["b"])
        for dump in (broken, foreign, future):
            self.assertTrue(site.ledger()[("mixed", dump.name)][1], "poison without a reason")
        listed = site.cadastre("kubernetes", "dumps", "--state", "poison")
        self.assertEqual((listed.returncode, listed.stdout.count("poison")), (0, 3), listed)
        # Mended and asked for again, it is read if it is the newest.
        last = Dump("good", ["a", "c"], 0)
        last.put_files(self.s3, self.bucket)
        last.put_manifest(self.s3, self.bucket, "{")
        self.until_settled(site, last, state="poison")
        last.put_manifest(self.s3, self.bucket)
        again = site.cadastre("kubernetes", "retry", "good", last.name)
        self.assertEqual(again.returncode, 0, again)
        self.until_settled(site, last)
        self.assertEqual(self.pods(server, "good"), ["a", "c"])
        refused = site.cadastre("kubernetes", "retry", "good", last.name)
        self.assertEqual((refused.returncode, "is done" in refused.stderr), (2, True), refused)

    def test_manifest_before_its_files(self):
        site = self.site(DISCOVER)
        dump = Dump("early", ["a"], -60)
        dump.put_manifest(self.s3, self.bucket)
        server = self.serve(site)
        self.until(lambda: "is not there yet" in site.ledger().get(("early", dump.name), ("", ""))[1], "it is not waited for")
        dump.put_files(self.s3, self.bucket)
        self.until_settled(site, dump)
        self.assertEqual(self.pods(server, "early"), ["a"])

    def test_bucket_that_denies_then_throttles(self):
        site = self.site(DISCOVER)
        dump = Dump("prod", ["a"], -300).put(self.s3, self.bucket)
        self.gate.refuse = lambda service, operation, path: DENIED_S3 if operation == "GetObject" else None
        server = self.serve(site)
        self.until(lambda: "access denied" in site.ledger().get(("prod", dump.name), ("", ""))[1], "the refusal is not to be seen")
        self.assertEqual(site.ledger()[("prod", dump.name)][0], "waiting")
        slow = iter(range(3))
        self.gate.refuse = lambda service, operation, path: SLOW_DOWN if operation == "GetObject" and next(slow, None) is not None else None
        self.until_settled(site, dump)
        self.assertEqual(self.pods(server, "prod"), ["a"])

    def test_listing_denied(self):
        site = self.site(DISCOVER)
        dump = Dump("prod", ["a"], -300).put(self.s3, self.bucket)
        self.gate.refuse = lambda service, operation, path: DENIED_S3 if service == "s3" else None
        server = self.serve(site)
        message = server.wait_for_log("the drop-box")["message"]
        self.assertIn("access denied", message)
        self.gate.refuse = lambda *_: None
        self.until_settled(site, dump, seconds=60)

    def test_queue_that_denies_is_stood_in_for(self):
        queue = self.queue()
        site = self.site(DISCOVER, queue, every="15m")
        self.gate.refuse = lambda service, operation, path: DENIED_SQS if service == "sqs" else None
        server = self.serve(site)
        self.assertIn("access denied", server.wait_for_log("the drop-box")["message"])
        dump = Dump("prod", ["a"], -300).put(self.s3, self.bucket)
        self.until_settled(site, dump, seconds=75)

    def test_killed_while_reading(self):
        site = self.site(DISCOVER)
        dumps = [Dump("prod", ["a", "b", str(i)], -600 + i) for i in range(4)]
        for dump in dumps:
            dump.put(self.s3, self.bucket)
        held = []

        def hold(service, operation, path):
            if operation == "GetObject" and "pods" in path and dumps[1].name in path and not held:
                held.append(path)
                time.sleep(5)
            return None

        self.gate.refuse = hold
        server = self.serve(site)
        self.until(lambda: held, "the second dump is not read")
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        ledger = site.ledger()
        self.assertEqual([ledger[("prod", dump.name)][0] for dump in dumps], ["done", "waiting", "waiting", "waiting"])
        server = self.serve(site)
        self.until_settled(site, *dumps)
        self.assertEqual([record["dump"] for record in server.log() if record["message"] == "a dump was read"],
                         [dump.name for dump in dumps[1:]])
        self.assertEqual(self.pods(server, "prod"), ["3", "a", "b"])

    def test_clock_in_the_future(self):
        site = self.site(DISCOVER)
        server = self.serve(site)
        ahead = Dump("prod", ["future"], 365 * 24 * 3600).put(self.s3, self.bucket)
        self.until_settled(site, ahead)
        self.assertEqual(self.pods(server, "prod"), ["future"])
        second = time.time() + 1  # S3's clock has whole seconds
        self.until(lambda: time.time() > second, "time stands still")
        right = Dump("prod", ["present"], 0).put(self.s3, self.bucket)
        self.until_settled(site, right)
        self.assertEqual(self.pods(server, "prod"), ["present"])

    def test_reload_adds_a_cluster(self):
        site = self.site("")
        other = Dump("mine", ["a"], -300, prefix="clusters/special/").put(self.s3, self.bucket)
        server = self.serve(site)
        site.config.write_text(site.config.read_text() + f"""  clusters:
    - {{name: mine, account: main, region: {REGION}, prefix: clusters/special/}}
""")
        server.process.send_signal(signal.SIGHUP)
        self.until_settled(site, other)
        self.assertEqual(self.pods(server, "mine"), ["a"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
