#include "auth/oidc.h"

#include "auth/grants.h"
#include "auth/provider.h"
#include "auth/secret.h"
#include "base/hash.h"
#include "base/text.h"

namespace cadastre::auth {
namespace {

constexpr Millis kPatience = std::chrono::minutes(10);
constexpr std::string_view kCookieLabel = "cadastre sign-in";
constexpr size_t kLongestPath = 2048;

std::string cookie_name(bool secure) { return secure ? "__Host-cadastre-oidc" : "cadastre-oidc"; }

std::string cookie_of(std::string_view value, bool secure, int64_t seconds) {
  // Lax: the provider's redirect back is a top-level navigation from another site, and must bring it.
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{}", cookie_name(secure), value, seconds,
                     secure ? "; Secure" : "");
}

std::string text(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::unexpected<Error> start_again() {
  return fail(ErrorCode::denied,
              "this answer is not to a sign-in that this browser began in the last ten minutes; "
              "start again");
}

// What the browser keeps for us, sealed, while it is at the provider.
struct Pending {
  std::string state, nonce, verifier, return_to;
  int64_t until = 0;
  bool silent = false;
};

std::string packed(const Pending& pending) {
  return to_json(json::object{{"state", pending.state},
                              {"nonce", pending.nonce},
                              {"verifier", pending.verifier},
                              {"return_to", pending.return_to},
                              {"until", pending.until},
                              {"silent", pending.silent}});
}

std::optional<Pending> unpacked(std::string_view source) {
  auto value = parse_json(source, "a cookie");
  if (!value || !value->is_object()) return std::nullopt;
  const auto& object = value->get_object();
  const auto *until = object.if_contains("until"), *silent = object.if_contains("silent");
  if (!until || !until->is_int64() || !silent || !silent->is_bool()) return std::nullopt;
  return Pending{text(object, "state"),     text(object, "nonce"), text(object, "verifier"),
                 text(object, "return_to"), until->get_int64(),    silent->get_bool()};
}

}  // namespace

std::string local_path(std::string_view path) {
  bool local = path.starts_with('/') && path.size() <= kLongestPath && path.substr(1, 1) != "/" &&
               std::ranges::none_of(path, [](unsigned char c) { return c <= ' ' || c == '\\' || c >= 0x7F; });
  return local ? std::string(path) : "/";
}

std::string challenge_of(std::string_view verifier) { return to_base64url(sha256(verifier)); }

struct Oidc::State {
  const OidcConfig config;
  std::map<std::string, std::string> configured_accounts;  // name → id
  Auth& auth;
  store::Store& store;
  Clock& clock;
  const std::string redirect_uri;
  Provider provider;

  State(const Config& from, Auth& auth_of, store::Store& store_of, HttpTransport& http, Clock& clock_of,
        std::string redirect)
      : config(from.sign_in.oidc.value_or(OidcConfig{})),
        auth(auth_of),
        store(store_of),
        clock(clock_of),
        redirect_uri(std::move(redirect)),
        provider(config, http, clock_of) {
    for (const auto& account : from.accounts) configured_accounts[account.name] = account.id;
  }

