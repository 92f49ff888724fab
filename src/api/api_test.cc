// What the routes answer: shapes, errors, hostile texts.
#include "api/world_for_tests.h"
#include "base/text.h"

using namespace cadastre;
using namespace cadastre::api::testing;

namespace {

std::string header(const ServerResponse& response, std::string_view name) {
  for (const auto& each : response.headers) {
    if (iequals(each.name, name)) return each.value;
  }
  return "";
}

std::string whole(ServerResponse& response) {
  std::string text;
  while (response.stream) {
    std::string piece;
    auto more = must(response.stream(piece));
    text += piece;
    if (!more) break;
  }
  return text;
}

json::value problem_of(const ServerResponse& response) {
  CHECK(header(response, "Content-Type") == "application/problem+json");
  return must(parse_json(response.body, "problem"));
}

}  // namespace

TEST_CASE("sign in, ask, sign out") {
  World world;
  auth::NewUser user{
      .name = "ana", .password = "correct horse battery staple", .role = auth::Role::viewer, .scope = {}};
  must(auth::add_user(*world.store, user, "test", world.clock.now()));
  auto sign_in = [&](const char* password) {
    return world.ask("POST", "/api/v1/session", "", to_json(json::object{{"name", "ana"}, {"password", password}}));
  };
  CHECK(sign_in("wrong horse battery staple").status == 401);
  auto in = sign_in("correct horse battery staple");
  REQUIRE_MESSAGE(in.status == 200, in.body);
  auto cookie = header(in, "Set-Cookie");
  CHECK(cookie.contains("HttpOnly"));
  CHECK(cookie.contains("SameSite=Lax"));
  auto pair = cookie.substr(0, cookie.find(';'));
  auto csrf = std::string(must(parse_json(in.body, "session")).at("csrf").as_string());
  CHECK_FALSE(in.body.contains(pair.substr(pair.find('=') + 1)));  // the secret is in the cookie only

  auto as_ana = [&](std::string_view method, const std::string& target, const std::string& token) {
    auto request = world.request(method, target);
    request.headers.push_back({"Cookie", pair});
    if (!token.empty()) request.headers.push_back({"X-CSRF-Token", token});
    return world.api->answer(request);
  };
  CHECK(as_ana("GET", "/api/v1/resources", "").status == 200);
  CHECK(as_ana("DELETE", "/api/v1/session", "").status == 403);
  CHECK(as_ana("DELETE", "/api/v1/session", "not it").status == 403);
  CHECK(as_ana("GET", "/api/v1/resources", "").status == 200);  // still there
  CHECK(as_ana("DELETE", "/api/v1/session", csrf).status == 204);
  CHECK(as_ana("GET", "/api/v1/resources", "").status == 401);
}

TEST_CASE("a piece of an address finds the instance") {
  World world;
  auto token = world.token(auth::Role::viewer, false);
  auto answer = world.get("/api/v1/resources?q=10.1.2.3&facets=kind,region", token);
  REQUIRE(answer.at("total") == 1);
  const auto& row = answer.at("rows").at(0);
  CHECK(row.at("id") == "aws.ec2.instance/111111111111/eu-west-1/i-0shown1");
  CHECK(row.at("account_name") == "shown-account");
  CHECK(row.at("owner") == "alpha");
  CHECK(row.at("data").is_null());
  CHECK(answer.at("facets").at(0).at("values").at(0).at("value") == "aws.ec2.instance");
  CHECK(world.get("/api/v1/resources?q=10.1.2&data=true", token).at("rows").at(0).at("data").is_object());
}

TEST_CASE("pages follow each other") {
  World world;
  auto token = world.token(auth::Role::viewer, false);
  std::set<std::string> ids;
  std::string cursor;
  for (int page = 0; page < 3; ++page) {
    auto answer = world.get("/api/v1/resources?limit=1&sort=name&cursor=" + percent_encode(cursor), token);
    REQUIRE(answer.at("rows").as_array().size() == 1);
    ids.emplace(answer.at("rows").at(0).at("id").as_string());
    cursor = std::string(answer.at("next").as_string());
  }
  CHECK(ids.size() == 3);
  CHECK(cursor.empty());
}

