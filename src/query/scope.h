// Who asks: which accounts an answer may speak of. What is outside the scope does not exist for the asker: not as a
// row, a count, a facet, a suggestion, a link, a difference, an export or an error.
#pragma once

#include <set>
#include <string>

namespace cadastre::query {

struct Scope {
  bool everything = true;
  std::set<std::string> accounts{};  // ids; counts when `everything` is false
  bool sees(const std::string& account) const { return everything || accounts.contains(account); }
};

}  // namespace cadastre::query
