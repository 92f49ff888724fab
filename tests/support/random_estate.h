// Documents of a company's resources, made up at random: real kinds in the shapes that AWS answers with, referring to
// each other, with names, tags, addresses and DNS names as companies have them. For tests and benchmarks. Header-only.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "catalog/catalog.h"
#include "store/store.h"

namespace cadastre::testing {

struct EstateShape {
  size_t accounts = 25;
  std::string digits = "0123456789abcdef";  // of ids: few of them make ids that resemble each other
  int octets = 256;                         // of addresses
  double kubernetes = 0;                    // the share of it that is in clusters
  bool odd_texts = false;                   // tags in other scripts, with quotes, stars and slashes
};

class RandomEstate {
 public:
  RandomEstate(uint64_t seed, EstateShape shape) : random_(seed), shape_(std::move(shape)) {
    for (size_t i = 0; i < shape_.accounts; ++i)
      accounts_.push_back(fmt::format("{:012}", 111111111111u + i * 37037037037u));
  }

  struct Made {
    store::CellKey cell;
    json::object document;
  };

  uint64_t below(uint64_t bound) { return std::uniform_int_distribution<uint64_t>(0, bound - 1)(random_); }
  bool chance(double share) { return std::uniform_real_distribution<>()(random_) < share; }
  template <typename T>
  const T& pick(const std::vector<T>& choices) {
    return choices[below(choices.size())];
  }
  const std::vector<std::string>& accounts() const { return accounts_; }
  static const std::vector<std::string>& regions() {
    static const std::vector<std::string> all = {"us-east-1",    "us-east-2",      "us-west-2",      "eu-west-1",
                                                 "eu-central-1", "ap-southeast-1", "ap-northeast-1", "sa-east-1"};
    return all;
  }

  // As a company has them: mostly what hangs off instances.
  Made any() {
    if (shape_.kubernetes > 0 && chance(shape_.kubernetes)) return chance(0.7) ? pod() : node();
    auto dice = below(100);
    if (dice < 22) return network_interface();
    if (dice < 42) return volume();
    if (dice < 60) return snapshot();
    if (dice < 72) return instance();
    if (dice < 78) return security_group();
    if (dice < 83) return record();
    if (dice < 87) return role();
    if (dice < 91) return function();
    if (dice < 94) return subnet();
    if (dice < 95) return vpc();
    if (dice < 97) return bucket();
    if (dice < 98) return load_balancer();
    if (dice < 99) return route_table();
    return database();
  }

  Made pod() {
    Made made{{pick(accounts_), pick(clusters()), "k8s.pod"}, {}};
    made.document = {
        {"metadata", json::object{{"namespace", pick(teams())},
                                  {"name", service_name() + "-" + hex(5)},
                                  {"uid", hex(12)},
                                  {"creationTimestamp", moment()},
                                  {"labels", json::object{{"app", pick(services())}, {"team", team()}}}}},
        {"spec", json::object{{"nodeName", few("ip", 40)}}},
        {"status", json::object{{"phase", chance(0.9) ? "Running" : "Failed"}, {"podIP", private_address()}}}};
    return made;
  }

  Made node() {
    Made made{{pick(accounts_), pick(clusters()), "k8s.node"}, {}};
    made.document = {
        {"metadata", json::object{{"name", few("ip", 40)}, {"uid", hex(12)}, {"creationTimestamp", moment()}}},
        {"spec", json::object{{"providerID", fmt::format("aws:///{}a/{}", pick(regions()), id("i"))}}}};
    return made;
  }

