"""The drop-box itself: the templates are deployed to an emulator that evaluates policies, and the script uploads with the real AWS CLI.

ministack (AUTH=true, TLS) checks signatures and evaluates identity and bucket policies. What it does not do: KMS key policies, and the
condition keys of the KMS key id; nor does a stack's bucket get its encryption and lifecycle. Those parts of the templates are only read.
"""

import gzip
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

import boto3
import botocore.exceptions
import yaml

from rig import ROOT, Dump, DropboxTest, WithBusybox, main

DROPBOX = ROOT / "dropbox"
MINISTACK = os.environ.get("CADASTRE_MINISTACK") or ROOT / "build/ministack/bin/ministack"
ACCOUNT, REGION, BUCKET = "000000000000", "eu-west-1", "example-dumps"
AWS = "/usr/bin/aws" if Path("/usr/bin/aws").exists() else shutil.which("aws")


class Emulator:
    """ministack with TLS, the stacks of the two templates in it, and a key for the user of each cluster."""

    def __init__(self, folder: Path):
        self.authority, key = folder / "tls.crt", folder / "tls.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
                        "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", self.authority], check=True, capture_output=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"https://127.0.0.1:{port}"
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder), "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port),
                       "AUTH": "true", "USE_SSL": "1", "MINISTACK_SSL_CERT": str(self.authority), "MINISTACK_SSL_KEY": str(key)}
        self.process = subprocess.Popen([str(MINISTACK)], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)
        said = []
        for line in self.process.stdout:
            said.append(line)
            if "Running on" in line:
                break
        else:
            raise AssertionError("ministack did not start: " + "".join(said[-20:]))
        threading.Thread(target=self.process.stdout.read, daemon=True).start()  # or it would wait for somebody to read on
        self.root = boto3.session.Session("test", "test", region_name=REGION)
        self.dropbox = self.deploy("dropbox", "cloudformation.yaml", BucketName=BUCKET)
        self.users = {name: self.user(name) for name in ("prod-eu", "prod-us")}

    def client(self, service: str, session: boto3.session.Session | None = None):
        return (session or self.root).client(service, endpoint_url=self.url, verify=str(self.authority))

    def deploy(self, name: str, template: str, **parameters) -> dict[str, str]:
        formation = self.client("cloudformation")
        formation.create_stack(StackName=name, TemplateBody=(DROPBOX / template).read_text(), Capabilities=["CAPABILITY_NAMED_IAM"],
                               Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()])
        formation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
        (stack,) = formation.describe_stacks(StackName=name)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def user(self, cluster: str) -> boto3.session.Session:
        outputs = self.deploy(cluster, "cloudformation-cluster.yaml", Cluster=cluster, BucketName=BUCKET, KeyArn=self.dropbox["KeyArn"])
        assert outputs["Url"] == f"s3://{BUCKET}/{ACCOUNT}/{cluster}", outputs
        return self.with_policy(cluster, outputs["PolicyArn"])

    def with_policy(self, name: str, policy: str) -> boto3.session.Session:
        iam = self.client("iam")
        iam.create_user(UserName=name)
        iam.attach_user_policy(UserName=name, PolicyArn=policy)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return boto3.session.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=REGION)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


EMULATOR: Emulator


def setUpModule() -> None:
    global EMULATOR
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    EMULATOR = Emulator(Path(folder.name))
    unittest.addModuleCleanup(EMULATOR.close)


