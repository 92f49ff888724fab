"""What boto3 lists, kind by kind: the other witness, written without a look at the catalogue.

LISTS maps each kind to a function of (client factory, account, region) that yields the native ids of one cell. A call that
the emulator lacks raises; the caller decides whether that is to be expected.
"""

import jmespath

GLOBAL = "global"


def pages(service, operation, path, **params):
    """All of a list call's pages; `path` is JMESPath over the whole answer."""

    def listed(client, account, region):
        api = client(service)
        if api.can_paginate(operation):
            found = api.get_paginator(operation).paginate(**params).search(path)
        else:
            found = jmespath.search(path, getattr(api, operation)(**params))
        # Where a page has no such member, JMESPath says null.
        return [item for item in found or () if item is not None]

    return listed


def last(listed, mark):
    """The part of each ARN or path that follows the last `mark`."""
    return lambda *cell: (item.rsplit(mark, 1)[-1] for item in listed(*cell))


def _instance_types(client, account, region):
    return set(pages("ec2", "describe_instances", "Reservations[].Instances[].InstanceType")(client, account, region))


def _nodegroups(client, account, region):
    for cluster in pages("eks", "list_clusters", "clusters[]")(client, account, region):
        for pool in pages("eks", "list_nodegroups", "nodegroups[]", clusterName=cluster)(client, account, region):
            yield f"{cluster}/{pool}"


def _services(client, account, region):
    for cluster in pages("ecs", "list_clusters", "clusterArns[]")(client, account, region):
        for service in pages("ecs", "list_services", "serviceArns[]", cluster=cluster)(client, account, region):
            yield f"{cluster.rsplit('/', 1)[-1]}/{service.rsplit('/', 1)[-1]}"


def _records(client, account, region):
    for zone in pages("route53", "list_hosted_zones", "HostedZones[].Id")(client, account, region):
        zone = zone.rsplit("/", 1)[-1]
        records = pages("route53", "list_resource_record_sets", "ResourceRecordSets[]", HostedZoneId=zone)
        for record in records(client, account, region):
            name = record["Name"].rstrip(".")
            yield " ".join(filter(None, (zone, name, record["Type"], record.get("SetIdentifier"))))


def _web_acls(client, account, region):
    """Web ACLs for distributions are listed in us-east-1 only, and belong to no region."""
    api = client("wafv2")
    regional = api.list_web_acls(Scope="REGIONAL")["WebACLs"]
    worldwide = api.list_web_acls(Scope="CLOUDFRONT")["WebACLs"] if region == "us-east-1" else []
    return [acl["Id"] for acl in regional + worldwide]


EC2 = {
    "instance": ("describe_instances", "Reservations[].Instances[].InstanceId", {}),
    "volume": ("describe_volumes", "Volumes[].VolumeId", {}),
    "snapshot": ("describe_snapshots", "Snapshots[].SnapshotId", {"OwnerIds": ["self"]}),
    "address": ("describe_addresses", "Addresses[].AllocationId", {}),
    "image": ("describe_images", "Images[].ImageId", {"Owners": ["self"]}),
    "vpc": ("describe_vpcs", "Vpcs[].VpcId", {}),
    "subnet": ("describe_subnets", "Subnets[].SubnetId", {}),
    "security_group": ("describe_security_groups", "SecurityGroups[].GroupId", {}),
    "network_interface": ("describe_network_interfaces", "NetworkInterfaces[].NetworkInterfaceId", {}),
    "route_table": ("describe_route_tables", "RouteTables[].RouteTableId", {}),
    "internet_gateway": ("describe_internet_gateways", "InternetGateways[].InternetGatewayId", {}),
    "nat_gateway": ("describe_nat_gateways", "NatGateways[].NatGatewayId", {}),
    "network_acl": ("describe_network_acls", "NetworkAcls[].NetworkAclId", {}),
    "vpc_peering_connection": (
        "describe_vpc_peering_connections", "VpcPeeringConnections[].VpcPeeringConnectionId", {},
    ),
    "vpc_endpoint": ("describe_vpc_endpoints", "VpcEndpoints[].VpcEndpointId", {}),
    "transit_gateway_attachment": (
        "describe_transit_gateway_attachments", "TransitGatewayAttachments[].TransitGatewayAttachmentId", {},
    ),
}

