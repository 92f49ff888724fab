// Changing one user: read, changed and written as one, among all threads of this process. Internal to auth.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/store.h"

namespace cadastre::auth {

// Errors: not_found, and whatever `change` says, in which case nothing is written.
Result<store::User> edit_user(store::Store& store, int64_t id, const std::function<Result<void>(store::User&)>& change);

// 1 to 64 letters, digits and . _ @ + -, beginning with a letter or digit: fit for a log line, a cell and a shell.
Result<void> check_name(std::string_view name);

// Twelve digits each. Errors: invalid, naming the first that is not.
Result<void> check_accounts(const std::vector<std::string>& accounts);

// Who did what to whom, without a request.
Result<void> note(store::Store& store, Time now, std::string_view actor, std::string action, std::string object,
                  std::string detail);

}  // namespace cadastre::auth
