#include "collect/epoch.h"

#include <doctest/doctest.h>

#include "collect/canonical.h"

namespace cadastre::collect {
namespace {

constexpr std::string_view kKnown =
    R"({"Id":{},"State":{"Name":{}},"Groups":{"Id":{},"Name":{}},"Tags":{"Key":{},"Value":{}},"Env":{"*":{}},"Names":{}})";

// A spec as epoch_spec writes it, with these keys in place of the usual ones.
std::string spec(std::string_view more = "", std::string_view known = kKnown) {
  return fmt::format(R"({{"sets":[],"volatile":[],"redact":[],"tags":"Tags"{}{},"known":{}}})", more.empty() ? "" : ",",
                     more, known);
}

bool same(std::string_view before, std::string_view after, std::string_view before_spec = spec(),
          std::string_view after_spec = spec()) {
  auto result =
      same_across_epochs(*parse_json(before, "a test"), before_spec, *parse_json(after, "a test"), after_spec);
  REQUIRE_MESSAGE(result, (result ? "" : result.error().message));
  // It is the same question the other way round.
  auto reverse =
      same_across_epochs(*parse_json(after, "a test"), after_spec, *parse_json(before, "a test"), before_spec);
  CHECK(*reverse == *result);
  return *result;
}

constexpr std::string_view kDocument =
    R"({"Id":"i-1","State":{"Name":"on"},"Groups":[{"Id":"b"},{"Id":"a"}],"Env":{"A":"1"},"Names":["x","y"]})";

TEST_CASE("a real change is a change, whatever else is new") {
  CHECK(same(kDocument, kDocument));
  for (
      std::string_view changed :
      {R"({"Id":"i-2","State":{"Name":"on"},"Groups":[{"Id":"b"},{"Id":"a"}],"Env":{"A":"1"},"Names":["x","y"]})",
       R"({"Id":"i-1","State":{"Name":"off"},"Groups":[{"Id":"b"},{"Id":"a"}],"Env":{"A":"1"},"Names":["x","y"]})",
       R"({"Id":"i-1","State":{"Name":"on"},"Groups":[{"Id":"b"}],"Env":{"A":"1"},"Names":["x","y"]})",
       R"({"Id":"i-1","State":{"Name":"on"},"Groups":[{"Id":"a"},{"Id":"b"}],"Env":{"A":"1"},"Names":["x","y"]})",
       R"({"Id":"i-1","State":{"Name":"on"},"Groups":[{"Id":"b"},{"Id":"a"}],"Env":{"A":"2"},"Names":["x","y"]})",
       R"({"Id":"i-1","State":{"Name":"on"},"Groups":[{"Id":"b"},{"Id":"a"}],"Env":{"A":"1","B":"1"},"Names":["x","y"]})",
       R"({"Id":"i-1","Groups":[{"Id":"b"},{"Id":"a"}],"Env":{"A":"1"},"Names":["x","y"]})",
       R"({"Id":"i-1","State":{"Name":"on"},"Groups":[{"Id":"b"},{"Id":"a"}],"Env":{"A":"1"},"Names":["y","x"]})"}) {
    CHECK_FALSE_MESSAGE(same(kDocument, changed), std::string(changed));
  }
}

TEST_CASE("a member that one epoch does not know is no change, at any depth") {
  auto newer = spec(
      "",
      R"({"Id":{},"State":{"Name":{},"Reason":{}},"Groups":{"Id":{},"Name":{},"Vpc":{}},"New":{"Deep":{}},"Env":{"*":{}},"Names":{}})");
  CHECK(same(kDocument,
             R"({"Id":"i-1","State":{"Name":"on","Reason":"r"},"Groups":[{"Id":"b","Vpc":"v"},{"Id":"a","Vpc":"w"}],
                            "Env":{"A":"1"},"Names":["x","y"],"New":{"Deep":[1]}})",
             spec(), newer));
  CHECK_FALSE(same(
      kDocument, R"({"Id":"i-1","State":{"Name":"on","Reason":"r"},"Groups":[{"Id":"c","Vpc":"v"},{"Id":"a","Vpc":"w"}],
                                  "Env":{"A":"1"},"Names":["x","y"],"New":{"Deep":[1]}})",
      spec(), newer));
}