LISTS = {f"aws.ec2.{kind}": pages("ec2", call, path, **params) for kind, (call, path, params) in EC2.items()} | {
    "aws.ec2.instance_type": _instance_types,
    "aws.autoscaling.group": pages("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups[].AutoScalingGroupName"),
    "aws.elb.load_balancer": pages("elb", "describe_load_balancers", "LoadBalancerDescriptions[].LoadBalancerName"),
    "aws.elbv2.load_balancer": last(
        pages("elbv2", "describe_load_balancers", "LoadBalancers[].LoadBalancerArn"), ":loadbalancer/"
    ),
    "aws.elbv2.target_group": last(
        pages("elbv2", "describe_target_groups", "TargetGroups[].TargetGroupArn"), ":targetgroup/"
    ),
    "aws.eks.cluster": pages("eks", "list_clusters", "clusters[]"),
    "aws.eks.nodegroup": _nodegroups,
    "aws.ecs.service": _services,
    "aws.ecs.task_definition": last(pages("ecs", "list_task_definitions", "taskDefinitionArns[]"), "/"),
    "aws.lambda.function": pages("lambda", "list_functions", "Functions[].FunctionName"),
    "aws.rds.instance": pages("rds", "describe_db_instances", "DBInstances[].DBInstanceIdentifier"),
    "aws.rds.cluster": pages("rds", "describe_db_clusters", "DBClusters[].DBClusterIdentifier"),
    "aws.rds.snapshot": pages("rds", "describe_db_snapshots", "DBSnapshots[].DBSnapshotIdentifier"),
    "aws.rds.cluster_snapshot": pages(
        "rds", "describe_db_cluster_snapshots", "DBClusterSnapshots[].DBClusterSnapshotIdentifier"
    ),
    "aws.redshift.cluster": pages("redshift", "describe_clusters", "Clusters[].ClusterIdentifier"),
    "aws.elasticache.cluster": pages("elasticache", "describe_cache_clusters", "CacheClusters[].CacheClusterId"),
    "aws.dynamodb.table": pages("dynamodb", "list_tables", "TableNames[]"),
    "aws.efs.file_system": pages("efs", "describe_file_systems", "FileSystems[].FileSystemId"),
    "aws.sqs.queue": last(pages("sqs", "list_queues", "QueueUrls[]"), "/"),
    "aws.sns.topic": last(pages("sns", "list_topics", "Topics[].TopicArn"), ":"),
    "aws.cloudwatch.alarm": pages("cloudwatch", "describe_alarms", "MetricAlarms[].AlarmName"),
    "aws.acm.certificate": last(
        pages("acm", "list_certificates", "CertificateSummaryList[].CertificateArn"), "/"
    ),
    "aws.ssm.parameter": pages("ssm", "describe_parameters", "Parameters[].Name"),
    "aws.ssm.document": pages(
        "ssm", "list_documents", "DocumentIdentifiers[].Name", Filters=[{"Key": "Owner", "Values": ["Self"]}]
    ),
    "aws.ssm.managed_instance": pages(
        "ssm", "describe_instance_information", "InstanceInformationList[].InstanceId"
    ),
    "aws.sagemaker.notebook_instance": pages(
        "sagemaker", "list_notebook_instances", "NotebookInstances[].NotebookInstanceName"
    ),
    "aws.sagemaker.endpoint": pages("sagemaker", "list_endpoints", "Endpoints[].EndpointName"),
    "aws.sagemaker.training_job": pages("sagemaker", "list_training_jobs", "TrainingJobSummaries[].TrainingJobName"),
    "aws.sagemaker.model": pages("sagemaker", "list_models", "Models[].ModelName"),
    "aws.sagemaker.domain": pages("sagemaker", "list_domains", "Domains[].DomainId"),
    "aws.network_firewall.firewall": pages("network-firewall", "list_firewalls", "Firewalls[].FirewallName"),
    "aws.network_firewall.firewall_policy": pages(
        "network-firewall", "list_firewall_policies", "FirewallPolicies[].Name"
    ),
    "aws.wafv2.web_acl": _web_acls,
    "aws.route53resolver.endpoint": pages("route53resolver", "list_resolver_endpoints", "ResolverEndpoints[].Id"),
    "aws.route53resolver.rule": pages("route53resolver", "list_resolver_rules", "ResolverRules[].Id"),
}

# One answer for all regions.
WORLDWIDE = {
    "aws.s3.bucket": pages("s3", "list_buckets", "Buckets[].Name"),
    "aws.cloudfront.distribution": pages("cloudfront", "list_distributions", "DistributionList.Items[].Id"),
    "aws.route53.hosted_zone": last(pages("route53", "list_hosted_zones", "HostedZones[].Id"), "/"),
    "aws.route53.record": _records,
    "aws.iam.role": pages("iam", "list_roles", "Roles[].RoleName"),
    "aws.iam.user": pages("iam", "list_users", "Users[].UserName"),
}
