// When the documents of a cluster are looked at again, what time alone changes, and how things were at an instant.
#include "kubernetes/health_board.h"

#include "base/text.h"
#include "kubernetes/fixture.h"
#include "kubernetes/health_history.h"

namespace cadastre::kubernetes {
namespace {

class Board : public World {
 public:
  Board() : board(must(HealthRules::load(embedded_catalog())), *store, clock) {}

  // A running pod that has not been ready since so many seconds after the clock's beginning.
  std::string unready(int since, const std::string& name = "cart") {
    Object pod{"shop", name};
    pod.rest =
        fmt::format(R"("spec":{{}},"status":{{"phase":"Running","conditions":[{{"type":"Ready","status":"False",)"
                    R"("reason":"ContainersNotReady","lastTransitionTime":"{}"}}]}})",
                    at(since));
    return list_of("Pod", {pod});
  }

  // Time passes to then, a dump is made, and read.
  void dump_at(int seconds, const std::string& pods) {
    clock.advance(Millis(seconds * 1000) - (clock.now() - testing::FakeClock().now()));
    testing::MemoryDump dump(cluster.name, at(seconds));
    dump.add("pods", {pods});
    must(ingest(dump));
    REQUIRE(record_health(board.rules(), *store, *look()));
  }
  HealthBoard::HealthPtr look() { return must(board.of(cluster.account, cluster.name)); }
  ClusterHealth then(int seconds) {
    auto instant = *parse_rfc3339(at(seconds));
    auto found = must(board.then({cluster.account}, {cluster.name}, instant));
    REQUIRE(found.size() == 1);
    return found[0];
  }

  HealthBoard board;
};

TEST_CASE("a dump in which nothing changed moves the ages, and no document is looked at") {
  Board world;
  world.dump_at(0, world.unready(-1200));
  auto first = world.look();
  REQUIRE(first->worst.size() == 1);
  CHECK(first->worst[0].reason == "All containers run, and the pod has not been ready for 20m: ContainersNotReady.");
  CHECK(world.board.looks() == 1);
  world.dump_at(300, world.unready(-1200));
  auto second = world.look();
  CHECK(world.board.looks() == 1);
  CHECK(second->as_of == first->as_of + Millis(300'000));
  CHECK(second->last_dump == second->as_of);
  CHECK(second->verified == second->as_of);
  CHECK(second->worst[0].since == first->worst[0].since);
  CHECK(second->worst[0].reason == "All containers run, and the pod has not been ready for 25m: ContainersNotReady.");
  CHECK(second->findings == first->findings);
  CHECK(second->counts == first->counts);
  CHECK(world.look() == second);  // the very same, until the next dump

  world.dump_at(600, world.unready(-1200, "other"));
  CHECK(world.look()->worst[0].name == "other");
  CHECK(world.board.looks() == 2);
  world.dump_at(900, list_of("Pod", {}));
  CHECK(world.look()->worst.empty());
  CHECK(world.board.looks() == 3);
}

TEST_CASE("what must have lasted a while is told when it has, though nothing changed") {
  Board world;
  world.dump_at(0, world.unready(-60));
  CHECK(world.look()->worst.empty());
  CHECK(world.look()->holds_until == *parse_rfc3339(world.at(540)));  // ten minutes
  world.dump_at(300, world.unready(-60));
  CHECK(world.look()->worst.empty());
  CHECK(world.board.looks() == 1);
  world.dump_at(600, world.unready(-60));
  REQUIRE(world.look()->worst.size() == 1);
  CHECK(world.look()->worst[0].rule == "pod_not_ready");
  CHECK(world.board.looks() == 2);
  world.dump_at(900, world.unready(-60));
  CHECK(world.look()->worst.size() == 1);
  CHECK(world.board.looks() == 2);
}

TEST_CASE("a kind that could not be read is told at once, and a dump that does not come when it is late") {
  Board world;
  world.board.expect({{world.cluster, std::chrono::minutes(15)}});
  world.dump_at(0, world.unready(-60));
  CHECK(world.look()->worst.empty());
  world.clock.advance(std::chrono::minutes(16));
  REQUIRE(world.look()->worst.size() == 1);
  CHECK(world.look()->worst[0].rule == "dump_late");
  world.dump_at(1000, world.unready(940));
  CHECK(world.look()->worst.empty());
  world.clock.advance(std::chrono::minutes(1));
  testing::MemoryDump denied(world.cluster.name, world.at(1060));
  denied.add("pods", {}, "denied");
  must(world.ingest(denied));
  REQUIRE(world.look()->worst.size() == 1);
  CHECK(world.look()->worst[0].rule == "kind_unread");
  CHECK(world.look()->missing.size() == 1);
}

TEST_CASE("at an instant the cluster is where it is, and ages are relative to then") {
  Board world;
  world.cluster.eks = "production";
  world.dump_at(0, world.unready(-1200));
  world.dump_at(300, world.unready(-1200));
  world.clock.advance(std::chrono::hours(5));
  testing::MemoryDump denied(world.cluster.name, world.at(18'300));
  denied.add("pods", {}, "denied");
  must(world.ingest(denied));
  world.board.expect({{world.cluster, std::chrono::minutes(15)}});

  auto then = world.then(400);
  CHECK(then.region == "eu-west-1");
  CHECK(then.eks == "production");
  CHECK(then.last_dump == *parse_rfc3339(world.at(300)));
  CHECK(then.as_of == *then.last_dump);
  CHECK_FALSE(then.late_since);
  CHECK(then.missing.empty());  // that was later
  CHECK(then.counts.at("k8s.pod") == 1);
  CHECK_FALSE(then.counts.contains("k8s.cluster"));
  REQUIRE(then.worst.size() == 1);
  CHECK(then.worst[0].reason.contains("has not been ready for 25m"));
  auto late = world.then(3'000);
  CHECK(late.last_dump == then.last_dump);
  CHECK(late.late_since == *parse_rfc3339(world.at(1'200)));
  auto before = world.then(-60);
  CHECK_FALSE(before.last_dump);
  CHECK(before.worst.empty());
  CHECK(before.region == "eu-west-1");
  CHECK(world.then(18'400).missing.size() == 1);
}

TEST_CASE("the version of the control plane is kept, with its history") {
  Board world;
  auto dump_of = [&](int seconds, const std::string& server) {
    testing::MemoryDump dump(world.cluster.name, world.at(seconds));
    dump.files["manifest.json"] = replace_all(dump.manifest(), R"("server":"v1")", R"("server":")" + server + "\"");
    must(world.ingest(dump, *parse_rfc3339(world.at(seconds))));
  };
  auto state = [&] {
    auto found = world.live("k8s.cluster");
    REQUIRE(found.size() == 1);
    CHECK(found.begin()->first == "prod-eu");
    return found.begin()->second.state;
  };
  dump_of(0, "v1.32.9");
  CHECK(state() == "v1.32.9");
  dump_of(300, "v1.33.4");
  CHECK(state() == "v1.33.4");
  dump_of(200, "v1.31.0");  // an older dump, late
  dump_of(400, "");         // one that could not tell
  CHECK(state() == "v1.33.4");
  CHECK(must(world.store->inventory().versions(world.live("k8s.cluster").at("prod-eu").resource)).size() == 2);
}

}  // namespace
}  // namespace cadastre::kubernetes
