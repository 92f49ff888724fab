// Clusters over HTTP: what they say, and to whom.
#include "api/world_for_tests.h"
#include "base/text.h"
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

TEST_CASE("findings come by pages, each once, and no answer is large") {
  World world;
  constexpr int kPods = 700;
  world.add_cluster(kShown, "shown-cluster");
  auto cell = must(world.store->cells().open({kShown, "shown-cluster", "k8s.pod"}));
  std::vector<store::Put> puts;
  for (int i = 0; i < kPods; ++i) {
    store::Put put;
    put.native = put.name = fmt::format("shop/broken {:03}", i);
    put.region = "eu-west-1";
    put.document = fmt::format(
        R"({{"kind":"Pod","metadata":{{"namespace":"shop","name":"broken {0}"}},"status":{{"phase":"Failed","message":"{1}"}}}})",
        i, std::string(static_cast<size_t>(i % 300), 'x'));
    put.item_hash = put.document_hash = hash128(put.document);
    put.epoch = 1;
    puts.push_back(std::move(put));
  }
  must(world.store->inventory().put(cell.id, puts, world.clock.now()));
  auto viewer = world.token(auth::Role::viewer, false);
  const std::string page = "/api/v1/clusters/111111111111/shown-cluster";
  std::vector<std::string> ids;
  std::string cursor;
  size_t pages = 0;
  do {
    auto response = world.ask("GET", page + "?limit=500&cursor=" + percent_encode(cursor), viewer);
    REQUIRE(response.status == 200);
    CHECK(response.body.size() < 150'000);
    auto answer = must(parse_json(response.body, "a page"));
    CHECK(answer.at("total") == kPods + 1);
    for (const auto& finding : answer.at("findings").as_array()) ids.push_back(scalar_text(finding.at("id")));
    cursor = scalar_text(answer.at("next"));
    REQUIRE(++pages < 100);
  } while (!cursor.empty());
  CHECK(pages > 2);
  REQUIRE(ids.size() == kPods + 1);
  CHECK(ids.front().ends_with("shown-cluster-pod"));  // the critical one
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == ids.size());
  CHECK(world.get(page + "?limit=3", viewer).at("findings").as_array().size() == 3);
  CHECK(world.get(page, viewer).at("findings").as_array().size() <= 100);
  // A page goes on where the one before ended, though that finding is gone.
  auto next =
      world.get(page + "?limit=2&cursor=" + percent_encode("warning pod_failed k8s.pod " + ids[5] + "0"), viewer);
  CHECK(scalar_text(next.at("findings").at(0).at("id")) == ids[6]);
  CHECK(world.ask("GET", page + "?cursor=7", viewer).status == 400);
  CHECK(world.ask("GET", page + "?cursor=fatal%20a%20b%20c", viewer).status == 400);
}

TEST_CASE("metrics count findings, and forget those that are gone") {
  World world;
  world.add_cluster(kShown, "shown-cluster");
  auto scraper = world.token(auth::Role::viewer, false, {"metrics"});
  auto text = world.ask("GET", "/metrics", scraper).body;
  CHECK(text.contains(R"(cadastre_kubernetes_findings{cluster="shown-cluster",rule="container_crash_loop",)"
                      R"(severity="critical"} 1)"));
  CHECK(text.contains(R"(cadastre_kubernetes_dumps{state="poison"} 1)"));
  CHECK(text.contains(R"(cadastre_kubernetes_dumps{state="done"} 0)"));
  CHECK(text.contains(R"(cadastre_kubernetes_dumps{state="waiting"} 0)"));
  CHECK(text.contains(R"(cadastre_kubernetes_dump_age_seconds{cluster="shown-cluster"} 0)"));
}
