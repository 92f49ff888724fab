// The store over SQLite: one file, WAL, one writer at a time and any number of readers.
#pragma once

#include "store/store.h"

namespace cadastre::store {

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path, Clock& clock);

}  // namespace cadastre::store
