// A small estate of two accounts behind the whole API, without sockets: what the tests of this room ask. One account,
// "hidden", has marks in all its texts, so that whatever speaks of it is seen.
#pragma once

#include <doctest/doctest.h>

#include "api/api.h"
#include "api/events.h"
#include "api/files.h"
#include "api/metrics.h"
#include "base/hash.h"
#include "kubernetes/health_board.h"
#include "net/http_text.h"
#include "support/fakes.h"
#include "support/folder.h"

namespace cadastre::api::testing {

using cadastre::testing::FakeClock;
using cadastre::testing::Folder;

template <typename T>
T must(Result<T> result) {
  REQUIRE_MESSAGE(result, (result ? std::string() : result.error().message + ": " + result.error().cause));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

constexpr const char* kShown = "111111111111";
constexpr const char* kHidden = "222222222222";
// Each stands somewhere in what is known of the hidden account, and nowhere else.
inline const std::vector<std::string> kMarks = {"222222222222", "hidden-account",  "hiddenname",     "i-0hidden",
                                                "hiddenteam",   "hidden-region-1", "hidden trouble", "hidden-cluster"};

class World {
 public:
  World() : catalog(must(catalog::Catalog::load(models, catalog::embedded_sources()))) {
    store = must(store::open_store("sqlite:" + (folder / "c.db"), clock));
    account(kShown, "shown-account");
    account(kHidden, "hidden-account");
    cell(kShown, "eu-west-1",
         {instance("i-0shown1", "web-1", "10.1.2.3", "alpha"),
          instance("i-0shown2", "=cmd|'/C calc'!A0", "10.1.2.4", "<script>alert(1)</script>")});
    cell(kHidden, "hidden-region-1", {instance("i-0hidden", "hiddenname", "10.9.9.9", "hiddenteam")});
    broken_cell(kHidden);
    index = std::make_unique<index::Index>(catalog, std::vector<std::string>{"team"});
    must(index->build(*store, "", {}));
    reader = std::make_unique<search::Reader>(*store, catalog, models.endpoints(), std::vector<std::string>{"team"},
                                              clock, index.get());
    auth = std::make_unique<auth::Auth>(*store, sign_in_config, clock);
    events = std::make_unique<EventHub>(*auth);
    files = std::make_unique<StaticFiles>(must(StaticFiles::load("")));
    scheduler = std::make_unique<collect::Scheduler>(
        *store, clock, [](const auto&, auto&, auto) -> Result<collect::Report> { return collect::Report{}; },
        collect::SchedulerOptions());  // not started: what is asked for waits
    health = std::make_unique<kubernetes::HealthBoard>(must(kubernetes::HealthRules::load(catalog)), *store, clock);
    services = std::make_unique<Services>(Services{.store = *store,
                                                   .catalog = catalog,
                                                   .reader = *reader,
                                                   .auth = *auth,
                                                   .clock = clock,
                                                   .events = *events,
                                                   .metrics = metrics,
                                                   .files = *files,
                                                   .scheduler = scheduler.get(),
                                                   .index = index.get(),
                                                   .health = health.get(),
                                                   .ready = [this] { return ready; },
                                                   .release = "test"});
    api = std::make_unique<Api>(*services);
  }

  // A user with a token of that role; narrowed to the shown account when so asked.
  std::string token(auth::Role role, bool narrowed, std::vector<std::string> scopes = {}) {
    auto name = fmt::format("user{}", ++users_);
    auth::NewUser user{.name = name, .password = "correct horse battery " + name, .role = role, .scope = {}};
    if (narrowed) user.scope = {.everything = false, .accounts = {kShown}};
    auto id = must(auth::add_user(*store, user, "test", clock.now()));
    auth::NewToken token{.name = "t", .scopes = std::move(scopes), .accounts = {}, .narrowed = false, .expires = {}};
    if (token.scopes.empty())
      token.scopes = {role == auth::Role::viewer ? "read" : role == auth::Role::operator_ ? "collect" : "admin"};
    return must(auth::add_token(*store, id, token, "test", clock.now()));
  }

  ServerRequest request(std::string_view method, const std::string& target, const std::string& token = "",
                        std::string body = "") {
    ServerRequest request;
    request.id = fmt::format("r{}", ++requests_);
    request.method = method;
    request.target = target;
    auto parsed = parse_target(method, target);
    REQUIRE(parsed);
    request.path = parsed->path;
    request.segments = parsed->segments;
    request.query = parsed->query;
    request.peer = "192.0.2.7";
    request.headers.push_back({"Host", "localhost"});
    if (!token.empty()) request.headers.push_back({"Authorization", "Bearer " + token});
    if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
    request.body = std::move(body);
    return request;
  }
  ServerResponse ask(std::string_view method, const std::string& target, const std::string& token = "",
                     std::string body = "") {
    return api->answer(request(method, target, token, std::move(body)));
  }
  json::value get(const std::string& target, const std::string& token) {
    auto response = ask("GET", target, token);
    REQUIRE_MESSAGE(response.status == 200, response.body);
    return must(parse_json(response.body, "answer"));
  }

  // A cluster with one pod that crashes, and a dump of it that was set aside.
  void add_cluster(const std::string& account, const std::string& name) {
    auto cell = must(store->cells().open({account, name, "k8s.pod"}));
    store::Put put;
    put.native = "shop/" + name + "-pod";
    put.name = name + "-pod";
    put.region = "eu-west-1";
    put.document = fmt::format(
        R"({{"kind":"Pod","metadata":{{"namespace":"shop","name":"{}-pod"}},"status":{{"phase":"Running",)"
        R"("containerStatuses":[{{"name":"app","restartCount":7,"state":{{"waiting":{{"reason":"CrashLoopBackOff"}}}}}}]}}}})",
        name);
    put.item_hash = put.document_hash = hash128(put.document);
    put.epoch = 1;
    must(store->inventory().put(cell.id, std::span(&put, 1), clock.now()));
    store::Finish finish;
    finish.cell = cell.id;
    must(store->inventory().finish(finish, clock.now()));
    must(store->clusters().put_dump({.cluster = name,
                                     .dump = "d1",
                                     .place = "s3://dumps/" + name,
                                     .state = store::DumpState::poison,
                                     .reason = name + " is not what it says",
                                     .tries = 1,
                                     .seen = clock.now(),
                                     .settled = clock.now(),
                                     .report = {}}));
    must(
        store->clusters().put_health({account, name, clock.now(),
                                      fmt::format(R"({{"findings":{{"container_crash_loop":1}},"resources":{{"{}":1}},)"
                                                  R"("severities":{{"critical":1}}}})",
                                                  name)}));
  }

  Folder folder;
  FakeClock clock;
  aws::Models models;
  catalog::Catalog catalog;
  std::unique_ptr<store::Store> store;
  SignInConfig sign_in_config;
  std::unique_ptr<index::Index> index;
  std::unique_ptr<search::Reader> reader;
  std::unique_ptr<auth::Auth> auth;
  std::unique_ptr<EventHub> events;
  Metrics metrics;
  std::unique_ptr<StaticFiles> files;
  std::unique_ptr<collect::Scheduler> scheduler;
  std::unique_ptr<kubernetes::HealthBoard> health;
  std::unique_ptr<Services> services;
  std::unique_ptr<Api> api;
  bool ready = true;

 private:
  static store::Put instance(std::string id, const std::string& name, const std::string& address,
                             const std::string& team) {
    json::object document{{"InstanceId", id},
                          {"PrivateIpAddress", address},
                          {"InstanceType", "m5.large"},
                          {"State", json::object{{"Name", "running"}}}};
    store::Put put;
    put.native = std::move(id);
    put.name = name;
    put.region = "eu-west-1";
    put.state = "running";
    put.tags = to_json(json::object{{"Name", name}, {"team", team}});
    put.document = to_json(document);
    put.item_hash = put.document_hash = hash128(put.document);
    put.epoch = 1;
    return put;
  }
  void account(const std::string& id, const std::string& name) {
    must(store->cells().put_account({id, name, "active", {}, clock.now()}, clock.now()));
  }
  void cell(const std::string& account, const std::string& region, std::vector<store::Put> puts) {
    auto cell = must(store->cells().open({account, region, "aws.ec2.instance"}));
    for (auto& put : puts) put.region = region;
    must(store->inventory().put(cell.id, puts, clock.now()));
    store::Finish finish;
    finish.cell = cell.id;
    must(store->inventory().finish(finish, clock.now()));
  }
  void broken_cell(const std::string& account) {
    auto cell = must(store->cells().open({account, "eu-west-1", "aws.rds.instance"}));
    store::Finish finish;
    finish.cell = cell.id;
    finish.outcome = store::Outcome::denied;
    finish.message = "hidden trouble";
    must(store->inventory().finish(finish, clock.now()));
  }

  int users_ = 0, requests_ = 0;
};

}  // namespace cadastre::api::testing
