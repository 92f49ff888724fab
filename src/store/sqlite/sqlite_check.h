// Everything of a store held against what must be true.
#pragma once

#include "store/sqlite/database.h"

namespace cadastre::store {

// A sentence for each thing amiss, the first few dozen of them; empty: sound. Reads all of the file, as of one moment.
Result<std::vector<std::string>> check_database(Connection& connection, std::stop_token stop);

}  // namespace cadastre::store
