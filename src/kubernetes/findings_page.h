// A cluster's findings by pages, so that no answer grows with the cluster. A page begins where the one before ended, by
// what its last finding was, whatever has come or gone since.
#pragma once

#include "base/json.h"
#include "kubernetes/health.h"

namespace cadastre::kubernetes {

struct FindingsPage {
  json::array rows;  // as finding_json
  std::string next;  // the cursor of the page that follows; "": this is the last
};

constexpr size_t kPageBytes = 100'000;  // of the rows, as JSON; a page has one row at least

// At most `limit` findings of `worst`, which is ordered as examine() leaves it. `cursor` "": from the first. Errors:
// invalid: no cursor of ours.
Result<FindingsPage> findings_page(const HealthRules& rules, const std::vector<Finding>& worst,
                                   const std::string& cursor, size_t limit);

}  // namespace cadastre::kubernetes
