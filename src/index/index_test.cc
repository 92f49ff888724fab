// The index against the meaning of the language: random worlds in a real store, random queries, and for each the answer
// that evaluating every resource gives.
#include "index/random_world.h"

namespace cadastre::index {
namespace {

TEST_CASE("the index answers as evaluating every resource does, and goes on doing so through changes") {
  each_world([](World& world, uint64_t) {
    world.add(60 + world.random.below(200));
    world.read();
    for (int cells = 0; cells < 3; ++cells) world.spoil(world.random.pick(world.rows).cell);
    world.read();
    Index index(real_catalog(), kOwnerTags);
    CHECK_FALSE(index.ready());
    REQUIRE(index.build(*world.store, "", {}));
    CHECK(index.ready());
    check_queries(world, index, 250);
    for (int round = 0; round < 4; ++round) {
      world.change(1 + world.random.below(12));
      world.add(world.random.below(30));
      world.read();
      auto followed = index.follow(*world.store);
      REQUIRE(followed);
      CHECK(*followed > 0);
      CHECK(index.size().resources == world.rows.size());
      check_queries(world, index, 60);
    }
    CHECK(*index.follow(*world.store) == 0);
  });
}

}  // namespace
}  // namespace cadastre::index
