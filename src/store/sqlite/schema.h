// The schema and its numbered migrations. A store is brought up to date when it is opened; one of a newer release is
// refused.
#pragma once

#include <span>

#include "store/sqlite/database.h"

namespace cadastre::store {

// In order; for the test that a fresh schema is their sum.
std::span<const char* const> migrations();

// Which migration the file is at; 0: an empty file. Errors: invalid, when it is not ours or of a newer release.
Result<int64_t> known_schema(Connection& connection, const std::string& path);

// While no other process or thread is at it (StoreLock::migrating), unless nobody else knows the file.
Result<void> migrate(Connection& connection, const std::string& path);

}  // namespace cadastre::store
