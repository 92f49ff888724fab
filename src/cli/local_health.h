// How clusters fare, by the store of the configuration.
#pragma once

#include "cli/source.h"

namespace cadastre::cli {

Result<std::vector<json::object>> local_clusters(App& app, const Source::ClustersRequest& request);

// The accounts of an answer that are asked for by name or id. Errors: invalid: one is not there. `rows`: id and name.
Result<std::vector<std::string>> account_ids(const std::vector<std::string>& wanted,
                                             const std::vector<std::pair<std::string, std::string>>& rows);
// Errors: invalid: one of those that are asked for is not among them.
Result<void> check_clusters(const std::vector<std::string>& wanted, const std::vector<json::object>& found);

}  // namespace cadastre::cli
