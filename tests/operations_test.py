"""The guards of the allow-list must bite: each rule of tools/check_operations.py is broken once here. And what the tools cut
out of a model must stay out."""

import pathlib
import sys
import tempfile
import unittest

import botocore.loaders

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))

import build_models
import check_operations
import endpoint_table
import operations

LOADER = botocore.loaders.Loader()


def complaints(services, withheld=()):
    return list(check_operations.check(set(withheld), services, LOADER))


class Guards(unittest.TestCase):
    def test_the_list_itself_passes(self):
        self.assertEqual(complaints(*reversed(operations.read())), [])

    def test_an_operation_that_does_not_exist(self):
        self.assertEqual(complaints({"sts": ["GetCallersIdentity"]}), ["sts: GetCallersIdentity: botocore has no such operation"])
        self.assertEqual(complaints({"stz": []}), ["stz: botocore has no such service"])

    def test_disorder(self):
        self.assertEqual(complaints({"sqs": ["ListQueues", "ListQueueTags"]}),
                         ["sqs: its operations are not sorted, or one stands twice"])
        self.assertEqual(complaints({"sts": [], "sqs": []}), ["the services are not sorted"])

    def test_writing_verbs(self):
        for service, name in [("s3", "PutObject"), ("ec2", "RunInstances"), ("iam", "DeleteUser"), ("ssm", "SendCommand"),
                              ("lambda", "Invoke"), ("rds", "ModifyDBInstance"), ("ec2", "CreateTags")]:
            self.assertIn(f"{service}: {name}: begins with none of", complaints({service: [name]})[0])

    def test_reads_of_data_and_secrets(self):
        for service, name in [("secretsmanager", "GetSecretValue"), ("secretsmanager", "BatchGetSecretValue"), ("ssm", "GetParameter"),
                              ("ssm", "GetParametersByPath"), ("ec2", "GetPasswordData"), ("sso", "GetRoleCredentials"),
                              ("dynamodb", "GetItem"), ("s3", "GetObject"), ("kinesis", "GetRecords"), ("logs", "GetLogEvents"),
                              ("lambda", "GetFunction"), ("ecr", "GetAuthorizationToken"), ("glue", "GetConnections"),
                              ("cloudcontrol", "GetResource"), ("sts", "GetSessionToken"), ("apigateway", "GetApiKeys")]:
            self.assertTrue(any("must never be listed" in c for c in complaints({service: [name]})), f"{service} {name}")

    def test_credentials_that_come_along(self):
        listed = {"ec2": ["DescribeVpnConnections"]}
        self.assertIn("its output has 'PreSharedKey'", complaints(listed)[0])
        self.assertEqual(complaints(listed, ["PreSharedKey"]), [])
        self.assertEqual(complaints(listed, ["TunnelOption.PreSharedKey"]), [])
        self.assertEqual(complaints(listed, ["PreSharedKey", "Moon"]), ["withheld: no listed operation returns a member 'Moon'"])


class Reading(unittest.TestCase):
    def read(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "operations.txt"
            path.write_text(text)
            return operations.read(path)

    def test_form(self):
        self.assertEqual(self.read("# c\nwithheld:\n  A.b\n\nec2:\n  X\n  Y\n"), ({"A.b"}, {"ec2": ["X", "Y"]}))

    def test_mistakes_name_the_line(self):
        for text, message in [("  X\n", "operations.txt:1: 'X' stands under no heading"), ("a:\na:\n", "operations.txt:2: the heading 'a'"),
                              ("a:\n X\n", "operations.txt:2: expected")]:
            with self.assertRaisesRegex(operations.ListError, message.replace(".", r"\.")):
                self.read(text)


class Trimming(unittest.TestCase):
    MODEL = {
        "metadata": {"protocol": "query", "protocols": ["smithy-rpc-v2-cbor", "json", "query"], "serviceFullName": "Long name"},
        "operations": {
            "ListThings": {"name": "ListThings", "http": {"method": "POST", "requestUri": "/", "responseCode": 200},
                           "input": {"shape": "In"}, "output": {"shape": "Out"}, "documentation": "words"},
            "DeleteThing": {"name": "DeleteThing", "http": {"method": "POST", "requestUri": "/"}, "input": {"shape": "Doomed"}},
        },
        "shapes": {
            "In": {"type": "structure", "members": {"Max": {"shape": "Size"}}},
            "Size": {"type": "integer", "max": 50, "min": 1},
            "Out": {"type": "structure", "required": ["Key", "Self"], "members": {
                "Key": {"shape": "Text"}, "Name": {"shape": "Text", "documentation": "words"}, "Self": {"shape": "Out"}}},
            "Text": {"type": "string", "max": 9, "enum": ["a"], "pattern": "a"},
            "Doomed": {"type": "structure", "members": {}},
        },
    }

    def test_only_what_is_listed_and_reached_and_read_stays(self):
        paginator = {"input_token": "Token", "output_token": "Token", "limit_key": "Max", "result_key": "Things", "non_aggregate_keys": []}
        trimmed = build_models.trim(self.MODEL, ["ListThings"], {"ListThings": paginator}, {"Out.Key"})
        self.assertEqual(trimmed["metadata"], {"protocol": "json"})
        self.assertEqual(list(trimmed["operations"]), ["ListThings"])
        self.assertNotIn("documentation", trimmed["operations"]["ListThings"])
        self.assertNotIn("non_aggregate_keys", trimmed["operations"]["ListThings"]["paginator"])
        self.assertEqual(sorted(trimmed["shapes"]), ["In", "Out", "Size", "Text"])
        self.assertEqual(trimmed["shapes"]["Size"], {"type": "integer", "max": 50})
        self.assertEqual(trimmed["shapes"]["Text"], {"type": "string"})
        self.assertEqual(trimmed["shapes"]["Out"],
                         {"type": "structure", "required": ["Self"], "members": {"Name": {"shape": "Text"}, "Self": {"shape": "Out"}}})

    def test_region_patterns(self):
        self.assertEqual(endpoint_table.prefixes(r"^(us|eu)\-\w+\-\d+$"), ["us", "eu"])
        self.assertEqual(endpoint_table.prefixes(r"^us\-gov\-\w+\-\d+$"), ["us-gov"])
        self.assertEqual(endpoint_table.prefixes(r"^eusc\-(de)\-\w+\-\d+$"), ["eusc-de"])
        with self.assertRaisesRegex(ValueError, "new form"):
            endpoint_table.prefixes(r"^moon\-[a-z]{3}$")


if __name__ == "__main__":
    unittest.main()
