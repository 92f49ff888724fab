#include "serve/setup_link.h"

#include <unistd.h>

#include "base/file.h"

namespace cadastre::serve {

Result<std::optional<std::string>> write_setup_link(auth::Auth& auth, store::Store& store, const std::string& file,
                                                    const std::string& url) {
  TRY_ASSIGN(auto users, store.identity().users());
  if (!users.empty()) {
    ::unlink(file.c_str());
    return std::nullopt;
  }
  TRY_ASSIGN(auto secret, auth.make_setup_link());
  // Behind the '#' it is sent to no server, and so stands in no log of one.
  TRY(write_file(file, fmt::format("{}/api/setup#{}\n", url, secret), 0600));
  return file;
}

}  // namespace cadastre::serve