  int64_t now() { return clock.now().time_since_epoch().count(); }
  Result<Pending> pending(const ServerRequest& request);
  Result<Auth::Vouched> vouched(const json::object& tokens, json::object claims, std::stop_token stop);
  Result<std::optional<Auth::Vouched>> confirm(const store::Session& session);
  Result<std::map<std::string, std::string>> accounts();
};

// Only asked for when a grant names an account by something other than its id.
Result<std::map<std::string, std::string>> Oidc::State::accounts() {
  auto all = configured_accounts;
  bool named = std::ranges::any_of(config.grants, [&](const auto& grant) {
    return std::ranges::any_of(grant.accounts, [&](const auto& account) {
      return account.find_first_not_of("0123456789") != account.npos && !all.contains(account);
    });
  });
  if (!named) return all;
  TRY_ASSIGN(auto rows, store.cells().accounts());
  for (const auto& row : rows) all.emplace(row.name, row.id);
  return all;
}

Result<Auth::Vouched> Oidc::State::vouched(const json::object& tokens, json::object claims, std::stop_token stop) {
  // Many providers put groups and names into the answer of the user-info endpoint only.
  if (texts_in(claims, config.groups_claim).empty() || texts_in(claims, config.name_claim).empty()) {
    TRY_ASSIGN(auto more, provider.user_info(text(tokens, "access_token"), stop));
    if (!more.empty() && text(more, "sub") != text(claims, "sub")) {
      return fail(ErrorCode::denied, "the identity provider spoke of somebody else");
    }
    for (auto& member : more) claims.emplace(member.key(), member.value());
  }
  TRY_ASSIGN(auto known, accounts());
  auto given = given_by(texts_in(claims, config.groups_claim), config.grants, known);
  return Auth::Vouched{.provider = config.issuer,
                       .subject = text(claims, "sub"),
                       .name = name_in(claims, config.name_claim),
                       .refresh = text(tokens, "refresh_token"),
                       .role = given.role,
                       .scope = given.scope};
}

Result<std::optional<Auth::Vouched>> Oidc::State::confirm(const store::Session& session) {
  TRY_ASSIGN(auto user, store.identity().user(session.user));
  if (!user || user->provider != config.issuer) return std::nullopt;
  auto answer = [&]() -> Result<Auth::Vouched> {
    TRY_ASSIGN(auto tokens, provider.token({{"grant_type", "refresh_token"}, {"refresh_token", session.refresh}}, {}));
    json::object claims;
    if (auto token = text(tokens, "id_token"); !token.empty()) {
      TRY_ASSIGN(claims, provider.id_claims(token, "", {}));
    } else {
      claims["sub"] = user->subject;  // the user-info endpoint has to say the same
    }
    return vouched(tokens, std::move(claims), {});
  }();
  if (!answer && answer.error().code == ErrorCode::denied) return std::nullopt;
  if (!answer) return std::unexpected(std::move(answer).error());
  return std::move(*answer);
}

Oidc::Oidc(const Config& config, Auth& auth, store::Store& store, HttpTransport& http, Clock& clock,
           std::string redirect_uri)
    : state_(std::make_unique<State>(config, auth, store, http, clock, std::move(redirect_uri))) {
  auth.confirm_with([state = state_.get()](const store::Session& session) { return state->confirm(session); });
}

Oidc::~Oidc() { state_->auth.confirm_with({}); }

Result<Oidc::Redirect> Oidc::begin(std::string_view return_to, const ServerRequest& request, bool silent) {
  auto& s = *state_;
  TRY_ASSIGN(auto endpoints, s.provider.endpoints(request.stop));
  Pending pending{new_secret(), new_secret(), new_secret(), local_path(return_to), s.now() + kPatience.count(), silent};
  Form form = {{"response_type", "code"},
               {"client_id", s.config.client_id},
               {"redirect_uri", s.redirect_uri},
               {"scope", join(s.config.scopes, " ")},
               {"state", pending.state},
               {"nonce", pending.nonce},
               {"code_challenge", challenge_of(pending.verifier)},
               {"code_challenge_method", "S256"}};
  if (silent) form.emplace_back("prompt", "none");
  TRY_ASSIGN(auto key, s.store.redaction_key());
  auto sealed = seal(key, kCookieLabel, s.redirect_uri, packed(pending));
  auto joint = endpoints.authorize.find('?') == std::string::npos ? "?" : "&";
  return Redirect{endpoints.authorize + joint + encode_form(form),
                  cookie_of(sealed, request.secure, kPatience.count() / 1000)};
}

std::string Oidc::no_cookie(bool secure) { return cookie_of("", secure, 0); }

Result<Pending> Oidc::State::pending(const ServerRequest& request) {
  TRY_ASSIGN(auto key, store.redaction_key());
  auto opened = unseal(key, kCookieLabel, redirect_uri, request.cookie(cookie_name(request.secure)));
  if (!opened) return start_again();
  auto found = unpacked(*opened);
  const auto* state = request.parameter("state");
  if (!found || found->state.empty() || now() >= found->until) return start_again();
  if (!state || !equal_secrets(*state, found->state)) return start_again();
  return *found;
}

Result<Oidc::Finished> Oidc::finish(const ServerRequest& request) {
  auto& s = *state_;
  TRY_ASSIGN(auto pending, s.pending(request));
  TRY_ASSIGN(auto endpoints, s.provider.endpoints(request.stop));
  // The answer of one provider given out as another's: RFC 9207.
  const auto* issuer = request.parameter("iss");
  if ((issuer && *issuer != s.config.issuer) || (!issuer && endpoints.names_itself)) return start_again();
  if (const auto* error = request.parameter("error")) {
    if (pending.silent) return fail(ErrorCode::expired, "the identity provider wants to ask; sign in again", *error);
    return fail(ErrorCode::denied,
                fmt::format("the identity provider refused the sign-in: {}", printable(*error).substr(0, 100)));
  }
  const auto* code = request.parameter("code");
  if (!code || code->empty()) return start_again();
  TRY_ASSIGN(auto tokens, s.provider.token({{"grant_type", "authorization_code"},
                                            {"code", *code},
                                            {"redirect_uri", s.redirect_uri},
                                            {"code_verifier", pending.verifier}},
                                           request.stop));
  TRY_ASSIGN(auto claims, s.provider.id_claims(text(tokens, "id_token"), pending.nonce, request.stop));
  TRY_ASSIGN(auto who, s.vouched(tokens, std::move(claims), request.stop));
  TRY_ASSIGN(auto in, s.auth.sign_in(who, request));
  return Finished{std::move(in), pending.return_to};
}

Result<std::optional<std::string>> Oidc::sign_out_url(const std::string& back_to, std::stop_token stop) {
  TRY_ASSIGN(auto endpoints, state_->provider.endpoints(stop));
  if (endpoints.end_session.empty()) return std::nullopt;
  auto joint = endpoints.end_session.find('?') == std::string::npos ? "?" : "&";
  return endpoints.end_session + joint +
         encode_form({{"client_id", state_->config.client_id}, {"post_logout_redirect_uri", back_to}});
}

}  // namespace cadastre::auth