TEST_CASE("a newly redacted, volatile or set-like path is no change") {
  CHECK(same(R"({"Id":"1","Env":{"A":"clear"}})", R"({"Id":"1","Env":{"A":"hmac:0123"}})", spec(),
             spec(R"("redact":["Env"])")));
  CHECK(same(R"({"Id":"1","State":{"Name":"a"}})", R"({"Id":"1","State":{"Name":"b"}})", spec(),
             spec(R"("volatile":["State.Name"])")));
  CHECK(same(R"({"Names":["b","a"]})", R"({"Names":["a","b"]})", spec(), spec(R"("sets":["Names"])")));
  // Beside it a change is still seen.
  CHECK_FALSE(same(R"({"Id":"1","Env":{"A":"clear"}})", R"({"Id":"2","Env":{"A":"hmac:0123"}})", spec(),
                   spec(R"("redact":["Env"])")));
  CHECK_FALSE(same(R"({"Names":["b","a"]})", R"({"Names":["a","c"]})", spec(), spec(R"("sets":["Names"])")));
}

TEST_CASE("what newly looks like a secret is no change, and what is beside it is one") {
  auto newer = spec(R"("redact_secrets":["Env"])");
  CHECK(same(R"({"Id":"1","Env":{"A":"--token=clear1"}})", R"({"Id":"1","Env":{"A":"--token=hmac:0123"}})", spec(),
             newer));
  CHECK_FALSE(same(R"({"Id":"1","Env":{"A":"--token=x1 -v"}})", R"({"Id":"1","Env":{"A":"--token=hmac:01 -q"}})",
                   spec(), newer));
  CHECK_FALSE(same(R"({"Id":"1","Env":{"A":"--token=clear1"}})", R"({"Id":"1","Env":{"A":"--token=hmac:0123"}})"));
}

TEST_CASE("what an epoch no longer redacts, ignores or sorts is no change either") {
  CHECK(same(R"({"Id":"1","Env":{"A":"hmac:0123"}})", R"({"Id":"1","Env":{"A":"clear"}})", spec(R"("redact":["Env"])"),
             spec()));
  CHECK(same(R"({"Id":"1","State":{"Name":"a"}})", R"({"Id":"1","State":{"Name":"b"}})",
             spec(R"("volatile":["State"])"), spec()));
  CHECK(same(R"({"Names":["a","b"]})", R"({"Names":["b","a"]})", spec(R"("sets":["Names"])"), spec()));
}

TEST_CASE("an outer set of one epoch and an inner one of the other are sorted inside out") {
  auto known = R"({"A":{"B":{},"C":{}}})";
  CHECK(same(R"({"A":[{"B":[1,9],"C":1},{"B":[2,3],"C":2}]})", R"({"A":[{"B":[9,1],"C":1},{"B":[3,2],"C":2}]})",
             spec(R"("sets":["A"])", known), spec(R"("sets":["A[].B"])", known)));
  CHECK_FALSE(same(R"({"A":[{"B":[1,9],"C":1},{"B":[2,3],"C":2}]})", R"({"A":[{"B":[9,1],"C":2},{"B":[3,2],"C":1}]})",
                   spec(R"("sets":["A"])", known), spec(R"("sets":["A[].B"])", known)));
}

TEST_CASE("a set that was sorted by what is now ignored is no change") {
  CHECK(same(R"({"Groups":[{"Id":"a","Name":"2"},{"Id":"b","Name":"1"}]})",
             R"({"Groups":[{"Id":"b","Name":"1"},{"Id":"a","Name":"2"}]})", spec(R"("sets":["Groups"])"),
             spec(R"("sets":["Groups"],"volatile":["Groups[].Id"])")));
}

