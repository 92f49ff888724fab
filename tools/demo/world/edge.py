"""The organisation's rim: certificates, web ACLs, distributions, firewalls and resolvers."""

from types import SimpleNamespace

from .plan import DOMAIN, planted


def regional(site):
    for app in site.apps:
        if app.public:
            _certificate(site, app)
    if any(app.public for app in site.apps) and site.account.name in ("prod", "staging"):
        _web_acl(site, "REGIONAL", f"{site.account.name}-{site.short}")
    if site.account.name in ("network", "prod"):
        _firewall(site)
    if site.account.name == "network":
        _resolvers(site)


def worldwide(sites):
    site = sites[0]
    if site.account.name not in ("prod", "staging"):
        return
    _web_acl(site, "CLOUDFRONT", f"{site.account.name}-edge")
    site.distributions = [_distribution(site, balancer) for balancer in site.balancers if balancer.app.public]


def _certificate(site, app):
    host = app.name if site.environment == "prod" else f"{app.name}.{site.environment}"
    site.client("acm").request_certificate(
        DomainName=f"{host}.{site.short}.{DOMAIN}",
        SubjectAlternativeNames=[f"{host}.{DOMAIN}"],
        ValidationMethod="DNS",
        Tags=site.tag_list(app),
    )


def _visibility(name):
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}


def _web_acl(site, scope, name):
    site.client("wafv2").create_web_acl(
        Name=name,
        Scope=scope,
        DefaultAction={"Allow": {}},
        Description="rate limit per address",
        Rules=[
            {
                "Name": "rate-limit",
                "Priority": 1,
                "Statement": {"RateBasedStatement": {"Limit": 2000, "AggregateKeyType": "IP"}},
                "Action": {"Block": {}},
                "VisibilityConfig": _visibility("rate-limit"),
            }
        ],
        VisibilityConfig=_visibility(name),
        Tags=site.tag_list(),
    )


def _distribution(site, balancer):
    origin = {
        "Id": balancer.name,
        "DomainName": balancer.dns_name,
        "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"},
        # Balancers that only answer their own distribution are told so by a shared secret: it stands in the configuration.
        "CustomHeaders": {
            "Quantity": 1,
            "Items": [{"HeaderName": "X-Origin-Verify", "HeaderValue": planted(f"cloudfront-{balancer.name}")}],
        },
    }
    made = site.client("cloudfront").create_distribution_with_tags(
        DistributionConfigWithTags={
            "DistributionConfig": {
                "CallerReference": balancer.name,
                "Comment": f"{balancer.app.name} for customers",
                "Enabled": True,
                "Aliases": {"Quantity": 1, "Items": [f"{balancer.app.name}.{site.environment}.{DOMAIN}"]},
                "Origins": {"Quantity": 1, "Items": [origin]},
                "DefaultCacheBehavior": {
                    "TargetOriginId": balancer.name,
                    "ViewerProtocolPolicy": "redirect-to-https",
                    "MinTTL": 0,
                    "ForwardedValues": {"QueryString": True, "Cookies": {"Forward": "none"}},
                },
            },
            "Tags": {"Items": site.tag_list(balancer.app)},
        }
    )["Distribution"]
    return SimpleNamespace(id=made["Id"], domain=made["DomainName"], app=balancer.app)


def _firewall(site):
    name = f"{site.account.name}-{site.short}-inspection"
    site.client("network-firewall").create_firewall(
        FirewallName=name,
        FirewallPolicyArn=f"arn:aws:network-firewall:{site.region}:{site.account.id}:firewall-policy/egress-default",
        VpcId=site.networks.vpc,
        SubnetMappings=[{"SubnetId": subnet} for subnet in site.networks.public],
        Description="all traffic that leaves",
        Tags=site.tag_list(),
    )


def _resolvers(site):
    resolver = site.client("route53resolver")
    endpoints = {}
    for direction in ("INBOUND", "OUTBOUND"):
        endpoints[direction] = resolver.create_resolver_endpoint(
            CreatorRequestId=f"{direction}-{site.region}",
            Name=f"hub-{site.short}-{direction.lower()}",
            Direction=direction,
            SecurityGroupIds=[site.networks.groups["apps"]],
            IpAddresses=[{"SubnetId": subnet} for subnet in site.networks.private[:2]],
            Tags=site.tag_list(),
        )["ResolverEndpoint"]["Id"]
    for zone in ("corp.acme.example", "factory.acme.example"):
        resolver.create_resolver_rule(
            CreatorRequestId=f"{zone}-{site.region}",
            Name=zone.replace(".", "-"),
            RuleType="FORWARD",
            DomainName=zone,
            TargetIps=[{"Ip": "192.168.10.53", "Port": 53}],
            ResolverEndpointId=endpoints["OUTBOUND"],
            Tags=site.tag_list(),
        )
