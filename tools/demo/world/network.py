"""VPCs that do not overlap: public and private subnets in three zones, the ways in and out, and what guards them."""

from types import SimpleNamespace

ZONES = "abc"
ANYWHERE = "0.0.0.0/0"


def build(site):
    ec2 = site.client("ec2")
    prefix = site.account.cidr(site.region)
    net = site.networks = SimpleNamespace(prefix=prefix, cidr=f"{prefix}.0.0/16", groups={})
    net.vpc = ec2.create_vpc(
        CidrBlock=net.cidr, TagSpecifications=site.specification("vpc", name=f"{site.account.name}-{site.short}")
    )["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=net.vpc, EnableDnsHostnames={"Value": True})
    # /24 for what faces the world, /20 for everything else.
    net.public = [_subnet(site, f"{prefix}.{i}.0/24", zone, "public") for i, zone in enumerate(ZONES)]
    net.private = [_subnet(site, f"{prefix}.{16 * (i + 1)}.0/20", zone, "private") for i, zone in enumerate(ZONES)]
    _routes(site, net)
    _groups(site, net)
    _acl(site, net)
    _endpoints(site, net)


def _subnet(site, cidr, zone, tier):
    return site.client("ec2").create_subnet(
        VpcId=site.networks.vpc,
        CidrBlock=cidr,
        AvailabilityZone=site.region + zone,
        TagSpecifications=site.specification(
            "subnet", name=f"{site.account.name}-{site.short}-{tier}-{zone}", tier=tier
        ),
    )["Subnet"]["SubnetId"]


def _routes(site, net):
    ec2 = site.client("ec2")
    base = f"{site.account.name}-{site.short}"
    net.internet_gateway = ec2.create_internet_gateway(
        TagSpecifications=site.specification("internet-gateway", name=f"{base}-igw")
    )["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=net.internet_gateway, VpcId=net.vpc)
    address = ec2.allocate_address(
        Domain="vpc", TagSpecifications=site.specification("elastic-ip", name=f"{base}-nat")
    )["AllocationId"]
    net.nat_gateway = ec2.create_nat_gateway(
        SubnetId=net.public[0],
        AllocationId=address,
        TagSpecifications=site.specification("natgateway", name=f"{base}-nat"),
    )["NatGateway"]["NatGatewayId"]
    net.tables = {}
    for tier, subnets, target in (
        ("public", net.public, {"GatewayId": net.internet_gateway}),
        ("private", net.private, {"NatGatewayId": net.nat_gateway}),
    ):
        table = ec2.create_route_table(
            VpcId=net.vpc, TagSpecifications=site.specification("route-table", name=f"{base}-{tier}")
        )["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, **target)
        for subnet in subnets:
            ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        net.tables[tier] = table


def _groups(site, net):
    """Security groups that refer to each other as tiers do: balancers, apps, data. And the one that is open by mistake."""
    ec2 = site.client("ec2")

    def group(name, description, *permissions):
        made = ec2.create_security_group(
            GroupName=f"{site.account.name}-{name}",
            Description=description,
            VpcId=net.vpc,
            TagSpecifications=site.specification("security-group", name=f"{site.account.name}-{name}"),
        )["GroupId"]
        if permissions:
            ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=list(permissions))
        net.groups[name] = made
        return made

    def from_range(port, cidr, why):
        ranges = [{"CidrIp": cidr, "Description": why}]
        return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": ranges}

    def from_group(port, source):
        return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{"GroupId": source}]}

    balancers = group("balancers", "HTTPS from anywhere", from_range(443, ANYWHERE, "the internet"))
    apps = group("apps", "what balancers send", from_group(8080, balancers), from_range(22, "10.16.0.0/16", "bastion"))
    group("data", "databases and caches", from_group(5432, apps), from_group(6379, apps))
    if site.account.name in ("legacy", "sandbox"):
        group("temp-debug", "opened for an incident, never closed", from_range(22, ANYWHERE, "incident 2214"))


def _acl(site, net):
    ec2 = site.client("ec2")
    acl = ec2.create_network_acl(
        VpcId=net.vpc,
        TagSpecifications=site.specification("network-acl", name=f"{site.account.name}-{site.short}-private"),
    )["NetworkAcl"]["NetworkAclId"]
    for number, cidr, action in ((90, "198.51.100.0/24", "deny"), (100, "10.0.0.0/8", "allow"), (110, ANYWHERE, "allow")):
        ec2.create_network_acl_entry(
            NetworkAclId=acl, RuleNumber=number, Protocol="-1", RuleAction=action, Egress=False, CidrBlock=cidr
        )


def _endpoints(site, net):
    ec2 = site.client("ec2")
    ec2.create_vpc_endpoint(
        VpcId=net.vpc,
        VpcEndpointType="Gateway",
        ServiceName=f"com.amazonaws.{site.region}.s3",
        RouteTableIds=list(net.tables.values()),
        TagSpecifications=site.specification("vpc-endpoint", name=f"{site.account.name}-{site.short}-s3"),
    )
    for service in ("ssm", "ecr.api") if site.apps else ():
        ec2.create_vpc_endpoint(
            VpcId=net.vpc,
            VpcEndpointType="Interface",
            ServiceName=f"com.amazonaws.{site.region}.{service}",
            SubnetIds=net.private[:2],
            SecurityGroupIds=[net.groups["apps"]],
            TagSpecifications=site.specification("vpc-endpoint", name=f"{site.account.name}-{site.short}-{service}"),
        )


def connect(filled):
    """What spans accounts: peerings between prod and data, and a transit gateway in each region of the network account."""
    for ours, theirs in zip(filled["prod"], filled["data"]):
        peering = ours.client("ec2").create_vpc_peering_connection(
            VpcId=ours.networks.vpc,
            PeerVpcId=theirs.networks.vpc,
            PeerOwnerId=theirs.account.id,
            PeerRegion=theirs.region,
            TagSpecifications=ours.specification("vpc-peering-connection", name=f"prod-data-{ours.short}"),
        )["VpcPeeringConnection"]["VpcPeeringConnectionId"]
        theirs.client("ec2").accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
        ours.client("ec2").create_route(
            RouteTableId=ours.networks.tables["private"],
            DestinationCidrBlock=theirs.networks.cidr,
            VpcPeeringConnectionId=peering,
        )
    for account in ("network", "prod"):
        for site in filled[account]:
            _transit(site)


def _transit(site):
    ec2 = site.client("ec2")
    gateway = ec2.create_transit_gateway(
        Description=f"{site.account.name} hub in {site.region}",
        TagSpecifications=site.specification("transit-gateway", name=f"{site.account.name}-{site.short}-hub"),
    )["TransitGateway"]["TransitGatewayId"]
    ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway,
        VpcId=site.networks.vpc,
        SubnetIds=site.networks.private,
        TagSpecifications=site.specification(
            "transit-gateway-attachment", name=f"{site.account.name}-{site.short}-attachment"
        ),
    )
