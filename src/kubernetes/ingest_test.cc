// What a dump may do to the store, and what it may not: only a kind that is proven whole closes anything.
#include "kubernetes/ingest.h"

#include "kubernetes/fixture.h"

namespace cadastre::kubernetes {
using store::Outcome;
using testing::MemoryDump;

TEST_CASE("a complete kind opens, changes and closes, and an unchanged one writes nothing") {
  World world;
  auto first = world.pods_at(-600, {list_of("Pod", pods(0, 3))});
  CHECK(first.outcome == Outcome::complete);
  CHECK(first.opened == 3);
  CHECK(world.names() == "shop/pod-0 shop/pod-1 shop/pod-2");
  auto pod = world.live()["shop/pod-1"];
  CHECK(pod.region == "eu-west-1");
  CHECK(pod.cell.account == "111111111111");
  CHECK(pod.name == "pod-1");
  CHECK(pod.first_seen == must(parse_time(world.at(-600), {})));
  auto writes = world.store->writes().versions;

  auto same = world.pods_at(-300, {list_of("Pod", pods(0, 3))});
  CHECK(same.listed == 3);
  CHECK(same.opened + same.changed + same.closed == 0);
  CHECK(world.store->writes().versions == writes);
  CHECK(world.cell().verified == must(parse_time(world.at(-300), {})));

  auto objects = pods(1, 4);
  objects[0].rest = R"("spec":{"nodeName":"n1"})";
  auto moved = world.pods_at(0, {list_of("Pod", objects)});
  CHECK(moved.opened == 1);
  CHECK(moved.changed == 1);
  CHECK(moved.closed == 1);
  CHECK(world.names() == "shop/pod-1 shop/pod-2 shop/pod-3");
}

TEST_CASE("both ways to print an object give one document") {
  World world;
  world.pods_at(-600, {list_of("Pod", {{"shop", "a", R"("status":{"phase":"Running","podIP":"10.0.0.1"},"spec":{})",
                                        R"(,"managedFields":[{"manager":"kubelet"}])"}})});
  auto document = world.live()["shop/a"].document;
  CHECK(document ==
        R"({"apiVersion":"v1","kind":"Pod","metadata":{"creationTimestamp":"2026-01-01T00:00:00Z","name":"a",)"
        R"("namespace":"shop","uid":"u-a"},"spec":{},"status":{"phase":"Running","podIP":"10.0.0.1"}})");
  auto report = world.pods_at(
      0, {R"({"apiVersion": "v1", "items": [{"apiVersion": "v1", "kind": "Pod", "metadata": {"creationTimestamp":
           "2026-01-01T00:00:00Z", "name": "a", "namespace": "shop", "resourceVersion": "99", "uid": "u-a"},
           "spec": {}, "status": {"phase": "Running", "podIP": "10.0.0.1"}}], "kind": "List", "metadata": {}})"});
  CHECK(report.outcome == Outcome::complete);
  CHECK(report.listed == 1);
  CHECK(report.changed == 0);
}

TEST_CASE("pages are one list") {
  World world;
  auto report = world.pods_at(
      0, {list_of("Pod", pods(0, 2), "x", 3), list_of("Pod", pods(2, 4), "y", 1), list_of("Pod", pods(4, 5))});
  CHECK(report.outcome == Outcome::complete);
  CHECK(report.opened == 5);
}

