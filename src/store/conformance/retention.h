// What every store must say of windows, of what an instant showed and today does not, and of what is forgotten: by
// example. The random walk (walk.h) holds the same against a model.
#pragma once

#include "store/conformance/fixture.h"

namespace cadastre::store::conformance {

inline void retention(const Makers& makers) {
  Fixture f(makers);
  auto cell = f.open();
  auto documents = [&](const Filter& filter, std::optional<Time> when = {}) {
    Lines found;
    for (const auto& row : f.scan(filter, when)) found.push_back(row.document);
    return found;
  };
  // a: 1 from 10, 2 from 20, closed at 30. b: 3 from 15, 4 from 40. c: 5 from 50.
  auto a = f.put(cell, "a", "1", at(10)).resource;
  auto b = f.put(cell, "b", "3", at(15)).resource;
  f.put(cell, "a", "2", at(20));
  f.finish(cell, at(30), {a});
  f.put(cell, "b", "4", at(40));
  f.put(cell, "c", "5", at(50));
  SUBCASE("a window shows what was live in it, as it was at the last such moment") {
    auto within = [&](std::optional<Time> since, std::optional<Time> until) {
      return documents({.since = since, .until = until});
    };
    CHECK(within(at(0), at(10)).empty());  // the end does not belong to it
    CHECK(within(at(0), at(10, 1)) == Lines{"1"});
    CHECK(within(at(0), at(20)) == Lines{"1", "3"});
    CHECK(within(at(0), at(21)) == Lines{"2", "3"});
    CHECK(within(at(25), at(60)) == Lines{"2", "4", "5"});
    CHECK(within(at(29, 999), at(60)) == Lines{"2", "4", "5"});
    CHECK(within(at(30), at(60)) == Lines{"4", "5"});  // closed when it begins
    CHECK(within(at(60), {}) == Lines{"4", "5"});
    CHECK(within({}, at(12)) == Lines{"1"});
    CHECK(within(at(20), at(20)).empty());
    CHECK(within(at(30), at(20)).empty());
    for (const auto& row : f.scan({.since = at(0), .until = at(60)})) CHECK_FALSE(row.deleted);
    CHECK(documents({.kinds = {"aws.s3.bucket"}, .since = at(0)}).empty());
    CHECK(documents({.since = at(0), .limit = 2}) == Lines{"2", "4"});
  }
  SUBCASE("superseded: what is shown then and is not what is live now") {
    auto superseded = [&](Time when) { return documents({.superseded = true}, when); };
    CHECK(superseded(at(9)).empty());
    CHECK(superseded(at(15)) == Lines{"1", "3"});
    CHECK(superseded(at(25)) == Lines{"2", "3"});
    CHECK(superseded(at(30)) == Lines{"3"});
    CHECK(superseded(at(40)).empty());
    CHECK(documents({.superseded = true, .since = at(0), .until = at(60)}) == Lines{"2"});
    CHECK(documents({.regions = {"us-east-1"}, .superseded = true}, at(15)).empty());
    CHECK(documents({.superseded = true, .limit = 1}, at(15)) == Lines{"1"});
  }
  SUBCASE("what ended at the edge or before goes, with all of what closed before it; the rest stays") {
    auto prune = [&](Millis keep, Time now) {
      return must(f.inventory().prune("aws.ec2.instance", {keep, {}}, now, {}));
    };
    CHECK(prune(Millis(10'000), at(25)).versions == 0);
    CHECK(must(f.inventory().pruned_until()).empty());
    auto first = prune(Millis(10'000), at(35));  // the edge: 25
    CHECK(first.versions == 1);
    CHECK(first.resources == 0);
    CHECK(f.history(a) == Lines{"20-30 changed 2", "30- closed "});
    CHECK(f.changes({.resources = {a}, .previous = true}).front().previous == 0);  // it is not kept
    CHECK(f.documents("a", at(25)) == Lines{"2"});
    CHECK(must(f.inventory().pruned_until()).at("aws.ec2.instance") == at(20));
    auto second = prune(Millis(10'000), at(40));  // 30: a was closed then
    CHECK(second.resources == 1);
    CHECK(second.versions == 2);
    CHECK(must(f.inventory().pruned_until()).at("aws.ec2.instance") == at(30));
    CHECK(f.history(a).empty());
    CHECK(must(f.inventory().lookup("a", {})).empty());
    CHECK(must(f.inventory().rows(std::array{a, b}, false)).size() == 1);
    CHECK(f.history(b) == Lines{"15-40 opened 3", "40- changed 4"});
    CHECK(prune(Millis(0), at(1000)).versions == 1);
    CHECK(f.history(b) == Lines{"40- changed 4"});
    CHECK(must(f.inventory().lookup("b", {})).at(0).first_seen == at(15));
    // Sequences go on, and what was forgotten may come again.
    auto sequence = must(f.inventory().sequence());
    CHECK(f.put(cell, "a", "6", at(60)).opened);
    CHECK(must(f.inventory().sequence()) == sequence + 1);
  }
  SUBCASE("only the newest versions stay") {
    f.put(cell, "b", "6", at(60));
    auto reread = put_of("b", "6, read anew");
    reread.epoch_only = true;
    f.put(cell, reread, at(70));
    CHECK(must(f.inventory().prune("aws.ec2.instance", {{}, 2}, at(80), {})).versions == 1);
    CHECK(f.history(b) == Lines{"40-60 changed 4", "60- changed 6, read anew"});
    CHECK(must(f.inventory().pruned_until()).at("aws.ec2.instance") == at(40));
    CHECK(must(f.inventory().prune("aws.ec2.instance", {{}, 0}, at(80), {})).versions == 2);
    CHECK(f.history(b) == Lines{"60- changed 6, read anew"});
    CHECK(must(f.inventory().lookup("b", at(75))).at(0).changed == at(60));
    CHECK(f.history(a) == Lines{"20-30 changed 2", "30- closed "});  // the last that is known of it
  }
  SUBCASE("other kinds, and what nothing is said of, are left alone") {
    CHECK(must(f.inventory().prune("aws.ec2.volume", {Millis(0), 1}, at(1000), {})).versions == 0);
    CHECK(must(f.inventory().prune("aws.ec2.instance", {}, at(1000), {})).versions == 0);
    std::stop_source stopped;
    stopped.request_stop();
    CHECK(must(f.inventory().prune("aws.ec2.instance", {Millis(0), 1}, at(1000), stopped.get_token())).versions == 0);
    CHECK(f.history(a).size() == 3);
    CHECK(must(f.inventory().pruned_until()).empty());
  }
}

}  // namespace cadastre::store::conformance
