// The index's past against the store's: instants and windows of random worlds, what is followed and what is built, what
// a snapshot keeps, what there is no room for and what the store has forgotten.
#include <sqlite3.h>

#include <thread>

#include "index/random_world.h"

namespace cadastre::index {
namespace {

// Windows and instants since the beginning, and one before it.
std::vector<Alive> moments(World& world, Time begin) {
  std::vector<Time> changes;
  REQUIRE(world.store->inventory().changes({.epochs = true}, [&](const store::Change& change) {
    changes.push_back(change.version.from);
    return true;
  }));
  auto span = (std::ranges::max(changes) - begin).count() + 1;
  std::vector<Alive> all = {Alive::at(begin - Millis(1)), Alive::at(world.clock.now())};
  for (int i = 0; i < 4; ++i) {
    auto instant = begin + Millis(world.random.below(static_cast<uint64_t>(span)));
    all.push_back(Alive::at(instant));
    all.push_back({instant, instant + Millis(1 + world.random.below(static_cast<uint64_t>(span)))});
  }
  // At the very instants of changes, too.
  for (int i = 0; i < 4; ++i) all.push_back(Alive::at(world.random.pick(changes) - Millis(world.random.below(2))));
  return all;
}

void check_past(World& world, const Index& index, Time begin, size_t count) {
  for (const auto& alive : moments(world, begin)) {
    CAPTURE(format_time(alive.since));
    CAPTURE(format_time(alive.until));
    world.read(alive);
    if (world.rows.empty()) continue;  // random queries are made of what is there
    world.reach = index.reach(alive, {});
    REQUIRE((world.reach.any || alive.since < begin));
    if (!world.switching && alive.since >= begin) {
      for (const auto& kind : world.reach.lacking) REQUIRE(world.forgetful.contains(kind));
    }
    check_queries(world, index, count);
  }
  world.reach = {};
  world.read();
}
// Lives for some rounds; before each change the index has followed, or not.
void live(World& world, Index& index, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    world.change(1 + world.random.below(20));
    world.add(world.random.below(30));
    if (world.random.chance(0.05))
      REQUIRE(world.store->inventory().retire(world.random.pick(world.random.accounts()), world.clock.now()));
    if (world.random.chance(0.7)) REQUIRE(index.follow(*world.store));
    world.read();
  }
  REQUIRE(index.follow(*world.store));
}

// A world, and an index of it from the beginning on.
struct Followed {
  explicit Followed(size_t resources) : world(first_seed()) {
    world.add(resources);
    world.read();
    REQUIRE(index.build(*world.store, "", {}));
  }
  World world;
  Index index{real_catalog(), kOwnerTags};
};

TEST_CASE("at any instant and over any window the index answers as the store's rows of then do") {
  each_world([](World& world, uint64_t i) {
    world.switching = i % 3 == 1;
    if (i % 3 == 2) world.forgetful = {"aws.ec2.network_interface", "aws.ec2.snapshot"};
    auto begin = world.clock.now();
    world.add(60 + world.random.below(100));
    world.read();
    testing::Folder folder;
    Index index(real_catalog(), kOwnerTags);
    REQUIRE(index.build(*world.store, "", {}));
    live(world, index, 6);
    check_past(world, index, begin, 20);
    // What is built of the same history knows the same, and so does what was saved on the way.
    REQUIRE(index.save(folder / "index"));
    Index fresh(real_catalog(), kOwnerTags), saved(real_catalog(), kOwnerTags);
    REQUIRE(fresh.build(*world.store, "", {}));
    if (!world.switching && world.forgetful.empty()) CHECK(fresh.size().past == index.size().past);
    CHECK(index.size().past > 0);
    check_past(world, fresh, begin, 15);
    REQUIRE(saved.load(*world.store, folder / "index"));
    CHECK(saved.size().past == index.size().past);
    CHECK((saved.size().from == index.size().from));
    live(world, saved, 2);
    check_past(world, saved, begin, 15);
  });
}

TEST_CASE("of the past the newest stays, as much as there is room for, and what is gone is asked of nobody") {
  World world(first_seed());
  auto begin = world.clock.now();
  world.add(40);
  world.read();
  constexpr uint64_t kLeast = 10;
  auto bounded = [&](const Index& index) {
    auto size = index.size();
    CHECK(size.past <= size.resources / 4 + kLeast);
    REQUIRE(size.from);
    CHECK_FALSE(index.reach(Alive::at(begin), {}).any);
    CHECK_FALSE(index.reach({begin, world.clock.now()}, {}).any);
    CHECK_FALSE(index.reach(Alive::at(*size.from - Millis(1)), {}).any);
    CHECK(index.reach(Alive::at(*size.from), {}).whole());
    for (int i = 0; i < 10; ++i) {
      auto length = static_cast<uint64_t>(std::max<int64_t>(1, (world.clock.now() - *size.from).count()));
      auto alive = Alive::at(*size.from + Millis(world.random.below(length)));
      world.read(alive);
      check_queries(world, index, 20);
      world.read();
    }
  };
  Index index(real_catalog(), kOwnerTags, kLeast);
  REQUIRE(index.build(*world.store, "", {}));
  for (int round = 0; round < 12; ++round) live(world, index, 1);
  bounded(index);
  Index fresh(real_catalog(), kOwnerTags, kLeast);
  REQUIRE(fresh.build(*world.store, "", {}));
  bounded(fresh);
}

TEST_CASE("of what the store has forgotten the index says nothing") {
  Followed followed(200);
  auto& [world, index] = followed;
  live(world, index, 4);
  auto edge = world.clock.now();
  world.clock.advance(Millis(1000));
  live(world, index, 4);
  std::string kind;
  for (const auto& row : world.rows) {
    auto pruned = world.store->inventory().prune(row.cell.kind, {world.clock.now() - edge, {}}, world.clock.now(), {});
    REQUIRE(pruned);
    if (pruned->versions == 0) continue;
    kind = row.cell.kind;
    break;
  }
  REQUIRE_FALSE(kind.empty());
  REQUIRE(index.follow(*world.store));
  auto until = world.store->inventory().pruned_until()->at(kind);
  CHECK(until <= edge);
  CHECK(index.reach(Alive::at(until), {}).whole());
  for (const auto& kinds : {std::vector<std::string>{}, {kind}, {"aws.other.thing", kind}})
    CHECK((index.reach(Alive::at(until - Millis(1)), kinds) == Reach{true, {kind}}));
  CHECK(index.reach(Alive::at(until - Millis(1)), std::vector<std::string>{"aws.other.thing"}).whole());
  check_past(world, index, until, 20);
}

TEST_CASE("an index that is built while others write knows the past as one that was there") {
  auto seed = first_seed();
  for (uint64_t round = 0; round < 8; ++round) {
    World world(seed + round);
    auto begin = world.clock.now();
    world.add(150);
    world.read();
    Index index(real_catalog(), kOwnerTags);
    std::atomic<bool> built = false;
    std::jthread building([&] {
      CHECK(index.build(*world.store, "", {}));
      built = true;
    });
    for (int i = 0; i < 3 || !built; ++i) {
      world.change(8);
      world.read();
    }
    building.join();
    REQUIRE(index.follow(*world.store));
    Index after(real_catalog(), kOwnerTags);
    REQUIRE(after.build(*world.store, "", {}));
    CHECK(index.size().past == after.size().past);
    CHECK(index.size().resources == after.size().resources);
    check_past(world, index, begin, 4);
  }
}

TEST_CASE("what an instant shows stays the same while the index follows") {
  Followed followed(150);
  auto& [world, index] = followed;
  live(world, index, 2);
  auto instant = world.clock.now();
  world.clock.advance(Millis(1'000'000));
  Request request;
  request.alive = Alive::at(instant);
  request.limit = 10'000;
  request.facets = {{FacetKey::kind, ""}};
  auto wanted = index.search(request, {}, {});
  REQUIRE(wanted);
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0, asked = 0;
  std::vector<std::jthread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        auto answer = index.search(request, {}, {});
        if (!answer || answer->resources != wanted->resources || answer->total != wanted->total) ++wrong;
        ++asked;
      }
    });
  }
  for (int i = 0; i < 40 || asked < 40; ++i) {
    world.clock.advance(Millis(30'000'000));  // past every setting back
    world.change(5);
    REQUIRE(index.follow(*world.store));
    world.read();
  }
  done = true;
  readers.clear();
  CHECK(wrong == 0);
}

