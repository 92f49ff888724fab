// Roles, permissions and scopes: who may what.
#include "auth/auth.h"

namespace cadastre::auth {
namespace {

constexpr std::pair<Role, std::string_view> kRoles[] = {
    {Role::viewer, "viewer"}, {Role::operator_, "operator"}, {Role::admin, "admin"}};

bool within(const query::Scope& inner, const query::Scope& outer) {
  if (outer.everything) return true;
  return !inner.everything && std::ranges::includes(outer.accounts, inner.accounts);
}

}  // namespace

std::string_view to_string(Role role) {
  for (const auto& [value, word] : kRoles) {
    if (value == role) return word;
  }
  return "none";
}

std::optional<Role> role_of(std::string_view word) {
  for (const auto& [value, name] : kRoles) {
    if (name == word) return value;
  }
  return std::nullopt;
}

std::optional<Role> role_of_scope(std::string_view scope) {
  if (scope == "read") return Role::viewer;
  if (scope == "collect") return Role::operator_;
  if (scope == "admin") return Role::admin;
  if (scope == "metrics") return Role::none;
  return std::nullopt;
}

bool Principal::may(Permission permission) const {
  switch (permission) {
    case Permission::open:
      return true;
    case Permission::signed_in:
      return kind != Kind::nobody;
    case Permission::read:
      return kind != Kind::nobody && role >= Role::viewer;
    case Permission::collect:
      return kind != Kind::nobody && role >= Role::operator_;
    case Permission::admin:
      return kind != Kind::nobody && role >= Role::admin;
    case Permission::metrics:
      return kind != Kind::nobody && (metrics || (role >= Role::admin && scope.everything));
  }
  return false;
}

query::Scope scope_of(const store::User& user) {
  if (!user.narrowed) return {};
  return {.everything = false, .accounts = {user.accounts.begin(), user.accounts.end()}};
}

Result<void> may_give(const Principal& principal, Role role, const query::Scope& scope) {
  if (role > principal.role) {
    return fail(ErrorCode::denied, fmt::format("the role {} is more than your own", to_string(role)));
  }
  if (!within(scope, principal.scope)) {
    return fail(ErrorCode::denied, "you may only give the accounts that you see yourself; name them");
  }
  return {};
}

Result<void> may_manage(const Principal& principal, const store::User& user) {
  if (principal.may(Permission::admin) && within(scope_of(user), principal.scope)) return {};
  return fail(ErrorCode::denied, "this user sees accounts that you do not; another administrator must do this");
}

}  // namespace cadastre::auth
