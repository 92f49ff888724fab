// The language by example: what queries find in a small estate, and what is said of those that make no sense.
#include <doctest/doctest.h>

#include "base/text.h"
#include "query/evaluate.h"
#include "query/parser.h"

namespace cadastre::query {
namespace {

const Time kNow = *parse_rfc3339("2026-11-21T12:00:00Z");

constexpr const char* kCatalogue = R"(
service: ec2
kinds:
  instance:
    title: EC2 instances
    list: {call: DescribeInstances, items: "Reservations[].Instances[]"}
    id: InstanceId
    name: "{tag:Name}"
    tags: Tags
    columns: {Type: InstanceType}
    search: [PrivateIpAddress, PublicDnsName]
    links: [{to: aws.ec2.vpc, path: VpcId}, {to: aws.iam.instance_profile, path: IamInstanceProfile.Arn, by: arn}]
  volume:
    title: EBS volumes
    list: {call: DescribeVolumes, items: "Volumes[]"}
    id: VolumeId
    columns: {Type: VolumeType, Size: {path: Size, unit: GiB}}
  subnet:
    title: Subnets
    list: {call: DescribeSubnets, items: "Subnets[]"}
    id: SubnetId
    search: [CidrBlock]
  security_group:
    title: Security groups
    list: {call: DescribeSecurityGroups, items: "SecurityGroups[]"}
    id: GroupId
)";

struct Thing {
  store::Resource resource;
  json::value document;
};

Thing thing(const char* kind, const char* account, const char* region, const char* native, const char* name,
            const char* state, const char* tags, const char* document, const char* changed = "2026-10-01T00:00:00Z") {
  Thing made;
  made.resource.cell = {account, region, std::string("aws.ec2.") + kind};
  made.resource.native = native;
  made.resource.region = region;
  made.resource.name = name;
  made.resource.state = state;
  made.resource.tags = tags;
  made.resource.first_seen = *parse_rfc3339("2026-10-01T00:00:00Z");
  made.resource.changed = *parse_rfc3339(changed);
  made.resource.created = *parse_rfc3339("2026-06-01T00:00:00Z");
  made.document = *parse_json(document, "a test's document");
  return made;
}

// web: a running instance; db: a stopped one that changed an hour ago; v1, v2: volumes; net: a subnet; sg, all:
// security groups; old: a deleted instance.
std::vector<Thing> estate_of_things() {
  std::vector<Thing> things;
  things.push_back(
      thing("instance", "111111111111", "eu-west-1", "i-0aaa", "Web-1", "running",
            R"({"Name": "Web-1", "team": "Payments", "aws:autoscaling:groupName": "web"})",
            R"({"InstanceId": "i-0aaa", "InstanceType": "m5.large", "VpcId": "vpc-1", "PrivateIpAddress": "10.1.2.3",
                             "PublicDnsName": "ec2-1.example.com", "State": {"Name": "running", "Code": 16}, "EbsOptimized": true,
                             "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeId": "v1"}}, {"DeviceName": "/dev/sdf"}],
                             "IamInstanceProfile": {"Arn": "arn:aws:iam::111111111111:instance-profile/app/web"}})"));
  things.push_back(
      thing("instance", "222222222222", "us-east-1", "i-0bbb", "db-1", "stopped",
            R"({"Name": "db-1", "owner": "ana@example.com"})",
            R"({"InstanceId": "i-0bbb", "InstanceType": "r5.large", "VpcId": "vpc-2", "PrivateIpAddress": "10.9.0.4",
                             "State": {"Name": "stopped", "Code": 80}})",
            "2026-11-21T11:00:00Z"));
  things.push_back(thing("volume", "111111111111", "eu-west-1", "v1", "", "in-use", "{}",
                         R"({"VolumeId": "v1", "VolumeType": "gp3", "Size": 100})"));
  things.push_back(thing("volume", "111111111111", "eu-west-1", "v2", "", "available", "{}",
                         R"({"VolumeId": "v2", "VolumeType": "io2", "Size": 20, "Iops": 500})"));
  things.push_back(thing("subnet", "111111111111", "eu-west-1", "net", "private-a", "available",
                         R"({"note": "say \"hi\" now"})",
                         R"({"SubnetId": "net", "CidrBlock": "10.1.2.0/24", "AvailableIpAddressCount": 11})"));
  things.push_back(
      thing("security_group", "111111111111", "eu-west-1", "sg", "web", "", "{}",
            R"({"GroupId": "sg", "IpPermissions": [{"FromPort": 443, "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}]})"));
  things.push_back(
      thing("security_group", "111111111111", "eu-west-1", "all", "open", "", "{}",
            R"({"GroupId": "all", "IpPermissions": [{"FromPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]})"));
  things.push_back(
      thing("instance", "222222222222", "us-east-1", "old", "web-old", "terminated", "{}", R"({"InstanceId": "old"})"));
  things.back().resource.deleted = *parse_rfc3339("2026-11-01T00:00:00Z");
  things[2].resource.unverified_since = *parse_rfc3339("2026-11-20T00:00:00Z");
  return things;
}