  Made instance() {
    auto made = in_region("aws.ec2.instance");
    auto address = private_address(), name = host_name(made, address), open = public_address();
    auto group = id("sg");
    made.document = {
        {"InstanceId", id("i")},
        {"OwnerId", made.cell.account},
        {"ImageId", few("ami", 40)},
        {"InstanceType", pick(types())},
        {"LaunchTime", moment()},
        {"PrivateIpAddress", address},
        {"PrivateDnsName", name},
        {"VpcId", few("vpc", 200)},
        {"SubnetId", few("subnet", 1500)},
        {"State", json::object{{"Code", 16}, {"Name", pick(states())}}},
        {"SecurityGroups", json::array{json::object{{"GroupId", group}, {"GroupName", team() + "-default"}}}},
        {"BlockDeviceMappings",
         json::array{json::object{{"DeviceName", "/dev/xvda"}, {"Ebs", json::object{{"VolumeId", id("vol")}}}}}},
        {"NetworkInterfaces",
         json::array{json::object{{"NetworkInterfaceId", id("eni")}, {"PrivateIpAddress", address}}}},
        {"EbsOptimized", chance(0.5)}};
    if (chance(0.3)) {
      made.document["PublicIpAddress"] = open;
      made.document["PublicDnsName"] =
          "ec2-" + replace_all(open, ".", "-") + "." + made.cell.region + ".compute.amazonaws.com";
    }
    if (chance(0.8))
      made.document["IamInstanceProfile"] =
          json::object{{"Arn", fmt::format("arn:aws:iam::{}:instance-profile/{}", made.cell.account, team())}};
    tag(made.document, "Tags", true);
    return made;
  }

  Made network_interface() {
    auto made = in_region("aws.ec2.network_interface");
    auto address = private_address();
    made.document = {
        {"NetworkInterfaceId", id("eni")},
        {"OwnerId", made.cell.account},
        {"Status", chance(0.9) ? "in-use" : "available"},
        {"Description", chance(0.5) ? "" : fmt::format("ELB app/{}/{}", service_name(), hex(16))},
        {"MacAddress", fmt::format("0a:{}:{}:{}:{}:{}", hex(2), hex(2), hex(2), hex(2), hex(2))},
        {"PrivateIpAddress", address},
        {"PrivateDnsName", host_name(made, address)},
        {"VpcId", few("vpc", 200)},
        {"SubnetId", few("subnet", 1500)},
        {"Groups", json::array{json::object{{"GroupId", few("sg", 3000)}, {"GroupName", team() + "-default"}}}},
        {"PrivateIpAddresses", json::array{json::object{{"PrivateIpAddress", address}}}}};
    if (chance(0.7)) made.document["Attachment"] = json::object{{"InstanceId", id("i")}, {"Status", "attached"}};
    tag(made.document, "TagSet", chance(0.3));
    return made;
  }

  Made volume() {
    auto made = in_region("aws.ec2.volume");
    made.document = {{"VolumeId", id("vol")},
                     {"CreateTime", moment()},
                     {"VolumeType", chance(0.8) ? "gp3" : "io2"},
                     {"Size", below(40) * 50 + 8},
                     {"State", chance(0.9) ? "in-use" : "available"},
                     {"SnapshotId", chance(0.5) ? id("snap") : ""},
                     {"Attachments", json::array{json::object{{"InstanceId", id("i")}, {"Device", "/dev/xvda"}}}}};
    if (chance(0.2)) made.document["Iops"] = below(20) * 500;
    tag(made.document, "Tags", chance(0.7));
    return made;
  }

  Made snapshot() {
    auto made = in_region("aws.ec2.snapshot");
    made.document = {{"SnapshotId", id("snap")},
                     {"OwnerId", made.cell.account},
                     {"StartTime", moment()},
                     {"State", chance(0.98) ? "completed" : "pending"},
                     {"VolumeId", id("vol")},
                     {"VolumeSize", below(40) * 50 + 8},
                     {"Description", chance(0.5) ? fmt::format("Created by CreateImage({}) for {}", id("i"), id("ami"))
                                                 : "nightly backup of " + service_name()}};
    tag(made.document, "Tags", chance(0.5));
    return made;
  }

  Made security_group() {
    auto made = in_region("aws.ec2.security_group");
    auto range = chance(0.2) ? std::string("0.0.0.0/0") : chance(0.5) ? network(24) : private_address() + "/32";
    made.document = {{"GroupId", id("sg")},
                     {"GroupName", service_name()},
                     {"OwnerId", made.cell.account},
                     {"VpcId", few("vpc", 200)},
                     {"IpPermissions", json::array{json::object{
                                           {"FromPort", 443},
                                           {"IpRanges", json::array{json::object{{"CidrIp", range}}}},
                                           {"UserIdGroupPairs", json::array{json::object{{"GroupId", id("sg")}}}}}}}};
    tag(made.document, "Tags", chance(0.3));
    return made;
  }

