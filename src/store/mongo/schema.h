// What marks a database as ours, and its indexes.
#pragma once

#include "store/mongo/database.h"

namespace cadastre::store::mongo {

// Makes what is missing. Errors: invalid, when the database holds something else, or is of a newer release.
Result<void> prepare(Database& database);

}  // namespace cadastre::store::mongo
