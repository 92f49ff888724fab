#include "auth/provider.h"

#include "base/text.h"

namespace cadastre::auth {
namespace {

constexpr Millis kKept = std::chrono::hours(1), kKeysAgain = std::chrono::minutes(1);
constexpr Millis kTimeout = std::chrono::seconds(5), kLeftAlone = std::chrono::seconds(15);
constexpr size_t kLongestAnswer = 1 << 20;

std::string text(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

bool lists(const json::object& object, std::string_view name, std::string_view wanted) {
  const auto* value = object.if_contains(name);
  if (!value || !value->is_array()) return false;
  return std::ranges::any_of(value->get_array(), [&](const auto& one) { return scalar_text(one) == wanted; });
}

Result<json::object> object_of(const HttpResponse& response, std::string_view what) {
  TRY_ASSIGN(auto value, parse_json(response.body, what));
  if (!value.is_object()) return fail(ErrorCode::malformed, fmt::format("{} is no JSON object", what));
  return std::move(value.get_object());
}

std::unexpected<Error> unexpected_answer(const OidcConfig& config, const HttpResponse& response, std::string why = {}) {
  return fail(ErrorCode::network, fmt::format("the identity provider {} answered with HTTP {}{}", config.issuer,
                                              response.status, why.empty() ? "" : ": " + why));
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace

std::string encode_form(const Form& form) {
  std::string out;
  for (const auto& [name, value] : form) {
    if (!out.empty()) out += '&';
    out += percent_encode(name) + "=" + percent_encode(value);
  }
  return out;
}

Result<HttpResponse> Provider::send(HttpRequest request, std::stop_token stop) {
  {
    std::lock_guard lock(mutex_);
    if (down_until_ && clock_.steady() < *down_until_) {
      return fail(ErrorCode::network, fmt::format("the identity provider {} could not be reached", config_.issuer));
    }
  }
  request.connect_timeout = request.timeout = kTimeout;
  request.max_body = kLongestAnswer;
  request.headers.push_back({"Accept", "application/json"});
  auto response = http_.send(request, stop);
  bool down = response ? response->status >= 500 : response.error().code != ErrorCode::cancelled;
  std::lock_guard lock(mutex_);
  down_until_.reset();
  if (down) down_until_ = clock_.steady() + kLeftAlone;
  return response;
}

Result<Provider::Endpoints> Provider::endpoints(std::stop_token stop) {
  {
    std::lock_guard lock(mutex_);
    if (endpoints_ && clock_.steady() - endpoints_read_ < kKept) return *endpoints_;
  }
  auto read = [&]() -> Result<Endpoints> {
    TRY_ASSIGN(auto response, send({.url = without_slash(config_.issuer) + "/.well-known/openid-configuration"}, stop));
    if (response.status != 200) return unexpected_answer(config_, response, "is 'issuer' in cadastre.yaml right?");
    TRY_ASSIGN(auto found, object_of(response, "the identity provider's description"));
    if (text(found, "issuer") != config_.issuer) {
      return fail(ErrorCode::malformed, fmt::format("the identity provider calls itself '{}'; write exactly that as "
                                                    "'issuer' in cadastre.yaml",
                                                    printable(text(found, "issuer"))));
    }
    Endpoints endpoints{text(found, "authorization_endpoint"), text(found, "token_endpoint"), text(found, "jwks_uri"),
                        text(found, "userinfo_endpoint"), text(found, "end_session_endpoint")};
    constexpr std::string_view kMethods = "token_endpoint_auth_methods_supported";
    endpoints.post_secret =
        lists(found, kMethods, "client_secret_post") && !lists(found, kMethods, "client_secret_basic");
    const auto* names = found.if_contains("authorization_response_iss_parameter_supported");
    endpoints.names_itself = names && names->is_bool() && names->get_bool();
    auto scheme = config_.issuer.substr(0, config_.issuer.find(':') + 1);
    for (const auto* url : {&endpoints.authorize, &endpoints.token, &endpoints.keys}) {
      if (url->starts_with(scheme)) continue;
      return fail(ErrorCode::malformed, "the identity provider's description lacks an endpoint, or one has no TLS");
    }
    return endpoints;
  }();
  std::lock_guard lock(mutex_);
  if (!read && endpoints_) return *endpoints_;  // what it said an hour ago will do
  if (!read) return read;
  endpoints_ = *read;
  endpoints_read_ = clock_.steady();
  return read;
}

Result<json::object> Provider::token(Form form, std::stop_token stop) {
  TRY_ASSIGN(auto to, endpoints(stop));
  HttpRequest request{.method = "POST", .url = to.token};
  request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
  if (config_.client_secret.empty() || to.post_secret) {
    form.emplace_back("client_id", config_.client_id);
    if (!config_.client_secret.empty()) form.emplace_back("client_secret", config_.client_secret);
  } else {
    auto both =
        percent_encode(config_.client_id) + ":" + percent_encode(config_.client_secret);  // RFC 6749 section 2.3.1
    request.headers.push_back({"Authorization", "Basic " + to_base64(both)});
  }
  request.body = encode_form(form);
  TRY_ASSIGN(auto response, send(std::move(request), stop));
  if (response.status == 200) return object_of(response, "the identity provider's answer");
  auto answer = object_of(response, "the identity provider's answer");
  auto error = answer ? text(*answer, "error") : std::string();
  if (error == "invalid_grant") {
    return fail(ErrorCode::denied, "the identity provider no longer accepts this sign-in; sign in again");
  }
  return unexpected_answer(config_, response, printable(error).substr(0, 100));
}

Result<std::vector<JwtKey>> Provider::keys(bool again, std::stop_token stop) {
  {
    std::lock_guard lock(mutex_);
    auto age = clock_.steady() - keys_read_;
    if (keys_ && (again ? age < kKeysAgain : age < kKept)) return *keys_;
    // Whether it works or not: junk with made-up key ids makes us ask no more often than that.
    if (keys_) keys_read_ = clock_.steady();
  }
  auto read = [&]() -> Result<std::vector<JwtKey>> {
    TRY_ASSIGN(auto from, endpoints(stop));
    TRY_ASSIGN(auto response, send({.url = from.keys}, stop));
    if (response.status != 200) return unexpected_answer(config_, response);
    return parse_jwks(response.body);
  }();
  std::lock_guard lock(mutex_);
  if (!read && keys_) return *keys_;
  if (!read) return read;
  keys_ = *read;
  keys_read_ = clock_.steady();
  return read;
}

Result<json::object> Provider::id_claims(std::string_view token, const std::string& nonce, std::stop_token stop) {
  TRY_ASSIGN(auto known, keys(false, stop));
  auto claims = verify_jwt(token, known);
  if (!claims && claims.error().code == ErrorCode::malformed) {
    TRY_ASSIGN(known, keys(true, stop));
    claims = verify_jwt(token, known);
  }
  if (!claims) return claims;
  TRY(check_id_token(*claims, {config_.issuer, config_.client_id, nonce}, clock_.now()));
  return claims;
}

Result<json::object> Provider::user_info(const std::string& access_token, std::stop_token stop) {
  TRY_ASSIGN(auto from, endpoints(stop));
  if (from.user_info.empty() || access_token.empty()) return json::object();
  HttpRequest request{.url = from.user_info};
  request.headers.push_back({"Authorization", "Bearer " + access_token});
  TRY_ASSIGN(auto response, send(std::move(request), stop));
  if (response.status == 401 || response.status == 403) {
    return fail(ErrorCode::denied, "the identity provider no longer says anything of this user");
  }
  if (response.status != 200) return unexpected_answer(config_, response);
  return object_of(response, "the identity provider's answer");
}

}  // namespace cadastre::auth
