// Everything of a store held against what must be true, and what it is made of.
#pragma once

#include <stop_token>

#include "store/mongo/database.h"
#include "store/store.h"

namespace cadastre::store::mongo {

// A sentence for each thing amiss, the first few dozen of them; empty: sound. For a store that nobody writes meanwhile:
// there are no snapshots, so a writer's work looks like damage.
Result<std::vector<std::string>> check_rows(Database& database, std::stop_token stop);
Result<StoreStats> stats_of(Database& database);

}  // namespace cadastre::store::mongo