TEST_CASE("the whole list as CSV and NDJSON, with hostile texts made harmless") {
  World world;
  auto token = world.token(auth::Role::viewer, false);
  auto csv = world.ask("GET", "/api/v1/resources?kind=aws.ec2.instance&format=csv", token);
  CHECK(csv.status == 200);
  CHECK(header(csv, "Content-Type") == "text/csv; charset=utf-8");
  auto text = whole(csv);
  CHECK(std::ranges::count(text, '\n') == 4);  // a header and three rows
  CHECK(text.contains("'=cmd|'/C calc'!A0"));
  CHECK_FALSE(text.contains(",=cmd"));

  auto request = world.request("GET", "/api/v1/resources", token);
  request.headers.push_back({"Accept", "application/x-ndjson"});
  auto lines = world.api->answer(request);
  auto rows = whole(lines);
  CHECK(std::ranges::count(rows, '\n') == 3);
  for (auto line : split(rows, '\n')) {
    if (!line.empty()) CHECK(must(parse_json(line, "line")).at("id").is_string());
  }
  CHECK(world.ask("GET", "/api/v1/resources?format=xml", token).status == 400);
  CHECK(world.ask("GET", "/api/v1/resources?format=csv&q=(", token).status == 400);
}

TEST_CASE("errors are problems that point at what is wrong") {
  World world;
  auto token = world.token(auth::Role::viewer, false);
  auto wrong = world.ask("GET", "/api/v1/resources?q=kind%3Aec2.instance+stat%3Arunning", token);
  CHECK(wrong.status == 400);
  auto body = problem_of(wrong);
  CHECK(body.at("query") == "kind:ec2.instance stat:running");
  CHECK(body.at("position") == 18);
  CHECK(body.at("request_id").is_string());
  CHECK_FALSE(std::string(body.at("detail").as_string()).contains("\n"));

  CHECK(world.ask("GET", "/api/v1/resources?limt=5", token).status == 400);
  CHECK(world.ask("GET", "/api/v1/resources?limit=201", token).status == 400);
  CHECK(world.ask("GET", "/api/v1/resources?limit=-1", token).status == 400);
  CHECK(world.ask("GET", "/api/v1/resources?at=yesterday", token).status == 400);
  CHECK(world.ask("GET", "/api/v1/resources?at=-1h&since=-2h", token).status == 400);
  CHECK(world.ask("GET", "/api/v1/resources?facets=colour", token).status == 400);
  CHECK(world.ask("GET", "/api/v1/resources?cursor=abc", token).status == 400);
  CHECK(world.ask("GET", "/api/v1/resources/i-0none", token).status == 404);
  CHECK(world.ask("GET", "/api/v1/nothing", token).status == 404);
  auto method = world.ask("DELETE", "/api/v1/resources", token);
  CHECK(method.status == 405);
  CHECK(header(method, "Allow").contains("GET"));
  CHECK(world.ask("POST", "/api/v1/session", "", "{\"name\":1,\"password\":\"x\"}").status == 400);
  CHECK(world.ask("POST", "/api/v1/session", "", "{\"name\":\"x\",\"pasword\":\"x\"}").status == 400);
  CHECK(world.ask("POST", "/api/v1/session", "", "[1]").status == 400);
}

