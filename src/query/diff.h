// What changed between two documents: a structural difference, path by path.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace cadastre::query {

// One difference. Before or after is empty where the value was added or removed.
struct Difference {
  std::string path;  // "State.Name", "Tags[env].Value", "SecurityGroups[sg-1]"
  std::optional<json::value> before, after;
};

// Differences in the order of the later document, what was removed after what stayed. Elements of arrays are matched by
// what identifies them (Key, Id, Arn, Name, …) when all of them have it and no two the same; other arrays of scalars by
// value; the rest by position.
std::vector<Difference> diff(const json::value& before, const json::value& after);

// "State.Name: running → stopped", "+ Tags[env]: …", "- …"; long values are cut.
std::string describe(const Difference& difference);

}  // namespace cadastre::query
