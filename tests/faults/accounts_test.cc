// Accounts that come and go, and the credentials that lead into them.
#include "faults/rig.h"

namespace cadastre::testing {
namespace {

using scripted::ConfigOptions;
using scripted::FaultKind;
using store::Outcome;

RigOptions of_access(ConfigOptions::Access access) {
  RigOptions options;
  options.config.access = access;
  options.aws.world = {.accounts = 4, .regions = 2, .resources = 400};
  return options;
}

std::string status_of(Rig& rig, const std::string& account) {
  auto rows = rig.store->cells().accounts();
  REQUIRE(rows.has_value());
  for (const auto& row : *rows) {
    if (row.id == account) return row.status;
  }
  return "unknown";
}

CellKeys cells_of(Rig& rig, const std::string& account) {
  CellKeys keys;
  for (const auto& [name, cell] : cells_by_name(rig)) {
    if (cell.key.account == account) keys.insert(cell.key);
  }
  return keys;
}

size_t live_in(Rig& rig, const std::string& account) {
  auto rows = live(rig);
  return static_cast<size_t>(
      std::ranges::count_if(rows, [&](const auto& row) { return row.second.cell.account == account; }));
}

}  // namespace

TEST_CASE("an account that leaves the organisation is shown so, keeps its resources, and is retired on request") {
  Rig rig(of_access(ConfigOptions::Access::organization));
  REQUIRE(rig.run().all_complete());
  REQUIRE(wrong_rows(rig) == "");
  auto gone = rig.account(2);
  auto before = live_in(rig, gone);
  REQUIRE(before > 20);
  CHECK(status_of(rig, gone) == "active");

  rig.aws.with_world([&](scripted::World& world) { world.account(gone)->left = true; });
  rig.aws.mutate(1, 0.1);
  auto report = rig.run();
  CHECK(report.all_complete());
  CHECK(std::ranges::none_of(report.cells, [&](const auto& cell) { return cell.key.account == gone; }));
  CHECK(status_of(rig, gone) == "left");
  CHECK(status_of(rig, rig.account(1)) == "active");
  CHECK(live_in(rig, gone) == before);
  for (const auto& [name, cell] : cells_by_name(rig))
    CHECK_MESSAGE(cell.unplanned_since.has_value() == (cell.key.account == gone), name);
  CHECK(wrong_rows(rig, cells_of(rig, gone)) == "");
  auto since = rig.store->cells().accounts()->at(2).since;
  CHECK(rig.run().all_complete());
  CHECK(rig.store->cells().accounts()->at(2).since == since);  // the date stays that of leaving

  auto retired = rig.store->inventory().retire(gone, rig.clock.now());
  REQUIRE(retired.has_value());
  CHECK(*retired == before);
  CHECK(live_in(rig, gone) == 0);
  size_t with_cause = 0;
  store::Filter closed;
  closed.live = false;
  closed.closed = true;
  closed.accounts = {gone};
  REQUIRE(rig.store->inventory().scan(closed, std::nullopt, [&](const store::Resource& resource) {
    with_cause += resource.deleted_cause == "retired";
    return true;
  }));
  CHECK(with_cause == before);

  // And it may come back.
  rig.aws.with_world([&](scripted::World& world) { world.account(gone)->left = false; });
  CHECK(rig.run().all_complete());
  CHECK(status_of(rig, gone) == "active");
  CHECK(wrong_rows(rig) == "");
}

TEST_CASE("a suspended account is not asked, and nothing of it is closed") {
  Rig rig(of_access(ConfigOptions::Access::organization));
  REQUIRE(rig.run().all_complete());
  auto suspended = rig.account(3);
  auto before = live_in(rig, suspended);
  rig.aws.with_world([&](scripted::World& world) { world.account(suspended)->status = "SUSPENDED"; });
  CHECK(rig.run().all_complete());
  CHECK(status_of(rig, suspended) == "suspended");
  CHECK(live_in(rig, suspended) == before);
}

TEST_CASE("an organisation that cannot be asked loses nobody") {
  Rig rig(of_access(ConfigOptions::Access::organization));
  REQUIRE(rig.run().all_complete());
  rig.aws.mutate(1, 0.1);
  for (auto kind : {FaultKind::deny_iam, FaultKind::error500, FaultKind::malformed, FaultKind::cut}) {
    CAPTURE(scripted::to_string(kind));
    rig.aws.set_faults({{.kind = kind, .service = "organizations", .operation = "ListAccounts"}});
    auto report = rig.run();
    CHECK(report.all_complete());
    REQUIRE(report.warnings.size() == 1);
    CHECK(report.warnings[0].contains("organizations:ListAccounts"));
    for (size_t i = 0; i < 4; ++i) CHECK(status_of(rig, rig.account(i)) == "active");
    rig.aws.set_faults({});
    CHECK(rig.run(true).all_complete());
    CHECK(wrong_rows(rig) == "");
  }
}

TEST_CASE("credentials that expire in the middle of a run are renewed") {
  auto options = of_access(ConfigOptions::Access::roles);
  // Three calls of 100 ms come before the first list, so that a session of 250 ms ends in the run on however fast a
  // machine.
  options.aws.latency = Millis(100);
  options.aws.largest_page = 10;
  Rig rig(std::move(options));
  rig.aws.set_faults({{.kind = FaultKind::expire_credentials, .older_than = 250}});
  auto report = rig.run();
  CHECK(report.all_complete());
  CHECK(wrong_rows(rig) == "");
  CHECK(rig.aws.faults().at(0).hits > 0);
  CHECK(rig.aws.sessions_issued() > 4);
  MESSAGE("sessions: ", rig.aws.sessions_issued(), ", refusals: ", rig.aws.faults().at(0).hits);
}

TEST_CASE("credentials that cannot be renewed are that account's trouble alone") {
  Rig rig(of_access(ConfigOptions::Access::roles));
  REQUIRE(rig.run().all_complete());
  auto stuck = rig.account(1);
  auto before = live_in(rig, stuck);
  auto keys = cells_of(rig, stuck);
  auto check = [&](Outcome outcome, std::string_view words) {
    rig.aws.mutate(static_cast<uint64_t>(outcome), 0.1);
    rig.run(true);
    for (const auto& [name, cell] : cells_by_name(rig)) {
      CAPTURE(cell.message);
      CHECK_MESSAGE(cell.outcome == (keys.contains(cell.key) ? outcome : Outcome::complete), name);
      if (!keys.contains(cell.key)) continue;
      CHECK(cell.message.contains(stuck));
      CHECK(cell.message.contains(words));
    }
    CHECK(live_in(rig, stuck) == before);
    CHECK(wrong_rows(rig, keys) == "");
    rig.aws.set_faults({});
    CHECK(rig.run(true).all_complete());
    CHECK(wrong_rows(rig) == "");
    before = live_in(rig, stuck);
  };
  SUBCASE("refused for ever") {
    rig.aws.set_faults({{.kind = FaultKind::expire_credentials, .account = stuck, .older_than = -1}});
    check(Outcome::expired, "have expired");
  }
  SUBCASE("the role is no longer open to us") {
    rig.aws.set_faults({{.kind = FaultKind::deny_iam, .account = stuck, .service = "sts", .operation = "AssumeRole"},
                        {.kind = FaultKind::expire_credentials, .account = stuck, .older_than = -1}});
    check(Outcome::denied, "cadastre-read");
  }
}

TEST_CASE("a region that the account has not enabled is no trouble, and what was there stays") {
  Rig rig(of_access(ConfigOptions::Access::keys));
  REQUIRE(rig.run().all_complete());
  auto account = rig.account(0);
  auto before = live_in(rig, account);
  rig.aws.with_world([&](scripted::World& world) { world.account(account)->regions_off = {"eu-west-1"}; });
  rig.aws.clear_counts();
  auto report = rig.run();
  CHECK(report.all_complete());
  for (const auto& [name, cell] : cells_by_name(rig)) {
    bool off = cell.key.account == account && cell.key.region == "eu-west-1";
    CHECK_MESSAGE(cell.outcome == (off ? Outcome::region_off : Outcome::complete), name);
    if (off) CHECK(cell.unverified_since.has_value());
  }
  auto counts = rig.aws.counts();
  for (const auto& [key, calls] : counts.all()) CHECK(!(key.account == account && key.region == "eu-west-1"));
  CHECK(live_in(rig, account) == before);
}

}  // namespace cadastre::testing