  Made record() {
    Made made{{pick(accounts_), "global", "aws.route53.record"}, {}};
    auto zone = pick(zones());
    auto name = fmt::format("{}{}.{}.", pick(services()), chance(0.6) ? std::to_string(below(5000)) : "", zone);
    bool address = chance(0.5);
    made.document = {{"Name", name},
                     {"Type", address || chance(0.3) ? "A" : "CNAME"},
                     {"TTL", 300},
                     {"ZoneId", "Z" + upper_hex(13)},
                     {"ZoneName", zone + "."},
                     {"PrivateZone", "false"}};
    made.document["TypeAndSet"] = std::string(made.document["Type"].get_string()) + " ";
    std::string target = address ? private_address() : balancer_name();
    if (!address && made.document["Type"].get_string() == "A")
      made.document["AliasTarget"] =
          json::object{{"DNSName", "dualstack." + target + "."}, {"HostedZoneId", "Z35SXDOTRQ7X7K"}};
    else
      made.document["ResourceRecords"] = json::array{json::object{{"Value", target}}};
    return made;
  }

  Made load_balancer() {
    auto made = in_region("aws.elbv2.load_balancer");
    auto name = service_name();
    made.document = {{"LoadBalancerArn", fmt::format("arn:aws:elasticloadbalancing:{}:{}:loadbalancer/app/{}/{}",
                                                     made.cell.region, made.cell.account, name, hex(16))},
                     {"LoadBalancerName", name},
                     {"DNSName", balancer_name()},
                     {"CreatedTime", moment()},
                     {"VpcId", few("vpc", 200)},
                     {"State", json::object{{"Code", "active"}}},
                     {"Scheme", "internal"}};
    tag(made.document, "Tags", false);
    return made;
  }

  Made subnet() {
    auto made = in_region("aws.ec2.subnet");
    made.document = {{"SubnetId", few("subnet", 1500)},
                     {"OwnerId", made.cell.account},
                     {"VpcId", few("vpc", 200)},
                     {"CidrBlock", network(chance(0.5) ? 24 : 20)},
                     {"State", "available"},
                     {"AvailableIpAddressCount", below(250)}};
    if (chance(0.2))
      made.document["Ipv6CidrBlockAssociationSet"] =
          json::array{json::object{{"Ipv6CidrBlock", fmt::format("2001:db8:{}::/64", hex(4))}}};
    tag(made.document, "Tags", true);
    return made;
  }

  Made vpc() {
    auto made = in_region("aws.ec2.vpc");
    made.document = {
        {"VpcId", few("vpc", 200)}, {"OwnerId", made.cell.account}, {"CidrBlock", network(16)}, {"State", "available"}};
    tag(made.document, "Tags", true);
    return made;
  }

  Made route_table() {
    auto made = in_region("aws.ec2.route_table");
    made.document = {
        {"RouteTableId", id("rtb")},
        {"OwnerId", made.cell.account},
        {"VpcId", few("vpc", 200)},
        {"Routes", json::array{json::object{{"DestinationCidrBlock", "0.0.0.0/0"}, {"GatewayId", id("igw")}},
                               json::object{{"DestinationCidrBlock", network(16)}, {"GatewayId", "local"}}}}};
    tag(made.document, "Tags", chance(0.5));
    return made;
  }

  Made bucket() {
    Made made{{pick(accounts_), "global", "aws.s3.bucket"}, {}};
    made.document = {{"Name", fmt::format("{}-{}-{}", team(), service_name(), hex(6))},
                     {"BucketRegion", pick(regions())},
                     {"CreationDate", moment()}};
    tag(made.document, "Tags", chance(0.5));
    return made;
  }