TEST_CASE("of a kind that took another name the past is left to the store") {
  std::string kind = "aws.ec2.volume";
  Followed followed(300);
  auto& [world, index] = followed;
  auto before = world.clock.now();
  world.clock.advance(Millis(1000));
  auto of_kind = std::ranges::find(world.rows, kind, [](const auto& row) { return row.cell.kind; });
  REQUIRE(of_kind != world.rows.end());
  auto cell = world.store->cells().open(of_kind->cell);
  REQUIRE(cell);
  store::Finish finish;
  finish.cell = cell->id;
  finish.outcome = store::Outcome::complete;
  finish.close = {of_kind->resource};
  REQUIRE(world.store->inventory().finish(finish, world.clock.now()));
  SUBCASE("and was followed before") { REQUIRE(index.follow(*world.store)); }
  SUBCASE("at once") {}
  REQUIRE(world.store->cells().rename_kind(kind, "aws.ec2.disk"));
  world.clock.advance(Millis(1000));
  REQUIRE(index.follow(*world.store));
  CHECK(index.size().resources == world.rows.size() - 1);
  CHECK_FALSE(index.reach(Alive::at(before), {}).any);
  CHECK(index.reach(Alive::at(world.clock.now()), {}).whole());
  auto size = index.size();
  CHECK(size.past == 0);
  REQUIRE(index.follow(*world.store));
  CHECK((index.size().from == size.from));
}

TEST_CASE("a version that cannot be read limits what is known of its kind, and no more") {
  testing::Folder folder;
  Followed followed(150);
  auto& world = followed.world;
  live(world, followed.index, 3);
  REQUIRE(world.store->backup(folder / "copy.db", {}));
  sqlite3* file = nullptr;
  REQUIRE(sqlite3_open((folder / "copy.db").c_str(), &file) == SQLITE_OK);
  REQUIRE(sqlite3_exec(file,
                       "UPDATE version SET document = x'00' WHERE sequence = (SELECT min(sequence) FROM version "
                       "WHERE \"to\" IS NOT NULL AND document IS NOT NULL)",
                       nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(file);
  auto damaged = store::open_store("sqlite:" + (folder / "copy.db"), world.clock);
  REQUIRE(damaged);
  Index whole(real_catalog(), kOwnerTags), index(real_catalog(), kOwnerTags);
  REQUIRE(whole.build(*world.store, "", {}));
  REQUIRE(index.build(**damaged, "", {}));
  CHECK(index.size().resources == whole.size().resources);
  CHECK(index.size().past == whole.size().past - 1);
  CHECK(index.reach({Time::min(), Time::max()}, {}).lacking.size() == 1);
}

}  // namespace
}  // namespace cadastre::index
