// S3 and Route 53: the rest-xml protocol.
#include "scripted_aws/kinds.h"

namespace cadastre::scripted {
namespace {

using json::array;
using json::object;

std::string bucket_name(const Subject& s) { return fmt::format("{}-{}", stable_name(s), s.account.substr(6)); }

Telling tell_bucket(const Subject& s) {
  auto dice = dice_of(s);
  auto label = label_of(dice);
  auto name = bucket_name(s);
  object item{{"Name", name},
              {"CreationDate", dice.time()},
              {"BucketRegion", dice.chance(0.7) ? "us-east-1" : "eu-west-1"},
              {"BucketArn", fmt::format("arn:aws:s3:::{}", name)}};
  object encryption{{"Rules", array{object{{"ApplyServerSideEncryptionByDefault", object{{"SSEAlgorithm", "AES256"}}},
                                           {"BucketKeyEnabled", s.detail % 2 == 1}}}}};
  object versioning{{"Status", dice.chance(0.5) ? "Enabled" : "Suspended"}};
  auto tags = tags_of(s, label, s.detail);
  object blocked{{"BlockPublicAcls", true},
                 {"IgnorePublicAcls", true},
                 {"BlockPublicPolicy", true},
                 {"RestrictPublicBuckets", dice.chance(0.9)}};
  array rules{object{{"ID", "expire"},
                     {"Status", "Enabled"},
                     {"Filter", object{{"Prefix", "tmp/"}}},
                     {"Expiration", object{{"Days", 30}}}}};
  object logging{{"TargetBucket", fmt::format("logs-{}", s.account)}, {"TargetPrefix", name + "/"}};
  bool has_rules = dice.chance(0.4), has_logging = dice.chance(0.5);
  std::vector<Detail> details;
  details.push_back(
      {.output = object{{"ServerSideEncryptionConfiguration", encryption}}, .adds = {{"Encryption", encryption}}});
  details.push_back({.output = versioning, .adds = {{"Versioning", versioning}}});
  details.push_back({.output = object{{"TagSet", tags}}, .adds = {{"Tags", tags}}});
  details.push_back(
      {.output = object{{"PublicAccessBlockConfiguration", blocked}}, .adds = {{"PublicAccessBlock", blocked}}});
  details.push_back({.output = {}, .none = "NoSuchBucketPolicy"});
  if (has_rules)
    details.push_back({.output = object{{"Rules", rules}}, .adds = {{"LifecycleRules", rules}}});
  else
    details.push_back({.output = {}, .none = "NoSuchLifecycleConfiguration"});
  if (has_logging)
    details.push_back({.output = object{{"LoggingEnabled", logging}}, .adds = {{"Logging", logging}}});
  else
    details.push_back({.output = object{}});
  details.push_back({.output = {}, .none = "ReplicationConfigurationNotFoundError"});
  return {item, item, std::move(details)};
}

std::string zone_id(const Subject& s) {
  auto dice = dice_of(s);
  return "Z" + dice.capitals(20);
}

std::string zone_name(uint32_t number) { return fmt::format("zone{}.example.com", number); }

Telling tell_zone(const Subject& s) {
  auto dice = dice_of(s);
  auto label = label_of(dice);
  auto id = zone_id(s);
  object listed{{"Id", "/hostedzone/" + id},
                {"Name", zone_name(s.number) + "."},
                {"CallerReference", dice.hex(32)},
                {"Config", object{{"Comment", fmt::format("revision {}", s.revision)}, {"PrivateZone", false}}},
                {"ResourceRecordSetCount", 12}};
  auto item = listed;
  item["ZoneId"] = id;
  object delegation{{"NameServers", array{"ns-1.awsdns-01.org", "ns-2.awsdns-02.com"}}};
  auto tags = tags_of(s, label, s.detail);
  std::vector<Detail> details;
  details.push_back({.output = object{{"HostedZone", listed}, {"DelegationSet", delegation}},
                     .adds = {{"HostedZone", listed}, {"DelegationSet", delegation}}});
  details.push_back(
      {.output = object{{"ResourceType", "hostedzone"}, {"ResourceId", id}, {"Tags", tags}}, .adds = {{"Tags", tags}}});
  return {std::move(listed), std::move(item), std::move(details)};
}

Subject zone_of(const Subject& s) {
  Subject zone = s;
  zone.kind = "aws.route53.hosted_zone";
  zone.number = parent_of(s.number);
  zone.incarnation = 0;
  return zone;
}

std::string record_name(const Subject& s) {
  return fmt::format("host-{:05}.{}", s.number, zone_name(parent_of(s.number)));
}
std::string record_native(const Subject& s) { return fmt::format("{} {} A", zone_id(zone_of(s)), record_name(s)); }

Telling tell_record(const Subject& s) {
  auto dice = dice_of(s);
  object listed{
      {"Name", record_name(s) + "."},
      {"Type", "A"},
      {"TTL", 60 + static_cast<int>(s.revision)},
      {"ResourceRecords",
       array{object{{"Value", fmt::format("10.{}.{}.{}", dice.below(256), dice.below(256), dice.below(256))}}}}};
  auto item = listed;
  item["ZoneId"] = zone_id(zone_of(s));
  item["ZoneName"] = zone_name(parent_of(s.number)) + ".";
  item["PrivateZone"] = false;
  item["TypeAndSet"] = "A ";
  return {std::move(listed), std::move(item), {}};
}

}  // namespace

void add_rest_xml_kinds(std::vector<KindFacts>& kinds) {
  std::vector<SecondCall> bucket_calls;
  for (std::string_view operation :
       {"GetBucketEncryption", "GetBucketVersioning", "GetBucketTagging", "GetPublicAccessBlock",
        "GetBucketPolicyStatus", "GetBucketLifecycleConfiguration", "GetBucketLogging", "GetBucketReplication"}) {
    bucket_calls.push_back({.operation = operation, .parameter = "Bucket", .unknown = "NoSuchBucket"});
  }
  kinds.push_back({.name = "aws.s3.bucket",
                   .service = "s3",
                   .global = true,
                   .weight = 1,
                   .list_call = "ListBuckets",
                   .list_member = "Buckets",
                   .page_size = 1000,
                   .largest_page = 1000,
                   .named = true,
                   .seconds = bucket_calls,
                   .native = bucket_name,
                   .tell = tell_bucket});
  kinds.push_back(
      {.name = "aws.route53.hosted_zone",
       .service = "route53",
       .global = true,
       .weight = 0,
       .list_call = "ListHostedZones",
       .list_member = "HostedZones",
       .page_size = 100,
       .largest_page = 100,
       .said_twice = "HostedZone",
       .seconds = {{.operation = "GetHostedZone", .parameter = "Id", .after = "/", .unknown = "NoSuchHostedZone"},
                   {.operation = "ListTagsForResources",
                    .parameter = "ResourceIds",
                    .batch_into = "ResourceTagSets",
                    .unknown = "NoSuchHostedZone"}},
       .native = zone_id,
       .tell = tell_zone});
  kinds.push_back({.name = "aws.route53.record",
                   .service = "route53",
                   .global = true,
                   .weight = 1.6,
                   .list_call = "ListResourceRecordSets",
                   .list_member = "ResourceRecordSets",
                   .parent = "aws.route53.hosted_zone",
                   .parent_parameter = "HostedZoneId",
                   .parent_after = "/",
                   .page_size = 300,
                   .largest_page = 300,
                   .native = record_native,
                   .tell = tell_record});
}

}  // namespace cadastre::scripted