  Made role() {
    Made made{{pick(accounts_), "global", "aws.iam.role"}, {}};
    auto name = fmt::format("{}-{}", service_name(), hex(8));
    made.document = {{"RoleName", name},
                     {"RoleId", "AROA" + upper_hex(16)},
                     {"Path", "/"},
                     {"Arn", fmt::format("arn:aws:iam::{}:role/{}", made.cell.account, name)},
                     {"CreateDate", moment()}};
    tag(made.document, "Tags", false);
    return made;
  }

  Made function() {
    auto made = in_region("aws.lambda.function");
    auto name = service_name() + "-" + hex(5);
    made.document = {
        {"FunctionName", name},
        {"FunctionArn", fmt::format("arn:aws:lambda:{}:{}:function:{}", made.cell.region, made.cell.account, name)},
        {"Runtime", chance(0.5) ? "python3.12" : "nodejs20.x"},
        {"Role", fmt::format("arn:aws:iam::{}:role/{}", made.cell.account, service_name())},
        {"State", "Active"},
        {"CodeSize", below(50'000'000)},
        {"MemorySize", 128 << below(5)}};
    return made;
  }

  Made database() {
    auto made = in_region("aws.rds.instance");
    auto name = service_name();
    made.document = {
        {"DBInstanceIdentifier", name},
        {"DBInstanceArn", fmt::format("arn:aws:rds:{}:{}:db:{}", made.cell.region, made.cell.account, name)},
        {"DBInstanceStatus", "available"},
        {"DbiResourceId", "db-" + upper_hex(26)},
        {"Engine", chance(0.5) ? "postgres" : "mysql"},
        {"EngineVersion", "16.3"},
        {"AllocatedStorage", below(20) * 100},
        {"InstanceCreateTime", moment()},
        {"Endpoint",
         json::object{{"Address", fmt::format("{}.{}.{}.rds.amazonaws.com", name, hex(12), made.cell.region)},
                      {"Port", 5432}}}};
    tag(made.document, "TagList", chance(0.8));
    return made;
  }

  std::string service_name() {
    return fmt::format("{}-{}-{}{}", pick(environments()), pick(teams()), pick(services()),
                       chance(0.5) ? fmt::format("-{:04}", below(10000)) : "");
  }
  std::string private_address() {
    return fmt::format("10.{}.{}.{}", below(static_cast<uint64_t>(shape_.octets)),
                       below(static_cast<uint64_t>(shape_.octets)), below(static_cast<uint64_t>(shape_.octets)));
  }
  std::string network(int bits) {
    auto a = below(static_cast<uint64_t>(shape_.octets)), b = below(static_cast<uint64_t>(shape_.octets));
    if (bits == 16) return fmt::format("10.{}.0.0/16", a);
    if (bits == 20) return fmt::format("10.{}.{}.0/20", a, b / 16 * 16);
    return fmt::format("10.{}.{}.0/24", a, b);
  }

