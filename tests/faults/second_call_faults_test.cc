// Second calls that fail: what the list says is proven all the same, the resource keeps what was known of it, and is
// asked again.
#include "faults/rig.h"

namespace cadastre::testing {
namespace {

using scripted::Fault;
using scripted::FaultKind;
using store::Outcome;

RigOptions small_world() {
  RigOptions options;
  for (const auto& kind : kKinds) options.aws.world.mix[kind] = 1;
  options.aws.world.resources = 500;
  return options;
}

void touch(scripted::Entry& entry, bool list, bool details) {
  entry.revision += list;
  entry.detail += details;
  entry.wire.clear();
}

json::value document(Rig& rig, const std::string& id) {
  auto rows = live(rig);
  REQUIRE(rows.contains(id));
  return *parse_json(rows.at(id).document, id);
}

const json::value& member(const json::value& document, std::string_view name) { return document.as_object().at(name); }

}  // namespace

TEST_CASE("one bucket that always fails: the others open, change and close; it keeps what was known of it") {
  for (auto kind : {FaultKind::deny_iam, FaultKind::error500, FaultKind::malformed, FaultKind::reset}) {
    CAPTURE(scripted::to_string(kind));
    Rig rig(small_world());
    REQUIRE(rig.run().all_complete());
    store::CellKey key{rig.account(1), "global", "aws.s3.bucket"};
    std::string bad, other, gone;
    rig.aws.with_world([&](scripted::World& world) {
      auto* cell = world.cell(key.account, key.region, key.kind);
      gone = cell->entries[0].native;
      world.remove(*cell, 0);
      bad = cell->entries[1].native;
      other = cell->entries[2].native;
      for (size_t i : {1, 2}) touch(cell->entries[i], false, true);
      world.add(*cell, 2);
      cell->index();
    });
    auto bad_id = fmt::format("{}/{}/global/{}", key.kind, key.account, bad);
    auto before = document(rig, bad_id);
    rig.aws.set_faults({{.kind = kind, .account = key.account, .operation = "GetBucket*", .contains = bad}});
    auto report = rig.run(true);

    for (const auto& cell : report.cells) {
      CHECK_MESSAGE(cell.outcome == (cell.key == key ? Outcome::gaps : Outcome::complete), name_of(cell.key));
      if (cell.key != key) continue;
      CHECK(cell.closed == 1);
      CHECK(cell.opened == 2);
      CHECK(cell.message.contains(key.account));
      CHECK(cell.message.contains("s3:GetBucket"));
    }
    CHECK(!report.all_complete());
    CHECK(wrong_rows(rig, {key}) == "");
    CHECK(wrong_lists(rig, {key}) == "");
    auto after = document(rig, bad_id);
    for (const char* fragment : {"Tags", "Encryption", "Versioning"})
      CHECK(member(after, fragment) == member(before, fragment));
    CHECK(rig.store->inventory().versions(live(rig).at(bad_id).resource)->size() == 1);  // a failure is no change
    CHECK(!live(rig).contains(fmt::format("{}/{}/global/{}", key.kind, key.account, gone)));

    // It is asked again on the next run, whatever the cadence.
    rig.aws.set_faults({});
    CHECK(rig.run().all_complete());
    CHECK(wrong_rows(rig) == "");
    CHECK(member(document(rig, bad_id), "Tags") != member(before, "Tags"));
  }
}

TEST_CASE("second calls of every protocol: gaps on that cell alone, and nothing is asked without end") {
  struct Second {
    std::string_view kind, operation;
    bool global = false;
  };
  constexpr Second kSeconds[] = {
      {"aws.elbv2.load_balancer", "DescribeTags"}, {"aws.iam.role", "GetRole", true},
      {"aws.dynamodb.table", "DescribeTable"},     {"aws.ssm.parameter", "ListTagsForResource"},
      {"aws.lambda.function", "ListTags"},         {"aws.s3.bucket", "GetBucketTagging", true},
      {"aws.ecs.service", "DescribeServices"}};
  Rig rig(small_world());
  REQUIRE(rig.run().all_complete());
  uint64_t round = 0;
  for (const auto& second : kSeconds) {
    for (auto kind : {FaultKind::throttle, FaultKind::error503, FaultKind::cut, FaultKind::html, FaultKind::deny_scp}) {
      CAPTURE(second.operation);
      CAPTURE(scripted::to_string(kind));
      rig.aws.mutate(++round, 0.1);
      store::CellKey key{rig.account(2), second.global ? "global" : "us-east-1", std::string(second.kind)};
      Fault fault{.kind = kind, .account = key.account, .operation = std::string(second.operation)};
      if (!second.global) fault.region = "us-east-1";
      rig.aws.set_faults({fault});
      auto report = rig.run(true);
      auto cells = cells_by_name(rig);
      CHECK(cells.at(name_of(key)).outcome == Outcome::gaps);
      CHECK(cells.at(name_of(key)).message.contains(second.operation));
      for (const auto& cell : report.cells) {
        if (cell.key != key) CHECK_MESSAGE(cell.outcome == Outcome::complete, name_of(cell.key), ": ", cell.message);
      }
      CHECK(wrong_rows(rig, {key}) == "");
      CHECK(wrong_lists(rig, {key}) == "");
      rig.aws.set_faults({});
      CHECK(rig.run().all_complete());
      CHECK(rig.run(true).all_complete());
      CHECK(wrong_rows(rig) == "");
    }
  }
}

TEST_CASE("a list that breaks off later does not make the gaps before it forgotten") {
  auto options = small_world();
  options.aws.largest_page = 3;
  Rig rig(std::move(options));
  REQUIRE(rig.run().all_complete());
  store::CellKey key{rig.account(0), "global", "aws.iam.role"};
  std::string name;
  rig.aws.with_world([&](scripted::World& world) {
    auto& entry = world.cell(key.account, key.region, key.kind)->entries[0];
    name = entry.native;
    touch(entry, true, true);
  });
  rig.aws.set_faults(
      {{.kind = FaultKind::deny_iam, .account = key.account, .operation = "GetRole", .contains = name},
       {.kind = FaultKind::error500, .account = key.account, .operation = "ListRoles", .pages = Fault::Pages::later}});
  rig.run();
  CHECK(cells_by_name(rig).at(name_of(key)).outcome == Outcome::partial);
  rig.aws.set_faults({});
  CHECK(rig.run().all_complete());
  CHECK(wrong_rows(rig) == "");
}

TEST_CASE("a run that is stopped in the middle of second calls leaves nothing half read") {
  Rig rig(small_world());
  REQUIRE(rig.run().all_complete());
  rig.aws.with_world([&](scripted::World& world) {
    for (auto& [key, cell] : world.cells()) {
      bool all_read =
          cell.kind->name == "aws.iam.role" || cell.kind->name == "aws.lambda.function";  // once the list has changed
      for (auto& entry : cell.entries) {
        if (all_read) touch(entry, true, true);
      }
    }
  });
  // Every second call hangs; the run is stopped while they do.
  rig.aws.set_faults({{.kind = FaultKind::hang, .operation = "Get*"},
                      {.kind = FaultKind::hang, .operation = "ListTags*"},
                      {.kind = FaultKind::hang, .operation = "DescribeT*"}});
  std::stop_source stop;
  std::jthread stopper([&] {
    // Until something hangs.
    while (std::ranges::all_of(rig.aws.faults(), [](const auto& fault) { return fault.hits == 0; }))
      std::this_thread::yield();
    stop.request_stop();
  });
  auto started = std::chrono::steady_clock::now();
  auto report = rig.run(false, stop.get_token());
  CHECK(report.stopped);
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(3));
  stopper.join();
  rig.aws.set_faults({});
  CHECK(rig.run().all_complete());
  CHECK(wrong_rows(rig) == "");
}

