// What every store must say of resources and their versions: half-open intervals, instants, tombstones, changes.
#pragma once

#include "store/conformance/fixture.h"

namespace cadastre::store::conformance {

inline void lives(const Makers& makers) {
  Fixture f(makers);
  auto cell = f.open();
  SUBCASE("a resource opens, changes, closes, and what takes its name later is another") {
    auto first = f.put(cell, "i-1", R"({"v":1})", at(10));
    CHECK(first.opened);
    auto changed = f.put(cell, "i-1", R"({"v":2})", at(20));
    CHECK_FALSE(changed.opened);
    CHECK(changed.resource == first.resource);
    f.finish(cell, at(30), {first.resource});
    auto second = f.put(cell, "i-1", R"({"v":3})", at(40));
    CHECK(second.opened);
    CHECK(second.resource != first.resource);
    CHECK(f.history(first.resource) == Lines{R"(10-20 opened {"v":1})", R"(20-30 changed {"v":2})", "30- closed "});
    CHECK(f.history(second.resource) == Lines{R"(40- opened {"v":3})"});

    auto found = must(f.inventory().lookup("i-1", {}));
    REQUIRE(found.size() == 2);
    CHECK(found[0].resource == second.resource);  // the live one first
    CHECK_FALSE(found[0].deleted);
    CHECK(found[1].deleted == at(30));
    CHECK(found[1].deleted_cause == "closed");
    CHECK(found[1].document == R"({"v":2})");  // the last that was seen of it
    CHECK(found[1].first_seen == at(10));
    CHECK(must(f.inventory().documents(std::array{second.resource, first.resource, int64_t{999}})) ==
          Lines{R"({"v":3})", "", ""});
  }
  SUBCASE("closing what is closed, or was never there, does nothing") {
    auto one = f.put(cell, "i-1", "{}", at(10)).resource;
    f.finish(cell, at(20), {one});
    f.finish(cell, at(30), {one, 12345});
    CHECK(f.history(one) == Lines{"10-20 opened {}", "20- closed "});
  }
  SUBCASE("another incarnation under the same name is a replacement: two resources") {
    auto one = put_of("r", R"({"n":1})");
    one.incarnation = "A";
    auto first = f.put(cell, one, at(10));
    one.document = R"({"n":2})";
    one.incarnation = "B";
    auto second = f.put(cell, one, at(20));
    CHECK(second.opened);
    CHECK(second.replaced);
    CHECK(second.resource != first.resource);
    CHECK(f.history(first.resource) == Lines{R"(10-20 opened {"n":1})", "20- replaced "});
    CHECK(f.history(second.resource) == Lines{R"(20- opened {"n":2})"});
    CHECK(f.documents("r", at(19, 999)) == Lines{R"({"n":1})"});
    CHECK(f.documents("r", at(20)) == Lines{R"({"n":2})"});
    // An incarnation that is not known, or only read differently by a new release, replaces nothing.
    one.incarnation = "";
    CHECK_FALSE(f.put(cell, one, at(30)).replaced);
    one.incarnation = "C";
    CHECK_FALSE(f.put(cell, one, at(40)).replaced);
    one.incarnation = "D";
    one.epoch_only = true;
    CHECK_FALSE(f.put(cell, one, at(50)).replaced);
  }
  SUBCASE("a clock that is set back an hour loses nothing, and the sequence keeps the order") {
    auto one = f.put(cell, "i-1", "1", at(3600)).resource;
    f.put(cell, "i-1", "2", at(0));
    f.put(cell, "i-1", "3", at(1));
    f.finish(cell, at(2), {one});
    auto two = f.put(cell, "i-1", "4", at(3)).resource;
    CHECK(f.history(one) == Lines{"3600-3600.001 opened 1", "3600.001-3600.002 changed 2",
                                  "3600.002-3600.003 changed 3", "3600.003- closed "});
    // Never two of a name at once.
    CHECK(f.history(two) == Lines{"3600.003- opened 4"});
    CHECK(f.documents("i-1", at(3600)) == Lines{"1"});
    CHECK(f.documents("i-1", at(3600, 1)) == Lines{"2"});
    CHECK(f.documents("i-1", at(3600, 2)) == Lines{"3"});
    CHECK(f.documents("i-1", at(3600, 3)) == Lines{"4"});
    CHECK(f.documents("i-1", at(3599)).empty());
    Lines order;
    for (const auto& change : f.changes({.epochs = true, .documents = true})) order.push_back(change.version.document);
    CHECK(order == Lines{"1", "2", "3", "", "4"});
  }
  SUBCASE("what only a new release reads differently is no change") {
    f.put(cell, "i-1", "1", at(10));
    auto reread = put_of("i-1", "1, read anew");
    reread.epoch = 2;
    reread.epoch_only = true;
    auto one = f.put(cell, reread, at(20)).resource;
    CHECK(f.history(one) == Lines{"10- opened 1, read anew"});
    f.put(cell, "i-1", "2", at(30));
    CHECK(f.history(one) == Lines{"10-30 opened 1, read anew", "30- changed 2"});
    reread.document = "2, read anew";
    f.put(cell, reread, at(40));
    auto row = must(f.inventory().lookup("i-1", {})).at(0);
    CHECK(row.changed == at(30));
    CHECK(row.document == "2, read anew");
    CHECK(must(f.inventory().lookup("i-1", at(45))).at(0).changed == at(30));
    CHECK(f.documents("i-1", at(15)) == Lines{"1"});  // what was stored then
    f.finish(cell, at(50), {one});
    CHECK(f.history(one) == Lines{"10-30 opened 1, read anew", "30-50 changed 2, read anew", "50- closed "});
    // A reading of what is not there opens it.
    reread.native = "i-2";
    CHECK(f.history(f.put(cell, reread, at(60)).resource) == Lines{"60- opened 2, read anew"});
  }
  SUBCASE("history: latest keeps the last document, none keeps none of what is gone") {
    for (auto history : {History::latest, History::none}) {
      auto native = fmt::format("h-{}", static_cast<int>(history));
      auto one = put_of(native, "1");
      one.history = history;
      f.put(cell, one, at(10));
      one.document = "2";
      auto resource = f.put(cell, one, at(20)).resource;
      CHECK(f.history(resource) == Lines{"20- changed 2"});
      CHECK(f.documents(native, at(15)).empty());
      CHECK(must(f.inventory().lookup(native, {})).at(0).first_seen == at(10));
      Finish finish;
      finish.cell = cell.id;
      finish.close = {resource};
      finish.history = history;
      must(f.inventory().finish(finish, at(30)));
      // That it is gone is known either way.
      auto gone = must(f.inventory().lookup(native, {}));
      REQUIRE(gone.size() == 1);
      CHECK(gone[0].deleted == at(30));
      CHECK(gone[0].document == (history == History::latest ? "2" : ""));
      CHECK(f.history(resource) ==
            (history == History::latest ? Lines{"20-30 changed 2", "30- closed "} : Lines{"30- closed "}));
    }
  }
}

inline void answers(const Makers& makers) {
  Fixture f(makers);
  auto cell = f.open();
  SUBCASE("a resource is found by its id, its ARN and its native id") {
    auto other = f.open("aws.ec2.instance", "222222222222");
    auto role = f.open("aws.iam.role", "111111111111", "global");
    f.put(cell, "i-1", "mine", at(10));
    f.put(other, "i-1", "theirs", at(11));
    auto path = put_of("/team/role/x", "role");
    path.arn = "";
    f.put(role, path, at(12));
    auto dotted = put_of("log.group/a/b/c", "dotted");
    dotted.arn = "";
    f.put(role, dotted, at(13));
    CHECK(f.documents("aws.ec2.instance/111111111111/eu-west-1/i-1") == Lines{"mine"});
    CHECK(f.documents("aws.ec2.instance/222222222222/eu-west-1/i-1") == Lines{"theirs"});
    CHECK(f.documents("aws.iam.role/111111111111/global//team/role/x") == Lines{"role"});
    CHECK(f.documents("i-1") == Lines{"theirs", "mine"});  // the latest first
    CHECK(f.documents("/team/role/x") == Lines{"role"});
    CHECK(f.documents("log.group/a/b/c") == Lines{"dotted"});  // looks like an id of ours, and is none
    CHECK(f.documents("arn:aws:ec2:eu-west-1:111111111111:instance/i-1").size() == 2);
    for (std::string_view nothing :
         {"", "i-2", "I-1", "aws.ec2.instance/111111111111/eu-west-1/", "aws.ec2.instance/1/2/i-1", "%", "arn:"}) {
      CHECK_MESSAGE(f.documents(nothing).empty(), std::string(nothing));
    }
    auto row = must(f.inventory().lookup("aws.iam.role/111111111111/global//team/role/x", {})).at(0);
    CHECK(row.id() == "aws.iam.role/111111111111/global//team/role/x");
  }
  SUBCASE("looking up in some accounts finds theirs, however many others there are") {
    auto theirs = f.open("aws.ec2.instance", "222222222222");
    auto of = [&](std::string_view id, const std::vector<std::string>& accounts) {
      Lines found;
      for (auto& one : must(f.inventory().lookup(id, {}, accounts))) found.push_back(one.document);
      return found;
    };
    auto shared = put_of("i-1", "mine");
    f.put(cell, shared, at(10));
    std::vector<Put> many;
    for (int i = 0; i < 1'001; ++i) {
      many.push_back(put_of(fmt::format("j-{}", i), "theirs"));
      many.back().arn = shared.arn;
    }
    must(f.inventory().put(theirs.id, many, at(20)));
    CHECK(of(shared.arn, {}).size() == 1'000);
    CHECK(of(shared.arn, {"111111111111"}) == Lines{"mine"});
    CHECK(of(shared.arn, {"111111111111", "333333333333"}) == Lines{"mine"});
    CHECK(of(shared.arn, {"333333333333"}).empty());
    CHECK(of("i-1", {"111111111111"}) == Lines{"mine"});
    CHECK(of("i-1", {"222222222222"}).empty());
    CHECK(of("aws.ec2.instance/111111111111/eu-west-1/i-1", {"111111111111"}) == Lines{"mine"});
    CHECK(of("aws.ec2.instance/111111111111/eu-west-1/i-1", {"222222222222"}).empty());
    CHECK(of("i-1", {"\"]"}).empty());  // no account, whatever it looks like
  }
  SUBCASE("all that was put comes back") {
    auto full = put_of("i-1", R"({"x":"é\u0000"})");
    full.incarnation = "inc";
    full.region = "eu-central-1";
    full.owner = "333333333333";
    full.created = at(5, 7);
    full.tags = R"({"Name":"é"})";
    auto resource = f.put(cell, full, at(10, 123)).resource;
    f.finish(cell, at(20));
    for (int reopened = 0; reopened < 2; ++reopened) {
      auto row = must(f.inventory().lookup("i-1", {})).at(0);
      CHECK(row.resource == resource);
      CHECK(row.cell == cell.key);
      CHECK(row.native == "i-1");
      CHECK(row.incarnation == "inc");
      CHECK(row.region == "eu-central-1");
      CHECK(row.arn == full.arn);
      CHECK(row.name == "name of i-1");
      CHECK(row.state == "running");
      CHECK(row.owner == "333333333333");
      CHECK(row.created == at(5, 7));
      CHECK(row.tags == full.tags);
      CHECK(row.first_seen == at(10, 123));
      CHECK(row.changed == at(10, 123));
      CHECK(row.verified == at(20));
      CHECK_FALSE(row.deleted);
      CHECK(row.outcome == Outcome::complete);
      CHECK_FALSE(row.unverified_since);
      CHECK(row.document == full.document);
      CHECK(row.sequence == f.changes({.epochs = true}).at(0).version.sequence);
      f.reopen();
    }
  }
  SUBCASE("at an instant: what was live then, as it was then") {
    auto a = f.put(cell, "a", "a1", at(10)).resource;
    f.put(cell, "b", "b1", at(20));
    f.put(cell, "a", "a2", at(30));
    f.finish(cell, at(40), {a});
    f.put(cell, "a", "a3", at(50));
    auto state = [&](Time when) {
      std::string text;
      for (const auto& row : f.scan({}, when)) {
        CHECK_FALSE(row.deleted);
        text += row.document + " ";
      }
      return text;
    };
    CHECK(state(at(9, 999)) == "");
    CHECK(state(at(10)) == "a1 ");
    CHECK(state(at(20)) == "a1 b1 ");
    CHECK(state(at(29, 999)) == "a1 b1 ");
    CHECK(state(at(30)) == "a2 b1 ");
    CHECK(state(at(39, 999)) == "a2 b1 ");
    CHECK(state(at(40)) == "b1 ");
    CHECK(state(at(50)) == "a3 b1 ");
    CHECK(state(at(1'000'000)) == "a3 b1 ");
    CHECK(must(f.inventory().lookup("a", at(35))).at(0).changed == at(30));
    CHECK(must(f.inventory().lookup("a", at(12))).at(0).changed == at(10));
    CHECK(f.documents("aws.ec2.instance/111111111111/eu-west-1/a", at(40)).empty());
  }
  SUBCASE("a scan filters, orders, stops and limits") {
    auto volume = f.open("aws.ec2.volume");
    auto other = f.open("aws.ec2.instance", "222222222222", "us-east-1");
    auto tagged = put_of("i-2", "2");
    tagged.tags = R"({"team":"100%_Sure"})";
    tagged.region = "us-east-1";
    f.put(other, tagged, at(10));
    f.put(volume, "vol-1", "3", at(10));
    auto gone = f.put(volume, "vol-0", "0", at(10)).resource;
    f.put(cell, "i-9", "9", at(10));
    f.put(cell, "i-1", "1", at(10));
    f.finish(volume, at(20), {gone});
    CHECK(f.natives({}) == Lines{"i-1", "i-9", "i-2", "vol-1"});
    CHECK(f.natives({.kinds = {"aws.ec2.volume"}}) == Lines{"vol-1"});
    CHECK(f.natives({.kinds = {"aws.ec2.volume", "aws.ec2.instance"}, .accounts = {"111111111111"}}) ==
          Lines{"i-1", "i-9", "vol-1"});
    CHECK(f.natives({.regions = {"us-east-1"}}) == Lines{"i-2"});
    CHECK(f.natives({.kinds = {"aws.s3.bucket"}}).empty());
    CHECK(f.natives({.closed = true}) == Lines{"i-1", "i-9", "i-2", "vol-0", "vol-1"});
    CHECK(f.natives({.live = false, .closed = true}) == Lines{"vol-0"});
    CHECK(f.natives({.limit = 2}) == Lines{"i-1", "i-9"});
    CHECK(f.natives({.kinds = {"aws.ec2.volume"}}, at(15)) == Lines{"vol-0", "vol-1"});
    for (const auto& row : f.scan({.documents = false})) CHECK(row.document.empty());
    int visited = 0;
    must(f.inventory().scan({}, {}, [&](const Resource&) { return ++visited < 3; }));
    CHECK(visited == 3);
  }
  SUBCASE("changes come in order, each once, from any point on") {
    f.put(cell, "a", "a1", at(10));
    auto b = f.put(cell, "b", "b1", at(10)).resource;
    f.put(cell, "a", "a2", at(20));
    f.finish(cell, at(30), {b});
    auto all = f.changes({.epochs = true, .documents = true});
    Lines lines;
    for (size_t i = 0; i < all.size(); ++i) {
      lines.push_back(fmt::format("{} {} {} {}", all[i].native, to_string(all[i].version.cause),
                                  all[i].version.document, all[i].name));
      CHECK(all[i].cell == cell.key);
      if (i > 0) CHECK(all[i].version.sequence > all[i - 1].version.sequence);
      auto rest = f.changes({.after = all[i].version.sequence});
      CHECK(rest.size() == all.size() - i - 1);
      CHECK((rest.empty() || rest.front().version.document.empty()));
    }
    CHECK(lines ==
          Lines{"a opened a1 name of a", "b opened b1 name of b", "a changed a2 name of a", "b closed  name of b"});
    auto two = f.changes({.after = all[0].version.sequence, .limit = 2});
    REQUIRE(two.size() == 2);
    CHECK(two[1].version.sequence == all[2].version.sequence);
    CHECK(f.changes({.after = all.back().version.sequence, .limit = 10}).empty());
    // A sequence is never given again, whatever was dropped meanwhile.
    auto latest = put_of("a", "a3");
    latest.history = History::none;
    f.put(cell, latest, at(40));
    f.reopen();
    f.put(cell, "c", "c1", at(50));
    CHECK(f.changes({.epochs = true}).back().version.sequence > all.back().version.sequence + 1);
  }
  SUBCASE("retiring an account closes all it has, and nothing else") {
    auto other = f.open("aws.ec2.instance", "222222222222");
    auto a = f.put(cell, "a", "a", at(10)).resource;
    f.put(f.open("aws.ec2.volume"), "v", "v", at(10));
    auto b = f.put(other, "b", "b", at(10)).resource;
    for (const auto& one : {cell, other}) f.finish(one, at(20));
    CHECK(must(f.inventory().retire("111111111111", at(30))) == 2);
    CHECK(must(f.inventory().retire("111111111111", at(40))) == 0);
    CHECK(must(f.inventory().retire("999999999999", at(40))) == 0);
    CHECK(f.history(a) == Lines{"10-30 opened a", "30- retired "});
    CHECK(f.history(b) == Lines{"10- opened b"});
    CHECK(f.natives({}) == Lines{"b"});
    CHECK(f.listed(cell).resources == 0);
    CHECK(f.listed(other).resources == 1);
    auto gone = must(f.inventory().lookup("a", {})).at(0);
    CHECK(gone.deleted_cause == "retired");
    CHECK(gone.verified == at(20));
  }
}

}  // namespace cadastre::store::conformance