class World {
 public:
  World() : catalog_(load()), estate_{catalog_, {}}, things_(estate_of_things()) {
    estate_.accounts["111111111111"] = {"111111111111", "prod", "active", {{"client", "Acme"}}, {}};
    estate_.accounts["222222222222"] = {"222222222222", "legacy", "active", {}, {}};
  }

  std::string find(std::string_view text) const {
    auto expression = parse(text);
    if (!expression) return "error: " + expression.error().message;
    std::vector<std::string> found;
    for (const auto& thing : things_) {
      if (matches(*expression, subject_of(thing.resource, thing.document, estate_), kNow))
        found.push_back(thing.resource.native);
    }
    return join(found, " ");
  }

  store::Filter narrowed(std::string_view text) const { return narrow(*parse(text), estate_, {}); }

 private:
  static catalog::Catalog load() {
    static aws::Models models;
    auto loaded = catalog::Catalog::load(models, {}, {{"test.yaml", kCatalogue}});
    REQUIRE_MESSAGE(loaded.has_value(), (loaded ? "" : loaded.error().message));
    return *loaded;
  }
  catalog::Catalog catalog_;
  Estate estate_;
  std::vector<Thing> things_;
};

TEST_CASE("what queries find") {
  World world;
  struct Case {
    const char* query;
    const char* found;
  };
  const Case cases[] = {
      {"", "i-0aaa i-0bbb v1 v2 net sg all old"},
      // words
      {"WEB", "i-0aaa sg old"},
      {"web 1", "i-0aaa"},
      {"w*1", "i-0aaa"},
      {"\"w*1\"", ""},
      {"payments", "i-0aaa"},
      {"0bb", "i-0bbb"},
      {"ec2-1.example.com", "i-0aaa"},
      {"\"say \\\"hi\\\"\"", "net"},
      {"10.1.2.3", "i-0aaa net sg"},
      {"10.9.0.4", "i-0bbb"},
      {"ip-ranges 0.0.0.0/0", ""},
      {"0.0.0.0/0", "all"},
      {"ip:0.0.0.0/0", "all"},
      // pastes
      {"10.1.2.3 10.9.0.4", "i-0aaa i-0bbb net sg"},
      {"10.1.2.3,10.9.0.4", "i-0aaa i-0bbb net sg"},
      {"10.1.2.77, 10.9.0.4; state:stopped", "i-0bbb"},
      {"\"10.9.0.4\",\"10.1.2.3\"", "i-0aaa i-0bbb net sg"},
      {"10.1.2.3 AND 10.9.0.4", ""},
      {"-10.1.2.3 10.9.0.4", "i-0bbb"},
      {"web\ndb\n", "i-0aaa i-0bbb sg old"},
      {"web\ndb 1", ""},
      {"web,db", ""},
      {"aws.ec2.volume/111111111111/eu-west-1/v1", "v1"},
      // keys
      {"kind:ec2.instance", "i-0aaa i-0bbb old"},
      {"kind:aws.ec2.vol*", "v1 v2"},
      {"kind:ec2.volume,ec2.subnet", "v1 v2 net"},
      {"service:ec2 -kind:*.instance", "v1 v2 net sg all"},
      {"account:prod", "i-0aaa v1 v2 net sg all"},
      {"account:2222*", "i-0bbb old"},
      {"group.client:acme kind:ec2.subnet", "net"},
      {"group:acme id:v*", "v1 v2"},
      {"group.unit:acme", ""},
      {"region:us-east-1", "i-0bbb old"},
      {"name:web-*", "i-0aaa old"},
      {"name:web", "sg"},
      {"id:i-0aaa", "i-0aaa"},
      {"id:aws.ec2.volume/111111111111/eu-west-1/v1", "v1"},
      {"state:running,stopped", "i-0aaa i-0bbb"},
      {"owner:ana@*", "i-0bbb"},
      {"owner:payments", "i-0aaa"},
      {"tag.team:payments", "i-0aaa"},
      {"tag.TEAM:*", "i-0aaa"},
      {"-tag.Name:* kind:ec2.instance", "old"},
      {"tag.aws:autoscaling:groupName:web", "i-0aaa"},
      {"ip:10.1.2.3", "i-0aaa net sg"},
      {"ip:10.1.2.77", "net sg"},
      {"ip:10.1.0.0/16", "i-0aaa net sg"},
      {"ip:10.9", "i-0bbb"},
      {"ip:192.0.2.1", ""},
      {"dns:*.example.com", "i-0aaa"},
      {"dns:ec2-1.example.com", "i-0aaa"},
      {"links:vpc-1", "i-0aaa"},
      {"links:web", "i-0aaa"},
      {"links:vpc-*", "i-0aaa i-0bbb"},
      {"data.State.Name:stopped", "i-0bbb"},
      {"data.State.Code>16", "i-0bbb"},
      {"data.State.Code>=16", "i-0aaa i-0bbb"},
      {"data.State.Code:16..80", "i-0aaa i-0bbb"},
      {"data.BlockDeviceMappings.DeviceName:/dev/sd*", "i-0aaa"},
      {"data.BlockDeviceMappings[].Ebs.VolumeId:v1", "i-0aaa"},
      {"data.IpPermissions.IpRanges.CidrIp:0.0.0.0/0", "all"},
      {"data.EbsOptimized:true", "i-0aaa"},
      {"data.Iops:*", "v2"},
      {"data.IpPermissions.FromPort<100", "all"},
      {"size>=100", "v1"},
      {"size<100GiB", "v2"},
      {"size:20", "v2"},
      {"size>=0.02TiB", "v1"},
      {"size:20..100", "v1 v2"},
      {"is:stale", "v1"},
      {"is:deleted", "old"},
      {"is:changed", "i-0bbb"},
      {"is:new", ""},
      {"changed<2h", "i-0bbb"},
      {"changed:1d", "i-0bbb"},
      {"age>30d kind:ec2.volume", "v1 v2"},
      {"age:365d", ""},
      {"created<90d", ""},
      // combinations
      {"web OR db", "i-0aaa i-0bbb sg old"},
      {"(web OR db) -is:deleted -kind:ec2.security_group", "i-0aaa i-0bbb"},
      {"NOT (kind:ec2.instance OR kind:ec2.volume) net", "net"},
      {"web AND state:running", "i-0aaa"},
      {"-(-web)", "i-0aaa sg old"},
      {"web kind:ec2.subnet OR kind:ec2.volume", "v1 v2"},
      {"arn:aws:ec2:eu-west-1", ""},
      {"a:b:c::", "error: "},
  };
  for (const auto& [query, found] : cases) {
    CAPTURE(query);
    auto answer = world.find(query);
    if (std::string_view(found) == "error: ")
      CHECK(answer.starts_with(found));
    else
      CHECK(answer == found);
  }
}

