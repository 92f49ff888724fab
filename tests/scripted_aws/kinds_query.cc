// RDS, load balancers and IAM: the query protocol.
#include "base/text.h"
#include "scripted_aws/kinds.h"

namespace cadastre::scripted {
namespace {

using json::array;
using json::object;

Telling tell_database(const Subject& s) {
  auto dice = dice_of(s);
  auto label = label_of(dice);
  auto name = stable_name(s);
  bool postgres = dice.chance(0.6);
  array groups;
  for (uint32_t g = 0; g < 2; ++g)
    groups.push_back(object{{"VpcSecurityGroupId", ec2_id(s, "sg", (s.number + g) % 20)}, {"Status", "active"}});
  array subnets;
  for (uint32_t n = 0; n < 3; ++n) {
    subnets.push_back(object{{"SubnetIdentifier", ec2_id(s, "subnet", n)},
                             {"SubnetAvailabilityZone", object{{"Name", fmt::format("{}{}", s.region, "abc"[n])}}},
                             {"SubnetOutpost", object{}},
                             {"SubnetStatus", "Active"}});
  }
  object item{
      {"DBInstanceIdentifier", name},
      {"DBInstanceClass", dice.chance(0.5) ? "db.r6g.large" : "db.t3.medium"},
      {"Engine", postgres ? "postgres" : "mysql"},
      {"DBInstanceStatus", s.revision % 5 == 4 ? "stopped" : "available"},
      {"MasterUsername", "admin"},
      {"DBName", label.service},
      {"Endpoint", object{{"Address", fmt::format("{}.c{}.{}.rds.amazonaws.com", name, dice.hex(11), s.region)},
                          {"Port", postgres ? 5432 : 3306},
                          {"HostedZoneId", "Z2R2ITUGPM61AM"}}},
      {"AllocatedStorage", 20 + 10 * static_cast<int>(s.revision)},
      {"InstanceCreateTime", dice.time()},
      {"PreferredBackupWindow", "05:12-05:42"},
      {"BackupRetentionPeriod", 7},
      {"DBSecurityGroups", array{}},
      {"VpcSecurityGroups", groups},
      {"DBParameterGroups",
       array{object{{"DBParameterGroupName", "default.postgres15"}, {"ParameterApplyStatus", "in-sync"}}}},
      {"AvailabilityZone", fmt::format("{}{}", s.region, "abc"[dice.below(3)])},
      {"DBSubnetGroup", object{{"DBSubnetGroupName", label.team + "-db"},
                               {"DBSubnetGroupDescription", "databases of " + label.team},
                               {"VpcId", ec2_id(s, "vpc", 0)},
                               {"SubnetGroupStatus", "Complete"},
                               {"Subnets", subnets}}},
      {"PreferredMaintenanceWindow", "sun:06:10-sun:06:40"},
      {"MultiAZ", dice.chance(0.4)},
      {"EngineVersion", postgres ? "15.4" : "8.0.35"},
      {"AutoMinorVersionUpgrade", true},
      {"ReadReplicaDBInstanceIdentifiers", array{}},
      {"LicenseModel", postgres ? "postgresql-license" : "general-public-license"},
      {"OptionGroupMemberships", array{object{{"OptionGroupName", "default:postgres-15"}, {"Status", "in-sync"}}}},
      {"PubliclyAccessible", false},
      {"StorageType", "gp3"},
      {"StorageEncrypted", true},
      {"KmsKeyId", fmt::format("arn:aws:kms:{}:{}:key/{}", s.region, s.account, dice.hex(32))},
      {"DbiResourceId", "db-" + dice.capitals(26)},
      {"CACertificateIdentifier", "rds-ca-rsa2048-g1"},
      {"CopyTagsToSnapshot", true},
      {"MonitoringInterval", 0},
      {"DBInstanceArn", fmt::format("arn:aws:rds:{}:{}:db:{}", s.region, s.account, name)},
      {"IAMDatabaseAuthenticationEnabled", true},
      {"PerformanceInsightsEnabled", dice.chance(0.5)},
      {"DeletionProtection", dice.chance(0.5)},
      {"TagList", tags_of(s, label, s.revision)},
      {"MaxAllocatedStorage", 1000}};
  return {item, item, {}};
}

std::string balancer_native(const Subject& s) {
  auto dice = dice_of(s);
  return fmt::format("app/lb-{:05}/{}", s.number, dice.hex(16));
}

Telling tell_balancer(const Subject& s) {
  auto dice = dice_of(s);
  auto native = balancer_native(s);
  dice.hex(16);
  auto label = label_of(dice);
  auto arn = fmt::format("arn:aws:elasticloadbalancing:{}:{}:loadbalancer/{}", s.region, s.account, native);
  array zones, groups;
  for (uint32_t n = 0; n < 3; ++n) {
    zones.push_back(object{{"ZoneName", fmt::format("{}{}", s.region, "abc"[n])},
                           {"SubnetId", ec2_id(s, "subnet", n)},
                           {"LoadBalancerAddresses", array{}}});
  }
  groups.emplace_back(ec2_id(s, "sg", s.number % 20));
  object item{
      {"LoadBalancerArn", arn},
      {"DNSName", fmt::format("lb-{:05}-{}.{}.elb.amazonaws.com", s.number, dice.below(2'000'000'000), s.region)},
      {"CanonicalHostedZoneId", "Z35SXDOTRQ7X7K"},
      {"CreatedTime", dice.time()},
      {"LoadBalancerName", fmt::format("lb-{:05}", s.number)},
      {"Scheme", s.revision % 2 ? "internal" : "internet-facing"},
      {"VpcId", ec2_id(s, "vpc", 0)},
      {"State", object{{"Code", "active"}}},
      {"Type", "application"},
      {"AvailabilityZones", zones},
      {"SecurityGroups", groups},
      {"IpAddressType", "ipv4"}};
  auto tags = tags_of(s, label, s.detail);
  array listeners{object{{"ListenerArn", fmt::format("arn:aws:elasticloadbalancing:{}:{}:listener/{}/{}", s.region,
                                                     s.account, native, dice.hex(16))},
                         {"LoadBalancerArn", arn},
                         {"Port", 443},
                         {"Protocol", "HTTPS"},
                         {"SslPolicy", "ELBSecurityPolicy-TLS13-1-2-2021-06"},
                         {"DefaultActions", array{object{{"Type", "fixed-response"}, {"Order", 1}}}}}};
  array attributes;
  for (auto [key, value] : {std::pair{"deletion_protection.enabled", "true"},
                            {"idle_timeout.timeout_seconds", "60"},
                            {"routing.http2.enabled", "true"}}) {
    attributes.push_back(object{{"Key", key}, {"Value", value}});
  }
  std::vector<Detail> details;
  details.push_back({.output = object{{"ResourceArn", arn}, {"Tags", tags}}, .adds = {{"Tags", tags}}});
  details.push_back({.output = object{{"Listeners", listeners}}, .adds = {{"Listeners", listeners}}});
  details.push_back({.output = object{{"Attributes", attributes}}, .adds = {{"Attributes", attributes}}});
  return {item, item, std::move(details)};
}

Telling tell_role(const Subject& s) {
  auto dice = dice_of(s);
  auto label = label_of(dice);
  auto name = stable_name(s);
  object policy{{"Version", "2012-10-17"},
                {"Statement", array{object{{"Effect", "Allow"},
                                           {"Principal", object{{"Service", "ec2.amazonaws.com"}}},
                                           {"Action", "sts:AssumeRole"}}}}};
  object item{{"Path", "/service/"},
              {"RoleName", name},
              {"RoleId", "AROA" + dice.capitals(17)},
              {"Arn", fmt::format("arn:aws:iam::{}:role/service/{}", s.account, name)},
              {"CreateDate", dice.time()},
              {"AssumeRolePolicyDocument", policy},
              {"Description", fmt::format("{} of {}, revision {}", label.service, label.team, s.revision)},
              {"MaxSessionDuration", 3600}};
  // IAM sends policies as JSON, percent-encoded; boto3 and documents have the policy itself.
  auto listed = item;
  listed["AssumeRolePolicyDocument"] = percent_encode(to_json(policy));
  auto tags = tags_of(s, label, s.detail);
  auto role = listed;
  role["Tags"] = tags;
  array attached;
  for (uint32_t n = 0; n < 1 + s.number % 3; ++n) {
    attached.push_back(object{{"PolicyName", fmt::format("policy-{}", n)},
                              {"PolicyArn", fmt::format("arn:aws:iam::{}:policy/policy-{}", s.account, n)}});
  }
  array inlined{"inline-" + std::to_string(s.detail)};
  std::vector<Detail> details;
  details.push_back({.output = object{{"Role", role}}, .adds = {{"Tags", tags}}});
  details.push_back({.output = object{{"AttachedPolicies", attached}, {"IsTruncated", false}},
                     .adds = {{"AttachedPolicies", attached}}});
  details.push_back(
      {.output = object{{"PolicyNames", inlined}, {"IsTruncated", false}}, .adds = {{"PolicyNames", inlined}}});
  return {std::move(listed), std::move(item), std::move(details)};
}

}  // namespace

void add_query_kinds(std::vector<KindFacts>& kinds) {
  kinds.push_back({.name = "aws.rds.instance",
                   .service = "rds",
                   .weight = 2,
                   .list_call = "DescribeDBInstances",
                   .list_member = "DBInstances",
                   .page_size = 100,
                   .largest_page = 100,
                   .named = true,
                   .native = stable_name,
                   .tell = tell_database});
  kinds.push_back({.name = "aws.elbv2.load_balancer",
                   .service = "elbv2",
                   .weight = 1,
                   .list_call = "DescribeLoadBalancers",
                   .list_member = "LoadBalancers",
                   .page_size = 400,
                   .largest_page = 400,
                   .seconds = {{.operation = "DescribeTags",
                                .parameter = "ResourceArns",
                                .after = "loadbalancer/",
                                .batch_into = "TagDescriptions",
                                .unknown = "LoadBalancerNotFound",
                                .status = 400},
                               {.operation = "DescribeListeners",
                                .parameter = "LoadBalancerArn",
                                .after = "loadbalancer/",
                                .unknown = "LoadBalancerNotFound",
                                .status = 400},
                               {.operation = "DescribeLoadBalancerAttributes",
                                .parameter = "LoadBalancerArn",
                                .after = "loadbalancer/",
                                .unknown = "LoadBalancerNotFound",
                                .status = 400}},
                   .native = balancer_native,
                   .tell = tell_balancer});
  kinds.push_back(
      {.name = "aws.iam.role",
       .service = "iam",
       .global = true,
       .weight = 2,
       .list_call = "ListRoles",
       .list_member = "Roles",
       .page_size = 100,
       .largest_page = 1000,
       .named = true,
       .seconds = {{.operation = "GetRole", .parameter = "RoleName", .unknown = "NoSuchEntity"},
                   {.operation = "ListAttachedRolePolicies", .parameter = "RoleName", .unknown = "NoSuchEntity"},
                   {.operation = "ListRolePolicies", .parameter = "RoleName", .unknown = "NoSuchEntity"}},
       .native = stable_name,
       .tell = tell_role});
}

}  // namespace cadastre::scripted
