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

// The embedded catalogue and a user's file.
Result<catalog::Catalog> catalog_with(std::string mine) {
  static const aws::Models models;
  return catalog::Catalog::load(models, catalog::embedded_sources(), {{"mine.yaml", std::move(mine), {}}});
}

// What is said of a user's rules.
std::string complaint(std::string mine) {
  auto catalog = must(catalog_with(std::move(mine)));
  auto loaded = HealthRules::load(catalog);
  return loaded ? std::string() : loaded.error().message;
}

constexpr const char* kMine = R"(
health:
  rules:
    quota_half_used:
      title: Quotas half used
      kind: k8s.resource_quota
      each: {used: status.used, hard: status.hard}
      when:
        - {path: used, at_least: "{hard}", times: 0.5}
      say: "{name} {used}/{hard} {$share}"
    quota_nearly_used: off
    claim_pending:
      title: Claims that nobody hurries
      severity: notice
      kind: k8s.persistent_volume_claim
      when:
        - {path: status.phase, is: Pending}
      for: 1d
      since: metadata.creationTimestamp
      say: "It has waited for {$for}"
)";

Document document(const std::string& kind, const char* text) {
  return planted::document_of(*planted::real_catalog().find(kind), must(parse_json(text, "a document")));
}

std::vector<Finding> found(const char* rule, ClusterDocuments& documents, const char* now,
                           const catalog::Catalog& catalog = planted::real_catalog()) {
  auto rules = must(HealthRules::load(catalog));
  auto all = must(examine(rules, documents, at(now), [](const auto&, const auto&) { return Held{}; })).findings;
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

TEST_CASE("a quota is told by the share that is used; the user's own rules count, and replace or silence ours") {
  ClusterDocuments documents;
  documents.add(document("k8s.resource_quota",
                         R"({"kind":"ResourceQuota","metadata":{"namespace":"shop","name":"q"},"status":
                             {"hard":{"pods":"10","requests.memory":"2Gi"},"used":{"pods":"9","requests.memory":"1Gi"}}})"));
  auto nearly = found("quota_nearly_used", documents, "2026-11-21T10:00:00Z");
  REQUIRE(nearly.size() == 1);
  CHECK(nearly[0].reason == "pods: 9 of 10 are used, 90 %.");
  auto mine = must(catalog_with(kMine));
  auto half = found("quota_half_used", documents, "2026-11-21T10:00:00Z", mine);
  REQUIRE(half.size() == 1);
  CHECK(half[0].evidence.back().second == "1 more of the same");
  CHECK(found("quota_nearly_used", documents, "2026-11-21T10:00:00Z", mine).empty());
  CHECK_FALSE(must(HealthRules::load(mine)).find("quota_nearly_used"));
  auto rules = must(HealthRules::load(mine));
  CHECK(rules.find("claim_pending")->severity == Severity::notice);
  CHECK(rules.find("claim_pending")->file == "mine.yaml");
  CHECK(rules.rules().size() == must(HealthRules::load(planted::real_catalog())).rules().size());  // one more, one less
}

TEST_CASE("until when what was found stays so is known, of whatever waits for time") {
  auto until = [](const std::string& kind, const char* text, const char* now) {
    ClusterDocuments documents;
    documents.add(document(kind, text));
    auto rules = must(HealthRules::load(planted::real_catalog()));
    return must(examine(rules, documents, at(now), [](const auto&, const auto&) { return Held{}; })).holds_until;
  };
  // A service is given five minutes to have an endpoint.
  const char* service = R"({"kind":"Service","metadata":{"namespace":"shop","name":"s","creationTimestamp":
                            "2026-11-21T10:00:00Z"},"spec":{"selector":{"app":"a"},"type":"ClusterIP"}})";
  CHECK(until("k8s.service", service, "2026-11-21T10:02:00Z") == at("2026-11-21T10:05:00Z"));
  CHECK_FALSE(until("k8s.service", service, "2026-11-21T10:05:00Z"));
  // Restarts are told of for a day.
  const char* pod = R"({"kind":"Pod","metadata":{"namespace":"shop","name":"p"},"status":{"phase":"Running",
                        "containerStatuses":[{"name":"a","restartCount":12,"state":{"running":{}},"lastState":
                        {"terminated":{"reason":"Error","finishedAt":"2026-11-21T09:00:00Z"}}}]}})";
  CHECK(until("k8s.pod", pod, "2026-11-21T10:00:00Z") == at("2026-11-22T09:00:00Z"));
  CHECK_FALSE(until("k8s.pod", pod, "2026-11-22T09:00:00Z"));
  // A quarter of an hour after it was due.
  const char* job = R"({"kind":"CronJob","metadata":{"namespace":"shop","name":"c"},"spec":{"schedule":"0 * * * *"},
                        "status":{"lastScheduleTime":"2026-11-21T09:00:00Z"}})";
  CHECK(until("k8s.cron_job", job, "2026-11-21T09:30:00Z") == at("2026-11-21T10:15:00Z"));
  CHECK_FALSE(until("k8s.cron_job", job, "2026-11-21T10:15:00Z"));
  CHECK(until("k8s.persistent_volume_claim",
              R"({"metadata":{"name":"c","creationTimestamp":"2026-11-21T10:00:00Z"},"status":{"phase":"Pending"}})",
              "2026-11-21T10:01:00Z") == at("2026-11-21T10:05:00Z"));
}

