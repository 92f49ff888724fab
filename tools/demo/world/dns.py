"""Route 53: the public zone in the network account, a private zone per account, and records that lead nowhere."""

from .plan import DOMAIN

# Where CloudFront's aliases point, for everybody.
CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"


def private_zones(sites):
    """prod.internal: a name for each server and each database of the account."""
    used = [site for site in sites if site.apps]
    if not used:
        return
    first = used[0]
    zone_name = f"{first.account.name}.internal"
    route53 = first.client("route53")
    zone = route53.create_hosted_zone(
        Name=zone_name,
        CallerReference=zone_name,
        VPC={"VPCRegion": first.region, "VPCId": first.networks.vpc},
        HostedZoneConfig={"PrivateZone": True, "Comment": f"inside {first.account.name}"},
    )["HostedZone"]["Id"]
    records = []
    for site in used:
        records += [_record(f"{server.name}.{zone_name}", "A", server.private_ip) for server in site.instances]
        records += [
            _record(f"{database.name}.{zone_name}", "CNAME", database.address)
            for database in site.databases
            if database.address
        ]
    if first.account.name == "legacy":
        records.append(_record(f"mail.{zone_name}", "A", "10.80.250.25"))  # no such machine any more
    _change(route53, zone, records)


def public_zones(filled):
    site = filled["network"][0]
    route53 = site.client("route53")
    zone = route53.create_hosted_zone(Name=DOMAIN, CallerReference=DOMAIN)["HostedZone"]["Id"]
    route53.change_tags_for_resource(
        ResourceType="hostedzone", ResourceId=zone.rsplit("/", 1)[-1], AddTags=site.tag_list()
    )
    records = []
    for account in ("prod", "staging"):
        for where in filled[account]:
            for balancer in where.balancers:
                if balancer.app.public:
                    host = f"{balancer.app.name}.{where.short}.{where.environment}.{DOMAIN}"
                    records.append(_alias(host, balancer.zone_id, balancer.dns_name))
        for distribution in filled[account][0].distributions:
            records.append(_alias(f"{distribution.app.name}.{account}.{DOMAIN}", CLOUDFRONT_ZONE, distribution.domain))
    for weight, region in ((90, "us-east-1"), (10, "eu-west-1")):
        target = next(where for where in filled["prod"] if where.region == region).balancers[0]
        weighted = _record(f"shop.{DOMAIN}", "CNAME", target.dns_name)
        records.append(weighted | {"SetIdentifier": region, "Weight": weight})
    records += DANGLING
    records.append(_record(DOMAIN, "MX", "10 mail.acme.example."))
    records.append(_record(DOMAIN, "TXT", '"v=spf1 include:_spf.acme.example -all"'))
    _change(route53, zone, records)
    old = route53.create_hosted_zone(Name="acme-old-shop.example", CallerReference="old")["HostedZone"]["Id"]
    _change(route53, old, [_record("www.acme-old-shop.example", "CNAME", "old-shop-1.us-east-1.elb.amazonaws.com")])


def _record(name, kind, value):
    return {"Name": name, "Type": kind, "TTL": 300, "ResourceRecords": [{"Value": value}]}


def _alias(name, zone, target):
    return {
        "Name": name,
        "Type": "A",
        "AliasTarget": {"HostedZoneId": zone, "DNSName": target, "EvaluateTargetHealth": False},
    }


def _change(route53, zone, records):
    if records:
        changes = [{"Action": "CREATE", "ResourceRecordSet": record} for record in records]
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


# Names whose targets are gone: the first anybody could take over, which is why they matter.
DANGLING = [
    _record(f"promo.{DOMAIN}", "CNAME", "acme-promo-2022.s3-website-us-east-1.amazonaws.com"),
    _record(f"beta.{DOMAIN}", "CNAME", "staging-beta-use1-alb-1.us-east-1.elb.amazonaws.com"),
    _record(f"vpn.{DOMAIN}", "A", "203.0.113.77"),
    _alias(f"cdn-old.{DOMAIN}", CLOUDFRONT_ZONE, "d1111abcdef8.cloudfront.net"),
    _alias(f"status.{DOMAIN}", "Z35SXDOTRQ7X7K", "prod-status-use1-alb-1.us-east-1.elb.amazonaws.com"),
]
