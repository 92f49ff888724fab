"""Prepares what the dashboard's tests look at: the demo's organisation, collected twice, with a day between.

The emulated organisation is collected once and that record is moved 26 hours into the past; then things change in AWS as
they do on a working day, and it is collected again. So there is a yesterday that differs from today, and every row in the
store was written by the program itself. Writes stage.json into its directory: who may sign in, where the emulator is, and
what the tests are to find, as boto3 tells it.

Run by run.mjs; by hand: stage.py --binary build/release/cadastre --directory build/web-tests
"""

import argparse
import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

DEMO = Path(__file__).resolve().parents[2] / "tools" / "demo"
sys.path.insert(0, str(DEMO))
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}

import boto3  # noqa: E402
import emulator as emulators  # noqa: E402
import settings  # noqa: E402
from botocore.config import Config  # noqa: E402
from program import Program  # noqa: E402
from world.plan import EXTERNAL_ID, READ_ROLE  # noqa: E402

REGION = "eu-west-1"
ACCOUNT = "prod"
HOURS = 26
# A cluster of the prod account; its dump is read by hand, so the next one is not due for years.
CLUSTER = "prod-eu"
DUMP = next((Path(__file__).resolve().parents[1] / "kube" / "dump").glob("*/manifest.json")).parent
PASSWORDS = {"ana": "correct-horse-battery", "ola": "staple-operator-lamp", "vic": "viewer-of-one-account"}
# What the emulator cannot answer about: left out where the estate is to look healthy.
UNANSWERED = ["aws.network_firewall.firewall_policy", "aws.ssm.managed_instance", "aws.wafv2.web_acl"]
ROLES = {"ana": ["admin"], "ola": ["operator"], "vic": ["viewer", "--account", "staging"]}
# Every column of the store that says when.
TIMES = {
    "cell": ["attempted", "verified", "unverified_since", "unplanned_since"],
    "resource": ["first_seen", "changed", "since", "missing", "deleted"],
    "version": ['"from"', '"to"'],
    "gap": ["since"],
    "sighting": ["since"],
    "account": ["since"],
    "run": ["started", "finished"],
}


def client(emulator, account_id, service, region=REGION):
    quiet = Config(retries={"max_attempts": 0}, proxies={})
    keys = emulator.keys["management"]
    sts = boto3.client(
        "sts",
        region_name="us-east-1",
        endpoint_url=emulator.endpoint,
        config=quiet,
        aws_access_key_id=keys["access_key_id"],
        aws_secret_access_key=keys["secret_access_key"],
    )
    role = f"arn:aws:iam::{account_id}:role/{READ_ROLE}"
    found = sts.assume_role(RoleArn=role, RoleSessionName="stage", ExternalId=EXTERNAL_ID)["Credentials"]
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=emulator.endpoint,
        config=quiet,
        aws_access_key_id=found["AccessKeyId"],
        aws_secret_access_key=found["SecretAccessKey"],
        aws_session_token=found["SessionToken"],
    )


def move_into_the_past(store: Path) -> None:
    back = HOURS * 3600 * 1000  # times are milliseconds
    with contextlib.closing(sqlite3.connect(store)) as database, database:
        for table, columns in TIMES.items():
            moved = ", ".join(f"{column} = {column} - {back}" for column in columns)
            database.execute(f"UPDATE {table} SET {moved}")


def scratch_volume(emulator, account_id) -> str:
    """A volume that yesterday has, and today does not."""
    tags = [{"ResourceType": "volume", "Tags": [{"Key": "Name", "Value": "scratch-of-a-migration"}]}]
    made = client(emulator, account_id, "ec2").create_volume(
        AvailabilityZone=f"{REGION}a", Size=50, VolumeType="gp3", TagSpecifications=tags
    )
    return made["VolumeId"]


