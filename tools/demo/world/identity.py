"""IAM: the roles that workloads run as (made once per account, in its first region), and people."""

import json

from .plan import DOMAIN

SERVICES = {
    "app-instance": "ec2.amazonaws.com",
    "eks-cluster": "eks.amazonaws.com",
    "eks-node": "ec2.amazonaws.com",
    "ecs-task": "ecs-tasks.amazonaws.com",
    "lambda": "lambda.amazonaws.com",
    "sagemaker": "sagemaker.amazonaws.com",
}
PEOPLE = {
    "management": ["break-glass"],
    "legacy": ["deploy-jenkins", "old-backup-script"],
    "sandbox": ["mia.lindqvist", "jonas.weber", "wei.zhang", "intern-2023"],
}


def roles(site):
    """IAM is global: the second and third region find the first one's roles."""
    for name in SERVICES:
        site.roles[name] = f"arn:aws:iam::{site.account.id}:role/{name}"
    site.roles["profile"] = "app-instance"
    if not site.first:
        return
    iam = site.client("iam")
    for name, service in SERVICES.items():
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
            Tags=site.tag_list(),
        )
    iam.create_instance_profile(InstanceProfileName="app-instance")
    iam.add_role_to_instance_profile(InstanceProfileName="app-instance", RoleName="app-instance")


def people(sites):
    site = sites[0]
    iam = site.client("iam")
    for name in PEOPLE.get(site.account.name, ()):
        iam.create_user(UserName=name, Tags=site.tag_list(None, None, email=f"{name}@{DOMAIN}"))
    if site.account.name == "legacy":
        iam.create_access_key(UserName="old-backup-script")
