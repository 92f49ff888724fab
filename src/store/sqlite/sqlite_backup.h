// Backups: a copy of the store's file, followed by a seal over all of its bytes, so that any damage is seen.
#pragma once

#include "store/sqlite/store_file.h"

namespace cadastre::store {

// See Store::backup. Written beside `file` as FILE.part, checked, sealed, and only then named `file`.
Result<void> write_backup(StoreFile& store, const std::string& file, std::stop_token stop);

// See restore_store. `path` is the store's.
Result<void> restore_backup(const std::string& file, const std::string& path, bool replace);

}  // namespace cadastre::store
