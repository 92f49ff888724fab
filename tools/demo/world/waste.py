"""What nobody needs but everybody pays for, as it gathers in real accounts."""

from .plan import APPS

# How many of each: stopped servers, free addresses, orphaned snapshots, detached volumes.
AMOUNTS = {"legacy": (4, 3, 6, 5), "sandbox": (3, 2, 3, 4), "staging": (2, 1, 2, 1), "prod": (1, 1, 3, 2), "data": (0, 1, 2, 3)}


def build(site):
    if site.apps:
        stopped, addresses, snapshots, volumes = AMOUNTS[site.account.name]
        _stopped_servers(site, stopped)
        _free_addresses(site, addresses)
        _orphaned_snapshots(site, snapshots)
        _detached_volumes(site, volumes)
    if site.account.name == "prod" and site.first:
        _nearly_full_subnet(site)


def _stopped_servers(site, count):
    """Stopped in 2023 "for a week": the machine is free, its volumes are not."""
    if not count:
        return
    ec2 = site.client("ec2")
    launched = ec2.run_instances(
        ImageId=site.image,
        InstanceType="m5.xlarge",
        MinCount=count,
        MaxCount=count,
        SubnetId=site.networks.private[0],
        SecurityGroupIds=[site.networks.groups["apps"]],
        BlockDeviceMappings=[{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 500, "VolumeType": "gp2"}}],
        TagSpecifications=site.specification("instance", "volume", app=APPS["billing"], name=f"migration-{site.short}-old"),
    )["Instances"]
    ec2.stop_instances(InstanceIds=[instance["InstanceId"] for instance in launched])


def _free_addresses(site, count):
    for i in range(count):
        site.client("ec2").allocate_address(
            Domain="vpc", TagSpecifications=site.specification("elastic-ip", name=f"spare-{site.short}-{i + 1}")
        )


def _volume(site, name, size):
    return site.client("ec2").create_volume(
        AvailabilityZone=f"{site.region}a",
        Size=size,
        VolumeType="gp2",
        TagSpecifications=site.specification("volume", name=name),
    )["VolumeId"]


def _orphaned_snapshots(site, count):
    """Snapshots of a volume that was deleted."""
    if not count:
        return
    ec2 = site.client("ec2")
    volume = _volume(site, "to-be-deleted", 250)
    for i in range(count):
        ec2.create_snapshot(
            VolumeId=volume,
            Description="before the migration",
            TagSpecifications=site.specification("snapshot", name=f"pre-migration-{i + 1}"),
        )
    ec2.delete_volume(VolumeId=volume)


def _detached_volumes(site, count):
    for i in range(count):
        _volume(site, f"detached-{site.short}-{i + 1}", 100 + 50 * i)


def _nearly_full_subnet(site):
    """A /28 has eleven addresses to give; ten are taken."""
    ec2 = site.client("ec2")
    subnet = ec2.create_subnet(
        VpcId=site.networks.vpc,
        CidrBlock=f"{site.networks.prefix}.240.0/28",
        AvailabilityZone=f"{site.region}a",
        TagSpecifications=site.specification("subnet", name="prod-use1-appliances-a", tier="appliances"),
    )["Subnet"]["SubnetId"]
    for i in range(10):
        ec2.create_network_interface(
            SubnetId=subnet,
            Groups=[site.networks.groups["apps"]],
            Description=f"appliance {i + 1}",
            TagSpecifications=site.specification("network-interface", name=f"appliance-{i + 1}"),
        )
