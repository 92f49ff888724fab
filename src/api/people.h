// How users, tokens and their accounts are written in JSON, and read back.
#pragma once

#include "api/question.h"

namespace cadastre::api {

// "accounts": null: all of them; a list: these and no others.
json::value accounts_json(bool narrowed, const std::vector<std::string>& accounts);
json::value accounts_json(const query::Scope& scope);
struct AccountsAsked {
  bool narrowed = false;
  std::vector<std::string> accounts;
};
Result<AccountsAsked> accounts_of(const Body& body);

// The number in a path. Errors: not_found with this sentence.
Result<int64_t> number_of(const Call& call, std::string_view sentence);

}  // namespace cadastre::api
