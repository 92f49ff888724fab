// A server's answers, read back, are what the store itself would have said.
#include "cli/remote.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "search/json.h"
#include "search/world.h"

namespace cadastre::cli {
namespace {

using search::must;

HttpResponse answer_of(const json::object& body, int status = 200) {
  return {status, {{"Content-Type", "application/json"}}, to_json(body)};
}

std::map<std::string, std::string> parameters_of(const std::string& url) {
  std::map<std::string, std::string> found;
  auto mark = url.find('?');
  if (mark == url.npos) return found;
  for (auto part : split(std::string_view(url).substr(mark + 1), '&')) {
    auto equals = part.find('=');
    found[std::string(part.substr(0, equals))] = percent_decode(part.substr(equals + 1));
  }
  return found;
}

// The API's routes, as far as the command line asks them, over a reader.
Result<HttpResponse> serve(const search::Reader& reader, const HttpRequest& request) {
  auto given = parameters_of(request.url);
  auto path = request.url.substr(0, request.url.find('?'));
  auto tail = path.substr(path.find("/api/v1/") + 8);
  auto time = [&](const char* name) { return parse_rfc3339(given[name]); };
  auto problem = [](const Error& error, int status) {
    return answer_of({{"status", status}, {"detail", error.message}}, status);
  };
  if (tail == "resources") {
    search::ListRequest list;
    list.q = given["q"];
    list.at = time("at");
    list.sort = given["sort"];
    list.limit = std::stoul(given["limit"]);
    list.cursor = given["cursor"];
    list.documents = given["data"] == "true";
    auto answer = reader.list(list, {});
    return answer ? answer_of(search::to_json(*answer)) : problem(answer.error(), 400);
  }
  if (tail == "changes") {
    search::ChangesRequest changes;
    changes.q = given["q"];
    changes.since = time("since");
    changes.limit = std::stoul(given["limit"]);
    changes.cursor = given["cursor"];
    return answer_of(search::to_json(must(reader.changes(changes, {}))));
  }
  auto rest = tail.substr(10);
  auto id = percent_decode(rest.substr(0, rest.find('/')));
  if (rest.ends_with("/versions")) {
    json::array rows;
    for (const auto& version : must(reader.versions(id, {}))) rows.push_back(search::to_json(version));
    return answer_of({{"rows", std::move(rows)}});
  }
  if (rest.ends_with("/diff")) return answer_of(search::to_json(must(reader.diff(id, *time("from"), *time("to"), {}))));
  auto detail = reader.detail(id, time("at"), {}, true);
  return detail ? answer_of(search::to_json(*detail)) : problem(detail.error(), 404);
}

TEST_CASE("rows, pages, changes and histories come back as they went") {
  testing::RandomEstate random(11, {.accounts = 3, .digits = "0ab", .octets = 4, .odd_texts = true});
  search::World world(search::random_past(random, 260), random.accounts());
  auto reader = world.reader();
  testing::FakeHttp http([&](const HttpRequest& request) { return serve(reader, request); });
  auto source = remote_source("http://server.test", "cad_secret", http);

  search::ListRequest request;
  request.documents = true;
  request.sort = "-changed";
  std::vector<catalog::Column> columns;
  std::vector<json::object> theirs, ours;
  auto found = must(source->find(
      request, 0, [&](const auto& shown) { columns = shown; },
      [&](const search::Row& row) { theirs.push_back(search::to_json(row, columns)); }));
  must(reader.each(
      request, {}, [](const auto&) {},
      [&](const search::Row& row) {
        ours.push_back(search::to_json(row, columns));
        return true;
      }));
  CHECK(found.total == ours.size());
  CHECK(found.coverage.cells == must(reader.coverage("", {})).cells);
  REQUIRE(theirs == ours);
  for (const auto& sent : http.requests()) {
    auto token = std::ranges::find(sent.headers, "Authorization", &HttpHeader::name);
    REQUIRE(token != sent.headers.end());
    CHECK(token->value == "Bearer cad_secret");
  }

  size_t shown = 0;
  must(source->find(
      request, 7, [](const auto&) {}, [&](const search::Row&) { ++shown; }));
  CHECK(shown == 7);

  search::ChangesRequest changes;
  changes.limit = 100;
  auto back = must(source->changes(changes)), there = must(reader.changes(changes, {}));
  CHECK(search::to_json(back) == search::to_json(there));

  auto id = std::string(ours.front()["id"].as_string());
  CHECK(search::to_json(must(source->detail(id, std::nullopt))) ==
        search::to_json(must(reader.detail(id, std::nullopt, {}))));
  auto versions = must(source->versions(id)), real = must(reader.versions(id, {}));
  REQUIRE(versions.size() == real.size());
  for (size_t i = 0; i < versions.size(); ++i) CHECK(search::to_json(versions[i]) == search::to_json(real[i]));
  auto now = world.clock.now();
  auto diff = must(source->diff(id, now - std::chrono::days(30), now));
  CHECK(diff.unified == must(reader.diff(id, now - std::chrono::days(30), now, {})).unified);

  auto wrong = source->find(
      {.q = "knd:x",
       .filters = {},
       .at = {},
       .since = {},
       .until = {},
       .sort = {},
       .columns = {},
       .facets = {},
       .cursor = {}},
      5, [](const auto&) {}, [](const auto&) {});
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.error().code == ErrorCode::invalid);
  CHECK(wrong.error().message.find("unknown key 'knd'") != std::string::npos);
  CHECK(source->detail("never-was", std::nullopt).error().code == ErrorCode::not_found);
}

TEST_CASE("what a server says is harmless on a terminal, and becomes an error of its kind") {
  auto say = [](int status, std::string body) { return read_answer({status, {}, std::move(body)}, "https://x.test"); };
  CHECK(say(200, R"({"rows": []})").has_value());
  CHECK(say(200, "<html>").error().code == ErrorCode::malformed);
  CHECK(say(401, R"({"detail": "who are you?"})").error().message ==
        "who are you?; `cadastre login --server https://x.test` signs in");
  CHECK(say(410, R"({"detail": "it is gone"})").error().code == ErrorCode::gone);
  CHECK(say(429, "{}").error().code == ErrorCode::throttled);
  CHECK(say(500, "nginx").error().message == "https://x.test answered with HTTP 500");
  CHECK(say(400, R"({"detail": "a \u001b[31mred\u0007 one"})").error().message == "a \\x1b[31mred\\x07 one");
  CHECK(say(400, R"({"detail": "unknown key 'knd'", "query": "web knd:x", "position": 4})").error().message ==
        "unknown key 'knd'\n  web knd:x\n      ^");
}

TEST_CASE("clusters come from a server whole, page after page, and only those that are asked for") {
  std::vector<std::string> asked;
  testing::FakeHttp http([&](const HttpRequest& request) -> Result<HttpResponse> {
    auto tail = request.url.substr(request.url.find("/api/v1/") + 8);
    asked.push_back(tail);
    auto given = parameters_of(request.url);
    if (tail.starts_with("accounts"))
      return answer_of({{"rows", {json::object{{"id", "111111111111"}, {"name", "shop"}}}}});
    auto card = [](const char* cluster) { return json::object{{"account", "111111111111"}, {"cluster", cluster}}; };
    if (tail.starts_with("clusters?") || tail == "clusters")
      return answer_of({{"rows", {card("prod eu"), card("test")}}});
    CHECK(tail.starts_with("clusters/111111111111/prod%20eu?"));
    auto answer = card("prod eu");
    auto cursor = given["cursor"];
    answer["findings"] = json::array{json::object{{"rule", cursor.empty() ? "first" : "second"}}};
    answer["total"] = 2;
    answer["next"] = cursor.empty() ? json::value("critical a b c") : json::value(nullptr);
    answer["cells"] = json::array{};
    return answer_of(answer);
  });
  auto source = remote_source("http://server.test", "cad_secret", http);
  auto at = parse_rfc3339("2026-11-21T10:00:00Z");
  auto found = must(source->clusters({.clusters = {"prod eu"}, .accounts = {"shop"}, .at = at}));
  REQUIRE(found.size() == 1);
  CHECK(to_json(found[0]) ==
        R"({"account":"111111111111","cluster":"prod eu","findings":[{"rule":"first"},{"rule":"second"}]})");
  REQUIRE(asked.size() == 4);
  for (size_t i = 1; i < asked.size(); ++i) CHECK(parameters_of(asked[i])["at"] == "2026-11-21T10:00:00Z");
  CHECK(parameters_of(asked[3])["cursor"] == "critical a b c");
  auto missing = source->clusters({.clusters = {"prod-us"}, .accounts = {}, .at = {}});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message.contains("there is no cluster 'prod-us'"));
  auto nobody = source->clusters({.clusters = {}, .accounts = {"nobody"}, .at = {}});
  REQUIRE_FALSE(nobody);
  CHECK(nobody.error().message.contains("there is no account 'nobody'"));
}

}  // namespace
}  // namespace cadastre::cli
