// Rules one by one: what conditions mean, how schedules fire, what is said of a rule that is wrong, and how long
// something has held by the stored versions.
#include "kubernetes/cron.h"
#include "kubernetes/dump_for_tests.h"
#include "kubernetes/examine.h"
#include "kubernetes/quantity.h"
#include "support/fakes.h"
#include "support/folder.h"

namespace cadastre::kubernetes {
namespace {

using planted::must;

Time at(const char* text) { return *parse_rfc3339(text); }

const std::vector<catalog::Source> kMine = {{"mine.yaml",
                                             R"(
health:
  rules:
    quota_half_used:
      title: Quotas half used
      kind: k8s.resource_quota
      each: {used: status.used, hard: status.hard}
      when:
        - {path: used, at_least: "{hard}", times: 0.5}
      say: "{name} {used}/{hard} {$share}"
)",
                                             {}}};

Document document(const std::string& kind, const char* text) {
  return planted::document_of(*planted::real_catalog().find(kind), must(parse_json(text, "a document")));
}

std::vector<Finding> found(const char* rule, ClusterDocuments& documents, const char* now) {
  auto rules = must(HealthRules::load(planted::real_catalog(), kMine));
  auto all = must(examine(rules, documents, at(now), [](const auto&, auto, const auto&) { return Held{}; }));
  std::erase_if(all, [&](const Finding& finding) { return finding.rule != rule; });
  return all;
}

TEST_CASE("quantities and versions as Kubernetes writes them") {
  CHECK(parse_quantity("500m") == 0.5);
  CHECK(parse_quantity("200Gi") == 200.0 * 1024 * 1024 * 1024);
  CHECK(parse_quantity("12e6") == 12e6);
  CHECK_FALSE(parse_quantity("many"));
  CHECK(minor_version("v1.33.4-eks-b9364f6") == 33);
  CHECK_FALSE(minor_version("latest"));
}

TEST_CASE("schedules fire when cron says") {
  auto due = [](const char* schedule, const char* last) { return due_after(schedule, at(last), false); };
  CHECK(due("*/15 * * * *", "2026-11-21T10:15:00Z") == at("2026-11-21T10:30:00Z"));
  CHECK(due("0 2 * * mon-fri", "2026-11-20T02:00:00Z") == at("2026-11-23T02:00:00Z"));  // Friday to Monday
  CHECK(due("30 4 1,15 * 5", "2026-11-15T04:30:00Z") == at("2026-11-20T04:30:00Z"));    // either of the two days
  CHECK(due("@monthly", "2026-11-21T10:00:00Z") == at("2026-12-01T00:00:00Z"));
  CHECK(due("0 0 29 2 *", "2026-11-21T10:00:00Z") == at("2028-02-29T00:00:00Z"));
  CHECK_FALSE(due("61 * * * *", "2026-11-21T10:00:00Z"));
  // 02:00 in Tokyo is 17:00 of the day before.
  CHECK(due_after("0 2 * * *", at("2026-11-20T17:00:00Z"), true) == at("2026-11-21T17:00:00Z"));
}

TEST_CASE("a quota is told by the share that is used, and the user's own rules count") {
  ClusterDocuments documents;
  documents.add(document("k8s.resource_quota",
                         R"({"kind":"ResourceQuota","metadata":{"namespace":"shop","name":"q"},"status":
                             {"hard":{"pods":"10","requests.memory":"2Gi"},"used":{"pods":"9","requests.memory":"1Gi"}}})"));
  auto nearly = found("quota_nearly_used", documents, "2026-11-21T10:00:00Z");
  REQUIRE(nearly.size() == 1);
  CHECK(nearly[0].reason == "pods: 9 of 10 are used, 90 %.");
  auto half = found("quota_half_used", documents, "2026-11-21T10:00:00Z");
  REQUIRE(half.size() == 1);
  CHECK(half[0].evidence.back().second == "1 more of the same");
}

TEST_CASE("what has not lasted is not told") {
  ClusterDocuments documents;
  documents.add(document("k8s.persistent_volume_claim",
                         R"({"kind":"PersistentVolumeClaim","metadata":{"namespace":"shop","name":"c",
                             "creationTimestamp":"2026-11-21T10:00:00Z"},"status":{"phase":"Pending"}})"));
  CHECK(found("claim_pending", documents, "2026-11-21T10:04:59Z").empty());
  CHECK(found("claim_pending", documents, "2026-11-21T10:05:00Z").size() == 1);
}

