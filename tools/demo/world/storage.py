"""Buckets, parameters and documents."""

import json

from .plan import planted

BUCKETS = {
    "management": {"us-east-1": ["cloudtrail", "billing-reports"]},
    "network": {"us-east-1": ["flow-logs"], "eu-west-1": ["flow-logs"]},
    "prod": {
        "us-east-1": ["assets", "invoices", "uploads", "terraform-state"],
        "eu-west-1": ["assets", "uploads"],
        "eu-central-1": ["backups"],
    },
    "staging": {"us-east-1": ["assets", "uploads"]},
    "data": {"us-east-1": ["lake-raw", "lake-curated", "models"], "eu-west-1": ["lake-raw"]},
    "legacy": {"us-east-1": ["www", "old-backups"], "eu-west-1": ["ftp-drop"]},
    "sandbox": {"us-east-1": ["mia-test"], "eu-central-1": ["tmp"]},
}
PUBLIC = {"www", "tmp"}


def parameters(site):
    ssm = site.client("ssm")
    for app in site.apps:
        base = f"/{site.environment}/{app.name}"
        ssm.put_parameter(
            Name=f"{base}/db/password",
            Type="SecureString",
            Value=planted(f"ssm-secure-{site.account.name}-{site.short}-{app.name}"),
            Tags=site.tag_list(app),
        )
        ssm.put_parameter(
            Name=f"{base}/db/url",
            Type="String",
            Value=f"postgres://app:{planted(f'ssm-string-{site.account.name}-{site.short}-{app.name}')}@db/{app.name}",
            Description=f"where {app.name} finds its database",
            Tags=site.tag_list(app),
        )
    if site.apps:
        steps = [{"action": "aws:runShellScript", "name": "restart", "inputs": {"runCommand": ["systemctl restart app"]}}]
        ssm.create_document(
            Name=f"acme-restart-{site.environment}",
            DocumentType="Command",
            Content=json.dumps({"schemaVersion": "2.2", "description": "Restart the app", "mainSteps": steps}),
            Tags=site.tag_list(),
        )


def buckets(sites):
    account = sites[0].account.name
    for site in sites:
        for purpose in BUCKETS.get(account, {}).get(site.region, ()):
            _bucket(site, purpose)


def _bucket(site, purpose):
    s3 = site.client("s3")
    name = f"acme-{site.account.name}-{purpose}-{site.short}"
    where = {} if site.first else {"CreateBucketConfiguration": {"LocationConstraint": site.region}}
    s3.create_bucket(Bucket=name, **where)
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": site.tag_list(None, None, purpose=purpose)})
    if purpose in PUBLIC:
        statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*"}
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        return
    s3.put_public_access_block(
        Bucket=name,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True
        },
    )
    encryption = {"SSEAlgorithm": "aws:kms"} if purpose == "invoices" else {"SSEAlgorithm": "AES256"}
    s3.put_bucket_encryption(
        Bucket=name,
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": encryption}]},
    )
    if site.environment == "prod":
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    if purpose.endswith(("logs", "raw", "backups")):
        rule = {"ID": "expire", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 400}}
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [rule]})