TEST_CASE("a resource made anew under its old name gets nothing of the old one's") {
  Rig rig(small_world());
  REQUIRE(rig.run().all_complete());
  store::CellKey key{rig.account(0), "global", "aws.iam.role"};
  std::string name;
  rig.aws.with_world([&](scripted::World& world) {
    auto& entry = world.cell(key.account, key.region, key.kind)->entries[0];
    name = entry.native;
    ++entry.incarnation;
    entry.wire.clear();
  });
  auto id = fmt::format("{}/{}/global/{}", key.kind, key.account, name);
  auto old = live(rig).at(id);
  rig.aws.set_faults({{.kind = FaultKind::deny_iam,
                       .account = key.account,
                       .operation = "ListAttachedRolePolicies",
                       .contains = name}});
  rig.run();
  auto rows = live(rig);
  REQUIRE(rows.contains(id));
  CHECK(rows.at(id).resource != old.resource);
  CHECK(!document(rig, id).as_object().contains("AttachedPolicies"));
  rig.aws.set_faults({});
  CHECK(rig.run().all_complete());
  CHECK(wrong_rows(rig) == "");
}

TEST_CASE("a table made anew under its old name, of which only a second call tells") {
  Rig rig(small_world());
  REQUIRE(rig.run().all_complete());
  auto made_anew = [&] {
    store::CellKey key{rig.account(1), "eu-west-1", "aws.dynamodb.table"};
    return rig.aws.with_world([&](scripted::World& world) {
      auto& entry = world.cell(key.account, key.region, key.kind)->entries[0];
      ++entry.incarnation;
      ++entry.detail;  // other tags, which are only asked for every few hours
      return entry.native;
    });
  };
  made_anew();
  CHECK(rig.run().all_complete());
  CHECK(wrong_rows(rig) == "");

  auto name = made_anew();
  rig.aws.set_faults(
      {{.kind = FaultKind::deny_iam, .account = rig.account(1), .operation = "ListTagsOfResource", .contains = name}});
  rig.run();
  auto id = fmt::format("aws.dynamodb.table/{}/eu-west-1/{}", rig.account(1), name);
  CHECK(!document(rig, id).as_object().contains("Tags"));
  rig.aws.set_faults({});
  CHECK(rig.run().all_complete());
  CHECK(wrong_rows(rig) == "");
}

TEST_CASE("a bucket that turns out to be in another region is followed there") {
  Rig rig(small_world());
  store::CellKey key{rig.account(0), "global", "aws.s3.bucket"};
  auto name = rig.aws.with_world(
      [&](scripted::World& world) { return world.cell(key.account, key.region, key.kind)->entries[0].native; });
  rig.aws.set_faults({{.kind = FaultKind::wrong_region_bucket,
                       .account = key.account,
                       .operation = "GetBucket*",
                       .contains = name,
                       .to = "ap-south-1"}});
  CHECK(rig.run().all_complete());
  CHECK(rig.aws.faults().at(0).hits >= 7 * 2);
  CHECK(wrong_rows(rig) == "");
}

}  // namespace cadastre::testing
