// Who may what: every role against every permission, from one table.
#include <doctest/doctest.h>

#include "auth/auth.h"

using namespace cadastre;
using namespace cadastre::auth;

namespace {

constexpr Permission kPermissions[] = {Permission::open,    Permission::signed_in, Permission::read,
                                       Permission::collect, Permission::admin,     Permission::metrics};

struct Row {
  const char* what;
  Principal::Kind kind;
  Role role;
  bool narrowed, metrics;
  const char* may;  // one letter for each of kPermissions: y or -
};
using enum Principal::Kind;
constexpr Row kTable[] = {
    {"nobody", nobody, Role::none, false, false, "y-----"},
    {"nobody, with a role by mistake", nobody, Role::admin, false, true, "y-----"},
    {"session without a role", session, Role::none, false, false, "yy----"},
    {"viewer", session, Role::viewer, false, false, "yyy---"},
    {"viewer of some accounts", session, Role::viewer, true, false, "yyy---"},
    {"operator", session, Role::operator_, false, false, "yyyy--"},
    {"admin", session, Role::admin, false, false, "yyyyyy"},
    {"admin of some accounts", session, Role::admin, true, false, "yyyyy-"},
    {"token read", token, Role::viewer, false, false, "yyy---"},
    {"token metrics", token, Role::none, false, true, "yy---y"},
    {"token collect, metrics", token, Role::operator_, false, true, "yyyy-y"},
    {"token admin", token, Role::admin, false, false, "yyyyyy"},
};

query::Scope only(std::set<std::string> accounts) { return {.everything = false, .accounts = std::move(accounts)}; }

}  // namespace

TEST_CASE("every role and permission") {
  for (const auto& row : kTable) {
    Principal principal{.kind = row.kind, .role = row.role, .metrics = row.metrics};
    if (row.narrowed) principal.scope = only({"111111111111"});
    for (size_t i = 0; i < std::size(kPermissions); ++i) {
      CAPTURE(row.what);
      CAPTURE(i);
      CHECK(principal.may(kPermissions[i]) == (row.may[i] == 'y'));
    }
  }
}

TEST_CASE("roles have words, and only those") {
  for (auto role : {Role::viewer, Role::operator_, Role::admin}) CHECK(role_of(to_string(role)) == role);
  CHECK(to_string(Role::operator_) == "operator");
  for (auto word : {"", "none", "root", "Admin", "operator_"}) CHECK_FALSE(role_of(word));
}

TEST_CASE("an administrator of some accounts gives no more, and rules over nobody who has more") {
  Principal all{.kind = Principal::Kind::session, .role = Role::admin};
  auto some = all;
  some.scope = only({"111111111111", "222222222222"});

  CHECK(may_give(all, Role::admin, {}).has_value());
  CHECK(may_give(some, Role::admin, only({"111111111111"})).has_value());
  CHECK(may_give(some, Role::viewer, only({})).has_value());
  CHECK_FALSE(may_give(some, Role::viewer, {}).has_value());
  CHECK_FALSE(may_give(some, Role::viewer, only({"333333333333"})).has_value());
  Principal viewer{.kind = Principal::Kind::session, .role = Role::viewer};
  CHECK(may_give(viewer, Role::operator_, {}).error().code == ErrorCode::denied);

  store::User user;
  CHECK(may_manage(all, user).has_value());
  CHECK_FALSE(may_manage(some, user).has_value());
  user.narrowed = true;
  user.accounts = {"222222222222"};
  CHECK(may_manage(some, user).has_value());
  CHECK_FALSE(may_manage(viewer, user).has_value());
  user.accounts = {"222222222222", "333333333333"};
  CHECK_FALSE(may_manage(some, user).has_value());
}
