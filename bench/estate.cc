#include "estate.h"

#include "base/json.h"

namespace cadastre::bench {
namespace {

using store::Put;

// Numbers of one document, each time the same.
class Draw {
 public:
  explicit Draw(uint64_t seed) : random_(seed) {}
  std::string hex(size_t digits) {
    std::string text;
    while (text.size() < digits) text += fmt::format("{:016x}", random_());
    return text.substr(0, digits);
  }
  uint64_t below(uint64_t bound) { return random_() % bound; }
  std::string date() {
    return fmt::format("202{}-{:02}-{:02}T{:02}:{:02}:{:02}Z", below(6), 1 + below(12), 1 + below(28), below(24),
                       below(60), below(60));
  }
  std::string ip() { return fmt::format("10.{}.{}.{}", below(256), below(256), 1 + below(254)); }
  template <size_t N>
  std::string_view one_of(const std::array<std::string_view, N>& words) {
    return words[below(N)];
  }

 private:
  std::mt19937_64 random_;
};

constexpr std::array<std::string_view, 12> kTeams = {"platform", "payments", "search",  "data",   "identity", "mobile",
                                                     "risk",     "billing",  "network", "growth", "support",  "ml"};
constexpr std::array<std::string_view, 4> kStages = {"prod", "staging", "dev", "test"};
constexpr std::array<std::string_view, 6> kTypes = {"m5.large", "m5.xlarge", "c6i.2xlarge",
                                                    "t3.micro", "r6g.large", "t3.medium"};

json::array tags_of(Draw& draw, const std::string& name) {
  json::array tags;
  auto add = [&](std::string_view key, std::string_view value) { tags.push_back({{"Key", key}, {"Value", value}}); };
  add("Name", name);
  add("team", draw.one_of(kTeams));
  add("stage", draw.one_of(kStages));
  if (draw.below(2)) add("cost-centre", fmt::format("CC{:05}", draw.below(400)));
  if (draw.below(3) == 0)
    add("aws:cloudformation:stack-name", fmt::format("stack-{}-{}", draw.one_of(kTeams), draw.below(900)));
  return tags;
}

}  // namespace

std::string Estate::document(uint32_t kind, uint64_t seed, int revision, Put& put) {
  Draw draw(seed);
  auto name = fmt::format("{}-{}-{}-{}", draw.one_of(kTeams), draw.one_of(kStages),
                          kKinds[kind].substr(kKinds[kind].rfind('.') + 1), draw.hex(5));
  auto region = put.region;
  auto tags = tags_of(draw, name);
  if (revision > 0) tags.push_back({{"Key", "revision"}, {"Value", std::to_string(revision)}});
  json::object object;
  auto id = [&](std::string_view prefix) { return fmt::format("{}-{}", prefix, draw.hex(17)); };
  put.state = "available";
  switch (kind) {
    case 0: {
      put.native = id("i");
      put.state = draw.below(10) ? "running" : "stopped";
      auto ip = draw.ip();
      object = {
          {"InstanceId", put.native},
          {"ImageId", id("ami")},
          {"InstanceType", draw.one_of(kTypes)},
          {"LaunchTime", draw.date()},
          {"PrivateIpAddress", ip},
          {"SubnetId", id("subnet")},
          {"VpcId", id("vpc")},
          {"PrivateDnsName", fmt::format("ip-{}.{}.compute.internal", ip, region)},
          {"State", {{"Code", 16}, {"Name", put.state}}},
          {"Architecture", "x86_64"},
          {"Hypervisor", "xen"},
          {"EbsOptimized", true},
          {"EnaSupport", true},
          {"RootDeviceName", "/dev/xvda"},
          {"RootDeviceType", "ebs"},
          {"Monitoring", {{"State", "disabled"}}},
          {"KeyName", "ops"},
          {"Placement", {{"AvailabilityZone", region + "a"}, {"GroupName", ""}, {"Tenancy", "default"}}},
          {"BlockDeviceMappings", json::array{{{"DeviceName", "/dev/xvda"},
                                               {"Ebs",
                                                {{"VolumeId", id("vol")},
                                                 {"Status", "attached"},
                                                 {"AttachTime", draw.date()},
                                                 {"DeleteOnTermination", true}}}}}},
          {"SecurityGroups", json::array{{{"GroupId", id("sg")}, {"GroupName", name}}}},
          {"NetworkInterfaces", json::array{{{"NetworkInterfaceId", id("eni")},
                                             {"MacAddress", draw.hex(12)},
                                             {"PrivateIpAddress", ip},
                                             {"Status", "in-use"},
                                             {"SourceDestCheck", true}}}},
          {"IamInstanceProfile", {{"Arn", "arn:aws:iam::111111111111:instance-profile/" + name}, {"Id", draw.hex(20)}}},
          {"MetadataOptions",
           {{"HttpTokens", "required"},
            {"HttpPutResponseHopLimit", 2},
            {"HttpEndpoint", "enabled"},
            {"State", "applied"}}}};
      break;
    }
    case 1:
      put.native = id("vol");
      object = {{"VolumeId", put.native},
                {"Size", 8 << draw.below(8)},
                {"VolumeType", "gp3"},
                {"Iops", 3000},
                {"Throughput", 125},
                {"Encrypted", true},
                {"KmsKeyId", fmt::format("arn:aws:kms:{}:111111111111:key/{}", region, draw.hex(32))},
                {"SnapshotId", id("snap")},
                {"State", "in-use"},
                {"CreateTime", draw.date()},
                {"AvailabilityZone", region + "b"},
                {"MultiAttachEnabled", false},
                {"Attachments", json::array{{{"InstanceId", id("i")},
                                             {"Device", "/dev/xvda"},
                                             {"State", "attached"},
                                             {"AttachTime", draw.date()},
                                             {"DeleteOnTermination", true}}}}};
      break;
    case 2:
      put.native = id("eni");
      object = {{"NetworkInterfaceId", put.native},
                {"Description", "Primary network interface of " + name},
                {"PrivateIpAddress", draw.ip()},
                {"MacAddress", draw.hex(12)},
                {"SubnetId", id("subnet")},
                {"VpcId", id("vpc")},
                {"InterfaceType", "interface"},
                {"Status", "in-use"},
                {"SourceDestCheck", true},
                {"RequesterManaged", false},
                {"AvailabilityZone", region + "c"},
                {"OwnerId", "111111111111"},
                {"Groups", json::array{{{"GroupId", id("sg")}, {"GroupName", "default"}}}},
                {"Attachment",
                 {{"AttachmentId", id("eni-attach")},
                  {"InstanceId", id("i")},
                  {"DeviceIndex", 0},
                  {"Status", "attached"},
                  {"AttachTime", draw.date()}}}};
      break;
    case 3:
      put.native = id("snap");
      object = {{"SnapshotId", put.native},
                {"VolumeId", id("vol")},
                {"VolumeSize", 8 << draw.below(8)},
                {"StartTime", draw.date()},
                {"State", "completed"},
                {"Progress", "100%"},
                {"Encrypted", true},
                {"OwnerId", "111111111111"},
                {"StorageTier", "standard"},
                {"Description", fmt::format("Created for policy: policy-{} schedule: daily", draw.hex(17))},
                {"KmsKeyId", fmt::format("arn:aws:kms:{}:111111111111:key/{}", region, draw.hex(32))}};
      break;
    case 4: {
      put.native = id("sg");
      json::array rules;
      for (auto left = 1 + draw.below(6); left > 0; --left)
        rules.push_back(
            {{"IpProtocol", "tcp"},
             {"FromPort", draw.below(60000)},
             {"ToPort", draw.below(60000)},
             {"IpRanges", json::array{{{"CidrIp", draw.ip() + "/32"}, {"Description", draw.one_of(kTeams)}}}},
             {"UserIdGroupPairs", json::array{{{"GroupId", id("sg")}, {"UserId", "111111111111"}}}}});
      object = {{"GroupId", put.native},
                {"GroupName", name},
                {"Description", "Managed by Terraform"},
                {"VpcId", id("vpc")},
                {"OwnerId", "111111111111"},
                {"IpPermissions", rules},
                {"IpPermissionsEgress",
                 json::array{{{"IpProtocol", "-1"}, {"IpRanges", json::array{{{"CidrIp", "0.0.0.0/0"}}}}}}}};
      break;
    }
    case 5:
      put.native = name + "-" + draw.hex(12);
      object = {{"Name", put.native},
                {"CreationDate", draw.date()},
                {"Versioning", {{"Status", "Enabled"}}},
                {"Encryption",
                 {{"Rules", json::array{{{"ApplyServerSideEncryptionByDefault", {{"SSEAlgorithm", "AES256"}}},
                                         {"BucketKeyEnabled", true}}}}}},
                {"PublicAccessBlock",
                 {{"BlockPublicAcls", true},
                  {"IgnorePublicAcls", true},
                  {"BlockPublicPolicy", true},
                  {"RestrictPublicBuckets", true}}},
                {"Owner", {{"ID", draw.hex(64)}}}};
      break;
    case 6:
      put.native = name + "-" + draw.hex(8);
      object = {{"RoleName", put.native},
                {"RoleId", "AROA" + draw.hex(17)},
                {"Arn", "arn:aws:iam::111111111111:role/" + put.native},
                {"Path", "/"},
                {"CreateDate", draw.date()},
                {"MaxSessionDuration", 3600},
                {"AssumeRolePolicyDocument",
                 {{"Version", "2012-10-17"},
                  {"Statement", json::array{{{"Effect", "Allow"},
                                             {"Action", "sts:AssumeRole"},
                                             {"Principal", {{"Service", "ec2.amazonaws.com"}}}}}}}},
                {"AttachedPolicies", json::array{{{"PolicyName", name},
                                                  {"PolicyArn", "arn:aws:iam::111111111111:policy/" + draw.hex(10)}}}}};
      break;
    case 7:
      put.native = name + "-" + draw.hex(8);
      object = {{"FunctionName", put.native},
                {"FunctionArn", fmt::format("arn:aws:lambda:{}:111111111111:function:{}", region, put.native)},
                {"Runtime", "python3.12"},
                {"Handler", "app.handler"},
                {"CodeSize", draw.below(50'000'000)},
                {"CodeSha256", draw.hex(44)},
                {"Timeout", 30},
                {"MemorySize", 128 << draw.below(5)},
                {"LastModified", draw.date()},
                {"Role", "arn:aws:iam::111111111111:role/" + name},
                {"RevisionId", draw.hex(32)},
                {"PackageType", "Zip"},
                {"Architectures", json::array{"arm64"}},
                {"TracingConfig", {{"Mode", "PassThrough"}}},
                {"EphemeralStorage", {{"Size", 512}}},
                {"LoggingConfig", {{"LogFormat", "Text"}, {"LogGroup", "/aws/lambda/" + put.native}}}};
      break;
    case 8:
      put.native = fmt::format("/aws/lambda/{}-{}", name, draw.hex(8));
      object = {{"logGroupName", put.native},
                {"arn", fmt::format("arn:aws:logs:{}:111111111111:log-group:{}:*", region, put.native)},
                {"creationTime", draw.date()},
                {"retentionInDays", 30},
                {"metricFilterCount", 0},
                {"logGroupClass", "STANDARD"}};
      break;
    default:
      put.native = fmt::format("rds:{}-{}", name, draw.hex(8));
      object = {{"DBSnapshotIdentifier", put.native},
                {"DBInstanceIdentifier", name},
                {"SnapshotCreateTime", draw.date()},
                {"Engine", "postgres"},
                {"EngineVersion", "15.4"},
                {"AllocatedStorage", 20 << draw.below(6)},
                {"Status", "available"},
                {"Port", 5432},
                {"AvailabilityZone", region + "a"},
                {"VpcId", id("vpc")},
                {"MasterUsername", "postgres"},
                {"LicenseModel", "postgresql-license"},
                {"SnapshotType", "automated"},
                {"PercentProgress", 100},
                {"StorageType", "gp3"},
                {"Encrypted", true},
                {"KmsKeyId", fmt::format("arn:aws:kms:{}:111111111111:key/{}", region, draw.hex(32))},
                {"DbiResourceId", "db-" + draw.hex(26)}};
  }
  object["Tags"] = tags;
  put.name = name;
  json::object flat;
  for (const auto& tag : tags) flat[tag.at("Key").as_string()] = tag.at("Value");
  sort_members(flat);
  put.tags = to_json(flat);
  put.arn = fmt::format("arn:aws:{}:{}:111111111111:{}", kKinds[kind].substr(4, kKinds[kind].rfind('.') - 4), region,
                        put.native);
  return to_json(object);
}

Put Estate::make_put(uint32_t cell, uint64_t seed, int revision) {
  Put put;
  put.region = cells_[cell].key.region;
  put.document = document(static_cast<uint32_t>(cell % kKinds.size()), seed, revision, put);
  put.item_hash = put.document_hash = hash128(put.document);
  put.epoch = 1;
  ++put_;
  return put;
}

Result<void> Estate::make(Time now) {
  constexpr std::array<std::string_view, 10> kRegions = {
      "us-east-1",      "us-east-2",      "us-west-2",  "eu-west-1",      "eu-central-1",
      "ap-southeast-1", "ap-northeast-1", "ap-south-1", "ap-southeast-2", "sa-east-1"};
  for (int account = 0; account < 25; ++account) {
    for (auto region : kRegions) {
      for (auto kind : kKinds) {
        TRY_ASSIGN(auto cell, store_.cells().open({fmt::format("{:012}", 100'000'000'000 + account * 7'919'001),
                                                   std::string(region), std::string(kind)}));
        cells_.push_back(cell);
      }
    }
  }
  size_t each = wanted_ / cells_.size();
  for (uint32_t cell = 0; cell < cells_.size(); ++cell) {
    std::vector<Put> puts;
    std::vector<uint64_t> seeds;
    for (size_t i = 0; i < each; ++i) {
      seeds.push_back(random_());
      puts.push_back(make_put(cell, seeds.back(), 0));
    }
    TRY_ASSIGN(auto results, store_.inventory().put(cells_[cell].id, puts, now));
    for (size_t i = 0; i < each; ++i)
      known_.push_back({results[i].resource, cell, static_cast<uint32_t>(cell % kKinds.size()), seeds[i]});
    store::Finish finish;
    finish.cell = cells_[cell].id;
    TRY(store_.inventory().finish(finish, now));
  }
  std::ranges::shuffle(known_, random_);
  return {};
}

Result<void> Estate::live_on(Time day, size_t changes) {
  struct Work {
    std::vector<Put> puts;
    std::vector<int64_t> close;
  };
  std::map<uint32_t, Work> work;
  for (size_t i = 0; i < changes && next_ < known_.size(); ++i, ++next_) {
    const auto& one = known_[next_];
    auto& cell = work[one.cell];
    if (i % 100 < 3) {
      cell.close.push_back(one.resource);
      cell.puts.push_back(make_put(one.cell, random_(), 0));
    } else {
      cell.puts.push_back(make_put(one.cell, one.seed, static_cast<int>(day.time_since_epoch().count() / 86'400'000)));
      cell.puts.back().resource = one.resource;
    }
  }
  int64_t done = 0;
  for (auto& [cell, todo] : work) {
    auto now = day + Millis(86'000'000 * done++ / static_cast<int64_t>(work.size()));
    TRY(store_.inventory().put(cells_[cell].id, todo.puts, now));
    store::Finish finish;
    finish.cell = cells_[cell].id;
    finish.close = todo.close;
    TRY(store_.inventory().finish(finish, now));
  }
  return {};
}

}  // namespace cadastre::bench
