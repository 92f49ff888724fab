// Clusters over HTTP: what they say, and to whom.
#include "api/world_for_tests.h"
#include "kubernetes/health_history.h"

using namespace cadastre;
using namespace cadastre::api::testing;

TEST_CASE("a cluster's card counts what its page lists") {
  World world;
  world.add_cluster(kShown, "shown-cluster");
  auto viewer = world.token(auth::Role::viewer, false);
  auto rows = world.get("/api/v1/clusters", viewer).at("rows");
  REQUIRE(rows.as_array().size() == 1);
  const auto& card = rows.at(0);
  CHECK(card.at("cluster") == "shown-cluster");
  CHECK(card.at("severities").at("critical") == 1);
  CHECK(card.at("by_rule").at(0).at("rule") == "container_crash_loop");
  CHECK(card.at("resources").at("k8s.pod") == 1);
  auto page = world.get("/api/v1/clusters/111111111111/shown-cluster", viewer);
  REQUIRE(page.at("findings").as_array().size() == 1);
  const auto& finding = page.at("findings").at(0);
  CHECK(finding.at("id") == "k8s.pod/111111111111/shown-cluster/shop/shown-cluster-pod");
  CHECK(finding.at("namespace") == "shop");
  CHECK(scalar_text(finding.at("reason")).contains("crashed 7 times"));
  CHECK(page.at("cells").at(0).at("outcome") == "complete");
}

TEST_CASE("at an instant before the first dump nothing was wrong") {
  World world;
  auto before = world.clock.now() - std::chrono::hours(1);
  world.add_cluster(kShown, "shown-cluster");
  auto viewer = world.token(auth::Role::viewer, false);
  auto then = world.get("/api/v1/clusters?at=" + format_time(before), viewer).at("rows");
  REQUIRE(then.as_array().size() == 1);
  CHECK(then.at(0).at("severities").at("critical") == 0);
  CHECK(then.at(0).at("resources").as_object().empty());
}

TEST_CASE("history gives the last and the worst of each hour") {
  World world;
  auto hour = std::chrono::floor<std::chrono::hours>(world.clock.now());
  world.add_cluster(kShown, "shown-cluster");
  auto put = [&](int minute, int critical) {
    auto counts = fmt::format(R"({{"findings":{{"a":{0}}},"severities":{{"critical":{0}}}}})", critical);
    must(world.store->clusters().put_health(
        {kShown, "shown-cluster", Time(hour - std::chrono::hours(2) + std::chrono::minutes(minute)), counts}));
  };
  put(5, 1), put(10, 4), put(55, 2), put(65, 3);
  auto viewer = world.token(auth::Role::viewer, false);
  auto rows = world.get("/api/v1/clusters/111111111111/shown-cluster/health?step=hour", viewer).at("rows");
  REQUIRE(rows.as_array().size() == 3);  // two hours of these samples, and the world's own
  CHECK(rows.at(0).at("severities").at("critical") == 2);
  CHECK(rows.at(0).at("worst").at("severities").at("critical") == 4);
  CHECK(rows.at(1).at("findings").at("a") == 3);
  CHECK(world.ask("GET", "/api/v1/clusters/111111111111/shown-cluster/health?step=week", viewer).status == 400);
}

TEST_CASE("a dump that was set aside is tried again by who may collect") {
  World world;
  world.add_cluster(kShown, "shown-cluster");
  const std::string dump = "/api/v1/clusters/111111111111/shown-cluster/dumps";
  auto viewer = world.token(auth::Role::viewer, true), operating = world.token(auth::Role::operator_, true);
  CHECK(world.get(dump + "?state=poison", viewer).at("rows").as_array().size() == 1);
  CHECK(world.ask("POST", dump + "/d1/retry", viewer).status == 403);
  CHECK(world.ask("POST", dump + "/d2/retry", operating).status == 404);
  CHECK(world.ask("POST", dump + "/d1/retry", operating).status == 202);
  CHECK(world.get(dump, viewer).at("rows").at(0).at("state") == "waiting");
  CHECK(must(world.store->journal().audit_log({})).front().action == "dump retried");
}

TEST_CASE("of clusters of one name in two accounts, dumps are for who sees both") {
  World world;
  world.add_cluster(kShown, "twin");
  world.add_cluster(kHidden, "twin");
  const std::string dumps = "/api/v1/clusters/111111111111/twin/dumps";
  CHECK(world.ask("GET", dumps, world.token(auth::Role::viewer, false)).status == 200);
  CHECK(world.ask("GET", dumps, world.token(auth::Role::viewer, true)).status == 404);
}

TEST_CASE("what is kept is looked at anew when its cells change") {
  World world;
  auto all = [&] { return must(world.health->all([](const auto&) { return true; })); };
  world.add_cluster(kShown, "shown-cluster");
  auto first = all();
  CHECK(all().front() == first.front());
  world.clock.advance(std::chrono::minutes(5));
  auto cell = must(world.store->cells().open({kShown, "shown-cluster", "k8s.pod"}));
  store::Finish finish;
  finish.cell = cell.id;
  finish.close = {must(world.store->inventory().live(cell.id)).front().resource};
  must(world.store->inventory().finish(finish, world.clock.now()));
  REQUIRE(first.front()->worst.size() == 1);
  CHECK(all().front()->worst.empty());
}

TEST_CASE("metrics count findings, and forget those that are gone") {
  World world;
  world.add_cluster(kShown, "shown-cluster");
  auto scraper = world.token(auth::Role::viewer, false, {"metrics"});
  auto text = world.ask("GET", "/metrics", scraper).body;
  CHECK(text.contains(R"(cadastre_kubernetes_findings{cluster="shown-cluster",rule="container_crash_loop",)"
                      R"(severity="critical"} 1)"));
  CHECK(text.contains(R"(cadastre_kubernetes_dumps{state="poison"} 1)"));
  CHECK(text.contains(R"(cadastre_kubernetes_dump_age_seconds{cluster="shown-cluster"} 0)"));
}
