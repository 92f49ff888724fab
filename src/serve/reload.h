// What differs between two configurations, for the log of a reload: never a value that may be secret.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace cadastre::serve {

struct Differences {
  std::vector<std::string> applied;  // take effect with the next run: "schedule", "account prod added"
  std::vector<std::string> waiting;  // take effect with the next start: "listen"
};
Differences differences(const Config& before, const Config& after);

}  // namespace cadastre::serve
