// Notes in the audit log what a request did.
#pragma once

#include "api/route.h"

namespace cadastre::api {

// Errors: the journal's; what cannot be noted is not done, so this comes first where that matters.
Result<void> note(const Call& call, std::string action, std::string object, std::string detail = {});

}  // namespace cadastre::api
