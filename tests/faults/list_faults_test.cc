// A list that fails, in every way and protocol: the right outcome on exactly that cell, nothing falsely closed, few
// calls, a sentence that says where; and all is well again on the run after.
#include "faults/rig.h"

namespace cadastre::testing {
namespace {

using scripted::Fault;
using scripted::FaultKind;
using store::Outcome;

struct Listing {
  std::string_view protocol, kind, service, operation;
  bool global = false;
};
constexpr Listing kListings[] = {{"ec2", "aws.ec2.volume", "ec2", "DescribeVolumes"},
                                 {"query", "aws.rds.instance", "rds", "DescribeDBInstances"},
                                 {"json", "aws.ssm.parameter", "ssm", "DescribeParameters"},
                                 {"rest-json", "aws.lambda.function", "lambda", "ListFunctions"},
                                 {"rest-xml", "aws.s3.bucket", "s3", "ListBuckets", true}};

// Five attempts; in the first, libcurl takes up to six connections that it had kept for dead.
constexpr size_t kResets = 4 + 6;

struct Expected {
  FaultKind fault;
  Outcome outcome;
  size_t most_calls;      // of the broken page
  std::string_view code;  // "": any
};

RigOptions many_pages() {
  RigOptions options;
  options.aws.largest_page = 5;
  for (const auto& kind : kKinds) options.aws.world.mix[kind] = 1;
  options.aws.world.resources = 800;
  return options;
}

// What AWS was before, so that there is something to lose: one is gone, two are new, one is changed.
void move_on(Rig& rig, const store::CellKey& key) {
  rig.aws.with_world([&](scripted::World& world) {
    auto* cell = world.cell(key.account, key.region, key.kind);
    REQUIRE(cell->entries.size() > 8);
    world.remove(*cell, 0);
    world.add(*cell, 2);
    ++cell->entries[1].revision;
    cell->entries[1].wire.clear();
  });
}

// One fault, struck, seen and lifted.
void strike(Rig& rig, const Listing& listing, const Expected& expected, Fault fault) {
  CAPTURE(listing.protocol);
  CAPTURE(scripted::to_string(fault.kind));
  bool later = fault.pages == Fault::Pages::later;
  CAPTURE(later);
  store::CellKey key{rig.account(1), listing.global ? "global" : "us-east-1", std::string(listing.kind)};
  store::CellKey elsewhere{rig.account(2), key.region, key.kind};
  auto before = live(rig);
  move_on(rig, key);
  move_on(rig, elsewhere);

  fault.account = key.account;
  fault.region = "us-east-1";
  fault.service = listing.service;
  fault.operation = listing.operation;
  rig.aws.set_faults({fault});
  auto report = rig.run();

  for (const auto& cell : report.cells) {
    CAPTURE(name_of(cell.key));
    CAPTURE(cell.message);
    if (cell.key != key) {
      CHECK(cell.outcome == Outcome::complete);
      continue;
    }
    CHECK(store::to_string(cell.outcome) == store::to_string(expected.outcome));
    if (!expected.code.empty()) CHECK(cell.code == expected.code);
    if (expected.outcome != Outcome::complete) {
      CHECK(cell.message.contains(key.account));
      CHECK(cell.message.contains("us-east-1"));
      CHECK(cell.message.contains(listing.operation));
      CHECK(cell.closed == 0);
    }
  }
  bool whole = expected.outcome == Outcome::complete;
  CHECK(report.all_complete() == whole);
  CHECK(rig.aws.faults().at(0).hits > 0);
  CHECK(rig.aws.faults().at(0).hits <= expected.most_calls);

  CHECK(wrong_rows(rig, whole ? CellKeys{} : CellKeys{key}) == "");
  auto after = live(rig);
  auto cell = cells_by_name(rig).at(name_of(key));
  CHECK(cell.outcome == expected.outcome);
  CHECK(cell.unverified_since.has_value() == !whole);
  for (const auto& [id, resource] : before) {
    if (whole || resource.cell != key) continue;
    REQUIRE_MESSAGE(after.contains(id), id, " was closed without proof");
    CHECK(after.at(id).unverified_since == cell.unverified_since);
  }

  rig.aws.set_faults({});
  auto recovered = rig.run();
  CHECK(recovered.all_complete());
  CHECK(wrong_rows(rig) == "");
  CHECK(!cells_by_name(rig).at(name_of(key)).unverified_since);
}

}  // namespace

TEST_CASE("a list that fails from its first page on") {
  Rig rig(many_pages());
  REQUIRE(rig.run().all_complete());
  REQUIRE(wrong_rows(rig) == "");
  for (const auto& listing : kListings) {
    // Where there is but one region for all, no region can be off: it is the account that may not.
    auto off = listing.global ? Outcome::denied : Outcome::region_off;
    const Expected kExpected[] = {{FaultKind::throttle, Outcome::throttled, 5, ""},
                                  {FaultKind::error500, Outcome::failed, 5, ""},
                                  {FaultKind::error503, Outcome::failed, 5, ""},
                                  {FaultKind::reset, Outcome::failed, kResets, "network"},
                                  {FaultKind::cut, Outcome::failed, 5, "network"},
                                  {FaultKind::malformed, Outcome::failed, 2, "malformed"},
                                  {FaultKind::html, Outcome::failed, 2, "malformed"},
                                  {FaultKind::deny_iam, Outcome::denied, 1, ""},
                                  {FaultKind::deny_scp, Outcome::denied, 1, "scp"},
                                  {FaultKind::opt_in_required, off, 1, "OptInRequired"},
                                  {FaultKind::auth_failure, off, 1, ""},
                                  {FaultKind::repeated_token, Outcome::partial, 2, "malformed"},
                                  {FaultKind::empty_page_with_token, Outcome::complete, 100, ""}};
    for (const auto& expected : kExpected) strike(rig, listing, expected, {.kind = expected.fault});
  }
}

TEST_CASE("a list that fails on a later page") {
  Rig rig(many_pages());
  REQUIRE(rig.run().all_complete());
  for (const auto& listing : kListings) {
    const Expected kExpected[] = {
        {FaultKind::throttle, Outcome::partial, 5, ""},           {FaultKind::error500, Outcome::partial, 5, ""},
        {FaultKind::reset, Outcome::partial, kResets, "network"}, {FaultKind::cut, Outcome::partial, 5, "network"},
        {FaultKind::malformed, Outcome::partial, 2, "malformed"}, {FaultKind::html, Outcome::partial, 2, "malformed"},
        {FaultKind::expired_token_mid, Outcome::partial, 2, ""},  {FaultKind::deny_iam, Outcome::partial, 1, ""}};
    for (const auto& expected : kExpected)
      strike(rig, listing, expected, {.kind = expected.fault, .pages = Fault::Pages::later});
  }
}

TEST_CASE("what passes within the retries is no fault at all") {
  Rig rig(many_pages());
  REQUIRE(rig.run().all_complete());
  for (const auto& listing : kListings) {
    for (auto kind :
         {FaultKind::throttle, FaultKind::error500, FaultKind::error503, FaultKind::reset, FaultKind::cut}) {
      strike(rig, listing, {kind, Outcome::complete, 3, ""}, {.kind = kind, .times = 3});
    }
    for (auto kind : {FaultKind::malformed, FaultKind::html})
      strike(rig, listing, {kind, Outcome::complete, 1, ""}, {.kind = kind, .times = 1});
    strike(rig, listing, {FaultKind::slow, Outcome::complete, 100, ""}, {.kind = FaultKind::slow, .step = 2});
  }
}

TEST_CASE("a region that hangs is bounded by its deadlines") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr int kPatience = 5;  // what is not hanging must be in time, however slow the machine
#else
  constexpr int kPatience = 1;
#endif
  auto options = many_pages();
  options.client.attempt_timeout = Millis(250 * kPatience);
  options.cell_timeout = Millis(1200 * kPatience);
  Rig rig(std::move(options));
  REQUIRE(rig.run(true).all_complete());
  for (const auto& listing : kListings) {
    auto started = std::chrono::steady_clock::now();
    strike(rig, listing, {FaultKind::hang, Outcome::timeout, 5, ""}, {.kind = FaultKind::hang});
    CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(8 * kPatience));
  }
  strike(rig, kListings[0], {FaultKind::hang, Outcome::partial, 5, ""},
         {.kind = FaultKind::hang, .pages = Fault::Pages::later});
}

TEST_CASE("a list of children: a parent that fails leaves the others' fresh and nobody's closed") {
  Rig rig(many_pages());
  REQUIRE(rig.run().all_complete());
  store::CellKey key{rig.account(0), "global", "aws.route53.record"};
  auto zone = rig.aws.with_world([&](scripted::World& world) {
    return world.cell(key.account, "global", "aws.route53.hosted_zone")->entries[1].native;
  });
  auto before = live(rig);
  move_on(rig, key);
  rig.aws.set_faults(
      {{.kind = FaultKind::error500, .account = key.account, .operation = "ListResourceRecordSets", .contains = zone}});
  auto report = rig.run();
  auto cell = cells_by_name(rig).at(name_of(key));
  CHECK(cell.outcome == Outcome::partial);
  CHECK(cell.message.contains("ListResourceRecordSets"));
  auto after = live(rig);
  for (const auto& [id, resource] : before) CHECK_MESSAGE(after.contains(id), id);
  CHECK(wrong_rows(rig, {key}) == "");

  rig.aws.set_faults({});
  CHECK(rig.run().all_complete());
  CHECK(wrong_rows(rig) == "");
}

}  // namespace cadastre::testing
