// Entries of the configuration that are given by kind: "aws.ec2.instance", "ec2.instance", a glob ("ec2.*"), "default".
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/text.h"

namespace cadastre::collect {

// The entry that holds for the kind: the very kind before globs, of globs the longest. "default" is not looked at.
// nullptr: none.
template <typename Value>
const Value* entry_for(const std::map<std::string, Value>& entries, std::string_view kind) {
  auto names = [&](std::string_view pattern) {
    return glob_match(pattern, kind) || (kind.starts_with("aws.") && glob_match(pattern, kind.substr(4)));
  };
  auto rank = [](std::string_view pattern) {
    return std::pair(pattern.find_first_of("*?") == pattern.npos, pattern.size());
  };
  const std::pair<const std::string, Value>* best = nullptr;
  for (const auto& entry : entries) {
    if (entry.first == "default" || !names(entry.first)) continue;
    if (!best || rank(best->first) < rank(entry.first)) best = &entry;
  }
  return best ? &best->second : nullptr;
}

}  // namespace cadastre::collect