// Five pods are live; the dump has fewer of them, and something is wrong with it.
TEST_CASE("a list that is not proven whole closes nothing, and adds and changes all the same") {
  auto one = list_of("Pod", pods(0, 1));
  auto fresh = list_of("Pod", pods(7, 8));
  struct Case {
    const char* what;
    std::vector<std::string> pages;
    const char* outcome;
    std::function<void(MemoryDump&)> break_it;
    const char* code;
  };
  auto nothing = [](MemoryDump&) {};
  std::vector<Case> cases = {
      {"the drop-box says that it broke off", {one, fresh}, "cut", nothing, "cut"},
      {"the drop-box says that it failed", {one, fresh}, "failed", nothing, "failed"},
      {"the last page says that more follow",
       {one, list_of("Pod", pods(7, 8), "more", 9)},
       "complete",
       nothing,
       "pages"},
      {"the last page says that more follow, not how much",
       {one, list_of("Pod", pods(7, 8), "more", 0)},
       "complete",
       nothing,
       "pages"},
      {"only the first page", {list_of("Pod", pods(7, 8), "more", 9)}, "complete", nothing, "pages"},
      {"pages in another order", {fresh, list_of("Pod", pods(0, 1), "more", 1)}, "complete", nothing, "pages"},
      {"a page between them is missing",
       {list_of("Pod", pods(7, 8), "x", 9), list_of("Pod", pods(0, 1))},
       "complete",
       nothing,
       "pages"},
      {"a file is missing",
       {list_of("Pod", pods(7, 8), "x", 1), one},
       "complete",
       [](MemoryDump& dump) { dump.files.erase("pods.2.json"); },
       "missing"},
      {"a file is cut",
       {list_of("Pod", pods(7, 8), "x", 1), one},
       "complete",
       [](MemoryDump& dump) { dump.files["pods.2.json"].resize(60); },
       "cut"},
      {"a byte is another",
       {fresh},
       "complete",
       [](MemoryDump& dump) { dump.files["pods.1.json"].replace(dump.files["pods.1.json"].find("2026"), 4, "2025"); },
       "checksum"},
      {"bytes follow", {fresh}, "complete", [](MemoryDump& dump) { dump.files["pods.1.json"] += "\n"; }, "cut"},
      {"an item that cannot be read",
       {list_of("Pod", {{"shop", "pod-7"}, {"", "no-namespace"}})},
       "complete",
       nothing,
       "malformed"},
      {"an item of another kind",
       {R"({"kind":"List","apiVersion":"v1","items":[{"kind":"Secret","apiVersion":"v1","metadata":{"name":"s",)"
        R"("namespace":"shop"},"data":{"a":"c2VjcmV0"}},{"kind":"Pod","apiVersion":"v1","metadata":{"name":"pod-7",)"
        R"("namespace":"shop"}}]})"},
       "complete",
       nothing,
       "malformed"},
  };
  for (const auto& one_case : cases) {
    CAPTURE(one_case.what);
    World world;
    world.pods_at(-600, {list_of("Pod", pods(0, 5))});
    MemoryDump dump(world.cluster.name, world.at(0));
    dump.add("pods", one_case.pages, one_case.outcome);
    one_case.break_it(dump);
    auto report = must(world.ingest(dump)).kinds.at(0);
    CHECK(report.outcome == Outcome::partial);
    CHECK(report.code == one_case.code);
    CHECK_FALSE(report.message.empty());
    CHECK(report.closed == 0);
    CHECK(world.names() == "shop/pod-0 shop/pod-1 shop/pod-2 shop/pod-3 shop/pod-4 shop/pod-7");
    CHECK(world.cell().unverified_since);
    // The next that is whole closes what is gone.
    CHECK(world.pods_at(1, {list_of("Pod", pods(0, 1))}).closed == 5);
    CHECK_FALSE(world.cell().unverified_since);
  }
}

TEST_CASE("what was refused, or holds nothing, closes nothing") {
  struct Case {
    std::vector<std::string> pages;
    const char* outcome;
    Outcome expected;
  };
  // kubectl prints a valid empty list when all that was asked for is forbidden.
  auto empty = R"({"apiVersion":"v1","items":[],"kind":"List","metadata":{"resourceVersion":""}})";
  for (const auto& [pages, outcome, expected] :
       std::vector<Case>{{{empty}, "denied", Outcome::denied},
                         {{}, "denied", Outcome::denied},
                         {{}, "absent", Outcome::unsupported},
                         {{empty}, "failed", Outcome::failed},
                         {{}, "complete", Outcome::failed},
                         {{""}, "complete", Outcome::failed},
                         {{"null"}, "complete", Outcome::failed},
                         {{list_of("Secret", {})}, "complete", Outcome::failed},
                         {{R"({"items":[]})"}, "complete", Outcome::failed}}) {
    CAPTURE(outcome);
    CAPTURE(fmt::format("{}", fmt::join(pages, " ")));
    World world;
    world.pods_at(-600, {list_of("Pod", pods(0, 2))});
    auto report = world.pods_at(0, pages, outcome);
    CHECK(report.outcome == expected);
    CHECK_FALSE(report.message.empty());
    CHECK(world.names() == "shop/pod-0 shop/pod-1");
  }
  World world;
  world.pods_at(-600, {list_of("Pod", pods(0, 2))});
  auto report = world.pods_at(0, {empty});
  CHECK(report.outcome == Outcome::complete);
  CHECK(report.closed == 2);
}

