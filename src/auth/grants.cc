#include "auth/grants.h"

namespace cadastre::auth {
namespace {

bool is_account_id(const std::string& text) {
  return text.size() == 12 && text.find_first_not_of("0123456789") == text.npos;
}

const json::value* claim(const json::object& claims, const std::string& name, json::value& keep) {
  if (const auto* whole = claims.if_contains(name)) return whole;
  auto path = Path::parse(name);
  if (!path) return nullptr;
  keep = claims;
  return path->first(keep);
}

}  // namespace

std::vector<std::string> texts_in(const json::object& claims, const std::string& name) {
  json::value keep;
  const auto* value = claim(claims, name, keep);
  std::vector<std::string> all;
  if (value && value->is_string()) all.emplace_back(value->get_string());
  if (value && value->is_array()) {
    for (const auto& one : value->get_array()) {
      if (one.is_string()) all.emplace_back(one.get_string());
    }
  }
  return all;
}

Given given_by(const std::vector<std::string>& groups, const std::vector<OidcConfig::Grant>& grants,
               const std::map<std::string, std::string>& ids_by_name) {
  Given given;
  for (const auto& grant : grants) {
    auto role = role_of(grant.role);
    if (!role || std::ranges::find(groups, grant.group) == groups.end()) continue;
    given.role = std::max(given.role, *role);
    if (grant.accounts.empty()) given.scope.everything = true;
    for (const auto& account : grant.accounts) {
      auto named = ids_by_name.find(account);
      if (named != ids_by_name.end()) {
        given.scope.accounts.insert(named->second);
      } else if (is_account_id(account)) {
        given.scope.accounts.insert(account);
      }
    }
  }
  if (given.scope.everything) given.scope.accounts.clear();
  return given;
}

std::string name_in(const json::object& claims, const std::string& name) {
  const auto* verified = claims.if_contains("email_verified");
  bool doubtful = name == "email" && verified && verified->is_bool() && !verified->get_bool();
  for (const auto& from : {doubtful ? std::string() : name, std::string("preferred_username"), std::string("sub")}) {
    if (auto found = texts_in(claims, from); !from.empty() && found.size() == 1 && !found[0].empty()) return found[0];
  }
  return "";
}

}  // namespace cadastre::auth
