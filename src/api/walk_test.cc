// Every route, by everybody: whether it may be asked, and that what is answered speaks of no account beyond the
// asker's.
#include "api/world_for_tests.h"
#include "base/text.h"

using namespace cadastre;
using namespace cadastre::api::testing;

namespace {

using auth::Permission;

struct Asker {
  std::string name, token;
  auth::Role role = auth::Role::none;
  bool narrowed = false, metrics = false;
};

bool may(const Asker& asker, Permission permission) {
  switch (permission) {
    case Permission::open:
      return true;
    case Permission::signed_in:
      return !asker.token.empty();
    case Permission::read:
      return asker.role >= auth::Role::viewer;
    case Permission::collect:
      return asker.role >= auth::Role::operator_;
    case Permission::admin:
      return asker.role >= auth::Role::admin;
    case Permission::metrics:
      return asker.metrics || (asker.role >= auth::Role::admin && !asker.narrowed);
  }
  return false;
}

std::vector<Asker> askers(World& world) {
  using enum auth::Role;
  std::vector<Asker> all = {{.name = "nobody", .token = ""}};
  for (auto role : {viewer, operator_, admin}) {
    for (bool narrowed : {false, true}) {
      all.push_back({std::string(auth::to_string(role)) + (narrowed ? " of one account" : ""),
                     world.token(role, narrowed), role, narrowed, false});
    }
  }
  all.push_back({"scraper", world.token(viewer, false, {"metrics"}), none, false, true});
  return all;
}

// A path for the pattern with these in place of its names.
std::string path_of(std::string_view pattern, std::string_view id) {
  std::string path(pattern);
  path = replace_all(path, "{id...}", percent_encode(id));
  path = replace_all(path, "{kind}", "aws.ec2.instance");
  bool hidden = id.contains("hidden");
  path = replace_all(path, "{account}", hidden ? kHidden : kShown);
  path = replace_all(path, "{cluster}", hidden ? "hidden-cluster" : "shown-cluster");
  path = replace_all(path, "{dump}", "d1");
  for (const char* name : {"{view}", "{token}", "{user}"}) path = replace_all(path, name, "1");
  return path;
}

// What may be asked of a route, so that it says as much as it can.
std::vector<std::string> targets_of(const api::Route& route) {
  std::vector<std::string> targets;
  for (const char* id : {"aws.ec2.instance/111111111111/eu-west-1/i-0shown1", "i-0hidden",
                         "aws.ec2.instance/222222222222/hidden-region-1/i-0hidden"}) {
    auto path = path_of(route.pattern, id);
    targets.push_back(path);
    auto add = [&](std::string query) { targets.push_back(path + "?" + query); };
    auto has = [&](std::string_view name) {
      return std::ranges::find(route.parameters, name) != route.parameters.end();
    };
    if (has("q")) {
      for (const char* q : {"hiddenname", "account%3A222222222222", "account%3Ahidden-account", "10.9.9.9",
                            "tag.team%3Ahiddenteam", "-web", "is%3Adeleted", "h", "account%3Ahid", "tag.team%3Ahid"})
        add(std::string("q=") + q);
    }
    if (has("facets")) add("facets=kind,service,account,region,state,owner,tag.team");
    if (has("at")) add("at=2026-01-02T03:04:05Z");
    if (has("since") && has("until") && has("sort")) add("since=2026-01-01&until=2026-01-03");
    if (has("from")) add("from=2026-01-01&to=now");
    if (has("account")) add("account=222222222222"), add("account=hidden-account");
    if (has("format")) add("format=csv"), add("format=ndjson&data=true");
    if (has("all")) add("all=true");
    if (has("gone")) add("gone=true");
    if (has("data")) add("data=true");
    if (has("actor")) add("actor=user1");
  }
  return targets;
}

// Everything that is sent: headers, body, and all pieces of a stream.
std::string all_of(ServerResponse& response) {
  std::string text = response.body;
  for (const auto& header : response.headers) text += "\n" + header.name + ": " + header.value;
  if (response.stream) {
    for (std::string piece; true; piece.clear()) {
      auto more = response.stream(piece);
      text += piece;
      if (!more || !*more) break;
    }
  }
  return text;
}

class Listener final : public EventStream {
 public:
  bool send(std::string_view event, std::string_view data) override {
    heard += fmt::format("{} {}\n", event, data);
    return open_;
  }
  void close() override { open_ = false; }
  bool open() const override { return open_; }
  std::string heard;

 private:
  bool open_ = true;
};

}  // namespace

TEST_CASE("each route is for those whom its row names, and for nobody else") {
  World world;
  world.add_cluster(kShown, "shown-cluster");
  auto all = askers(world);
  for (const auto& route : api::all_routes()) {
    // Changes are asked without a body: who may gets as far as being told that it lacks one.
    auto target = path_of(route.pattern, "aws.ec2.instance/111111111111/eu-west-1/i-0shown1");
    for (const auto& asker : all) {
      // These end what the other askers come in with.
      if (route.id == "removeUser" || route.id == "removeToken") target = replace_all(target, "/1", "/999");
      auto status = world.ask(route.method, target, asker.token).status;
      CAPTURE(route.method);
      CAPTURE(target);
      CAPTURE(asker.name);
      if (may(asker, route.permission)) {
        CHECK(status != 401);
        CHECK(status != 403);
      } else {
        CHECK(status == (asker.token.empty() ? 401 : 403));
      }
    }
  }
}

