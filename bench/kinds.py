"""The kinds that both sides of the comparison read: those that lists alone make whole, in three of AWS's protocols."""

from dataclasses import dataclass, field



@dataclass(frozen=True)
class Lists:
    """A paginated list, as boto3 names it."""

    operation: str
    path: tuple  # of lists, from the page down to the item
    page_size: int
    parameters: dict = field(default_factory=dict)

    def items(self, client, **more):
        paging = {"PageSize": self.page_size}
        for page in client.get_paginator(self.operation).paginate(PaginationConfig=paging, **self.parameters, **more):
            level = [page]
            for name in self.path:
                level = [item for holder in level for item in holder[name]]
            yield from level


@dataclass(frozen=True)
class Kind:
    name: str  # as Cadastre calls it
    service: str
    weight: float  # its share of the world
    lists: Lists
    id: tuple  # the members that tell resources apart
    parents: Lists | None = None  # listed first…
    parent_id: str = ""  # …and the list is read for each, by this
    parameter: str = ""
    everywhere: bool = False  # one list for all regions

    def items(self, client):
        if self.parents is None:
            yield from self.lists.items(client)
            return
        for parent in self.parents.items(client):
            yield from self.lists.items(client, **{self.parameter: parent[self.parent_id]})


def _ec2(name, weight, operation, path, native, **parameters):
    # Without a page size EC2 answers in one piece, at half the rate.
    return Kind(f"aws.ec2.{name}", "ec2", weight, Lists(operation, path, 1000, parameters), (native,))


KINDS = (
    _ec2("instance", 30, "describe_instances", ("Reservations", "Instances"), "InstanceId"),
    _ec2("volume", 22, "describe_volumes", ("Volumes",), "VolumeId"),
    _ec2("network_interface", 14, "describe_network_interfaces", ("NetworkInterfaces",), "NetworkInterfaceId"),
    _ec2("snapshot", 10, "describe_snapshots", ("Snapshots",), "SnapshotId", OwnerIds=["self"]),
    _ec2("security_group", 8, "describe_security_groups", ("SecurityGroups",), "GroupId"),
    _ec2("subnet", 1, "describe_subnets", ("Subnets",), "SubnetId"),
    _ec2("vpc", 0.5, "describe_vpcs", ("Vpcs",), "VpcId"),
    Kind("aws.rds.instance", "rds", 3, Lists("describe_db_instances", ("DBInstances",), 100), ("DBInstanceIdentifier",)),
    Kind(
        "aws.route53.record",
        "route53",
        3,
        Lists("list_resource_record_sets", ("ResourceRecordSets",), 300),
        ("Name", "Type"),
        parents=Lists("list_hosted_zones", ("HostedZones",), 100),
        parent_id="Id",
        parameter="HostedZoneId",
        everywhere=True,
    ),
)
