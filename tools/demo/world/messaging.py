"""Queues, topics and the alarms that watch the servers."""


def build(site):
    for app in site.apps:
        _queues(site, app)
        _alarms(site, app)


def _queues(site, app):
    sqs, sns = site.client("sqs"), site.client("sns")
    for purpose in ("jobs", "jobs-dead"):
        sqs.create_queue(
            QueueName=site.name(app, purpose),
            Attributes={"MessageRetentionPeriod": "1209600" if purpose.endswith("dead") else "345600"},
            tags=site.tags(app),
        )
    topic = sns.create_topic(Name=site.name(app, "events"), Tags=site.tag_list(app))["TopicArn"]
    queue = f"arn:aws:sqs:{site.region}:{site.account.id}:{site.name(app, 'jobs')}"
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    if site.first:
        sns.create_topic(Name=site.name(app, "pages"), Tags=site.tag_list(app))


def _alarms(site, app):
    cloudwatch = site.client("cloudwatch")
    topic = f"arn:aws:sns:{site.region}:{site.account.id}:{site.name(app, 'events')}"
    for server in site.instances:
        if server.app is not app:
            continue
        cloudwatch.put_metric_alarm(
            AlarmName=f"{server.name}-cpu",
            AlarmDescription="CPU above 85 % for 10 minutes",
            Namespace="AWS/EC2",
            MetricName="CPUUtilization",
            Dimensions=[{"Name": "InstanceId", "Value": server.id}],
            Statistic="Average",
            Period=300,
            EvaluationPeriods=2,
            Threshold=85.0,
            ComparisonOperator="GreaterThanThreshold",
            AlarmActions=[topic],
            Tags=site.tag_list(app),
        )