TEST_CASE("who is narrowed never learns of another account") {
  World world;
  world.add_cluster(kShown, "shown-cluster");
  world.add_cluster(kHidden, "hidden-cluster");
  auto all = askers(world);
  // What others keep speaks of the hidden account, too.
  store::View view{.id = 0,
                   .user = 1,
                   .name = "of hidden-account",
                   .path = "/x",
                   .query = "q=hiddenname",
                   .shared = true,
                   .changed = world.clock.now()};
  must(world.store->journal().put_view(view));
  must(world.scheduler->request({{"222222222222"}, {"hidden-region-1"}, {}}, false, "someone"));
  auto summary = must(world.store->cells().start_run(world.clock.now()));
  must(world.store->cells().end_run(summary, world.clock.now(), R"({"warnings":["hidden trouble"]})"));
  store::AuditEntry entry;
  entry.at = world.clock.now();
  entry.actor = "someone";
  entry.action = "role changed";
  entry.object = "hiddenname";
  entry.detail = "222222222222";
  must(world.store->journal().audit(entry));
  auth::NewUser theirs{.name = "hiddenname",
                       .password = "correct horse battery staple",
                       .role = auth::Role::viewer,
                       .scope = {.everything = false, .accounts = {kHidden}}};
  must(auth::add_user(*world.store, theirs, "test", world.clock.now()));

  std::map<std::string, int> seen_by_all;  // route → how often somebody who sees everything was told
  for (const auto& route : api::all_routes()) {
    if (route.method != "GET") continue;
    for (const auto& target : targets_of(route)) {
      for (const auto& asker : all) {
        auto response = world.ask("GET", target, asker.token);
        auto text = all_of(response);
        // What was asked for may be named in the refusal.
        if (response.status >= 400) {
          auto asked = percent_decode(target);
          for (const auto& mark : kMarks) {
            if (asked.contains(mark)) text = replace_all(text, mark, "");
          }
        }
        bool speaks = std::ranges::any_of(kMarks, [&](const auto& mark) { return text.contains(mark); });
        if (asker.narrowed || asker.token.empty()) {
          CAPTURE(target);
          CAPTURE(asker.name);
          CHECK_MESSAGE(!speaks, text);
        } else if (speaks) {
          ++seen_by_all[std::string(route.id)];
        }
      }
    }
  }
  // The marks can be seen at all: these say them to those who may know.
  for (const char* route : {"search", "suggest", "listResources", "getResource", "getVersions", "getDiff",
                            "listChanges", "listCells", "getCoverage", "listAccounts", "listRuns", "listViews",
                            "listUsers", "listAudit", "listClusters", "getCluster", "listClusterHealth", "listDumps"})
    CHECK_MESSAGE(seen_by_all[route] > 0, std::string(route));
}

TEST_CASE("counts are of one's own accounts") {
  World world;
  auto everything = world.token(auth::Role::viewer, false), one = world.token(auth::Role::viewer, true);
  CHECK(world.get("/api/v1/resources", everything).at("total") == 3);
  CHECK(world.get("/api/v1/resources", one).at("total") == 2);
  auto count = [&](const std::string& token) {
    return world.get("/api/v1/kinds/aws.ec2.instance", token).at("count").to_number<int>();
  };
  CHECK(count(everything) == 3);
  CHECK(count(one) == 2);
  CHECK(world.get("/api/v1/coverage", everything).at("denied") == 1);
  CHECK(world.get("/api/v1/coverage", one).at("denied") == 0);
}

TEST_CASE("a run on request stays within the asker's accounts") {
  World world;
  auto narrowed = world.token(auth::Role::operator_, true);
  CHECK(world.ask("POST", "/api/v1/runs", narrowed, R"({"accounts":["hidden-account"]})").status == 400);
  CHECK(world.ask("POST", "/api/v1/resources/i-0hidden/refresh", narrowed).status == 404);
  CHECK(world.ask("POST", "/api/v1/runs", narrowed, "{}").status == 202);
  auto active = world.scheduler->active();
  REQUIRE(active.size() == 1);
  CHECK(active[0].selection.accounts == std::vector<std::string>{kShown});
}

TEST_CASE("events are of one's own accounts") {
  World world;
  auto listen = [&](bool narrowed) {
    auto request = world.request("GET", "/api/v1/events", world.token(auth::Role::viewer, narrowed));
    auto response = world.api->answer(request);
    REQUIRE(response.events);
    auto listener = std::make_shared<Listener>();
    response.events(listener);
    return listener;
  };
  auto everything = listen(false), one = listen(true);
  collect::CellReport report;
  report.key = {kHidden, "hidden-region-1", "aws.ec2.instance"};
  world.events->cell(1, report);
  world.events->changes({kHidden}, world.clock.now());
  collect::RunState run;
  run.selection.accounts = {kHidden};
  world.events->run(run);
  CHECK(everything->heard.contains("hidden-region-1"));
  CHECK(one->heard == "ready {}\n");
  world.events->changes({kHidden, kShown}, world.clock.now());
  CHECK(one->heard.contains(kShown));
  CHECK_FALSE(one->heard.contains(kHidden));
}

TEST_CASE("a listener who may no longer listen is let go") {
  World world;
  auto token = world.token(auth::Role::viewer, false);
  auto response = world.api->answer(world.request("GET", "/api/v1/events", token));
  auto listener = std::make_shared<Listener>();
  response.events(listener);
  world.events->ask_again();
  CHECK(listener->open());
  must(auth::set_disabled(*world.store, 1, true, "test", world.clock.now()));
  world.events->ask_again();
  CHECK_FALSE(listener->open());
}
