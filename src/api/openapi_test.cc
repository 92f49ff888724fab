// The document says of every route what the table says, and of nothing else.
#include "api/world_for_tests.h"
#include "base/file.h"
#include "base/text.h"

using namespace cadastre;
using namespace cadastre::api::testing;

namespace {

json::value document() {
  auto text = must(read_file(std::string(CADASTRE_SOURCE_DIR) + "/docs/api/openapi.json"));
  return must(parse_json(text, "openapi.json"));
}

std::string_view word(auth::Permission permission) {
  using enum auth::Permission;
  switch (permission) {
    case open:
      return "open";
    case signed_in:
      return "signed_in";
    case read:
      return "read";
    case collect:
      return "collect";
    case admin:
      return "admin";
    case metrics:
      return "metrics";
  }
  return "";
}

// "GET /a/{id}" → what must agree, one text a fact.
using Facts = std::map<std::string, std::vector<std::string>>;

Facts table_facts() {
  Facts facts;
  for (const auto& route : api::all_routes()) {
    auto pattern = replace_all(std::string(route.pattern), "...}", "}");
    auto& of = facts[fmt::format("{} {}", route.method, pattern)];
    of = {fmt::format("operation {}", route.id), fmt::format("tag {}", route.tag),
          fmt::format("summary {}", route.summary), fmt::format("permission {}", word(route.permission))};
    for (auto parameter : route.parameters) of.push_back(fmt::format("parameter {}", parameter));
    std::ranges::sort(of);
  }
  return facts;
}

Facts document_facts() {
  Facts facts;
  auto root = document();
  for (const auto& [path, methods] : root.at("paths").as_object()) {
    for (const auto& [method, operation] : methods.as_object()) {
      std::string name(method);
      for (char& c : name) c = static_cast<char>(c - 'a' + 'A');
      auto& of = facts[fmt::format("{} {}", name, std::string_view(path))];
      auto text = [&](const char* member) { return std::string(operation.at(member).as_string()); };
      of = {"operation " + text("operationId"), "tag " + std::string(operation.at("tags").at(0).as_string()),
            "summary " + text("summary"), "permission " + text("x-permission")};
      const auto* parameters = operation.as_object().if_contains("parameters");
      for (const auto& parameter : parameters ? parameters->as_array() : json::array()) {
        if (parameter.at("in").as_string() != "query") continue;
        auto known = std::string(parameter.at("name").as_string());
        bool any = parameter.at("schema").as_object().contains("additionalProperties");
        bool tags = parameter.at("schema").as_object().contains("patternProperties");
        of.push_back("parameter " + (tags ? "tag.*" : any ? "*" : known));
      }
      std::ranges::sort(of);
    }
  }
  return facts;
}

}  // namespace

TEST_CASE("the document and the table of routes say the same") {
  auto table = table_facts(), written = document_facts();
  REQUIRE(table.size() > 30);
  for (const auto& [route, facts] : table) {
    CHECK_MESSAGE(written.contains(route), route << " is not in the document");
    CHECK_MESSAGE(join(written[route], "\n") == join(facts, "\n"), route);
  }
  for (const auto& [route, facts] : document_facts()) CHECK_MESSAGE(table.contains(route), route << " is no route");
}

TEST_CASE("only open routes go without security in the document") {
  auto root = document();
  for (const auto& route : api::all_routes()) {
    auto method = lower(route.method);
    const auto& operation = root.at("paths").at(replace_all(std::string(route.pattern), "...}", "}")).at(method);
    CHECK(operation.at("security").as_array().empty() == (route.permission == auth::Permission::open));
  }
}

TEST_CASE("the document is served as it is checked in") {
  World world;
  auto answer = world.ask("GET", "/api/v1/openapi.json");
  CHECK(answer.status == 200);
  CHECK(answer.body == must(read_file(std::string(CADASTRE_SOURCE_DIR) + "/docs/api/openapi.json")));
}
