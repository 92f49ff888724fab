"""Servers and what stands before and behind them: images, instances, volumes, snapshots, balancers, scaling groups."""

import base64
from types import SimpleNamespace

from .plan import planted


def build(site):
    if not site.apps:
        return
    site.image = _golden_image(site)
    for app, count in site.apps.items():
        _servers(site, app, count)
        _balancer(site, app)
    for app in site.apps:
        if app.name in ("web", "api"):
            _scaling_group(site, app)
    if site.account.name == "legacy":
        _classic_balancer(site)


def _golden_image(site):
    """The company's own image, made as people make it: from a machine that was built for it and is gone."""
    ec2 = site.client("ec2")
    builder = ec2.run_instances(
        ImageId="ami-0b1d2c3e4f5a6b7c8",
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=site.networks.private[0],
        TagSpecifications=site.specification("instance", "volume", name="packer-builder"),
    )["Instances"][0]["InstanceId"]
    made = ec2.create_image(
        InstanceId=builder,
        Name=f"acme-base-2025.10-{site.short}",
        Description="Debian 12, hardened",
        TagSpecifications=site.specification("image", name="acme-base-2025.10"),
    )["ImageId"]
    ec2.terminate_instances(InstanceIds=[builder])
    return made


def _user_data(site, name):
    return f"#!/bin/sh\nexport DB_PASSWORD={planted(f'user-data-{name}')}\nexec /opt/acme/start\n"


def _servers(site, app, count):
    ec2 = site.client("ec2")
    for i in range(count):
        name = site.name(app, f"{i + 1:02d}")
        instance = ec2.run_instances(
            ImageId=site.image,
            InstanceType=app.instance_type,
            MinCount=1,
            MaxCount=1,
            SubnetId=site.networks.private[i % 3],
            SecurityGroupIds=[site.networks.groups["apps"]],
            IamInstanceProfile={"Name": site.roles["profile"]},
            UserData=_user_data(site, name),
            BlockDeviceMappings=[
                {"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 20, "VolumeType": "gp3"}},
                {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 100 * (i + 1), "VolumeType": "gp3", "Encrypted": True}},
            ],
            TagSpecifications=site.specification("instance", "volume", app=app, name=name),
        )["Instances"][0]
        site.instances.append(
            SimpleNamespace(id=instance["InstanceId"], name=name, app=app, private_ip=instance["PrivateIpAddress"])
        )
    _nightly_snapshots(site, app)


def _nightly_snapshots(site, app):
    ec2 = site.client("ec2")
    first = next(server for server in site.instances if server.app is app)
    attached = [{"Name": "attachment.instance-id", "Values": [first.id]}]
    for volume in ec2.describe_volumes(Filters=attached)["Volumes"]:
        for day in ("mon", "tue", "wed") if site.environment == "prod" else ("mon",):
            ec2.create_snapshot(
                VolumeId=volume["VolumeId"],
                Description=f"nightly {first.name} {day}",
                TagSpecifications=site.specification("snapshot", app=app, name=f"{first.name}-{day}", backup="nightly"),
            )


def _balancer(site, app):
    elb = site.client("elbv2")
    net = site.networks
    name = site.name(app, "alb")
    balancer = elb.create_load_balancer(
        Name=name,
        Subnets=net.public if app.public else net.private,
        SecurityGroups=[net.groups["balancers"]],
        Scheme="internet-facing" if app.public else "internal",
        Type="application",
        Tags=site.tag_list(app),
    )["LoadBalancers"][0]
    group = elb.create_target_group(
        Name=site.name(app, "tg"),
        Protocol="HTTP",
        Port=app.port,
        VpcId=net.vpc,
        HealthCheckPath="/healthz",
        TargetType="instance",
        Tags=site.tag_list(app),
    )["TargetGroups"][0]["TargetGroupArn"]
    members = [{"Id": server.id, "Port": app.port} for server in site.instances if server.app is app]
    elb.register_targets(TargetGroupArn=group, Targets=members)
    elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )
    site.balancers.append(
        SimpleNamespace(
            name=name,
            arn=balancer["LoadBalancerArn"],
            dns_name=balancer["DNSName"],
            zone_id=balancer["CanonicalHostedZoneId"],
            target_group=group,
            app=app,
        )
    )


def _scaling_group(site, app):
    name = site.name(app, "asg")
    template = site.client("ec2").create_launch_template(
        LaunchTemplateName=name,
        LaunchTemplateData={
            "ImageId": site.image,
            "InstanceType": app.instance_type,
            "UserData": base64.b64encode(_user_data(site, name).encode()).decode(),
        },
    )["LaunchTemplate"]["LaunchTemplateId"]
    site.client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName=name,
        LaunchTemplate={"LaunchTemplateId": template, "Version": "$Latest"},
        MinSize=1,
        MaxSize=6,
        DesiredCapacity=2 if site.environment == "prod" else 1,
        VPCZoneIdentifier=",".join(site.networks.private),
        TargetGroupARNs=[site.balancers[0].target_group],
        Tags=[tag | {"PropagateAtLaunch": True} for tag in site.tag_list(app, name)],
    )


def _classic_balancer(site):
    elb = site.client("elb")
    name = f"legacy-billing-{site.short}"
    elb.create_load_balancer(
        LoadBalancerName=name,
        Listeners=[{"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 8080}],
        Subnets=site.networks.public[:2],
        SecurityGroups=[site.networks.groups["balancers"]],
        Tags=site.tag_list(),
    )
    billing = [{"InstanceId": server.id} for server in site.instances if server.app.name == "billing"]
    elb.register_instances_with_load_balancer(LoadBalancerName=name, Instances=billing)