TEST_CASE("errors point at the character and say what to write") {
  struct Case {
    const char* query;
    const char* says;
    size_t column;  // of the caret, from 0
  };
  const Case cases[] = {
      {"web knd:x", "unknown key 'knd' (did you mean 'kind'?)", 4},
      {"(web", "the '(' is not closed", 0},
      {"web)", "a ')' without its '('", 3},
      {"a \"b", "the quote is not closed", 2},
      {"kind:", "the value is missing", 5},
      {"age>soon", "'soon' is no age", 4},
      {"size>big", "'big' is no number", 5},
      {"is:dead", "unknown state 'dead'", 3},
      {"OR web", "OR needs something on its left", 0},
      {"web OR", "OR needs something on its right", 4},
      {"tag:x", "write tag.NAME:VALUE", 0},
      {"data:x", "write data.PATH:VALUE", 0},
      {"web -", "", 0},
      {"NOT", "nothing follows", 0},
      {"é knd:x", "unknown key", 2},
  };
  for (const auto& [query, says, column] : cases) {
    CAPTURE(query);
    auto parsed = parse(query);
    if (std::string_view(says).empty()) {
      CHECK(parsed.has_value());  // a lone '-' is a word
      continue;
    }
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code == ErrorCode::invalid);
    auto lines = split(parsed.error().message, '\n');
    REQUIRE(lines.size() == 3);
    CHECK_MESSAGE(lines[0].starts_with(says), lines[0]);
    CHECK(lines[2].find('^') == column + 2);
  }
  CHECK_FALSE(parse(std::string(1000, '(')).has_value());
  CHECK_FALSE(parse(std::string(200'000, 'x')).has_value());
}

TEST_CASE("kinds and accounts that there are not are errors") {
  auto check = [](const char* query) {
    auto checked =
        check_names(*parse(query), query, {{"aws.ec2.instance", "aws.rds.instance"}, {"111111111111", "prod"}});
    return checked ? std::string("fine") : checked.error().message;
  };
  CHECK(check("kind:ec2.instance account:prod web") == "fine");
  CHECK(check("kind:*.instance account:11*") == "fine");
  CHECK(check("web kind:ec2.instanc").starts_with("there is no kind 'ec2.instanc' (did you mean 'aws.ec2.instance'?)"));
  CHECK(check("(account:prd OR web)").starts_with("there is no account 'prd' (did you mean 'prod'?)"));
}

TEST_CASE("the store is asked for no more than every match must have, and for no less") {
  World world;
  CHECK(world.narrowed("kind:ec2.instance account:prod region:eu-west-1 web").kinds ==
        std::vector<std::string>{"aws.ec2.instance"});
  CHECK(world.narrowed("account:prod").accounts == std::vector<std::string>{"111111111111"});
  CHECK(world.narrowed("region:eu-west-1,us-east-1").regions == std::vector<std::string>{"eu-west-1", "us-east-1"});
  CHECK(world.narrowed("region:eu-*").regions.empty());
  CHECK(world.narrowed("kind:ec2.instance OR web").kinds.empty());
  CHECK(world.narrowed("-kind:ec2.instance").kinds.empty());
  CHECK(world.narrowed("(kind:ec2.instance web) state:running").kinds.size() == 1);
  CHECK_FALSE(world.narrowed("web").closed);
  CHECK(world.narrowed("web OR is:deleted").closed);
  CHECK(world.narrowed("kind:ec2.instance kind:ec2.volume").kinds == std::vector<std::string>{""});
}

TEST_CASE("networks contain addresses of their family only") {
  auto net = [](const char* text) { return *parse_network(text); };
  CHECK(net("10.0.0.0/8").contains(net("10.255.0.1")));
  CHECK_FALSE(net("10.0.0.0/8").contains(net("11.0.0.1")));
  CHECK(net("10.0.0.128/25").contains(net("10.0.0.128")));
  CHECK_FALSE(net("10.0.0.128/25").contains(net("10.0.0.127")));
  CHECK(net("2001:db8::/32").contains(net("2001:db8:1::5")));
  CHECK_FALSE(net("2001:db8::/32").contains(net("10.0.0.1")));
  CHECK_FALSE(net("10.0.0.0/16").contains(net("10.0.0.0/8")));
  for (auto bad : {"10.0.0", "10.0.0.256", "10.0.0.0/33", "10.0.0.0/", "abc", "::1/129", "1", "10.0.0.0/8x", ""}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_network(bad).has_value());
  }
}

}  // namespace
}  // namespace cadastre::query
