// The file itself: giving back what is free in it, and what it is made of.
#pragma once

#include "store/sqlite/store_file.h"
#include "store/store.h"

namespace cadastre::store {

Result<void> compact_file(StoreFile& file, std::stop_token stop);
Result<StoreStats> stats_of(StoreFile& file);

}  // namespace cadastre::store
