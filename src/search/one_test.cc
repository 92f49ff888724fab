// One resource by what people write for it: what is there, what is gone, what is meant, and what it hangs together
// with.
#include <doctest/doctest.h>

#include "search/json.h"
#include "search/world.h"

namespace cadastre::search {
namespace {

constexpr const char* kA = "111111111111";
constexpr const char* kB = "222222222222";

Event put(const char* account, const char* kind, const char* document, Millis later = Millis(1000)) {
  Event event;
  event.later = later;
  event.cell = {account, "eu-west-1", kind};
  event.put = testing::put_of(real_catalog(), {event.cell, parse_json(document, "a document")->as_object()});
  return event;
}

Event close(const char* account, const char* kind, const char* native) {
  Event event;
  event.later = Millis(1000);
  event.cell = {account, "eu-west-1", kind};
  event.close = native;
  return event;
}

// An hour apart: a VPC of the same id in both accounts, an instance in each that refers to it, one that refers across.
std::vector<Event> small_past() {
  auto hour = Millis(3'600'000);
  return {
      put(kA, "aws.ec2.vpc", R"({"VpcId": "vpc-1", "State": "available"})", hour),
      put(kB, "aws.ec2.vpc", R"({"VpcId": "vpc-1", "State": "pending"})", hour),
      put(kB, "aws.ec2.vpc", R"({"VpcId": "vpc-2"})", hour),
      put(kA, "aws.ec2.instance",
          R"({"InstanceId": "i-1", "OwnerId": "111111111111", "VpcId": "vpc-1", "State": {"Name": "running"}})", hour),
      put(kB, "aws.ec2.instance", R"({"InstanceId": "i-2", "VpcId": "vpc-1"})", hour),
      put(kA, "aws.ec2.instance", R"({"InstanceId": "i-3", "VpcId": "vpc-2"})", hour),
      put(kA, "aws.ec2.instance",
          R"({"InstanceId": "i-1", "OwnerId": "111111111111", "VpcId": "vpc-1", "State": {"Name": "stopped"}})", hour),
      put(kA, "aws.ec2.instance", R"({"InstanceId": "i-4"})", hour),
      close(kA, "aws.ec2.instance", "i-4")};
}

std::vector<std::string> ids(const std::vector<Relation>& relations) {
  std::vector<std::string> found;
  for (const auto& relation : relations)
    found.push_back((relation.outgoing ? "> " : "< ") + relation.id + (relation.known ? "" : " ?"));
  return found;
}

using Texts = std::vector<std::string>;

TEST_CASE("relations: of the same name the one in the same account is meant, and the scope ends them") {
  World world(small_past(), {kA, kB});
  index::Index index(real_catalog(), owner_tags());
  must(index.build(*world.store, "", {}));
  query::Scope all, only_a{false, {kA}};
  for (auto* used : {static_cast<index::Index*>(nullptr), &index}) {
    auto reader = world.reader(used);
    auto of = [&](const char* id, const query::Scope& scope) {
      return ids(must(reader.relations(id, std::nullopt, scope)));
    };
    CHECK(of("i-1", all) == Texts{"> aws.ec2.vpc/111111111111/eu-west-1/vpc-1"});
    CHECK(of("i-2", all) == Texts{"> aws.ec2.vpc/222222222222/eu-west-1/vpc-1"});
    CHECK(of("i-3", all) == Texts{"> aws.ec2.vpc/222222222222/eu-west-1/vpc-2"});
    CHECK(of("i-3", only_a) == Texts{"> vpc-2 ?"});
    CHECK(of("aws.ec2.vpc/111111111111/eu-west-1/vpc-1", all) ==
          Texts{"< aws.ec2.instance/111111111111/eu-west-1/i-1"});
    CHECK(of("aws.ec2.vpc/222222222222/eu-west-1/vpc-1", all) ==
          Texts{"< aws.ec2.instance/222222222222/eu-west-1/i-2"});
    CHECK(of("vpc-2", all) == Texts{"< aws.ec2.instance/111111111111/eu-west-1/i-3"});
    query::Scope only_b{false, {kB}};
    CHECK(of("vpc-2", only_b).empty());
  }
}

TEST_CASE("what is there, what is gone, what never was, and what several answer to") {
  World world(small_past(), {kA, kB});
  auto reader = world.reader();
  query::Scope all, only_a{false, {kA}};
  auto now = world.clock.now();
  auto code = [&](const char* id, std::optional<Time> at, const query::Scope& scope) {
    auto row = reader.get(id, at, scope);
    return row ? "found" : std::string(to_string(row.error().code));
  };
  CHECK(code("i-1", std::nullopt, all) == "found");
  CHECK(code("aws.ec2.instance/111111111111/eu-west-1/i-1", std::nullopt, all) == "found");
  CHECK(code("arn:aws:ec2:eu-west-1:111111111111:instance/i-1", std::nullopt, all) == "found");
  CHECK(code("i-9", std::nullopt, all) == "not_found");
  CHECK(code("i-2", std::nullopt, only_a) == "not_found");
  CHECK(reader.get("i-2", std::nullopt, only_a).error().message ==
        "there is no 'i-2'; `cadastre find i-2` searches for it");
  CHECK(code("i-4", std::nullopt, all) == "gone");
  auto gone = reader.get("i-4", std::nullopt, all).error().message;
  CHECK(gone.find("closed") != std::string::npos);
  CHECK(gone.find(format_time(now - Millis(1000))) != std::string::npos);
  CHECK(must(reader.find_any("i-4", all)).resource.deleted == now - Millis(1000));
  CHECK(code("vpc-1", std::nullopt, all) == "invalid");
  CHECK(reader.get("vpc-1", std::nullopt, all).error().message.find("aws.ec2.vpc/222222222222/eu-west-1/vpc-1") !=
        std::string::npos);
  CHECK(code("vpc-1", std::nullopt, only_a) == "found");
  // Then.
  auto before = now - Millis(2 * 3'600'000);
  CHECK(must(reader.get("i-1", before, all)).resource.state == "running");
  CHECK(must(reader.get("i-1", std::nullopt, all)).resource.state == "stopped");
  CHECK(code("i-1", now - std::chrono::days(1), all) == "not_found");
  CHECK(code("i-4", now, all) == "gone");
  CHECK(code("i-4", now - Millis(2000), all) == "found");
  auto diff = must(reader.diff("i-1", before, now, all));
  REQUIRE(diff.differences.size() == 1);
  CHECK(query::describe(diff.differences[0]) == "  State.Name: running → stopped");
  CHECK(diff.unified.find("-    \"Name\": \"running\"\n+    \"Name\": \"stopped\"\n") != std::string::npos);
  CHECK(must(reader.diff("i-4", now - Millis(2000), now, all)).after == std::nullopt);
}

TEST_CASE("a word may be the whole of an id, and a paste may have many") {
  World world(small_past(), {kA, kB});
  index::Index index(real_catalog(), owner_tags());
  must(index.build(*world.store, "", {}));
  for (auto* used : {static_cast<index::Index*>(nullptr), &index}) {
    auto reader = world.reader(used);
    auto count = [&](const char* q) {
      ListRequest request;
      request.q = q;
      return must(reader.list(request, {})).total;
    };
    CHECK(count("aws.ec2.vpc/111111111111/eu-west-1/vpc-1") == 1);
    CHECK(count("aws.ec2.vpc/111111111111/eu-west-1/vpc-1 aws.ec2.instance/111111111111/eu-west-1/i-1") == 2);
    CHECK(count("is:deleted") == 1);
    CHECK(count("stopped OR is:deleted") == 1);
    CHECK(count("vpc-1 OR is:deleted") == 3);
    CHECK(count("-is:deleted kind:ec2.instance") == 3);
  }
}

TEST_CASE("the console's link leads through the access portal, in the account's own role") {
  World world(small_past(), {kA, kB});
  constexpr std::string_view kConsole = "https%3A%2F%2Feu-west-1.console.aws.amazon.com%2F";
  auto link = [](const Reader& reader, const char* id) {
    return must(reader.detail(id, std::nullopt, {})).console_url;
  };
  auto plain = link(world.reader(), "i-1");
  CHECK(plain.starts_with("https://eu-west-1.console.aws.amazon.com/"));
  auto reader = world.reader(nullptr, {"https://d-1.awsapps.com/start", "ReadOnly", {{"team-1", "Audit"}}});
  CHECK(link(reader, "i-1")
            .starts_with(
                fmt::format("https://d-1.awsapps.com/start/#/console?account_id={}&role_name=ReadOnly&destination={}",
                            kA, kConsole)));
  CHECK(percent_decode(link(reader, "i-1")).ends_with(plain));
  CHECK(link(reader, "i-2")
            .starts_with(fmt::format(
                "https://d-1.awsapps.com/start/#/console?account_id={}&role_name=Audit&destination={}", kB, kConsole)));
}

TEST_CASE("lists by a column, and what is said of those that cannot be") {
  World world({put(kA, "aws.ec2.volume", R"({"VolumeId": "vol-1", "Size": 100, "VolumeType": "gp3"})"),
               put(kA, "aws.ec2.volume", R"({"VolumeId": "vol-2", "Size": 9, "VolumeType": "io2", "Iops": 500})"),
               put(kA, "aws.ec2.volume", R"({"VolumeId": "vol-3", "Size": 20, "VolumeType": "gp2"})")},
              {kA, kB});
  index::Index index(real_catalog(), owner_tags());
  must(index.build(*world.store, "", {}));
  for (auto* used : {static_cast<index::Index*>(nullptr), &index}) {
    auto reader = world.reader(used);
    auto order = [&](const char* sort) {
      ListRequest request;
      request.q = "kind:ec2.volume";
      request.sort = sort;
      request.limit = 2;
      request.columns = {"Size", "data.Iops"};
      std::string found;
      do {
        auto answer = must(reader.list(request, {}));
        for (const auto& row : answer.rows) found += row.columns[0] + "/" + row.columns[1] + " ";
        request.cursor = answer.next;
      } while (!request.cursor.empty());
      return found;
    };
    CHECK(order("Size") == "9/500 20/ 100/ ");
    CHECK(order("-size") == "100/ 20/ 9/500 ");
    ListRequest request;
    request.q = "kind:ec2.volume";
    request.sort = "Sise";
    CHECK(reader.list(request, {}).error().message.find("did you mean 'Size'?") != std::string::npos);
    request.q = "";
    CHECK(reader.list(request, {}).error().code == ErrorCode::invalid);
    request.sort = "";
    request.columns = {"Sise"};
    CHECK(reader.list(request, {}).error().code == ErrorCode::invalid);
    request.columns.clear();
    request.cursor = "xyz";
    CHECK(reader.list(request, {}).error().code == ErrorCode::invalid);
  }
}

}  // namespace
}  // namespace cadastre::search