class Uploading(DropboxTest):
    def setUp(self) -> None:
        super().setUp()
        self.cluster.add("/api/v1/pods", "Pod", 25)
        self.cluster.add("/api/v1/nodes", "Node", 2)
        self.be("prod-eu")
        # The real AWS CLI, and a note of how it was called.
        self.calls = self.folder / "calls"
        self.aws = self.folder / "aws"
        self.aws.write_text(f'#!/bin/sh\necho "$*" >>"{self.calls}"\n[ ! -e "{self.folder}/fail" ] || {{ rm "{self.folder}/fail"; exit 1; }}\n'
                            f'PATH=/usr/bin:/bin exec {AWS} "$@"\n')
        self.aws.chmod(0o755)

    def be(self, user: str) -> None:
        credentials = EMULATOR.users[user].get_credentials()
        self.environment |= {"AWS_ACCESS_KEY_ID": credentials.access_key, "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
                             "AWS_CA_BUNDLE": str(EMULATOR.authority), "AWS_EC2_METADATA_DISABLED": "true"}

    def upload(self, code: int, cluster: str = "prod-eu", **settings) -> str:
        settings = {"url": f"s3://{BUCKET}/{ACCOUNT}/{cluster}", "cluster": cluster, "endpoint": EMULATOR.url, "region": REGION, "aws": self.aws,
                    "kinds": "pods nodes", "page_size": 10} | settings
        return self.run_script(code=code, **settings)[1]

    def keys(self, prefix: str) -> list[str]:
        answer = EMULATOR.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=f"{ACCOUNT}/{prefix}/")
        return [entry["Key"] for entry in answer.get("Contents", [])]

    def uploads(self) -> list[str]:
        return self.calls.read_text().splitlines() if self.calls.exists() else []

    def test_a_dump_lies_in_the_bucket_and_its_manifest_came_last(self) -> None:
        before = self.keys("prod-eu")
        self.upload(0, kms_key=EMULATOR.dropbox["KeyArn"])
        keys = [key for key in self.keys("prod-eu") if key not in before]
        self.assertEqual(sorted(key.rsplit("/", 1)[1] for key in keys),
                         ["manifest.json", "nodes.1.json.gz", "pods.1.json.gz", "pods.2.json.gz", "pods.3.json.gz"])
        first, last = self.uploads()
        self.assertIn("--recursive", first)
        self.assertRegex(last, r"s3 cp \S+/manifest\.json s3://\S+/manifest\.json ")
        self.assertNotIn("manifest", first.split("--only")[0])
        s3 = EMULATOR.client("s3")
        folder = self.folder / keys[0].split("/")[-2]
        folder.mkdir()
        for key in keys:
            self.assertRegex(key, rf"^{ACCOUNT}/prod-eu/\d{{4}}/\d\d/\d\d/\d{{8}}T\d{{6}}Z-\d+/[^/]+$")
            answer = s3.get_object(Bucket=BUCKET, Key=key)
            self.assertEqual(answer["ServerSideEncryption"], "aws:kms")
            (folder / key.rsplit("/", 1)[1]).write_bytes(answer["Body"].read())
        self.assertEqual(Dump(folder).names("pods"), [f"pod-{i}" for i in range(25)])

    def test_an_upload_is_tried_again(self) -> None:
        (self.folder / "fail").touch()
        before = len(self.keys("prod-eu"))
        self.upload(0)
        self.assertEqual((len(self.uploads()), len(self.keys("prod-eu")) - before), (3, 5))

    def test_another_clusters_prefix_is_refused(self) -> None:
        before = self.keys("prod-us")
        err = self.upload(1, url=f"s3://{BUCKET}/{ACCOUNT}/prod-us", tries=1)
        self.assertRegex(err, r"the dump could not be put into s3://\S+/prod-us/\S+: .*AccessDenied")
        self.assertEqual((self.keys("prod-us"), len(self.uploads())), (before, 1))  # and no manifest was tried
        self.be("prod-us")
        self.upload(0, cluster="prod-us", endpoint=EMULATOR.url)
        self.assertEqual(len(self.keys("prod-us")), len(before) + 5)

    def test_a_bucket_that_does_not_exist(self) -> None:
        self.assertIn("could not be put into s3://no-such-bucket/x/", self.upload(1, url="s3://no-such-bucket/x", tries=1))


class UploadingWithBusybox(WithBusybox, Uploading):
    # What the AWS CLI and the bucket say to these is the same under every shell.
    test_an_upload_is_tried_again = test_another_clusters_prefix_is_refused = test_a_bucket_that_does_not_exist = None


