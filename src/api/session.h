// What all ways to sign in end with.
#pragma once

#include "api/metrics.h"
#include "api/problem.h"
#include "api/route.h"

namespace cadastre::api {

// The answer with the session's cookie.
ServerResponse welcome(const Call& call, const auth::SignedIn& in, ServerResponse response);
// 401 in place of 403, since nobody is signed in; counted. Other errors as they are.
Result<ServerResponse> refused_sign_in(const Call& call, const Error& error);

}  // namespace cadastre::api
