"""EKS, ECS and Lambda."""

import io
import zipfile

from .plan import planted


def build(site):
    names = {app.name: app for app in site.apps}
    if "checkout" in names or site.account.name == "data":
        _kubernetes(site, next(iter(site.apps)))
    if "api" in names:
        _services(site, [app for app in site.apps if app.name in ("api", "payments", "web")])
    for app in site.apps:
        _functions(site, app)


def _kubernetes(site, app):
    eks = site.client("eks")
    name = f"{site.account.name}-{site.short}"
    eks.create_cluster(
        name=name,
        version="1.31",
        roleArn=site.roles["eks-cluster"],
        resourcesVpcConfig={
            "subnetIds": site.networks.private,
            "securityGroupIds": [site.networks.groups["apps"]],
            "endpointPublicAccess": site.environment != "prod",
        },
        tags=site.tags(),
    )
    for pool, size, kind in (("general", 3, "m6i.xlarge"), ("spot", 6, "m6a.xlarge")):
        eks.create_nodegroup(
            clusterName=name,
            nodegroupName=pool,
            nodeRole=site.roles["eks-node"],
            subnets=site.networks.private,
            scalingConfig={"minSize": 1, "maxSize": size * 3, "desiredSize": size},
            instanceTypes=[kind],
            capacityType="SPOT" if pool == "spot" else "ON_DEMAND",
            labels={"pool": pool},
            tags=site.tags(app),
        )


def _services(site, apps):
    ecs = site.client("ecs")
    cluster = f"{site.account.name}-{site.short}"
    ecs.create_cluster(clusterName=cluster, tags=_lower(site.tags()))
    for app in apps:
        definition = ecs.register_task_definition(
            family=site.name(app),
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="512",
            memory="1024",
            executionRoleArn=site.roles["ecs-task"],
            taskRoleArn=site.roles["ecs-task"],
            containerDefinitions=[
                {
                    "name": app.name,
                    "image": f"{site.account.id}.dkr.ecr.{site.region}.amazonaws.com/{app.name}:2025.11.3",
                    "essential": True,
                    "portMappings": [{"containerPort": app.port, "protocol": "tcp"}],
                    "environment": [
                        {"name": "LOG_LEVEL", "value": "info"},
                        {"name": "STRIPE_KEY", "value": planted(f"ecs-{site.name(app)}")},
                    ],
                }
            ],
            tags=_lower(site.tags(app)),
        )["taskDefinition"]["taskDefinitionArn"]
        ecs.create_service(
            cluster=cluster,
            serviceName=app.name,
            taskDefinition=definition,
            desiredCount=2,
            launchType="FARGATE",
            networkConfiguration={
                "awsvpcConfiguration": {
                    "subnets": site.networks.private, "securityGroups": [site.networks.groups["apps"]]
                }
            },
            tags=_lower(site.tags(app)),
        )


def _lower(tags):
    return [{"key": key, "value": value} for key, value in tags.items()]


def _functions(site, app):
    for purpose, memory in (("worker", 512), ("cron", 128)):
        name = site.name(app, purpose)
        site.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.12",
            Role=site.roles["lambda"],
            Handler="main.handler",
            Code={"ZipFile": CODE},
            MemorySize=memory,
            Timeout=30,
            Environment={"Variables": {"STAGE": site.environment, "API_TOKEN": planted(f"lambda-{name}")}},
            VpcConfig={"SubnetIds": site.networks.private[:2], "SecurityGroupIds": [site.networks.groups["apps"]]},
            Tags=site.tags(app),
        )


def _code():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        # A fixed date, so that every seeding uploads the same bytes.
        archive.writestr(zipfile.ZipInfo("main.py", (2025, 11, 1, 0, 0, 0)), "def handler(event, context):\n    return event\n")
    return packed.getvalue()


CODE = _code()