class Policies(unittest.TestCase):
    """What the templates' policies let through, asked of the emulator directly."""

    def outcome(self, session, service: str, call: str, **arguments) -> str:
        try:
            getattr(EMULATOR.client(service, session), call)(**arguments)
            return "allowed"
        except botocore.exceptions.ClientError as error:
            return error.response["Error"]["Code"]

    def test_a_writer_writes_under_its_prefix_and_does_nothing_else(self) -> None:
        writer = EMULATOR.users["prod-eu"]
        put = lambda key, **more: self.outcome(writer, "s3", "put_object", Bucket=BUCKET, Key=key, Body=b"x", **more)
        own = f"{ACCOUNT}/prod-eu/2026/x"
        self.assertEqual(put(own), "allowed")
        for key in (f"{ACCOUNT}/prod-us/x", f"{ACCOUNT}/prod-eu", f"{ACCOUNT}/prod-eu2/x", "111111111111/prod-eu/x", "x", f"{ACCOUNT}/../prod-us/x"):
            self.assertEqual(put(key), "AccessDenied", key)
        self.assertEqual(put(own, ServerSideEncryption="AES256"), "AccessDenied")
        self.assertEqual(put(own, ServerSideEncryption="aws:kms", SSEKMSKeyId=EMULATOR.dropbox["KeyArn"]), "allowed")
        for call, arguments in {"get_object": {"Key": own}, "delete_object": {"Key": own}, "list_objects_v2": {}, "get_bucket_policy": {},
                                "delete_bucket_policy": {}, "put_object_acl": {"Key": own, "ACL": "public-read"}}.items():
            self.assertEqual(self.outcome(writer, "s3", call, Bucket=BUCKET, **arguments), "AccessDenied", call)

    def test_the_reader_reads_and_takes_messages_and_does_nothing_else(self) -> None:
        EMULATOR.client("s3", EMULATOR.users["prod-eu"]).put_object(Bucket=BUCKET, Key=f"{ACCOUNT}/prod-eu/y/manifest.json", Body=b"{}")
        EMULATOR.client("s3", EMULATOR.users["prod-eu"]).put_object(Bucket=BUCKET, Key=f"{ACCOUNT}/prod-eu/y/pods.1.json.gz", Body=gzip.compress(b""))
        reader, queue = EMULATOR.with_policy("reader", EMULATOR.dropbox["ReaderPolicyArn"]), EMULATOR.dropbox["QueueUrl"]
        key = f"{ACCOUNT}/prod-eu/y/manifest.json"
        self.assertEqual(self.outcome(reader, "s3", "list_objects_v2", Bucket=BUCKET), "allowed")
        self.assertEqual(self.outcome(reader, "s3", "get_object", Bucket=BUCKET, Key=key), "allowed")
        for call in ("put_object", "delete_object"):
            self.assertEqual(self.outcome(reader, "s3", call, Bucket=BUCKET, Key=key), "AccessDenied", call)
        told, sqs = [], EMULATOR.client("sqs", reader)
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                told += [record["s3"]["object"]["key"] for record in json.loads(message["Body"]).get("Records", [])]
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        self.assertIn(key, told)
        self.assertFalse([key for key in told if not key.endswith("/manifest.json")], "only whole dumps are told of")
        self.assertEqual(self.outcome(reader, "sqs", "send_message", QueueUrl=queue, MessageBody="x"), "AccessDenied")


class Template(yaml.SafeLoader):
    """Reads a template; of !Ref X and the like, X."""


Template.add_multi_constructor("!", lambda loader, tag, node: loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode)
                               else loader.construct_sequence(node, deep=True))


class Documents(unittest.TestCase):
    def test_the_bucket_is_closed_encrypted_and_forgets(self) -> None:  # here, because ministack ignores much of this in a stack
        template = yaml.load((DROPBOX / "cloudformation.yaml").read_text(), Template)
        bucket = template["Resources"]["Bucket"]["Properties"]
        self.assertEqual(list(bucket["PublicAccessBlockConfiguration"].values()), [True] * 4)
        (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        self.assertEqual(encryption["ServerSideEncryptionByDefault"], {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "Key.Arn"})
        (rule,) = bucket["LifecycleConfiguration"]["Rules"]
        self.assertEqual((rule["Status"], rule["ExpirationInDays"], rule.get("Filter", rule.get("Prefix"))), ("Enabled", "ExpireDays", None))
        self.assertLessEqual(template["Parameters"]["ExpireDays"]["Default"], 7)

    def test_the_templates_are_valid(self) -> None:
        lint = ROOT / "build/venv/bin/cfn-lint"
        done = subprocess.run([lint, "--include-checks", "I", "--", *map(str, sorted(DROPBOX.glob("cloudformation*.yaml")))], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_the_script_is_clean(self) -> None:
        self.assertTrue(shutil.which("shellcheck"), "shellcheck is not there; `./dev test` installs it")
        done = subprocess.run(["shellcheck", str(DROPBOX / "cadastre-dropbox")], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_the_role_lists_the_usual_kinds_and_no_others(self) -> None:
        (role,) = [part for part in yaml.safe_load_all((DROPBOX / "rbac.yaml").read_text()) if part["kind"] == "ClusterRole"]
        allowed = set()
        for rule in role["rules"]:
            self.assertEqual(rule["verbs"], ["get"] if "nonResourceURLs" in rule else ["list"])
            allowed |= {resource + (f".{group}" if group else "") for group in rule.get("apiGroups", []) for resource in rule["resources"]}
        source = (DROPBOX / "cadastre-dropbox").read_text()
        usual = source.split("\nkinds='")[1].split("'")[0].split()
        self.assertEqual(allowed, {kind.split("?")[0].split("/")[0] for kind in usual})
        self.assertEqual(len(usual), 21)
        self.assertFalse({"secrets", "configmaps", "*"} & {kind.split(".")[0] for kind in allowed})


if __name__ == "__main__":
    main()
