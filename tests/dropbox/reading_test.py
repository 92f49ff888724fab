"""What cadastre-dropbox makes of an API server's answers, good and bad."""

import json
import shutil
import unittest

from api_server import BUSY, CUT, EXPIRED, HANG, UNAUTHORIZED, forbidden, status
from rig import DropboxTest, WithBusybox, applets, main

PODS, NODES = "/api/v1/pods", "/api/v1/nodes"
CERTIFICATES = "/apis/cert-manager.io/v1/certificates"


class Reading(DropboxTest):
    def setUp(self) -> None:
        super().setUp()
        self.cluster.add(PODS, "Pod", 23)
        self.cluster.add(NODES, "Node", 3)

    def small_dump(self, code: int = 0, **settings):
        return self.dump(code, **({"kinds": "pods nodes", "page_size": 10} | settings))

    def assert_whole(self, dump) -> None:
        self.assertEqual(dump.outcomes(), {"pods": "complete", "nodes": "complete"})
        self.assertEqual(dump.names("pods"), [f"pod-{i}" for i in range(23)])
        self.assertEqual(dump.names("nodes"), ["node-0", "node-1", "node-2"])

    def test_every_page_of_every_list(self) -> None:
        self.cluster.add(CERTIFICATES, "Certificate", 21, custom=True)
        self.cluster.add("/apis/cert-manager.io/v1/issuers", "Issuer", 0, custom=True)
        dump = self.small_dump(more_kinds="certificates.cert-manager.io issuers.cert-manager.io")
        self.assertEqual(set(dump.outcomes().values()), {"complete"})
        self.assertEqual(dump.names("pods"), [f"pod-{i}" for i in range(23)])
        self.assertEqual(dump.names("certificates.cert-manager.io"), [f"certificate-{i}" for i in range(21)])
        self.assertEqual(dump.names("issuers.cert-manager.io"), [])
        self.assertEqual([f["name"] for f in dump.kinds["pods"]["files"]], ["pods.1.json.gz", "pods.2.json.gz", "pods.3.json.gz"])
        manifest = dump.manifest
        self.assertEqual((manifest["cluster"], manifest["server"], manifest["tool"].split()[0]), ("prod-eu", "v1.33.4", "cadastre-dropbox"))
        self.assertRegex(manifest["kubectl"], r"^v1\.\d+")
        self.assertRegex(manifest["dump"], r"^\d{8}T\d{6}Z-\d+$")
        self.assertEqual(manifest["dump"][:16], manifest["started"].replace("-", "").replace(":", ""))
        self.assertLessEqual(manifest["started"], manifest["ended"])
        self.assertEqual("/".join(dump.folder.parts[-4:-1]), manifest["started"][:10].replace("-", "/"))

    def test_every_usual_kind_is_asked_for_and_nothing_else(self) -> None:
        dump = self.dump(3)
        self.assertEqual(len(dump.kinds), 21)
        self.assertEqual(dump.outcomes().pop("events"), "absent")
        self.assertIn("/api/v1/events?fieldSelector=type%3DWarning&limit=500", self.cluster.asked)
        self.assertFalse([path for path in self.cluster.asked if "secret" in path or "configmap" in path])

    def test_a_refused_kind_is_denied_and_the_others_whole(self) -> None:
        self.cluster.fault(PODS, forbidden("pods"), "…")
        dump = self.small_dump(3)
        self.assertEqual(dump.outcomes(), {"pods": "denied", "nodes": "complete"})
        self.assertEqual((dump.kinds["pods"]["exit"], dump.kinds["pods"]["files"]), (1, []))
        self.assertIn('User "dumper" cannot list resource "pods"', dump.kinds["pods"]["message"])

    def test_a_refused_token_is_denied_everywhere(self) -> None:
        for path in ("/version", "/apis", PODS, NODES):
            self.cluster.fault(path, UNAUTHORIZED, "…")
        dump = self.small_dump(3)
        self.assertEqual(set(dump.outcomes().values()), {"denied"})
        self.assertEqual(dump.manifest["server"], "")

    def test_older_versions_and_what_the_server_lacks(self) -> None:
        self.cluster.add("/apis/batch/v1beta1/cronjobs", "CronJob", 2)
        self.cluster.add("/apis/batch/v1/jobs", "Job", 1)
        self.cluster.add("/apis/autoscaling/v9/horizontalpodautoscalers", "HorizontalPodAutoscaler", 1)  # of a server to come
        kinds = "jobs.batch/v1 cronjobs.batch/v1,v1beta1 horizontalpodautoscalers.autoscaling/v2 things.example.com certificates.batch"
        dump = self.dump(3, kinds=kinds)
        self.assertEqual(dump.outcomes(), {"jobs.batch": "complete", "cronjobs.batch": "complete", "things.example.com": "absent",
                                           "horizontalpodautoscalers.autoscaling": "complete", "certificates.batch": "absent"})
        self.assertEqual({k: v["version"] for k, v in dump.kinds.items() if v["outcome"] == "complete"},
                         {"jobs.batch": "v1", "cronjobs.batch": "v1beta1", "horizontalpodautoscalers.autoscaling": "v9"})

    def test_an_expired_token_begins_that_kind_again(self) -> None:
        self.cluster.fault(PODS, "later", EXPIRED)
        self.assert_whole(self.small_dump())
        self.assertEqual(sum(path == PODS + "?limit=10" for path in self.cluster.asked), 2)

    def test_a_list_that_expires_again_and_again_is_asked_for_in_one(self) -> None:
        self.cluster.fault(PODS, "later", EXPIRED, "…")
        dump = self.small_dump()
        self.assert_whole(dump)
        self.assertEqual(len(dump.kinds["pods"]["files"]), 1)
        self.assertEqual(self.cluster.asked.count(PODS), 1)

    def test_a_broken_connection_is_tried_again(self) -> None:
        self.cluster.fault(PODS, "later", CUT)
        self.cluster.fault(NODES, BUSY)
        self.assert_whole(self.small_dump())

    def test_a_list_that_stays_broken_is_cut_and_keeps_its_pages(self) -> None:
        self.cluster.fault(PODS, "later", CUT, "…")
        dump = self.small_dump(3, tries=2)
        self.assertEqual(dump.outcomes(), {"pods": "cut", "nodes": "complete"})
        self.assertEqual(dump.names("pods"), [f"pod-{i}" for i in range(10)])

    def test_half_an_answer_that_looks_delivered_is_no_page(self) -> None:
        whole = self.cluster.page(PODS, {})
        half = whole[: len(whole) // 2]
        parts = [half, half + b"]}", whole[:-3] + b"\n", whole[:-2] + b",\n", b"", b"<html>Sign in</html>", b'{"kind":"Status"}\n']
        for number, part in enumerate(parts):
            self.cluster.fault(f"/api/v1/bad{number}", (200, part), "…")
        dump = self.small_dump(3, kinds=" ".join(f"bad{number}" for number in range(len(parts))) + " nodes", tries=1)
        self.assertEqual(dump.outcomes(), {f"bad{number}": "failed" for number in range(len(parts))} | {"nodes": "complete"})
        self.assertEqual([kind["files"] for kind in dump.kinds.values()][:-1], [[]] * len(parts))

    def test_a_token_that_leads_nowhere(self) -> None:
        first = self.cluster.page(PODS, {"limit": ["10"]})
        self.cluster.fault("/api/v1/same", (200, first), "…")
        self.cluster.fault("/api/v1/hostile", (200, first.replace(b'"continue":"', b'"continue":"$(touch pwned)')), "…")
        dump = self.small_dump(3, kinds="same hostile nodes")
        self.assertEqual(dump.outcomes(), {"same": "cut", "hostile": "cut", "nodes": "complete"})
        self.assertEqual([len(dump.names(name)) for name in ("same", "hostile")], [20, 10])

    def test_messages_are_one_line_of_plain_text(self) -> None:
        said = 'no "pods" for \\you\\ \u00e4\u2603\x07 ' + "x" * 400 + "\nsecond line"
        self.cluster.fault(PODS, status(403, "Forbidden", said), "…")
        message = self.small_dump(3).kinds["pods"]["message"]
        self.assertIn('no "pods" for \\you\\ ', message)
        self.assertEqual(len(message), 300)
        self.assertNotIn("second", message)

    def test_no_answer_in_time_is_cut(self) -> None:
        self.cluster.fault(PODS, HANG, "…")
        dump = self.small_dump(3, request_limit=1, tries=1)
        self.assertEqual(dump.outcomes(), {"pods": "cut", "nodes": "complete"})
        self.assertEqual(dump.kinds["pods"]["message"], "no answer within 1 s")

    def test_without_gzip(self) -> None:
        self.environment["PATH"] = str(applets(self.folder / "bare", "gzip"))
        self.shell = [shutil.which(self.shell[0]), *self.shell[1:]]
        dump = self.small_dump()
        self.assert_whole(dump)
        self.assertEqual(dump.kinds["nodes"]["files"][0]["name"], "nodes.1.json")

    def test_a_program_for_credentials_runs_once(self) -> None:
        plugin = self.folder / "plugin"
        credential = {"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1beta1", "spec": {}, "status": {"token": "t"}}
        plugin.write_text(f"#!/bin/sh\necho \"$1:$2:$HELLO\" >>'{self.folder}/calls'\necho '{json.dumps(credential)}'\n")
        plugin.chmod(0o755)
        run = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": str(plugin), "args": ["get", "a token"],
               "env": [{"name": "HELLO", "value": "x y"}]}
        self.assert_whole(self.small_dump(kubeconfig=self.kubeconfig({"exec": run}, "with-plugin")))
        self.assertEqual((self.folder / "calls").read_text(), "get:a token:x y\n")


class ReadingWithBusybox(WithBusybox, Reading):
    # The script's own logic, which no tool of busybox has a part in, and they take their time.
    test_every_usual_kind_is_asked_for_and_nothing_else = test_a_refused_token_is_denied_everywhere = None
    test_an_expired_token_begins_that_kind_again = test_a_list_that_expires_again_and_again_is_asked_for_in_one = None
    test_a_broken_connection_is_tried_again = test_a_list_that_stays_broken_is_cut_and_keeps_its_pages = None


if __name__ == "__main__":
    main()
