// What every store must say of cells, accounts, runs, epochs and itself.
#pragma once

#include "store/conformance/fixture.h"

namespace cadastre::store::conformance {

inline Finish finish_of(const Cell& cell, Outcome outcome) {
  Finish finish;
  finish.cell = cell.id;
  finish.outcome = outcome;
  return finish;
}

// The live entry of a native id.
inline Live live_of(Fixture& f, const Cell& cell, std::string_view native) {
  for (const auto& entry : must(f.inventory().live(cell.id))) {
    if (entry.key == hash128(native)) return entry;
  }
  FAIL("not live: ", std::string(native));
  return {};
}

inline void outcomes(const Makers& makers) {
  Fixture f(makers);
  auto cell = f.open();
  SUBCASE("a cell is made once, and listed in order") {
    CHECK(cell.outcome == Outcome::never);
    CHECK_FALSE(cell.verified);
    CHECK_FALSE(cell.unverified_since);
    CHECK(f.open().id == cell.id);
    f.open("aws.ec2.volume", "000000000000");
    f.open("aws.ec2.volume", "111111111111", "ap-south-1");
    f.open("aws.ec2.address");
    f.reopen();
    CHECK(f.open().id == cell.id);
    Lines keys;
    for (const auto& one : must(f.cells().list()))
      keys.push_back(one.key.account + "/" + one.key.region + "/" + one.key.kind);
    CHECK(keys == Lines{"000000000000/eu-west-1/aws.ec2.volume", "111111111111/ap-south-1/aws.ec2.volume",
                        "111111111111/eu-west-1/aws.ec2.address", "111111111111/eu-west-1/aws.ec2.instance"});
  }
  SUBCASE("only a run that read everything verifies; a failed one is unverified since the last that did") {
    f.put(cell, "a", "a", at(5));
    f.finish(cell, at(10));
    auto now = f.listed(cell);
    CHECK(now.outcome == Outcome::complete);
    CHECK(now.attempted == at(10));
    CHECK(now.verified == at(10));
    CHECK_FALSE(now.unverified_since);
    CHECK(now.resources == 1);

    auto denied = finish_of(cell, Outcome::denied);
    denied.code = "AccessDenied";
    denied.message = "111111111111 may not";
    must(f.inventory().finish(denied, at(20)));
    f.finish(cell, at(30), {}, Outcome::timeout);
    now = f.listed(cell);
    CHECK(now.outcome == Outcome::timeout);
    CHECK(now.code.empty());
    CHECK(now.attempted == at(30));
    CHECK(now.verified == at(10));
    CHECK(now.unverified_since == at(10));  // since the last proof, however many runs failed since
    CHECK(now.resources == 1);
    auto row = must(f.inventory().lookup("a", {})).at(0);
    CHECK(row.unverified_since == at(10));
    CHECK(row.verified == at(10));
    CHECK(row.outcome == Outcome::timeout);

    f.finish(cell, at(40), {}, Outcome::gaps);
    now = f.listed(cell);
    CHECK(now.verified == at(40));
    CHECK_FALSE(now.unverified_since);
    f.finish(cell, at(50), {}, Outcome::expired);
    CHECK(f.listed(cell).unverified_since == at(40));
  }
  SUBCASE("what was written is dated, whether its run ends or not, and never earlier than before") {
    CHECK_FALSE(cell.written);
    f.finish(cell, at(10));
    CHECK_FALSE(f.listed(cell).written);
    f.put(cell, "a", "a", at(20));
    f.put(cell, "a", "b", at(15));
    f.put(f.open("aws.ec2.volume"), "v", "v", at(99));
    f.reopen();
    CHECK(f.listed(cell).written == at(20));
    CHECK(f.open().written == at(20));
    CHECK(f.listed(cell).attempted == at(10));
    must(f.inventory().put(cell.id, {}, at(30)));
    f.finish(cell, at(40));
    CHECK(f.listed(cell).written == at(20));
  }
  SUBCASE("each outcome is kept under its own word") {
    for (auto outcome :
         {Outcome::complete, Outcome::gaps, Outcome::partial, Outcome::denied, Outcome::region_off, Outcome::throttled,
          Outcome::timeout, Outcome::expired, Outcome::unsupported, Outcome::failed}) {
      f.finish(cell, at(10), {}, outcome);
      CHECK(f.listed(cell).outcome == outcome);
      CHECK(outcome_of(to_string(outcome)) == outcome);
      CHECK(f.listed(cell).unverified_since.has_value() != proves_absence(outcome));
    }
    CHECK_FALSE(outcome_of("fine"));
  }
  SUBCASE("a cell that never could be read is unverified since its first run") {
    f.finish(cell, at(10), {}, Outcome::denied);
    f.finish(cell, at(20), {}, Outcome::denied);
    CHECK(f.listed(cell).unverified_since == at(10));
    CHECK_FALSE(f.listed(cell).verified);
    // What part of it was read all the same was seen when it was stored.
    f.put(cell, "a", "a", at(25));
    f.finish(cell, at(30), {}, Outcome::partial);
    CHECK(must(f.inventory().lookup("a", {})).at(0).verified == at(25));
  }
  SUBCASE("what the brake holds stays live, marked, and verified when a list last showed it") {
    auto a = f.put(cell, "a", "a", at(5)).resource, b = f.put(cell, "b", "b", at(5)).resource;
    f.finish(cell, at(10));
    auto run = finish_of(cell, Outcome::complete);
    run.hold = {a, b};
    run.held = 2;
    run.message = "2 of 2 are no longer listed";
    must(f.inventory().finish(run, at(20)));
    CHECK(f.listed(cell).held == 2);
    CHECK(f.listed(cell).message == "2 of 2 are no longer listed");
    CHECK(f.natives({}) == Lines{"a", "b"});
    CHECK((live_of(f, cell, "a").flags & Live::kMissing) != 0);
    CHECK(must(f.inventory().lookup("a", {})).at(0).verified == at(10));
    // A failed run says nothing of what is held.
    f.finish(cell, at(30), {}, Outcome::denied);
    CHECK(f.listed(cell).held == 2);
    // One is listed again; of the other a second run agrees that it is gone.
    run = finish_of(cell, Outcome::complete);
    run.found = {b};
    run.close = {a};
    must(f.inventory().finish(run, at(40)));
    CHECK(f.listed(cell).held == 0);
    CHECK(live_of(f, cell, "b").flags == 0);
    CHECK(must(f.inventory().lookup("b", {})).at(0).verified == at(40));
    auto gone = must(f.inventory().lookup("a", {})).at(0);
    CHECK(gone.deleted == at(40));
    CHECK(gone.verified == at(10));
    f.finish(cell, at(50));
    CHECK(must(f.inventory().lookup("a", {})).at(0).verified == at(10));  // and stays so
    // A new version of what was held says that it was seen.
    run = finish_of(cell, Outcome::complete);
    run.hold = {b};
    must(f.inventory().finish(run, at(60)));
    f.put(cell, "b", "b2", at(70));
    CHECK(live_of(f, cell, "b").flags == 0);
  }
  SUBCASE("live entries are ordered by key and carry what a run must remember") {
    std::vector<Put> puts;
    for (int i = 0; i < 300; ++i) {
      auto one = put_of(fmt::format("i-{}", i), fmt::format("{{\"n\":{}}}", i));
      one.item_hash = hash128(fmt::format("item {}", i));
      one.epoch = static_cast<uint32_t>(1 + i % 3);
      puts.push_back(one);
    }
    auto results = must(f.inventory().put(cell.id, puts, at(10)));
    f.finish(cell, at(20), {results[7].resource});
    auto live = must(f.inventory().live(cell.id));
    CHECK(live.size() == 299);
    CHECK(std::ranges::is_sorted(live, {}, &Live::key));
    for (int i : {0, 1, 150, 299}) {
      auto entry = live_of(f, cell, puts[static_cast<size_t>(i)].native);
      CHECK(entry.resource == results[static_cast<size_t>(i)].resource);
      CHECK(entry.item_hash == puts[static_cast<size_t>(i)].item_hash);
      CHECK(entry.document_hash == puts[static_cast<size_t>(i)].document_hash);
      CHECK(entry.epoch == static_cast<uint32_t>(1 + i % 3));
      CHECK(entry.flags == 0);
    }
    CHECK(must(f.inventory().live(f.open("aws.ec2.volume").id)).empty());
    CHECK(f.listed(cell).resources == 299);
  }
  SUBCASE("gaps mark their resources until a run knows better") {
    auto a = f.put(cell, "a", "a", at(5)).resource;
    auto b = f.put(cell, "b", "b", at(5)).resource;
    auto run = finish_of(cell, Outcome::gaps);
    run.gaps = {
        {a, "tags", "AccessDenied", "no"}, {a, "policy", "AccessDenied", "no"}, {b, "tags", "Throttling", "slow"}};
    run.gaps_known = true;
    must(f.inventory().finish(run, at(10)));
    CHECK(live_of(f, cell, "a").flags == Live::kGap);
    CHECK(live_of(f, cell, "b").flags == Live::kGap);
    f.finish(cell, at(20), {}, Outcome::timeout);  // does not know
    CHECK(live_of(f, cell, "a").flags == Live::kGap);
    run.gaps.resize(1);
    must(f.inventory().finish(run, at(30)));
    CHECK(live_of(f, cell, "a").flags == Live::kGap);
    CHECK(live_of(f, cell, "b").flags == 0);
    run.gaps.clear();
    must(f.inventory().finish(run, at(40)));
    CHECK(live_of(f, cell, "a").flags == 0);
  }
  SUBCASE("a document's gaps are noted with it, whatever becomes of its run") {
    auto put = put_of("a", "a");
    put.gaps = {{0, "tags", "AccessDenied", "no"}};
    auto a = f.put(cell, put, at(5)).resource;
    CHECK(live_of(f, cell, "a").flags == Live::kGap);
    f.finish(cell, at(10), {}, Outcome::partial);
    CHECK(live_of(f, cell, "a").flags == Live::kGap);
    put.resource = a;
    put.gaps.front().code = "Throttling";
    f.put(cell, put, at(20));
    auto gaps = must(f.inventory().gaps(a));
    REQUIRE(gaps.size() == 1);
    CHECK(gaps.front().gap.code == "Throttling");
    CHECK(gaps.front().since == at(5));
  }
  SUBCASE("a gap that stays open keeps its date, and says why it is open now") {
    auto a = f.put(cell, "a", "a", at(5)).resource;
    auto run = finish_of(cell, Outcome::gaps);
    run.gaps_known = true;
    run.gaps = {{a, "tags", "Throttling", "slow"}};
    must(f.inventory().finish(run, at(10)));
    run.gaps = {{a, "tags", "AccessDenied", "no"}, {a, "policy", "AccessDenied", "no"}};
    must(f.inventory().finish(run, at(20)));
    auto lines = [&](int64_t resource) {
      Lines found;
      for (const auto& [gap, since] : must(f.inventory().gaps(resource))) {
        CHECK(gap.resource == resource);
        found.push_back(
            fmt::format("{} {} {} {}", gap.fragment, gap.code, gap.message, (since - at(0)).count() / 1000));
      }
      return found;
    };
    CHECK(lines(a) == Lines{"policy AccessDenied no 20", "tags AccessDenied no 10"});
    CHECK(lines(4711).empty());
    f.finish(cell, at(30), {}, Outcome::denied);
    CHECK(lines(a).size() == 2);
    run.gaps.clear();
    must(f.inventory().finish(run, at(40)));
    CHECK(lines(a).empty());
  }
  SUBCASE("sightings of what others own are replaced by a run that read everything, and by no other") {
    auto subnets = f.open("aws.ec2.subnet"), theirs = f.open("aws.ec2.subnet", "222222222222"),
         volumes = f.open("aws.ec2.volume");
    auto seen_by = [&](std::string owner, std::string native) {
      return must(f.inventory().seen_by({std::move(owner), "eu-west-1", "aws.ec2.subnet"}, native));
    };
    auto see = [&](const Cell& seer, Outcome outcome, std::vector<Sighting> sightings, Time now) {
      auto run = finish_of(seer, outcome);
      run.sightings = std::move(sightings);
      must(f.inventory().finish(run, now));
    };
    see(subnets, Outcome::complete, {{"999999999999", "s-1"}, {"999999999999", "s-2"}}, at(10));
    see(theirs, Outcome::gaps, {{"999999999999", "s-1"}, {"888888888888", "s-1"}}, at(10));
    see(volumes, Outcome::complete, {{"999999999999", "s-2"}}, at(10));
    CHECK(seen_by("999999999999", "s-1") == Lines{"111111111111", "222222222222"});
    CHECK(seen_by("888888888888", "s-1") == Lines{"222222222222"});
    CHECK(seen_by("999999999999", "s-2") == Lines{"111111111111"});  // another kind's do not count
    see(subnets, Outcome::partial, {}, at(20));
    CHECK(seen_by("999999999999", "s-2") == Lines{"111111111111"});
    see(subnets, Outcome::complete, {{"999999999999", "s-1"}}, at(30));
    CHECK(seen_by("999999999999", "s-2").empty());
    CHECK(seen_by("999999999999", "s-1") == Lines{"111111111111", "222222222222"});
  }
  SUBCASE("a kind that is renamed takes everything with it") {
    auto resource = f.put(cell, "i-1", "1", at(10)).resource;
    f.finish(cell, at(20));
    auto epoch = must(f.inventory().epoch("aws.ec2.instance", "spec"));
    must(f.cells().rename_kind("aws.ec2.instance", "aws.ec2.machine"));
    CHECK(f.open("aws.ec2.machine").id == cell.id);
    CHECK(must(f.inventory().epoch("aws.ec2.machine", "spec")) == epoch);
    CHECK(f.put(f.open("aws.ec2.machine"), "i-1", "2", at(30)).resource == resource);
    CHECK(f.documents("aws.ec2.machine/111111111111/eu-west-1/i-1") == Lines{"2"});
    CHECK(f.documents("aws.ec2.instance/111111111111/eu-west-1/i-1").empty());
    // Again, or onto a kind that there is, nothing happens.
    must(f.cells().rename_kind("aws.ec2.instance", "aws.ec2.machine"));
    auto other = f.open("aws.ec2.volume");
    must(f.cells().rename_kind("aws.ec2.machine", "aws.ec2.volume"));
    CHECK(f.open("aws.ec2.machine").id == cell.id);
    CHECK(f.open("aws.ec2.volume").id == other.id);
    CHECK(f.open("aws.ec2.instance").id != cell.id);  // the old name is free
  }
  SUBCASE("fragments remember when each was last read for all") {
    auto run = finish_of(cell, Outcome::complete);
    run.enriched = {"tags", "policy's \"x\""};
    must(f.inventory().finish(run, at(10)));
    run.enriched = {"tags"};
    must(f.inventory().finish(run, at(20)));
    f.finish(cell, at(30));
    f.reopen();
    CHECK(f.listed(cell).enriched == std::map<std::string, Time>{{"policy's \"x\"", at(10)}, {"tags", at(20)}});
  }
  SUBCASE("cells that are no longer planned say since when, until they are again") {
    auto other = f.open("aws.ec2.volume");
    auto plan = [&](std::vector<CellKey> keys, Time now) { must(f.cells().plan(keys, now)); };
    plan({cell.key, other.key}, at(10));
    CHECK_FALSE(f.listed(cell).unplanned_since);
    plan({other.key}, at(20));
    plan({other.key, {"9", "9", "9"}}, at(30));
    CHECK(f.listed(cell).unplanned_since == at(20));
    CHECK_FALSE(f.listed(other).unplanned_since);
    CHECK(must(f.cells().list()).size() == 2);  // planning makes no cells
    plan({cell.key}, at(40));
    CHECK_FALSE(f.listed(cell).unplanned_since);
    CHECK(f.listed(other).unplanned_since == at(40));
    f.finish(other, at(50));  // run after all
    CHECK_FALSE(f.listed(other).unplanned_since);
  }
}

inline void the_rest(const Makers& makers) {
  Fixture f(makers);
  SUBCASE("an account's date is that of its status") {
    AccountRow row{"222222222222", "b", "active", {{"client", "x"}}, {}};
    must(f.cells().put_account(row, at(10)));
    row.name = "renamed";
    row.groups["unit"] = "7";
    must(f.cells().put_account(row, at(20)));
    must(f.cells().put_account({"111111111111", "a", "active", {}, {}}, at(25)));
    auto rows = must(f.cells().accounts());
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].id == "111111111111");
    CHECK(rows[1].name == "renamed");
    CHECK(rows[1].groups == row.groups);
    CHECK(rows[1].since == at(10));
    row.status = "left";
    must(f.cells().put_account(row, at(30)));
    must(f.cells().put_account(row, at(40)));
    f.reopen();
    rows = must(f.cells().accounts());
    CHECK(rows[1].status == "left");
    CHECK(rows[1].since == at(30));
  }
  SUBCASE("runs, newest first") {
    auto first = must(f.cells().start_run(at(10)));
    auto second = must(f.cells().start_run(at(20)));
    must(f.cells().end_run(first, at(30), R"({"cells":1})"));
    auto runs = must(f.cells().runs(10));
    REQUIRE(runs.size() == 2);
    CHECK(runs[0].id == second);
    CHECK_FALSE(runs[0].finished);
    CHECK(runs[1].started == at(10));
    CHECK(runs[1].finished == at(30));
    CHECK(runs[1].summary == R"({"cells":1})");
    CHECK(must(f.cells().runs(1)).size() == 1);
  }
  SUBCASE("an epoch has the same number for ever") {
    std::string spec(20'000, 's');
    auto one = must(f.inventory().epoch("aws.ec2.instance", spec)),
         two = must(f.inventory().epoch("aws.ec2.instance", "other"));
    CHECK(one != two);
    CHECK(must(f.inventory().epoch("aws.ec2.volume", spec)) != one);  // a kind's own
    f.reopen();
    CHECK(must(f.inventory().epoch("aws.ec2.instance", spec)) == one);
    CHECK(must(f.inventory().epoch_spec(one)) == spec);
    CHECK(must(f.inventory().epoch_spec(two)) == "other");
    CHECK_FALSE(f.inventory().epoch_spec(4711));
  }
  SUBCASE("the redaction key is made once, for this store") {
    auto key = must(f.store().redaction_key());
    CHECK(key.size() == 32);
    CHECK(must(f.store().redaction_key()) == key);
    f.reopen();
    CHECK(must(f.store().redaction_key()) == key);
    Fixture other(makers);
    CHECK(must(other.store().redaction_key()) != key);
  }
  SUBCASE("one process collects at a time") {
    must(f.store().lock_collection());
    must(f.store().lock_collection());  // its own
    auto second = makers.reopen();
    for (int again = 0; again < 2; ++again) {
      auto refused = second->lock_collection();
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == ErrorCode::io);
      CHECK(refused.error().message.find("is collecting into") != std::string::npos);
    }
    f.reopen();
    must(second->lock_collection());
    CHECK_FALSE(f.store().lock_collection());
  }
  SUBCASE("rows written are counted; an unchanged run writes its cell only") {
    auto cell = f.open();
    f.put(cell, "a", "a", at(10));
    f.finish(cell, at(20));
    auto before = f.store().writes();
    CHECK(before.versions == 1);
    CHECK(before.resources == 1);
    CHECK(must(f.inventory().put(cell.id, {}, at(25))).empty());
    f.finish(cell, at(30));
    auto after = f.store().writes();
    CHECK(after.versions == before.versions);
    CHECK(after.resources == before.resources);
    CHECK(after.cells == before.cells + 1);
  }
  SUBCASE("what does not exist is an error, not a row") {
    auto put = put_of("a", "a");
    CHECK_FALSE(f.inventory().put(4711, std::span(&put, 1), at(10)));
    CHECK(must(f.inventory().versions(4711)).empty());
    CHECK(must(f.inventory().live(4711)).empty());
  }
}

}  // namespace cadastre::store::conformance