TEST_CASE("kubelets are held against the API server, and against each other only where its version is not known") {
  auto node = [](const char* version) {
    return document("k8s.node", fmt::format(R"({{"kind":"Node","metadata":{{"name":"n-{0}"}},"status":{{"nodeInfo":)"
                                            R"({{"kubeletVersion":"{0}"}}}}}})",
                                            version)
                                    .c_str());
  };
  auto names = [](const char* rule, ClusterDocuments& documents) {
    std::set<std::string> all;
    for (const auto& finding : found(rule, documents, "2026-11-21T10:00:00Z")) all.insert(finding.name);
    return all;
  };
  using Names = std::set<std::string>;
  ClusterDocuments known;
  known.add(document("k8s.cluster", R"({"metadata":{"name":"prod-eu"},"server":"v1.33.4-eks-1"})"));
  for (const char* version : {"v1.34.0", "v1.33.1", "v1.32.9", "v1.30.0", "v1.29.9"}) known.add(node(version));
  CHECK(names("node_version_ahead", known) == Names{"n-v1.34.0"});
  CHECK(names("node_version_skew", known) == Names{"n-v1.32.9", "n-v1.30.0", "n-v1.29.9"});
  CHECK(names("node_version_unsupported", known) == Names{"n-v1.29.9"});  // three minors are supported
  CHECK(found("node_version_ahead", known, "2026-11-21T10:00:00Z")[0].reason.contains(
      "newer than the API server's 1.33"));
  ClusterDocuments unknown;
  for (const char* version : {"v1.34.0", "v1.33.1"}) unknown.add(node(version));
  CHECK(names("node_version_ahead", unknown).empty());
  CHECK(names("node_version_skew", unknown) == Names{"n-v1.33.1"});
}

TEST_CASE("what has not lasted is not told") {
  ClusterDocuments documents;
  documents.add(document("k8s.persistent_volume_claim",
                         R"({"kind":"PersistentVolumeClaim","metadata":{"namespace":"shop","name":"c",
                             "creationTimestamp":"2026-11-21T10:00:00Z"},"status":{"phase":"Pending"}})"));
  CHECK(found("claim_pending", documents, "2026-11-21T10:04:59Z").empty());
  CHECK(found("claim_pending", documents, "2026-11-21T10:05:00Z").size() == 1);
}

TEST_CASE("a rule that is wrong is named with its place and a remedy") {
  auto message = [](const std::string& rule) { return complaint("health:\n  rules:\n    r:\n      " + rule + "\n"); };
  auto when = [&](const std::string& test) {
    return message("{title: t, kind: k8s.pod, say: s, when: [" + test + "]}");
  };
  CHECK(message("{title: t, kind: k8s.pods, say: s}").contains("did you mean 'k8s.pod'"));
  CHECK(message("{title: t, kind: aws.ec2.instance, say: s}").contains("no cluster has resources of the kind"));
  CHECK(when("{path: a}").contains("lacks its test"));
  CHECK(when("{path: a, is: []}").contains("'is' names nothing"));
  CHECK(when("{path: a, at_least: []}").contains("'at_least' needs a number"));
  CHECK(when("{path: a, older: soon}").contains("mine.yaml:4:"));
  CHECK(when("{path: a, overdue: 5m}").contains("also needs 'last'"));
  CHECK(message("{title: t, kind: k8s.pod, say: s, sinc: a}").contains("did you mean 'since'"));
  CHECK(message("{title: t, kind: k8s.pod}").starts_with("mine.yaml:4:"));
  CHECK(message("{title: t, kind: k8s.pod, say: s, severity: fatal}").contains("must be one of notice"));
  CHECK(complaint("health: {rules: {My Rule: off}}").contains("use small letters"));
  CHECK(complaint("health: {rules: {pod_faild: off}}").starts_with("mine.yaml:1:18: there is no rule 'pod_faild'"));
  CHECK(complaint("health: {rules: {pod_faild: off}}").contains("did you mean 'pod_failed'"));
  CHECK(complaint("health: {rule: {}}").contains("did you mean 'rules'"));
  CHECK(complaint("health: {rules: {pod_failed: no}}").contains("mine.yaml:1:30: rule pod_failed must be a map"));
}

TEST_CASE("every rule is named in the manual") {
  auto manual = must(read_file(CADASTRE_SOURCE_DIR "/docs/kubernetes.md"));
  auto rules = must(HealthRules::load(planted::real_catalog()));
  for (const auto& rule : rules.rules()) CHECK_MESSAGE(manual.contains("`" + rule.id + "`"), rule.id);
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
    return must(health_of(must(HealthRules::load(planted::real_catalog())), *store, {}, clock.now())).front();
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
  auto look = [&] { return must(health_of(rules, *store, question, clock.now())); };
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