TEST_CASE("a rule that is wrong is named with its place") {
  auto load = [](std::string text) {
    return HealthRules::load(planted::real_catalog(), {{"mine.yaml", "health:\n  rules:\n    r:\n" + text, {}}});
  };
  auto message = [&](std::string text) {
    auto loaded = load(std::move(text));
    return loaded ? std::string() : loaded.error().message;
  };
  CHECK(message("      {title: t, kind: k8s.pods, say: s}\n").contains("did you mean 'k8s.pod'"));
  CHECK(message("      {title: t, kind: k8s.pod, say: s, when: [{path: a}]}\n").contains("lacks its test"));
  CHECK(message("      {title: t, kind: k8s.pod, say: s, sinc: a}\n").contains("did you mean 'since'"));
  CHECK(message("      {title: t, kind: k8s.pod}\n").starts_with("mine.yaml:4:"));
}

TEST_CASE("the embedded rules are about kinds that there are") {
  auto rules = must(HealthRules::load(planted::real_catalog()));
  REQUIRE(rules.rules().size() > 35);
  auto known = [](const std::string& kind) { return kind == kCluster || planted::real_catalog().find(kind); };
  for (const auto& rule : rules.rules()) {
    CHECK_MESSAGE(known(rule.kind), rule.id);
    each_path(rule, [&](const std::string& kind, const Path&, const Path&) { CHECK_MESSAGE(known(kind), rule.id); });
  }
}

TEST_CASE("since when a deployment is too small is told by its versions") {
  cadastre::testing::Folder folder;
  cadastre::testing::FakeClock clock;
  auto store = must(store::open_store("sqlite:" + (folder / "c.db"), clock));
  auto cell = must(store->cells().open({"111111111111", "prod-eu", "k8s.deployment"}));
  store::Put put;
  put.native = put.name = "shop/web";
  put.region = "eu-west-1";
  put.epoch = 1;
  auto ready = [&](int replicas) {
    clock.advance(std::chrono::minutes(5));
    put.document = fmt::format(
        R"({{"kind":"Deployment","metadata":{{"namespace":"shop","name":"web","creationTimestamp":"2025-01-01T00:00:00Z"}},)"
        R"("spec":{{"replicas":3}},"status":{{"readyReplicas":{}}}}})",
        replicas);
    put.item_hash = put.document_hash = hash128(put.document);
    put.resource = must(store->inventory().put(cell.id, std::span(&put, 1), clock.now()))[0].resource;
    store::Finish finish;
    finish.cell = cell.id;
    must(store->inventory().finish(finish, clock.now()));
    return must(health_of(must(HealthRules::load(planted::real_catalog())), planted::real_catalog(), *store, {},
                          clock.now()))
        .front();
  };
  CHECK(ready(3).worst.empty());
  CHECK(ready(2).worst.empty());  // since this very dump
  auto began = clock.now();
  CHECK(ready(1).worst.empty());  // for five minutes, in two versions
  auto health = ready(2);
  REQUIRE(health.worst.size() == 1);
  CHECK(health.worst[0].rule == "deployment_unavailable");
  CHECK(health.worst[0].since == began);
  CHECK(ready(3).worst.empty());
}

TEST_CASE("a cluster that is expected is late when nothing comes, and its card is there before anything came") {
  cadastre::testing::Folder folder;
  cadastre::testing::FakeClock clock;
  auto store = must(store::open_store("sqlite:" + (folder / "c.db"), clock));
  auto cell = must(store->cells().open({"111111111111", "prod-eu", "k8s.pod"}));
  store::Finish finish;
  finish.cell = cell.id;
  must(store->inventory().finish(finish, clock.now()));
  HealthQuestion question;
  for (const char* name : {"prod-eu", "silent"})
    question.expected.push_back({{name, "111111111111", "eu-west-1", ""}, std::chrono::minutes(15)});
  auto rules = must(HealthRules::load(planted::real_catalog()));
  auto look = [&] { return must(health_of(rules, planted::real_catalog(), *store, question, clock.now())); };
  REQUIRE(look().size() == 2);
  CHECK(look()[0].worst.empty());
  CHECK_FALSE(look()[1].last_dump);
  clock.advance(std::chrono::minutes(16));
  auto late = look()[0];
  REQUIRE(late.worst.size() == 1);
  CHECK(late.worst[0].rule == "dump_late");
  CHECK(late.late_since == clock.now() - std::chrono::minutes(1));
}

}  // namespace
}  // namespace cadastre::kubernetes
