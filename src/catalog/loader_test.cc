#include <doctest/doctest.h>

#include "base/text.h"
#include "catalog/catalog.h"

namespace cadastre::catalog {
namespace {

// Shared: a service's model is unpacked once.
const aws::Models& models() {
  static aws::Models shared;
  return shared;
}

// What is complained of in a user's file with this kind of service ec2, whose stanza begins on line 4, column 5.
std::string complaint_of_file(std::string text) {
  auto catalog = Catalog::load(models(), {}, {{"mine.yaml", std::move(text)}});
  return catalog ? "" : catalog.error().message;
}
std::string complaint(std::string_view stanza, std::string_view service = "ec2") {
  std::string text = fmt::format("service: {}\nkinds:\n  thing:\n", service);
  for (auto line : split(stanza, '\n')) text += fmt::format("    {}\n", line);
  return complaint_of_file(text);
}

constexpr std::string_view kVolumes = "title: Volumes\nlist: {call: DescribeVolumes, items: 'Volumes[]'}\nid: VolumeId";

std::string volumes_and(std::string_view more) { return complaint(fmt::format("{}\n{}", kVolumes, more)); }

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

TEST_CASE("a good stanza of a user's loads, beside and instead of ours") {
  Source ours{"ours.yaml",
              "service: ec2\nkinds:\n  volume: {title: Ours, list: {call: DescribeVolumes, items: 'Volumes[]'}, id: "
              "VolumeId}\n"};
  Source mine{
      "mine.yaml",
      "service: ec2\nkinds:\n  volume: {title: Mine, list: {call: DescribeVolumes, items: 'Volumes[]'}, id: VolumeId}\n"
      "  key_pair: {title: Keys, list: {call: DescribeKeyPairs, items: 'KeyPairs[]'}, id: KeyPairId}\n"};
  auto catalog = Catalog::load(models(), {ours}, {mine});
  REQUIRE_MESSAGE(catalog, (catalog ? "" : catalog.error().message));
  REQUIRE(catalog->kinds().size() == 2);
  REQUIRE(catalog->find("aws.ec2.volume"));
  CHECK(catalog->find("aws.ec2.volume")->title == "Mine");
  CHECK(catalog->find("aws.ec2.volume")->file == "mine.yaml");
  CHECK(catalog->find("aws.ec2.volume")->line == 3);
  CHECK(catalog->find("aws.ec2.key_pair"));
  CHECK_FALSE(catalog->find("aws.ec2.instance"));
}

TEST_CASE("a file may hold rules of health, beside kinds or alone") {
  auto catalog = Catalog::load(models(), {}, {{"mine.yaml", "health: {rules: {pod_failed: off}}\n"}});
  REQUIRE_MESSAGE(catalog, (catalog ? "" : catalog.error().message));
  REQUIRE(catalog->health().size() == 1);
  CHECK(catalog->health()[0].file == "mine.yaml");
  CHECK(has(complaint_of_file("health: {}\nkinds: {}\n"), "lacks 'service'"));
}

TEST_CASE("sets name arrays, with or without brackets, the inner ones first") {
  auto catalog = Catalog::load(models(), {},
                               {{"mine.yaml",
                                 "service: ec2\nkinds:\n  x: {title: X, list: {call: DescribeInstances, items: "
                                 "'Reservations[].Instances[]'}, id: InstanceId, sets: ['NetworkInterfaces[]', "
                                 "'NetworkInterfaces[].Groups[]', Tags]}\n"}});
  REQUIRE_MESSAGE(catalog, (catalog ? "" : catalog.error().message));
  std::vector<std::string> sources;
  for (const auto& path : catalog->kinds()[0].sets) sources.push_back(path.source());
  CHECK(sources == std::vector<std::string>{"NetworkInterfaces[].Groups", "NetworkInterfaces", "Tags"});
}

TEST_CASE("nothing that writes, or that returns secrets or data, can be expressed") {
  for (auto [service, operation] : {std::pair{"ssm", "GetParameter"},
                                    {"ssm", "GetParameters"},
                                    {"ssm", "GetParametersByPath"},
                                    {"secretsmanager", "GetSecretValue"},
                                    {"ec2", "GetPasswordData"},
                                    {"s3", "PutObject"},
                                    {"s3", "GetObject"},
                                    {"iam", "CreateUser"},
                                    {"dynamodb", "GetItem"},
                                    {"dynamodb", "Scan"},
                                    {"sqs", "ReceiveMessage"},
                                    {"sso", "GetRoleCredentials"},
                                    {"sts", "GetSessionToken"},
                                    {"ec2", "TerminateInstances"},
                                    {"lambda", "Invoke"},
                                    {"kms", "Decrypt"}}) {
    CAPTURE(std::string(service) + " " + operation);
    auto listed = complaint(fmt::format("title: T\nlist: {{call: {}}}\nid: Id", operation), service);
    CHECK(has(listed, "mine.yaml:5:11: kind aws."));
    CHECK((has(listed, "not on the list of read-only operations that may be called") ||
           has(listed, "there is no AWS service")));
    auto each = complaint(
        fmt::format("title: T\nlist: {{call: X, each: {{as: x, call: {}, items: y}}}}\nid: Id", operation), service);
    CHECK((has(each, operation) || has(each, "there is no AWS service")));
    auto enriched = complaint(
        fmt::format("title: T\nlist: {{call: X}}\nid: Id\nenrich:\n  secret: {{call: {}}}", operation), service);
    CHECK(has(enriched, "mine.yaml:8:15: kind aws."));
    CHECK((has(enriched, operation) || has(enriched, "there is no AWS service")));
  }
}

TEST_CASE("an operation that is misspelt is suggested; a service as well") {
  CHECK(has(complaint("title: T\nlist: {call: DescribeVolume}\nid: Id"), "(did you mean 'DescribeVolumes'?)"));
  CHECK(has(complaint("title: T\nlist: {call: ListQueues}\nid: Id", "sqss"), "there is no AWS service 'sqss'"));
}

TEST_CASE("unknown keys at every level, with their place") {
  CHECK(volumes_and("coloumns: {}") ==
        "mine.yaml:7:5: unknown key 'coloumns' in kind aws.ec2.thing (did you mean 'columns'?)");
  CHECK(complaint("title: T\nlist: {call: DescribeVolumes, item: 'Volumes[]'}\nid: VolumeId") ==
        "mine.yaml:5:35: unknown key 'item' in list (did you mean 'items'?)");
  CHECK(has(volumes_and("columns:\n  Size: {path: Size, units: GiB}"),
            "mine.yaml:8:26: unknown key 'units' in column Size (did you mean 'unit'?)"));
  CHECK(has(volumes_and("links:\n  - {to: aws.ec2.vpc, paths: VpcId}"),
            "mine.yaml:8:27: unknown key 'paths' in link (did you mean 'path'?)"));
  CHECK(has(volumes_and("enrich:\n  x: {call: DescribeVolumeStatus, evry: 6h}"),
            "unknown key 'evry' in enrichment x (did you mean 'every'?)"));
  CHECK(complaint_of_file("service: ec2\nkind: {}\n") ==
        "mine.yaml:2:1: unknown key 'kind' in the file (did you mean 'kinds'?)");
  CHECK(has(complaint_of_file("service: ec2\nrates: {default: {per_minute: 5}}\n"),
            "mine.yaml:2:19: unknown key 'per_minute' in rate"));
}

TEST_CASE("what a kind must have, and what form it has") {
  CHECK(complaint("title: T\nid: x") ==
        "mine.yaml:4:5: kind aws.ec2.thing lacks 'list': the call that proves what exists");
  CHECK(complaint("title: T\nlist: {call: DescribeVolumes, items: 'Volumes[]'}") ==
        "mine.yaml:4:5: kind aws.ec2.thing lacks 'id': what is unique in account and region");
  CHECK(complaint("list: {call: DescribeVolumes, items: 'Volumes[]'}\nid: VolumeId") ==
        "mine.yaml:4:5: kind aws.ec2.thing lacks 'title'");
  CHECK(has(volumes_and("scope: world"),
            "mine.yaml:7:12: 'scope' of kind aws.ec2.thing must be one of regional, global, not 'world'"));
  CHECK(has(volumes_and("history: forever"), "must be one of full, latest, none"));
  CHECK(
      has(volumes_and("window: ninety"), "mine.yaml:7:13: 'window' of kind aws.ec2.thing: 'ninety' is not a duration"));
  CHECK(has(volumes_and("brake: maybe"), "mine.yaml:7:12: 'brake' of kind aws.ec2.thing must be true or false"));
  CHECK(has(volumes_and("columns:\n  Size: {path: Size, unit: GB}"),
            "mine.yaml:8:32: 'unit' of column Size must be one of"));
  CHECK(has(volumes_and("sets: ['a[']"), "mine.yaml:7:11: the path 'a[' has a '[' without its ']'"));
  CHECK(has(volumes_and("name: '{tag:Name'"), "mine.yaml:7:11: '{tag:Name' has a '{' without its '}'"));
  CHECK(has(volumes_and("links:\n  - {to: aws.ec2.vpc}"), "mine.yaml:8:9: a link lacks 'path'"));
  CHECK(has(complaint("title: T\nlist: {call: DescribeVolumes, each: {as: x}}\nid: x"),
            "each needs either 'call' with 'items', or 'values'"));
  CHECK(has(volumes_and("enrich: {x: {call: DescribeVolumeStatus, batch: 5}}"),
            "it also needs 'items' and 'match: {item, document}'"));
  CHECK(has(complaint_of_file("kinds: {}\n"), "mine.yaml:1:1: the file lacks 'service'"));
}

TEST_CASE("parameters and paths are held against AWS's model") {
  CHECK(
      complaint("title: T\nlist: {call: DescribeVolumes, params: {VolumeId: [x]}, items: 'Volumes[]'}\nid: VolumeId") ==
      "mine.yaml:5:11: kind aws.ec2.thing: DescribeVolumes takes no parameter 'VolumeId' (did you mean 'VolumeIds'?)");
  CHECK(complaint("title: T\nlist: {call: DescribeVolumes, items: 'Volume[]'}\nid: VolumeId") ==
        "mine.yaml:5:11: items 'Volume[]': AWS's model has no member 'Volume' there (did you mean 'Volumes'?)");
  CHECK(volumes_and("state: Stat") ==
        "mine.yaml:7:12: kind aws.ec2.thing: state 'Stat': AWS's model has no member 'Stat' there (did you mean "
        "'State'?)");
  CHECK(has(volumes_and("columns:\n  A: Attachments[].Devise"),
            "mine.yaml:8:10: kind aws.ec2.thing: column A 'Attachments[].Devise'"));
  CHECK(has(
      volumes_and("tags: Tag"),
      "mine.yaml:7:11: kind aws.ec2.thing: tags 'Tag': AWS's model has no member 'Tag' there (did you mean 'Tags'?)"));
  CHECK(has(volumes_and("sets: [Attachments, Nope]"), "sets 'Nope'"));
  CHECK(has(volumes_and("volatile: [State.Name]"), "volatile 'State.Name'"));
  CHECK(has(volumes_and("redact: [KmsKeyIds]"), "redact 'KmsKeyIds'"));
  CHECK(has(volumes_and("search: ['State[]']"), "search 'State[]': AWS's model has no list there"));
  CHECK(has(volumes_and("links: [{to: aws.ec2.vpc, path: VpcId}]"), "link to aws.ec2.vpc 'VpcId'"));
  CHECK(has(volumes_and("arn: 'arn:{$partition}:ec2:{$region}:{VolumeIdx}'"), "arn 'VolumeIdx'"));
  CHECK(has(volumes_and("console: 'https://x/{Volume}'"), "console 'Volume'"));
  CHECK(has(volumes_and("enrich: {x: {call: DescribeVolumeStatus, take: Volumes}}"),
            "take of x: AWS's model has no member 'Volumes' there"));
  CHECK(has(volumes_and("enrich: {x: {call: DescribeVolumeStatus, params: {VolumeIds: ['{VolId}']}}}"),
            "parameter VolumeIds 'VolId'"));
  CHECK(has(complaint("title: T\nlist: {call: DescribeVolumes, items: 'Volumes[]', where: {Stat: x}}\nid: VolumeId"),
            "where 'Stat'"));
  CHECK(has(complaint("title: T\nlist: {call: DescribeVolumes, items: 'Volumes[]', keep: {A: '{Stat}'}}\nid: VolumeId"),
            "keep A 'Stat'"));
  CHECK(has(complaint("title: T\nlist: {call: DescribeVolumes, items: 'Volumes[]', each: {as: v, call: DescribeVpcs, "
                      "items: 'Vpc[]'}}\nid: VolumeId"),
            "items of DescribeVpcs 'Vpc[]'"));
  CHECK(has(volumes_and("enrich: {x: {call: DescribeVolumeStatus, batch: 5, items: 'VolumeStatuses[]', match: {item: "
                        "VolumeIdd, document: VolumeId}}}"),
            "match item of x"));
  CHECK(has(volumes_and("enrich: {x: {call: DescribeVolumeStatus, batch: 5, items: 'VolumeStatuses[]', match: {item: "
                        "VolumeId, document: Id}}}"),
            "match document 'Id'"));
  // What is kept or joined is known as well.
  CHECK(volumes_and("enrich: {x: {call: DescribeVolumeStatus, take: 'VolumeStatuses[0]', into: Status}}\nstate: "
                    "Status.VolumeStatus.Status") == "");
  CHECK(complaint("title: T\nlist: {call: DescribeVolumes, items: 'Volumes[]', keep: {Mine: '{$region}'}}\nid: "
                  "VolumeId\nname: Mine") == "");
}

TEST_CASE("variables are those of the place, and of the steps before") {
  CHECK(has(volumes_and("arn: 'arn:{$acount}'"),
            "arn 'arn:{$acount}': there is no '$acount' here (did you mean 'account'?)"));
  auto listed = [](std::string_view list) { return complaint(fmt::format("title: T\nlist: {}\nid: VolumeId", list)); };
  CHECK(has(listed("{call: DescribeVolumes, items: 'Volumes[]', params: {VolumeIds: '{$ids}'}}"),
            "there is no '$ids' here"));
  CHECK(has(listed("{call: DescribeVolumes, items: 'Volumes[]', params: {VolumeIds: ['{VolumeId}']}}"),
            "there is no document yet"));
  CHECK(listed("{call: DescribeVolumes, items: 'Volumes[]', params: {VolumeIds: '{$ids}'}, each: {as: ids, values: "
               "[a], batch: 2}}") == "");
  CHECK(has(listed("{call: DescribeVolumes, items: 'Volumes[]', each: [{as: a, call: DescribeVpcs, items: 'Vpcs[]', "
                   "params: {VpcIds: ['{$b}']}}, {as: b, values: [x]}]}"),
            "there is no '$b' here"));
  CHECK(has(listed("{call: DescribeVolumes, items: 'Volumes[]', where: {VolumeId: '{$vol}'}}"),
            "there is no '$vol' here"));
  CHECK(has(volumes_and("enrich: {x: {call: DescribeVolumeStatus, params: {VolumeIds: '{$batch.VolumeId}'}}}"),
            "there is no '$batch' here"));
}

TEST_CASE("all complaints of all files come at once") {
  auto catalog = Catalog::load(models(), {},
                               {{"a.yaml", "service: ec2\nx: 1\ny: 2\n"}, {"b.yaml", "["}, {"c.yaml", "kinds: []\n"}});
  REQUIRE_FALSE(catalog);
  CHECK(catalog.error().code == ErrorCode::invalid);
  for (std::string_view part :
       {"a.yaml:2:1: unknown key 'x'", "a.yaml:3:1: unknown key 'y'",
        "b.yaml:1:", "c.yaml:1:1: the file lacks 'service'", "c.yaml:1:8: 'kinds' of the file must be a map"}) {
    CHECK_MESSAGE(has(catalog.error().message, part), catalog.error().message);
  }
}

TEST_CASE("rates, prices and permissions are a service's, then an operation's") {
  auto catalog = Catalog::load(
      models(), {{"ours.yaml",
                  "service: s3\niam_prefix: s3x\npermissions: {GetBucketEncryption: s3:GetEncryptionConfiguration}\n"
                  "rates: {default: {per_second: 20, burst: 100}, ListBuckets: {per_second: 2}}\n"
                  "prices: {GetBucketEncryption: 0.0004}\n"}});
  REQUIRE(catalog);
  CHECK(catalog->rate("s3", "Anything").per_second == 20);
  CHECK(catalog->rate("s3", "Anything").burst == 100);
  CHECK(catalog->rate("s3", "ListBuckets").per_second == 2);
  CHECK(catalog->rate("nothing", "X").per_second == aws::Rate{}.per_second);
  CHECK(catalog->price("s3", "GetBucketEncryption") == 0.0004);
  CHECK(catalog->price("s3", "ListBuckets") == 0);
  CHECK(catalog->permissions("s3", "GetBucketEncryption") == std::vector<std::string>{"s3:GetEncryptionConfiguration"});
  CHECK(catalog->permissions("s3", "ListBuckets") == std::vector<std::string>{"s3x:ListBuckets"});
  CHECK(catalog->permissions("ec2", "DescribeVpcs") == std::vector<std::string>{"ec2:DescribeVpcs"});
}

}  // namespace
}  // namespace cadastre::catalog