TEST_CASE("what is gone says when it was last seen; what never was does not") {
  World world;
  auto token = world.token(auth::Role::viewer, false), narrowed = world.token(auth::Role::viewer, true);
  world.clock.advance(std::chrono::hours(1));
  must(world.store->inventory().retire(kHidden, world.clock.now()));
  must(world.index->follow(*world.store));
  auto gone = world.ask("GET", "/api/v1/resources/i-0hidden", token);
  CHECK(gone.status == 410);
  CHECK(std::string(problem_of(gone).at("detail").as_string()).contains("2026-01-02"));
  CHECK(world.ask("GET", "/api/v1/resources/i-0hidden", narrowed).status == 404);
  CHECK(world.ask("GET", "/api/v1/resources/i-0hidden?at=2026-01-02T03:30:00Z", token).status == 200);
  CHECK(world.ask("GET", "/api/v1/resources/i-0hidden?gone=true", token).status == 200);
}

TEST_CASE("an id may be written whole in the path, or encoded") {
  World world;
  auto token = world.token(auth::Role::viewer, false);
  for (const char* id : {"aws.ec2.instance/111111111111/eu-west-1/i-0shown1",
                         "aws.ec2.instance%2F111111111111%2Feu-west-1%2Fi-0shown1", "i-0shown1"}) {
    CHECK(world.get(std::string("/api/v1/resources/") + id, token).at("native_id") == "i-0shown1");
    CHECK(world.get(std::string("/api/v1/resources/") + id + "/versions", token).at("rows").as_array().size() == 1);
  }
}

TEST_CASE("answers carry what browsers must know, and a tag that time does not change") {
  World world;
  auto token = world.token(auth::Role::viewer, false);
  auto first = world.ask("GET", "/api/v1/resources", token);
  CHECK(header(first, "Cache-Control") == "no-store");
  CHECK(header(first, "X-Content-Type-Options") == "nosniff");
  CHECK(header(first, "Content-Security-Policy").contains("frame-ancestors 'none'"));
  CHECK(header(first, "Content-Security-Policy").contains("default-src 'none'"));
  CHECK(header(first, "Referrer-Policy") == "no-referrer");
  CHECK(header(first, "Strict-Transport-Security").empty());
  CHECK(header(first, "X-Route") == "GET /api/v1/resources");
  world.clock.advance(std::chrono::seconds(1));
  auto second = world.ask("GET", "/api/v1/resources", token);
  CHECK(first.body != second.body);  // as_of
  CHECK(header(first, "ETag") == header(second, "ETag"));
  CHECK(header(first, "ETag") != header(world.ask("GET", "/api/v1/resources?limit=1", token), "ETag"));
  auto secure = world.request("GET", "/healthz");
  secure.secure = true;
  CHECK_FALSE(header(world.api->answer(secure), "Strict-Transport-Security").empty());
}

TEST_CASE("not ready before the index is built") {
  World world;
  auto token = world.token(auth::Role::viewer, false);
  world.ready = false;
  CHECK(world.ask("GET", "/healthz").status == 200);
  CHECK(world.ask("GET", "/readyz").status == 503);
  CHECK(world.ask("GET", "/api/v1/resources", token).status == 503);
  CHECK(world.ask("GET", "/api/v1/session", token).status == 200);
  world.ready = true;
  CHECK(world.ask("GET", "/readyz").status == 200);
}

TEST_CASE("metrics are for a scraper's token, or this machine when only it can reach the server") {
  World world;
  auto scraper = world.token(auth::Role::viewer, false, {"metrics"});
  auto text = world.ask("GET", "/metrics", scraper);
  CHECK(text.status == 200);
  for (const char* line : {"cadastre_cells{outcome=\"complete\"} 2", "cadastre_cells{outcome=\"denied\"} 1",
                           "cadastre_resources{kind=\"aws.ec2.instance\"} 3", "cadastre_sign_in_failures_total 0"})
    CHECK_MESSAGE(text.body.contains(line), text.body);
  auto own = world.request("GET", "/metrics");
  own.peer = "127.0.0.1";
  CHECK(world.api->answer(own).status == 401);
  world.services->loopback = true;
  CHECK(world.api->answer(own).status == 200);
  auto proxied = own;
  proxied.headers.push_back({"X-Forwarded-For", "203.0.113.5"});
  CHECK(world.api->answer(proxied).status == 401);
}

