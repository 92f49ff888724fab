#include "auth/grants.h"

#include <doctest/doctest.h>

using namespace cadastre;
using namespace cadastre::auth;

namespace {

json::object claims(std::string_view text) { return parse_json(text, "claims").value().get_object(); }
using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the highest role of all groups, their accounts together") {
  const std::vector<OidcConfig::Grant> grants = {{"everyone", "viewer", {"111111111111"}},
                                                 {"payments", "operator", {"prod", "222222222222"}},
                                                 {"platform", "admin", {}},
                                                 {"typo", "viewer", {"no such account"}}};
  const std::map<std::string, std::string> ids = {{"prod", "333333333333"}};
  struct Row {
    Texts groups;
    Role role;
    bool everything;
    std::set<std::string> accounts;
  };
  for (const auto& row :
       {Row{{}, Role::none, false, {}}, Row{{"elsewhere", "Everyone"}, Role::none, false, {}},
        Row{{"everyone"}, Role::viewer, false, {"111111111111"}},
        Row{{"payments", "everyone"}, Role::operator_, false, {"111111111111", "222222222222", "333333333333"}},
        Row{{"everyone", "platform"}, Role::admin, true, {}}, Row{{"typo"}, Role::viewer, false, {}}}) {
    CAPTURE(row.groups.size());
    auto given = given_by(row.groups, grants, ids);
    CHECK(given.role == row.role);
    CHECK(given.scope.everything == row.everything);
    CHECK(given.scope.accounts == row.accounts);
  }
}

TEST_CASE("claims by name, by path, as one text") {
  auto said = claims(R"({"groups":["a","b",7],"https://x.example/groups":["c"],"realm":{"roles":["d"]},"one":"e"})");
  CHECK(texts_in(said, "groups") == Texts{"a", "b"});
  CHECK(texts_in(said, "https://x.example/groups") == Texts{"c"});
  CHECK(texts_in(said, "realm.roles") == Texts{"d"});
  CHECK(texts_in(said, "one") == Texts{"e"});
  CHECK(texts_in(said, "none").empty());
  CHECK(texts_in(said, "realm").empty());
}

TEST_CASE("what a user is called") {
  CHECK(name_in(claims(R"({"sub":"u1","email":"a@x"})"), "email") == "a@x");
  CHECK(name_in(claims(R"({"sub":"u1","email":"a@x","email_verified":true})"), "email") == "a@x");
  // Nobody becomes the boss by saying that this is their address.
  CHECK(name_in(claims(R"({"sub":"u1","email":"boss@x","email_verified":false})"), "email") == "u1");
  CHECK(name_in(claims(R"({"sub":"u1","preferred_username":"ana"})"), "email") == "ana");
  CHECK(name_in(claims(R"({"sub":"u1","nick":"a"})"), "nick") == "a");
}