TEST_CASE("tags that are found for the first time are sorted, which is no change") {
  constexpr std::string_view kOld = R"({"Tags":[{"Key":"b","Value":"1"},{"Key":"a","Value":"2"}]})";
  constexpr std::string_view kNew = R"({"Tags":[{"Key":"a","Value":"2"},{"Key":"b","Value":"1"}]})";
  auto without = fmt::format(R"({{"sets":[],"volatile":[],"redact":[],"tags":"","known":{}}})", kKnown);
  CHECK(same(kOld, kNew, without, spec()));
}

TEST_CASE("the order of members, and members that are null, mean nothing") {
  CHECK(same(R"({"Id":"1","State":{"Name":"a"}})", R"({"State":{"Name":"a"},"Id":"1","Names":null})"));
}

TEST_CASE("free-form members are compared whole") {
  CHECK_FALSE(same(R"({"Env":{"A":{"x":{"y":1}}}})", R"({"Env":{"A":{"x":{"y":2}}}})"));
  CHECK(same(R"({"Env":{"A":{"x":{"y":1}}}})", R"({"Env":{"A":{"x":{"y":1}}}})"));
}

TEST_CASE("an epoch that cannot be read is an error, not a change") {
  for (std::string_view broken : {"", "[]", "{}", R"({"known":5})", "x"}) {
    CHECK_FALSE(same_across_epochs(nullptr, broken, nullptr, spec()));
    CHECK_FALSE(same_across_epochs(nullptr, spec(), nullptr, broken));
  }
}

// The spec of a kind of EC2 volumes with these further lines.
std::string spec_of(std::string_view lines) {
  static aws::Models models;
  auto text = fmt::format(
      "service: ec2\nkinds:\n  v:\n    title: T\n    list: {{call: DescribeVolumes, items: 'Volumes[]'}}\n    id: "
      "VolumeId\n{}",
      lines);
  auto catalog = catalog::Catalog::load(models, {}, {{"v.yaml", text}});
  REQUIRE_MESSAGE(catalog, (catalog ? "" : catalog.error().message));
  auto result = epoch_spec(catalog->kinds().front(), models);
  REQUIRE(result);
  return *result;
}

TEST_CASE("an epoch is what the canonical form depends on, and nothing else") {
  auto plain = spec_of("");
  CHECK(spec_of("    name: '{tag:Name}'\n    columns: {Size: Size}\n    state: State\n") == plain);
  CHECK(spec_of("    sets: [Attachments]\n") != plain);
  CHECK(spec_of("    volatile: [State]\n") != plain);
  CHECK(spec_of("    redact: [KmsKeyId]\n") != plain);
  CHECK(spec_of("    tags: Tags\n") != plain);
  CHECK(spec_of("    enrich: {x: {call: DescribeVolumeStatus, take: 'VolumeStatuses[0]', into: Status}}\n") != plain);
}

TEST_CASE("a fragment that a new release adds is no change, and what it holds is compared from then on") {
  auto before = spec_of("    sets: [Attachments]\n");
  auto after = spec_of(
      "    sets: [Attachments]\n    enrich: {x: {call: DescribeVolumeStatus, take: 'VolumeStatuses[0]', into: "
      "Status}}\n");
  constexpr std::string_view kWith =
      R"({"VolumeId":"v","Attachments":[{"Device":"a"}],"Status":{"VolumeStatus":{"Status":"ok"}}})";
  CHECK(same(R"({"VolumeId":"v","Attachments":[{"Device":"a"}]})", kWith, before, after));
  CHECK_FALSE(same(R"({"VolumeId":"v","Attachments":[{"Device":"b"}]})", kWith, before, after));
  CHECK_FALSE(same(R"({"VolumeId":"v","Attachments":[{"Device":"a"}],"Status":{"VolumeStatus":{"Status":"impaired"}}})",
                   kWith, after, after));
}

}  // namespace
}  // namespace cadastre::collect