def a_working_day(emulator, account_id, scratch: str) -> dict:
    """Changes what a day changes. Returns what the tests look for."""
    ec2 = client(emulator, account_id, "ec2")
    listed = ec2.describe_instances(Filters=[{"Name": "instance-state-name", "Values": ["running"]}])
    instances = sorted(
        (instance for reservation in listed["Reservations"] for instance in reservation["Instances"]),
        # Ids differ from run to run; those that a group made by itself have no security group of their own, and come last.
        key=lambda instance: (not instance["SecurityGroups"], instance["InstanceId"]),
    )
    resized, stopped, terminated, found = instances[:4]
    ec2.stop_instances(InstanceIds=[resized["InstanceId"]])
    ec2.modify_instance_attribute(InstanceId=resized["InstanceId"], InstanceType={"Value": "m6i.4xlarge"})
    ec2.start_instances(InstanceIds=[resized["InstanceId"]])
    ec2.create_tags(Resources=[resized["InstanceId"]], Tags=[{"Key": "resized-by", "Value": "ops"}])
    ec2.stop_instances(InstanceIds=[stopped["InstanceId"]])
    ec2.terminate_instances(InstanceIds=[terminated["InstanceId"]])
    group = resized["SecurityGroups"][0]["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )
    new = ec2.create_volume(
        AvailabilityZone=f"{REGION}a",
        Size=200,
        VolumeType="gp3",
        TagSpecifications=[{"ResourceType": "volume", "Tags": [{"Key": "Name", "Value": "restored-by-hand"}]}],
    )
    ec2.delete_volume(VolumeId=scratch)
    balancers = client(emulator, account_id, "elbv2").describe_load_balancers()["LoadBalancers"]
    return {
        "account": account_id,
        "region": REGION,
        "instances": len(instances),
        "resized": {
            "id": resized["InstanceId"],
            "ip": resized["PrivateIpAddress"],
            "before": resized["InstanceType"],
            "after": "m6i.4xlarge",
        },
        "stopped": {"id": stopped["InstanceId"]},
        "terminated": {"id": terminated["InstanceId"]},
        "found": {"id": found["InstanceId"], "ip": found["PrivateIpAddress"]},
        "group": group,
        "volume": new["VolumeId"],
        "deleted_volume": scratch,
        "balancer": balancers[0]["LoadBalancerArn"],
    }


def prepare(binary: Path, directory: Path, healthy: bool) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    emulators.stop(directory)  # a new world each time: the last one's day is over
    for old in directory.glob("cadastre.db*"):
        old.unlink()
    emulator, _ = emulators.start(directory)
    config = settings.write(emulator, directory)
    if healthy:
        config.write_text(config.read_text() + f"exclude_kinds: [{', '.join(UNANSWERED)}]\n")
    program = Program(binary, config, emulator.endpoint)
    accounts = {account["name"]: account["id"] for account in emulator.accounts}

    eks = client(emulator, accounts[ACCOUNT], "eks").list_clusters()["clusters"][0]
    config.write_text(f"""{config.read_text()}
kubernetes:
  clusters:
    - {{name: {CLUSTER}, account: "{accounts[ACCOUNT]}", region: {REGION}, eks: {eks}, every: 3650d}}
""")

    def run(*arguments: str, typed: str = "") -> None:
        command = [str(binary), "-c", str(config), *arguments]
        done = subprocess.run(command, env=program.environment, input=typed, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 3):
            raise SystemExit(f"stage: cadastre {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")

    scratch = scratch_volume(emulator, accounts[ACCOUNT])
    run("collect")
    move_into_the_past(directory / "cadastre.db")
    facts = a_working_day(emulator, accounts[ACCOUNT], scratch)
    run("collect")
    run("kubernetes", "ingest", "--cluster", CLUSTER, str(DUMP))
    for name, password in PASSWORDS.items():
        run("user", "add", name, "--role", *ROLES[name], "--password-stdin", typed=password + "\n")
    stage = {
        "config": str(config),
        "environment": {key: value for key, value in program.environment.items() if key.startswith("AWS_")},
        "passwords": PASSWORDS,
        "accounts": accounts,
        "facts": facts,
    }
    (directory / "stage.json").write_text(json.dumps(stage, indent=2))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--healthy", action="store_true", help="only what the emulator answers about: for pictures")
    parser.add_argument("--stop", action="store_true", help="stop the emulator")
    given = parser.parse_args()
    directory = given.directory.resolve()
    if given.stop:
        emulators.stop(directory)
    else:
        prepare(given.binary.resolve(), directory, given.healthy)
    return 0


if __name__ == "__main__":
    sys.exit(main())
