// Files that are kept beside the store.
#pragma once

#include "config/config.h"

namespace cadastre::serve {

// "cadastre.db" and ".index": "cadastre.db.index". A store that is no file has them beside the configuration.
std::string beside_store(const Config& config, std::string_view ending);

}  // namespace cadastre::serve