 private:
  static const std::vector<std::string>& environments() {
    static const std::vector<std::string> all = {"prod", "prod", "staging", "dev", "qa", "sandbox"};
    return all;
  }
  static const std::vector<std::string>& teams() {
    static const std::vector<std::string> all = {"payments", "search",   "platform", "identity", "billing",
                                                 "ml-infra", "data-eng", "checkout", "growth",   "security",
                                                 "fraud",    "catalog",  "shipping", "edge",     "notifications"};
    return all;
  }
  static const std::vector<std::string>& services() {
    static const std::vector<std::string> all = {"api",     "worker",   "cache",    "gateway", "scheduler",
                                                 "indexer", "frontend", "consumer", "proxy",   "batch",
                                                 "etl",     "db",       "broker",   "auth"};
    return all;
  }
  static const std::vector<std::string>& clusters() {
    static const std::vector<std::string> all = {"prod-eu", "prod-us", "Staging", "eu-west-1"};
    return all;
  }
  static const std::vector<std::string>& zones() {
    static const std::vector<std::string> all = {"example.com", "corp.example.com", "example.net",
                                                 "internal.example.org"};
    return all;
  }
  static const std::vector<std::string>& types() {
    static const std::vector<std::string> all = {"m5.large",    "m5.xlarge", "c6i.2xlarge",
                                                 "r6g.4xlarge", "t3.medium", "t3.micro"};
    return all;
  }
  static const std::vector<std::string>& states() {
    static const std::vector<std::string> all = {"running", "running", "running", "stopped"};
    return all;
  }
  std::string team() { return pick(teams()); }
  std::string hex(size_t length) {
    std::string text;
    while (text.size() < length) text += shape_.digits[below(shape_.digits.size())];
    return text;
  }
  std::string upper_hex(size_t length) {
    auto text = hex(length);
    for (auto& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    return text;
  }
  std::string id(const char* prefix) { return fmt::format("{}-0{}", prefix, hex(16)); }
  // One of a few, always the same ones.
  std::string few(const char* prefix, uint64_t count) {
    auto which = below(count);
    std::string text = fmt::format("{}-0", prefix);
    for (int i = 0; i < 16; ++i) text += shape_.digits[(which * 2654435761u >> i * 2) % shape_.digits.size()];
    return text;
  }
  std::string public_address() { return fmt::format("52.{}.{}.{}", below(256), below(256), below(256)); }
  std::string host_name(const Made& made, const std::string& address) {
    return "ip-" + replace_all(address, ".", "-") + "." + made.cell.region + ".compute.internal";
  }
  std::string balancer_name() {
    return fmt::format("{}-{}.{}.elb.amazonaws.com", service_name(), below(shape_.octets < 256 ? 3 : 1'000'000'000),
                       "us-east-1");
  }
  std::string moment() {
    return format_time(Time(Millis(1'700'000'000'000 + static_cast<int64_t>(below(60'000'000)) * 1000)));
  }
  Made in_region(const char* kind) { return {{pick(accounts_), pick(regions()), kind}, {}}; }

  void tag(json::object& document, const char* key, bool named) {
    json::array tags;
    auto add = [&](std::string name, std::string value) {
      tags.push_back(json::object{{"Key", name}, {"Value", value}});
    };
    auto owner = team();
    if (named) add("Name", service_name());
    add("env", pick(environments()));
    if (chance(0.8)) add("team", owner);
    if (chance(0.6)) add("owner", owner + "-oncall@example.com");
    if (chance(0.7)) add("cost-center", fmt::format("cc-{:05}", below(400)));
    if (chance(0.2)) add("aws:autoscaling:groupName", fmt::format("eks-{}-{}", owner, hex(8)));
    if (shape_.odd_texts && chance(0.3)) {
      static const std::vector<std::string> odd = {
          "Zürich ÄRA",  "say \"hi\" * now", "ΑΘΗΝΑ-web", "Москва/Prod", "a_b:c",
          "50%?",        "東京 api",         "--",        "Payments",    "web",
          "i-0/x:vol-1", "x.example.com",    "1.5",       "100",         "",
          " ",           "dualstack.a.bc.",  "UPPER"};
      add(chance(0.5) ? "Note" : "note", pick(odd));
    }
    document[key] = std::move(tags);
  }

  std::mt19937_64 random_;
  EstateShape shape_;
  std::vector<std::string> accounts_;
};

// What a collection would store of the document.
inline store::Put put_of(const catalog::Catalog& catalog, const RandomEstate::Made& made) {
  const auto* kind = catalog.find(made.cell.kind);
  json::value document = made.document;
  auto row = catalog::read_row(*kind, document, {made.cell.account, made.cell.region, "aws"});
  store::Put put;
  put.native = row.id;
  put.incarnation = row.incarnation;
  put.region = made.cell.kind.starts_with("k8s.") ? "eu-west-1" : row.region;  // where the cluster runs
  put.arn = row.arn;
  put.name = row.name;
  put.state = row.state;
  put.created = row.created;
  json::object tags;
  for (auto& [key, value] : row.tags) tags[key] = value;
  put.tags = to_json(tags);
  put.document = to_json(document);
  put.document_hash = put.item_hash = hash128(put.document);
  put.epoch = 1;
  return put;
}

}  // namespace cadastre::testing
