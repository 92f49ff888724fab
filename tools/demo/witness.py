"""Holds what Cadastre keeps against what boto3 lists, cell by cell: the same ids, no more, no fewer."""

from dataclasses import dataclass, field

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

import listing
from world.plan import EXTERNAL_ID, READ_ROLE, REGIONS, planted

# What the emulator cannot list. Cadastre must show these cells as failed, and no resources.
LACKING = {"aws.ssm.managed_instance", "aws.network_firewall.firewall_policy"}

# Whose second calls it cannot answer: complete in number, with gaps in the documents.
LACKING_IN_PART = {"aws.wafv2.web_acl"}

NO_RETRIES = Config(retries={"max_attempts": 0}, proxies={}, read_timeout=60)


@dataclass
class Witness:
    """What boto3 said: ids by (account id, kind), each with the region it lives in, and the cells it could not list."""

    ids: dict = field(default_factory=dict)  # (account id, region, kind) -> set of native ids
    silent: dict = field(default_factory=dict)  # (account id, region, kind) -> why


def listen(emulator) -> Witness:
    witness = Witness()
    session = boto3.Session()
    for account in emulator.accounts:
        keys = _assume(session, emulator, account["id"])
        for region in REGIONS:
            client = _clients(session, emulator, keys, region)
            for kind, lists in listing.LISTS.items():
                _ask(witness, (account["id"], region, kind), lists, client)
        client = _clients(session, emulator, keys, REGIONS[0])
        for kind, lists in listing.WORLDWIDE.items():
            _ask(witness, (account["id"], listing.GLOBAL, kind), lists, client)
    return witness


def _ask(witness, cell, lists, client):
    account, region, _ = cell
    try:
        witness.ids[cell] = set(lists(client, account, region))
    except (ClientError, BotoCoreError) as error:
        witness.silent[cell] = str(error).splitlines()[0]


def _assume(session, emulator, account):
    sts = session.client(
        "sts",
        region_name=REGIONS[0],
        endpoint_url=emulator.endpoint,
        config=NO_RETRIES,
        aws_access_key_id=emulator.keys["management"]["access_key_id"],
        aws_secret_access_key=emulator.keys["management"]["secret_access_key"],
    )
    answer = sts.assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/{READ_ROLE}", RoleSessionName="witness", ExternalId=EXTERNAL_ID
    )
    return answer["Credentials"]


def _clients(session, emulator, keys, region):
    made = {}

    def client(service):
        if service not in made:
            made[service] = session.client(
                service,
                region_name=region,
                endpoint_url=emulator.endpoint,
                config=NO_RETRIES,
                aws_access_key_id=keys["AccessKeyId"],
                aws_secret_access_key=keys["SecretAccessKey"],
                aws_session_token=keys["SessionToken"],
            )
        return made[service]

    return client


def client(emulator, service, account, region):
    """A client of one service in one account, through the role that Cadastre reads with; the emulator lets it write too."""
    session = boto3.Session()
    return _clients(session, emulator, _assume(session, emulator, account), region)(service)


def planted_environment(emulator) -> int:
    """How many functions of the first seeded account show a planted secret to anybody who may list them."""
    session = boto3.Session()
    account = next(account["id"] for account in emulator.accounts if account["name"] == "prod")
    client = _clients(session, emulator, _assume(session, emulator, account), REGIONS[0])
    functions = client("lambda").list_functions()["Functions"]
    return sum(planted("") in function["Environment"]["Variables"]["API_TOKEN"] for function in functions)
