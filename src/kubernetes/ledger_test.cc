#include "kubernetes/ledger.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "store/store.h"
#include "support/fakes.h"
#include "support/folder.h"

namespace cadastre::kubernetes {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using store::DumpState;
using Names = std::vector<std::string>;

template <typename T>
T must(Result<T> result) {
  REQUIRE_MESSAGE(result, (result ? "" : result.error().message));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

struct World {
  testing::Folder folder;
  testing::FakeClock clock;  // stands at 2026-01-02T03:04:05Z
  std::unique_ptr<store::Store> store = must(store::open_store("sqlite:" + (folder / "x.db"), clock));
  std::unique_ptr<Ledger> ledger = std::make_unique<Ledger>(store->clusters(), clock);

  // A dump that began so many seconds from now, by its name.
  std::string name(int offset) const {
    auto text = format_time(std::chrono::floor<seconds>(testing::FakeClock().now() + seconds(offset)));
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text + "-1";
  }
  bool note(const std::string& cluster, const std::string& dump, std::optional<Time> arrived = {}) {
    return must(ledger->note(cluster, dump, "s3://b/" + dump + "/", arrived));
  }
  std::optional<store::DumpRow> take() { return ledger->take(Millis(0), {}); }
  // All whose turn it is now, read at once, in the order they came: "cluster dump".
  Names read() {
    Names order;
    while (auto row = take()) {
      order.push_back(row->cluster + " " + row->dump);
      must(ledger->done(*row, "{}"));
    }
    return order;
  }
  store::DumpRow row(const std::string& cluster, const std::string& dump) {
    auto found = must(store->clusters().dump(cluster, dump));
    REQUIRE(found);
    return *found;
  }
  void restart() {  // as after a crash
    ledger = std::make_unique<Ledger>(store->clusters(), clock);
    must(ledger->resume());
  }
};

TEST_CASE("each dump once, in order, whatever order and however often it is told of") {
  World w;
  Names expected;
  std::vector<int> told;
  for (int i = 0; i < 20; ++i) {
    expected.push_back("a " + w.name(i - 100));
    for (int times = 0; times < 3; ++times) told.push_back(i);
  }
  std::ranges::shuffle(told, std::mt19937(5));
  int fresh = 0;
  for (int i : told) fresh += w.note("a", w.name(i - 100));
  CHECK(fresh == 20);
  CHECK(w.read() == expected);
  CHECK_FALSE(w.note("a", w.name(-90)));
  CHECK(w.read().empty());
}

TEST_CASE("one at a time of a cluster, several clusters at once, in turns") {
  World w;
  for (int i = 0; i < 2; ++i) {
    for (const char* cluster : {"a", "b", "c"}) w.note(cluster, w.name(-10 + i));
  }
  std::vector<store::DumpRow> taken;
  while (auto row = w.take()) taken.push_back(*row);
  REQUIRE(taken.size() == 3);
  CHECK(taken[0].cluster + taken[1].cluster + taken[2].cluster == "abc");
  must(w.ledger->done(taken[1], "{}"));
  auto next = w.take();
  REQUIRE(next);
  CHECK(next->cluster == "b");
  CHECK_FALSE(w.take());
}

TEST_CASE("an older dump is left when a newer one was there first") {
  World w;
  w.note("a", w.name(-10));
  w.note("b", w.name(-10));
  w.read();
  w.note("a", w.name(-20));
  w.note("b", w.name(-5));
  CHECK(w.read() == Names{"b " + w.name(-5)});
  auto left = w.row("a", w.name(-20));
  CHECK(left.state == DumpState::done);
  CHECK(left.reason == "left: a newer dump was there first");
  CHECK(left.settled);
  w.restart();  // what was left does not count as read
  w.note("a", w.name(-15));
  CHECK(w.read().empty());
  w.note("a", w.name(-9));
  CHECK(w.read() == Names{"a " + w.name(-9)});
}

TEST_CASE("a clock that is ahead keeps nobody out") {
  World w;
  w.note("a", w.name(3600));  // arrived now, though it says that it began in an hour
  w.clock.advance(minutes(5));
  w.note("a", w.name(290));
  CHECK(w.read() == Names{"a " + w.name(3600), "a " + w.name(290)});
  // Told of late and in disorder, those of a wrong clock are in the order in which they arrived.
  w.note("b", w.name(9000), w.clock.now() - seconds(5));
  w.note("b", w.name(8000), w.clock.now() - seconds(10));
  w.note("b", w.name(7000), w.clock.now() + minutes(10));  // the bucket's clock may be wrong, too: at most now
  CHECK(w.read() == Names{"b " + w.name(8000), "b " + w.name(9000), "b " + w.name(7000)});
}

TEST_CASE("what may pass is tried again, later and later, and does not hold up the newer ones for ever") {
  World w;
  w.note("a", w.name(-20));
  w.note("a", w.name(-10));
  w.note("b", w.name(-10));
  std::vector<int64_t> pauses;
  for (int i = 0; i < 4; ++i) {
    auto row = w.take();
    REQUIRE(row);
    CHECK(row->dump == w.name(-20));
    CHECK(row->tries == i + 1);
    must(w.ledger->again(*row, "the bucket denies"));
    if (i == 0) CHECK(w.read() == Names{"b " + w.name(-10)});  // other clusters go on
    int64_t waited = 0;
    while (i < 3) {
      auto next = w.take();
      if (next) {
        w.ledger->give_back(*next);
        break;
      }
      w.clock.advance(seconds(1));
      ++waited;
    }
    pauses.push_back(waited);
  }
  CHECK(pauses == std::vector<int64_t>{5, 10, 20, 0});
  CHECK(w.row("a", w.name(-20)).reason == "the bucket denies");
  CHECK(w.row("a", w.name(-20)).state == DumpState::waiting);
  CHECK(w.read() == Names{"a " + w.name(-10)});  // four times were enough
  w.clock.advance(minutes(11));
  CHECK(w.read().empty());
  CHECK(w.row("a", w.name(-20)).reason == "left: a newer dump was there first");
}

TEST_CASE("poison is set aside at once, with its reason, and can be tried again") {
  World w;
  w.note("a", w.name(-20));
  w.note("a", w.name(-10));
  must(w.ledger->poison(*w.take(), "another cluster's"));
  auto bad = w.row("a", w.name(-20));
  CHECK(bad.state == DumpState::poison);
  CHECK(bad.reason == "another cluster's");
  CHECK(bad.settled);
  CHECK_FALSE(w.note("a", w.name(-20)));
  auto asked = must(retry_dump(w.store->clusters(), "a", w.name(-20)));
  CHECK(asked.state == DumpState::waiting);
  CHECK(asked.tries == 0);
  must(w.ledger->refresh());
  CHECK(w.read() == Names{"a " + w.name(-20), "a " + w.name(-10)});
  CHECK(retry_dump(w.store->clusters(), "a", w.name(-20)).error().code == ErrorCode::invalid);
  CHECK(retry_dump(w.store->clusters(), "a", "x").error().code == ErrorCode::not_found);
}

TEST_CASE("asking for another try ends the wait for it") {
  World w;
  w.note("a", w.name(-20));
  must(w.ledger->again(*w.take(), "throttled"));
  must(w.ledger->refresh());
  CHECK_FALSE(w.take());
  must(retry_dump(w.store->clusters(), "a", w.name(-20)));
  must(w.ledger->refresh());
  CHECK(w.take());
}

TEST_CASE("a crash forgets nothing, and a dump that ends the program does so three times") {
  World w;
  w.note("a", w.name(-20));
  w.note("b", w.name(-20));
  for (int i = 0; i < 3; ++i) {
    auto row = w.take();
    REQUIRE(row);
    CHECK(row->cluster == "a");
    CHECK(row->tries == i + 1);
    w.restart();
  }
  auto bad = w.row("a", w.name(-20));
  CHECK(bad.state == DumpState::poison);
  CHECK(bad.reason == "the program ended 3 times while it was read");
  CHECK(w.read() == Names{"b " + w.name(-20)});
}

TEST_CASE("a program that is stopped is no failed try") {
  World w;
  w.note("a", w.name(-20));
  for (int i = 0; i < 5; ++i) {
    auto row = w.take();
    REQUIRE(row);
    w.ledger->give_back(*row);
    w.restart();
  }
  CHECK(w.read() == Names{"a " + w.name(-20)});
}

TEST_CASE("listings go on from the newest that was noted") {
  World w;
  CHECK_FALSE(must(w.ledger->newest("a")));
  w.note("a", w.name(-20));
  w.note("a", w.name(7200));
  w.note("a", w.name(-30));
  CHECK(must(w.ledger->newest("a")) == w.clock.now());
  w.restart();
  CHECK(must(w.ledger->newest("a")) == w.clock.now());
}

}  // namespace
}  // namespace cadastre::kubernetes
