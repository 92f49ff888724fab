// Signing in with the identity provider: there, and back.
#include "api/answer.h"
#include "api/question.h"
#include "api/session.h"

namespace cadastre::api {
namespace {

Result<ServerResponse> begin(const Call&) {
  return fail(ErrorCode::unsupported, "no identity provider is configured here");
}
Result<ServerResponse> end(const Call&) {
  return fail(ErrorCode::unsupported, "no identity provider is configured here");
}

}  // namespace

Routes provider_routes() {
  using enum auth::Permission;
  return {{"GET",
           "/api/v1/session/oidc",
           open,
           "session",
           "beginProvider",
           "To the identity provider, to sign in there",
           {"next"},
           begin},
          {"GET",
           "/api/v1/session/oidc/callback",
           open,
           "session",
           "endProvider",
           "Back from the identity provider",
           {"code", "state", "error", "error_description", "iss", "session_state"},
           end}};
}

}  // namespace cadastre::api