TEST_CASE("a list that is cut at any byte closes nothing") {
  World world;
  world.pods_at(-100'000, {list_of("Pod", pods(0, 3))});
  auto whole = testing::gzipped(list_of("Pod", pods(0, 2)));
  MemoryDump dump(world.cluster.name, world.at(0));
  dump.add("pods", {whole});
  for (size_t cut = 0; cut < whole.size(); ++cut) {
    CAPTURE(cut);
    dump.files["pods.1.json"] = whole.substr(0, cut);
    auto report = must(world.ingest(dump)).kinds.at(0);
    REQUIRE_FALSE(store::proves_absence(report.outcome));
  }
  CHECK(world.live().size() == 3);
  dump.files["pods.1.json"] = whole;
  CHECK(must(world.ingest(dump)).kinds.at(0).closed == 1);
}

TEST_CASE("a dump of another cluster, or of no dump's form, is poison and touches nothing") {
  World world;
  MemoryDump other("prod-us", world.at(0));
  other.add("pods", {list_of("Pod", pods(0, 1))});
  auto report = world.ingest(other);
  REQUIRE_FALSE(report);
  CHECK(report.error().code == ErrorCode::invalid);
  CHECK(report.error().message.find("'prod-us'") != std::string::npos);
  for (const char* manifest : {"", "{", "[]", "{\"format\":2}", "\x1f\x8b"}) {
    MemoryDump dump(world.cluster.name, world.at(0));
    dump.files["manifest.json"] = manifest;
    auto answer = world.ingest(dump);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::invalid);
  }
  CHECK(must(world.store->cells().list()).empty());
  MemoryDump none(world.cluster.name, world.at(0));
  CHECK(must(world.ingest(none)).kinds.empty());
}

TEST_CASE("kinds without a stanza, Secrets and ConfigMaps among them, are left and said") {
  World world;
  MemoryDump dump(world.cluster.name, world.at(0));
  dump.add("secrets", {list_of("Secret", {{"shop", "s", R"("data":{"a":"c2VjcmV0"})"}})})
      .add("configmaps", {list_of("ConfigMap", {{"shop", "c", R"("data":{"a":"b"})"}})})
      .add("gadgets.example.com", {list_of("Gadget", {{"shop", "g"}}, {}, 0, "example.com/v1")})
      .add("deployments.apps", {list_of("Deployment", {{"shop", "d"}}, {}, 0, "apps/v9")});
  auto report = must(world.ingest(dump));
  REQUIRE(report.kinds.size() == 4);
  for (size_t i = 0; i < 3; ++i) {
    CHECK(report.kinds[i].kind.empty());
    CHECK(report.kinds[i].code == "unknown");
  }
  CHECK(report.kinds[3].outcome == Outcome::complete);
  CHECK(world.names("k8s.deployment") == "shop/d");
  CHECK(must(world.store->cells().list()).size() == 1);
  CHECK(report.complete());
}

TEST_CASE("what a cluster never had makes no cell") {
  World world;
  MemoryDump dump(world.cluster.name, world.at(0));
  dump.add("certificates.cert-manager.io", {}, "absent");
  auto report = must(world.ingest(dump));
  CHECK(report.kinds.at(0).code == "absent");
  CHECK(report.complete());
  CHECK(must(world.store->cells().list()).empty());
}

TEST_CASE("where a cluster runs is known from then on, as it was bound last") {
  World world;
  auto known = [&] { return must(world.store->clusters().clusters()); };
  world.pods_at(-600, {list_of("Pod", {})});
  CHECK(known() == std::vector<store::ClusterRow>{{"111111111111", "prod-eu", "eu-west-1", ""}});
  world.cluster.eks = "main";
  world.pods_at(0, {list_of("Pod", {})});
  CHECK(known() == std::vector<store::ClusterRow>{{"111111111111", "prod-eu", "eu-west-1", "main"}});
}

