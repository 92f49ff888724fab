// DynamoDB, Systems Manager, SQS and ECS: the json protocol.
#include "scripted_aws/kinds.h"

namespace cadastre::scripted {
namespace {

using json::array;
using json::object;

Telling tell_table(const Subject& s) {
  auto dice = dice_of(s);
  auto label = label_of(dice);
  auto name = stable_name(s);
  auto arn = fmt::format("arn:aws:dynamodb:{}:{}:table/{}", s.region, s.account, name);
  object table{{"AttributeDefinitions", array{object{{"AttributeName", "pk"}, {"AttributeType", "S"}},
                                              object{{"AttributeName", "sk"}, {"AttributeType", "S"}}}},
               {"TableName", name},
               {"KeySchema", array{object{{"AttributeName", "pk"}, {"KeyType", "HASH"}},
                                   object{{"AttributeName", "sk"}, {"KeyType", "RANGE"}}}},
               {"TableStatus", "ACTIVE"},
               {"CreationDateTime", dice.time()},
               {"ProvisionedThroughput", object{{"NumberOfDecreasesToday", 0},
                                                {"ReadCapacityUnits", static_cast<int>(s.revision)},
                                                {"WriteCapacityUnits", 0}}},
               {"TableSizeBytes", static_cast<int64_t>(dice.below(2'000'000'000))},
               {"ItemCount", static_cast<int64_t>(dice.below(10'000'000))},
               {"TableArn", arn},
               {"TableId", dice.hex(8) + "-" + dice.hex(4) + "-" + dice.hex(12)},
               {"BillingModeSummary", object{{"BillingMode", "PAY_PER_REQUEST"}}},
               {"DeletionProtectionEnabled", dice.chance(0.3)}};
  object backups{
      {"ContinuousBackupsStatus", "ENABLED"},
      {"PointInTimeRecoveryDescription", object{{"PointInTimeRecoveryStatus", s.detail % 2 ? "ENABLED" : "DISABLED"}}}};
  object alive{{"TimeToLiveStatus", "DISABLED"}};
  auto tags = tags_of(s, label, s.detail);
  object item{{"TableName", name}};
  std::vector<Detail> details;
  details.push_back({.output = object{{"Table", table}}, .adds = table});
  details.push_back(
      {.output = object{{"ContinuousBackupsDescription", backups}}, .adds = {{"ContinuousBackups", backups}}});
  details.push_back({.output = object{{"TimeToLiveDescription", alive}}, .adds = {{"TimeToLive", alive}}});
  details.push_back({.output = object{{"Tags", tags}}, .adds = {{"Tags", tags}}});
  return {json::value(name), std::move(item), std::move(details)};
}

std::string parameter_name(const Subject& s) { return "/" + stable_name(s) + "/setting"; }

Telling tell_parameter(const Subject& s) {
  auto dice = dice_of(s);
  auto label = label_of(dice);
  auto name = parameter_name(s);
  object item{{"Name", name},
              {"ARN", fmt::format("arn:aws:ssm:{}:{}:parameter{}", s.region, s.account, name)},
              {"Type", dice.chance(0.5) ? "SecureString" : "String"},
              {"LastModifiedDate", dice.time()},
              {"LastModifiedUser", fmt::format("arn:aws:iam::{}:user/{}", s.account, label.team)},
              {"Description", fmt::format("setting of {}", label.service)},
              {"Version", static_cast<int64_t>(s.revision) + 1},
              {"Tier", "Standard"},
              {"Policies", array{}},
              {"DataType", "text"}};
  auto tags = tags_of(s, label, s.detail);
  std::vector<Detail> details;
  details.push_back({.output = object{{"TagList", tags}}, .adds = {{"Tags", tags}}});
  return {item, item, std::move(details)};
}

Telling tell_queue(const Subject& s) {
  auto dice = dice_of(s);
  auto label = label_of(dice);
  auto name = stable_name(s);
  auto url = fmt::format("https://sqs.{}.amazonaws.com/{}/{}", s.region, s.account, name);
  auto created = std::to_string(1'700'000'000 + dice.below(50'000'000));
  object attributes{{"QueueArn", fmt::format("arn:aws:sqs:{}:{}:{}", s.region, s.account, name)},
                    {"ApproximateNumberOfMessages", "0"},
                    {"ApproximateNumberOfMessagesNotVisible", "0"},
                    {"ApproximateNumberOfMessagesDelayed", "0"},
                    {"CreatedTimestamp", created},
                    {"LastModifiedTimestamp", created},
                    {"VisibilityTimeout", std::to_string(30 + s.detail)},
                    {"MaximumMessageSize", "262144"},
                    {"MessageRetentionPeriod", "345600"},
                    {"DelaySeconds", "0"},
                    {"ReceiveMessageWaitTimeSeconds", "0"},
                    {"SqsManagedSseEnabled", "true"}};
  auto tags = tag_map_of(s, label, s.detail);
  object item{{"QueueUrl", url}};
  std::vector<Detail> details;
  details.push_back({.output = object{{"Attributes", attributes}}, .adds = {{"Attributes", attributes}}});
  details.push_back({.output = object{{"Tags", tags}}, .adds = {{"Tags", tags}}});
  return {json::value(url), std::move(item), std::move(details)};
}

std::string cluster_name(const Subject& s) { return fmt::format("cluster-{}", s.number); }
std::string cluster_arn(const Subject& s) {
  return fmt::format("arn:aws:ecs:{}:{}:cluster/{}", s.region, s.account, cluster_name(s));
}

Telling tell_cluster(const Subject& s) { return {json::value(cluster_arn(s)), {}, {}}; }

Subject cluster_of(const Subject& s) {
  Subject cluster = s;
  cluster.kind = "aws.ecs.cluster";
  cluster.number = parent_of(s.number);
  return cluster;
}

std::string service_native(const Subject& s) {
  return fmt::format("{}/{}", cluster_name(cluster_of(s)), stable_name(s));
}

Telling tell_service(const Subject& s) {
  auto dice = dice_of(s);
  auto label = label_of(dice);
  auto native = service_native(s);
  auto arn = fmt::format("arn:aws:ecs:{}:{}:service/{}", s.region, s.account, native);
  auto cluster = cluster_arn(cluster_of(s));
  auto task =
      fmt::format("arn:aws:ecs:{}:{}:task-definition/{}:{}", s.region, s.account, label.service, 1 + s.revision);
  auto since = dice.time();
  object network{{"awsvpcConfiguration", object{{"subnets", array{ec2_id(s, "subnet", 0), ec2_id(s, "subnet", 1)}},
                                                {"securityGroups", array{ec2_id(s, "sg", s.number % 20)}},
                                                {"assignPublicIp", "DISABLED"}}}};
  object service{{"serviceArn", arn},
                 {"serviceName", stable_name(s)},
                 {"clusterArn", cluster},
                 {"loadBalancers", array{}},
                 {"serviceRegistries", array{}},
                 {"status", "ACTIVE"},
                 {"desiredCount", 2},
                 {"runningCount", 2},
                 {"pendingCount", 0},
                 {"launchType", "FARGATE"},
                 {"platformVersion", "LATEST"},
                 {"taskDefinition", task},
                 {"deploymentConfiguration", object{{"maximumPercent", 200}, {"minimumHealthyPercent", 100}}},
                 {"createdAt", since},
                 {"networkConfiguration", network},
                 {"schedulingStrategy", "REPLICA"},
                 {"tags", tags_of(s, label, s.detail, "key", "value")},
                 {"enableECSManagedTags", true},
                 {"propagateTags", "NONE"},
                 {"enableExecuteCommand", false}};
  object item{{"serviceArn", arn}, {"clusterArn", cluster}};
  std::vector<Detail> details;
  details.push_back({.output = service, .adds = service});
  return {json::value(arn), std::move(item), std::move(details)};
}

}  // namespace

void add_json_kinds(std::vector<KindFacts>& kinds) {
  kinds.push_back({.name = "aws.dynamodb.table",
                   .service = "dynamodb",
                   .weight = 0.6,
                   .list_call = "ListTables",
                   .list_member = "TableNames",
                   .page_size = 100,
                   .largest_page = 100,
                   .named = true,
                   .seconds = {{.operation = "DescribeTable",
                                .parameter = "TableName",
                                .unknown = "ResourceNotFoundException",
                                .status = 400},
                               {.operation = "DescribeContinuousBackups",
                                .parameter = "TableName",
                                .unknown = "TableNotFoundException",
                                .status = 400},
                               {.operation = "DescribeTimeToLive",
                                .parameter = "TableName",
                                .unknown = "ResourceNotFoundException",
                                .status = 400},
                               {.operation = "ListTagsOfResource",
                                .parameter = "ResourceArn",
                                .after = "table/",
                                .unknown = "ResourceNotFoundException",
                                .status = 400}},
                   .native = stable_name,
                   .tell = tell_table});
  kinds.push_back({.name = "aws.ssm.parameter",
                   .service = "ssm",
                   .weight = 2,
                   .list_call = "DescribeParameters",
                   .list_member = "Parameters",
                   .page_size = 10,
                   .largest_page = 50,
                   .named = true,
                   .seconds = {{.operation = "ListTagsForResource",
                                .parameter = "ResourceId",
                                .unknown = "InvalidResourceId",
                                .status = 400}},
                   .native = parameter_name,
                   .tell = tell_parameter});
  kinds.push_back({.name = "aws.sqs.queue",
                   .service = "sqs",
                   .weight = 1,
                   .list_call = "ListQueues",
                   .list_member = "QueueUrls",
                   .page_size = 1000,
                   .largest_page = 1000,
                   .named = true,
                   .seconds = {{.operation = "GetQueueAttributes",
                                .parameter = "QueueUrl",
                                .after = "/",
                                .unknown = "QueueDoesNotExist",
                                .status = 400},
                               {.operation = "ListQueueTags",
                                .parameter = "QueueUrl",
                                .after = "/",
                                .unknown = "QueueDoesNotExist",
                                .status = 400}},
                   .native = stable_name,
                   .tell = tell_queue});
  kinds.push_back({.name = "aws.ecs.cluster",
                   .service = "ecs",
                   .in_truth = false,
                   .weight = 0,
                   .list_call = "ListClusters",
                   .list_member = "clusterArns",
                   .page_size = 100,
                   .largest_page = 100,
                   .native = cluster_name,
                   .tell = tell_cluster});
  kinds.push_back({.name = "aws.ecs.service",
                   .service = "ecs",
                   .weight = 0.6,
                   .list_call = "ListServices",
                   .list_member = "serviceArns",
                   .parent = "aws.ecs.cluster",
                   .parent_parameter = "cluster",
                   .parent_after = "cluster/",
                   .page_size = 10,
                   .largest_page = 100,
                   .named = true,
                   .seconds = {{.operation = "DescribeServices",
                                .parameter = "services",
                                .after = ":service/",
                                .batch_into = "services",
                                .unknown = "",
                                .status = 400}},
                   .native = service_native,
                   .tell = tell_service});
}

}  // namespace cadastre::scripted
