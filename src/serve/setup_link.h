// The first start: while there is no user, a link that makes the first administrator is written to a file that only the
// owner of the process can read.
#pragma once

#include "auth/auth.h"

namespace cadastre::serve {

// Returns the file, or nullopt when there are users already; a file of before is removed then. `file` has mode 0600;
// its link is good once and for an hour. Errors: the store's; io, naming the file.
Result<std::optional<std::string>> write_setup_link(auth::Auth& auth, store::Store& store, const std::string& file,
                                                    const std::string& url);

}  // namespace cadastre::serve
