"""AWS Organizations: the accounts, the role that reads each of them, and the keys that the demo collects with."""

import json
import threading
import urllib.request

import boto3
from botocore.config import Config

from .plan import CLOSED, EXTERNAL_ID, MANAGEMENT, MEMBERS, READ_ROLE
from .site import Site

# The emulator takes any key that it has not issued as the management account's.
ROOT_KEYS = {"aws_access_key_id": "demo-root", "aws_secret_access_key": "demo-root"}
# It runs on this machine and does not mend itself: a second attempt would only hide what it lacks.
QUIET = Config(retries={"max_attempts": 0}, read_timeout=120, max_pool_connections=16, proxies={})


class Organisation:
    """Threads may use it once create() has returned."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.accounts = [MANAGEMENT, *MEMBERS]
        self.keys = {}  # account name -> {"access_key_id", "secret_access_key"}
        self._session = boto3.Session()
        self._lock = threading.Lock()  # a session makes one client at a time
        self._sessions = {}

    def client(self, service, region="us-east-1", credentials=ROOT_KEYS):
        with self._lock:
            return self._session.client(
                service, region_name=region, endpoint_url=self.endpoint, config=QUIET, **credentials
            )

    def create(self):
        """Accounts, units, roles and keys; one after another, so that their ids, drawn from a seed, never differ."""
        _without_proxy(f"{self.endpoint}/moto-api/seed?a=4711")
        organizations = self.client("organizations")
        MANAGEMENT.id = organizations.create_organization(FeatureSet="ALL")["Organization"]["MasterAccountId"]
        root = organizations.list_roots()["Roots"][0]["Id"]
        units = {}
        for account in [*MEMBERS, CLOSED]:
            if account.unit not in units:
                unit = organizations.create_organizational_unit(ParentId=root, Name=account.unit)
                units[account.unit] = unit["OrganizationalUnit"]["Id"]
            created = organizations.create_account(
                AccountName=account.name,
                Email=f"aws+{account.name}@acme.example",
                Tags=[{"Key": "environment", "Value": account.environment}],
            )
            account.id = created["CreateAccountStatus"]["AccountId"]
            organizations.move_account(
                AccountId=account.id, SourceParentId=root, DestinationParentId=units[account.unit]
            )
        for account in self.accounts:
            self._sessions[account.name] = self._administrator(account)
            self._create_read_role(account)
        for account in (MANAGEMENT, next(member for member in MEMBERS if member.name == "legacy")):
            self.keys[account.name] = self._create_collector_keys(account)

    def close_old_account(self):
        self.client("organizations").close_account(AccountId=CLOSED.id)

    def site(self, account, region):
        credentials = self._sessions[account.name]
        return Site(account, region, lambda service, where: self.client(service, where, credentials))

    def _administrator(self, account):
        if account is MANAGEMENT:
            return ROOT_KEYS
        assumed = self.client("sts").assume_role(
            RoleArn=f"arn:aws:iam::{account.id}:role/OrganizationAccountAccessRole", RoleSessionName="terraform"
        )["Credentials"]
        return {
            "aws_access_key_id": assumed["AccessKeyId"],
            "aws_secret_access_key": assumed["SecretAccessKey"],
            "aws_session_token": assumed["SessionToken"],
        }

    def _create_read_role(self, account):
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT.id}:user/cadastre"},
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}},
                }
            ],
        }
        self.client("iam", credentials=self._sessions[account.name]).create_role(
            RoleName=READ_ROLE,
            AssumeRolePolicyDocument=json.dumps(trust),
            Description="Cadastre reads this account with it",
            Tags=[{"Key": "team", "Value": "platform"}],
        )

    def _create_collector_keys(self, account):
        iam = self.client("iam", credentials=self._sessions[account.name])
        iam.create_user(UserName="cadastre", Tags=[{"Key": "team", "Value": "platform"}])
        key = iam.create_access_key(UserName="cadastre")["AccessKey"]
        return {"access_key_id": key["AccessKeyId"], "secret_access_key": key["SecretAccessKey"]}


def _without_proxy(url):
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, data=b"", timeout=10).close()