TEST_CASE("views are one's own, and lead nowhere else") {
  World world;
  auto ana = world.token(auth::Role::viewer, false), ben = world.token(auth::Role::viewer, false);
  auto put = [&](const char* path, bool shared) {
    return world.ask("POST", "/api/v1/views", ana,
                     to_json(json::object{{"name", "mine"}, {"path", path}, {"query", "q=web"}, {"shared", shared}}));
  };
  CHECK(put("//evil.example", true).status == 400);
  CHECK(put("https://evil.example", true).status == 400);
  CHECK(put("/\\evil.example", true).status == 400);
  auto made = put("/resources/aws.ec2.instance", false);
  REQUIRE_MESSAGE(made.status == 201, made.body);
  auto path = fmt::format("/api/v1/views/{}", must(parse_json(made.body, "view")).at("id").as_int64());
  CHECK(world.get("/api/v1/views", ana).at("rows").as_array().size() == 1);
  CHECK(world.get("/api/v1/views", ben).at("rows").as_array().empty());
  CHECK(world.ask("DELETE", path, ben).status == 404);
  auto change = R"({"name":"other","path":"/x","shared":true})";
  CHECK(world.ask("PUT", path, ben, change).status == 404);
  CHECK(world.ask("PUT", path, ana, change).status == 200);
  CHECK(world.get("/api/v1/views", ben).at("rows").as_array().size() == 1);
  CHECK(world.ask("DELETE", path, ana).status == 204);
}

TEST_CASE("an administrator of one account gives no more than that") {
  World world;
  auto narrowed = world.token(auth::Role::admin, true);
  auto add = [&](json::value accounts) {
    return world.ask("POST", "/api/v1/users", narrowed,
                     to_json(json::object{{"name", "new"},
                                          {"password", "correct horse battery staple"},
                                          {"role", "viewer"},
                                          {"accounts", std::move(accounts)}}));
  };
  CHECK(add(nullptr).status == 403);
  CHECK(add(json::array{kHidden}).status == 403);
  auto added = add(json::array{kShown});
  REQUIRE_MESSAGE(added.status == 201, added.body);
  CHECK_FALSE(added.body.contains("correct horse"));
  auto path = fmt::format("/api/v1/users/{}", must(parse_json(added.body, "user")).at("id").as_int64());
  CHECK(world.ask("PATCH", path, narrowed, R"({"all_accounts":true})").status == 403);
  CHECK(world.ask("PATCH", path, narrowed, R"({"disabled":true})").status == 200);
  auto other = world.token(auth::Role::viewer, false);
  auto users = must(world.store->identity().users());
  auto theirs = std::ranges::find_if(users, [](const auto& user) { return !user.narrowed; });
  REQUIRE(theirs != users.end());
  CHECK(world.ask("DELETE", fmt::format("/api/v1/users/{}", theirs->id), narrowed).status == 404);
  CHECK(world.ask("GET", "/api/v1/resources", other).status == 200);
}

TEST_CASE("runs are asked for once, and not without end") {
  World world;
  auto token = world.token(auth::Role::operator_, false);
  auto run = [&](const std::string& kind) {
    return world.ask("POST", "/api/v1/runs", token, to_json(json::object{{"kinds", json::array{kind}}}));
  };
  auto first = run("ec2.instance"), again = run("ec2.instance");
  REQUIRE_MESSAGE(first.status == 202, first.body);
  CHECK(first.body == again.body);
  CHECK(run("ec2.nonsense").status == 400);
  int refused = 0;
  for (const char* kind : {"ec2.vpc", "ec2.subnet", "ec2.volume", "ec2.snapshot", "ec2.image", "ec2.address",
                           "rds.instance", "s3.bucket", "iam.role", "iam.user", "sqs.queue"})
    refused += run(kind).status == 429;
  CHECK(refused > 0);
  CHECK(world.get("/api/v1/runs", token).at("rows").at(0).at("state") == "waiting");
}
