// Signing in with the identity provider: there, and back. Browsers come here themselves, so the answers lead on.
#include "api/answer.h"
#include "api/question.h"
#include "api/session.h"
#include "auth/oidc.h"
#include "base/log.h"
#include "base/text.h"

namespace cadastre::api {
namespace {

ServerResponse lead_to(std::string url) {
  ServerResponse response;
  response.status = 303;
  response.set("Location", std::move(url));
  return response;
}

void add_cookie(ServerResponse& response, std::string cookie) {
  response.headers.push_back({"Set-Cookie", std::move(cookie)});
}

Result<ServerResponse> no_provider() {
  return fail(ErrorCode::unsupported, "no identity provider is configured here; sign in with name and password");
}

// What the provider did not do is no defect of ours, and none of the asker's.
Result<ServerResponse> refused(const Call& call, const Error& error) {
  bool theirs = error.code == ErrorCode::network || error.code == ErrorCode::timeout ||
                error.code == ErrorCode::malformed || error.code == ErrorCode::failed;
  if (!theirs) return refused_sign_in(call, error);
  log_warning("request {}: {}{}", call.request.id, error.message, error.cause.empty() ? "" : " (" + error.cause + ")");
  return problem(call.request, 502, "the identity provider did not answer as it should; try again in a moment");
}

Result<ServerResponse> begin(const Call& call) {
  if (!call.services.oidc) return no_provider();
  TRY_ASSIGN(auto silent, flag_of(call, "silent"));
  auto there = call.services.oidc->begin(text_of(call, "next"), call.request, silent);
  if (!there) return refused(call, there.error());
  auto response = lead_to(there->url);
  add_cookie(response, there->cookie);
  return response;
}

Result<ServerResponse> end(const Call& call) {
  if (!call.services.oidc) return no_provider();
  auto back = call.services.oidc->finish(call.request);
  auto response = [&]() -> Result<ServerResponse> {
    if (back) return welcome(call, back->in, lead_to(back->return_to));
    // The provider wants to ask something after all.
    if (back.error().code == ErrorCode::expired) return lead_to("/api/v1/session/oidc");
    return refused(call, back.error());
  }();
  if (response) add_cookie(*response, auth::Oidc::no_cookie(call.request.secure));
  return response;
}

}  // namespace

Routes provider_routes() {
  using enum auth::Permission;
  // Providers add words of their own to what they send back: any are taken there.
  return {{"GET",
           "/api/v1/session/oidc",
           open,
           "session",
           "beginProvider",
           "To the identity provider, to sign in there",
           {"next", "silent"},
           begin},
          {"GET",
           "/api/v1/session/oidc/callback",
           open,
           "session",
           "endProvider",
           "Back from the identity provider",
           {"*"},
           end}};
}

}  // namespace cadastre::api
