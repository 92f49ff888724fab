// The store over MongoDB. README.md of the store says what a crash leaves in each place, and how it is mended.
#pragma once

#include "store/mongo/database.h"
#include "store/store.h"

namespace cadastre::store::mongo {

// `url`: see database.h. The interceptor is for tests.
Result<std::unique_ptr<Store>> open_mongo_store(const std::string& url, Clock& clock,
                                                Database::Interceptor interceptor = {});

}  // namespace cadastre::store::mongo
