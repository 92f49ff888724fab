"""RDS, DynamoDB, ElastiCache and Redshift."""

from types import SimpleNamespace

from .plan import planted


def build(site):
    names = {app.name: app for app in site.apps}
    if names:
        _subnet_groups(site)
    for name in ("checkout", "payments", "billing"):
        if name in names:
            _instance(site, names[name])
    if "api" in names and site.account.name in ("prod", "staging"):
        _cluster(site, names["api"])
    for name in ("web", "search"):
        if name in names:
            _cache(site, names[name])
    for name in ("checkout", "api", "search"):
        if name in names:
            _tables(site, names[name])
    if "ml" in names and site.account.name == "data":
        _warehouse(site, names["ml"])


def _subnet_groups(site):
    name, why, subnets = f"{site.account.name}-data", "private subnets", site.networks.private
    site.client("rds").create_db_subnet_group(
        DBSubnetGroupName=name, DBSubnetGroupDescription=why, SubnetIds=subnets
    )
    site.client("elasticache").create_cache_subnet_group(
        CacheSubnetGroupName=name, CacheSubnetGroupDescription=why, SubnetIds=subnets
    )
    site.client("redshift").create_cluster_subnet_group(ClusterSubnetGroupName=name, Description=why, SubnetIds=subnets)


def _instance(site, app):
    rds = site.client("rds")
    name = site.name(app, "db")
    made = rds.create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.r6g.large" if site.environment == "prod" else "db.t4g.medium",
        Engine="postgres",
        EngineVersion="15.4",
        DBName=app.name,
        MasterUsername="acme",
        MasterUserPassword=planted(f"rds-{site.short}"),
        AllocatedStorage=200,
        StorageType="gp3",
        StorageEncrypted=site.account.name != "legacy",
        MultiAZ=site.environment == "prod",
        BackupRetentionPeriod=7,
        DBSubnetGroupName=f"{site.account.name}-data",
        VpcSecurityGroupIds=[site.networks.groups["data"]],
        Tags=site.tag_list(app),
    )["DBInstance"]
    for when in ("2025-10-01", "2025-11-01"):
        rds.create_db_snapshot(
            DBInstanceIdentifier=name, DBSnapshotIdentifier=f"{name}-{when}", Tags=site.tag_list(app, None, backup="monthly")
        )
    site.databases.append(SimpleNamespace(name=name, address=made.get("Endpoint", {}).get("Address"), app=app))


def _cluster(site, app):
    rds = site.client("rds")
    name = site.name(app, "aurora")
    rds.create_db_cluster(
        DBClusterIdentifier=name,
        Engine="aurora-postgresql",
        EngineVersion="15.4",
        DatabaseName=app.name,
        MasterUsername="acme",
        MasterUserPassword=planted(f"aurora-{site.short}"),
        DBSubnetGroupName=f"{site.account.name}-data",
        Tags=site.tag_list(app),
    )
    for i in (1, 2) if site.environment == "prod" else (1,):
        rds.create_db_instance(
            DBInstanceIdentifier=f"{name}-{i}",
            DBClusterIdentifier=name,
            DBInstanceClass="db.r6g.xlarge",
            Engine="aurora-postgresql",
            Tags=site.tag_list(app),
        )
    rds.create_db_cluster_snapshot(
        DBClusterIdentifier=name, DBClusterSnapshotIdentifier=f"{name}-2025-11-01", Tags=site.tag_list(app)
    )


def _cache(site, app):
    site.client("elasticache").create_cache_cluster(
        CacheClusterId=site.name(app, "cache")[:50],
        CacheNodeType="cache.r6g.large",
        Engine="redis",
        EngineVersion="7.0",
        NumCacheNodes=1,
        CacheSubnetGroupName=f"{site.account.name}-data",
        SecurityGroupIds=[site.networks.groups["data"]],
        Tags=site.tag_list(app),
    )


def _tables(site, app):
    for purpose in ("sessions", "events"):
        site.client("dynamodb").create_table(
            TableName=site.name(app, purpose),
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=site.tag_list(app),
        )


def _warehouse(site, app):
    site.client("redshift").create_cluster(
        ClusterIdentifier=site.name("warehouse"),
        NodeType="ra3.xlplus",
        ClusterType="multi-node",
        NumberOfNodes=2,
        DBName="warehouse",
        MasterUsername="acme",
        MasterUserPassword=planted("redshift").replace("-", "_") + "1a",
        ClusterSubnetGroupName=f"{site.account.name}-data",
        VpcSecurityGroupIds=[site.networks.groups["data"]],
        Tags=site.tag_list(app),
    )