TEST_CASE("the cluster's account is known from then on, and keeps what is known of it") {
  World world;
  world.pods_at(0, {list_of("Pod", {})});
  auto accounts = must(world.store->cells().accounts());
  REQUIRE(accounts.size() == 1);
  CHECK(accounts[0].id == "111111111111");
  REQUIRE(
      world.store->cells().put_account({"111111111111", "prod", "active", {}, world.clock.now()}, world.clock.now()));
  world.pods_at(1, {list_of("Pod", {})});
  CHECK(must(world.store->cells().accounts())[0].name == "prod");
}

TEST_CASE("a plain list of several kinds adds and changes, and never closes") {
  World world;
  world.pods_at(-600, {list_of("Pod", pods(0, 2))});
  testing::TextSource file(testing::gzipped(
      R"({"apiVersion":"v1","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x","namespace":"shop"}},)"
      R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d","namespace":"shop"}},)"
      R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"shop"}}],"kind":"List","metadata":{}})"));
  Ingester ingester(embedded_catalog(), *world.store, world.clock);
  auto report = must(ingester.ingest_list(world.cluster, "all.json.gz", file, world.clock.now(), {}));
  CHECK(report.kinds.size() == 3);
  CHECK(world.names() == "shop/pod-0 shop/pod-1 shop/x");
  CHECK(world.names("k8s.deployment") == "shop/d");
  CHECK(world.cell().outcome == Outcome::partial);
  testing::TextSource no_list("error: You must be logged in to the server (Unauthorized)");
  CHECK(ingester.ingest_list(world.cluster, "x", no_list, world.clock.now(), {}).error().code == ErrorCode::invalid);
}

TEST_CASE("only what is volatile moved: no version") {
  World world;
  auto node = [](const char* beat, const char* version) {
    return list_of("Node", {{"", "n1",
                             fmt::format(R"("status":{{"conditions":[{{"type":"Ready","status":"True",)"
                                         R"("lastHeartbeatTime":"{}"}}]}})",
                                         beat),
                             fmt::format(R"(,"resourceVersion":"{}")", version)}});
  };
  auto ingest = [&](int seconds, const std::string& page) {
    MemoryDump dump(world.cluster.name, world.at(seconds));
    dump.add("nodes", {page});
    return must(world.ingest(dump)).kinds.at(0);
  };
  CHECK(ingest(-600, node("2026-01-01T00:00:00Z", "1")).opened == 1);
  auto report = ingest(0, node("2026-01-01T00:05:00Z", "2"));
  CHECK(report.outcome == Outcome::complete);
  CHECK(report.listed == 1);
  CHECK(report.changed == 0);
  CHECK(report.closed == 0);
}

TEST_CASE("a deletion of most pods at once is believed, of most deployments it is held") {
  World world;
  auto dump_of = [&](int seconds, int count) {
    MemoryDump dump(world.cluster.name, world.at(seconds));
    dump.add("pods", {list_of("Pod", pods(0, count))})
        .add("deployments.apps", {list_of("Deployment", pods(0, count), {}, 0, "apps/v1")});
    return must(world.ingest(dump)).kinds;
  };
  dump_of(-600, 100);
  auto kinds = dump_of(-300, 1);
  CHECK(kinds[0].closed == 99);
  CHECK(kinds[1].closed == 0);
  CHECK(world.live("k8s.deployment").size() == 100);
  CHECK(dump_of(0, 1)[1].closed == 99);
}

TEST_CASE("names that mean to be something else stay names, or stay out") {
  for (const char* name : {"<script>alert(1)</script>", "=cmd()", "a:b", "ü", "system:node"}) {
    CAPTURE(name);
    World world;
    CHECK(world.pods_at(0, {list_of("Pod", {{"shop", name}})}).outcome ==
          (std::string_view(name).find('/') == std::string_view::npos ? Outcome::complete : Outcome::failed));
  }
  for (const char* name : {"..", ".", "a/b", "../../etc/passwd", "", "a\\u0000b", "a\\nb", "a\\u001b[31mb", "a%2fb",
                           "\xff\xfe", "\\ud800"}) {
    CAPTURE(name);
    World world;
    auto report = world.pods_at(0, {list_of("Pod", {{"shop", name}, {"shop", "good"}})});
    CHECK(report.outcome == Outcome::partial);
    CHECK(report.code == "malformed");
    CHECK(world.names() == "shop/good");
  }
}

}  // namespace cadastre::kubernetes
