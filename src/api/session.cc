// Coming in and going out: by password, and by the link for the first administrator. The identity provider's way is in
// provider.cc.
#include "api/session.h"

#include "api/answer.h"
#include "api/people.h"

namespace cadastre::api {
namespace {

json::object session_json(const Call& call, const auth::Principal& principal) {
  json::object body{{"provider", call.services.oidc != nullptr}, {"user", nullptr}, {"csrf", nullptr}};
  if (principal.kind == auth::Principal::Kind::nobody) return body;
  body["user"] = json::object{{"name", principal.name},
                              {"role", auth::to_string(principal.role)},
                              {"accounts", accounts_json(principal.scope)},
                              {"token", principal.kind == auth::Principal::Kind::token}};
  if (principal.kind == auth::Principal::Kind::session) body["csrf"] = principal.csrf;
  body["release"] = call.services.release;
  return body;
}

Result<ServerResponse> get_session(const Call& call) { return json_answer(session_json(call, call.principal)); }

Result<ServerResponse> sign_in(const Call& call) {
  TRY_ASSIGN(auto body, Body::of(call, {"name", "password"}));
  TRY_ASSIGN(auto name, body.text("name", true));
  TRY_ASSIGN(auto password, body.text("password", true));
  auto in = call.services.auth.sign_in(name, password, call.request);
  if (!in) return refused_sign_in(call, in.error());
  return welcome(call, *in, json_answer(session_json(call, in->principal)));
}

Result<ServerResponse> set_up(const Call& call) {
  TRY_ASSIGN(auto body, Body::of(call, {"link", "name", "password"}));
  TRY_ASSIGN(auto link, body.text("link", true));
  TRY_ASSIGN(auto name, body.text("name", true));
  TRY_ASSIGN(auto password, body.text("password", true));
  auto in = call.services.auth.set_up(link, name, password, call.request);
  if (!in) return refused_sign_in(call, in.error());
  return welcome(call, *in, json_answer(session_json(call, in->principal), 201));
}

Result<ServerResponse> sign_out(const Call& call) {
  TRY(call.services.auth.sign_out(call.principal));
  auto response = no_content();
  response.set("Set-Cookie", auth::Auth::no_cookie(call.request.secure));
  response.set("Clear-Site-Data", "\"cache\"");
  return response;
}

Result<ServerResponse> change_password(const Call& call) {
  TRY_ASSIGN(auto body, Body::of(call, {"old", "new"}));
  TRY_ASSIGN(auto before, body.text("old", true));
  TRY_ASSIGN(auto after, body.text("new", true));
  TRY(call.services.auth.change_password(call.principal, before, after));
  return no_content();
}

}  // namespace

ServerResponse welcome(const Call& call, const auth::SignedIn& in, ServerResponse response) {
  response.set("Set-Cookie", auth::Auth::cookie(in.secret, call.request.secure));
  return response;
}

Result<ServerResponse> refused_sign_in(const Call& call, const Error& error) {
  if (error.code != ErrorCode::denied) return std::unexpected(error);
  call.services.metrics.sign_in_failed();
  return problem(call.request, 401, error.message);
}

Routes session_routes() {
  using enum auth::Permission;
  return {{"GET",
           "/api/v1/session",
           open,
           "session",
           "getSession",
           "Who is signed in, and the session's CSRF token",
           {},
           get_session},
          {"POST", "/api/v1/session", open, "session", "signIn", "Sign in with name and password", {}, sign_in},
          {"DELETE", "/api/v1/session", signed_in, "session", "signOut", "Sign out", {}, sign_out},
          {"POST",
           "/api/v1/session/password",
           signed_in,
           "session",
           "changePassword",
           "Change one's own password",
           {},
           change_password},
          {"POST",
           "/api/v1/session/setup",
           open,
           "session",
           "setUp",
           "Make the first administrator, by the link that the server wrote",
           {},
           set_up}};
}

}  // namespace cadastre::api
