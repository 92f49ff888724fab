// The parts of the flow that need no provider's signature; tests/oidc/ drives the whole against a real one.
#include "auth/oidc.h"

#include "auth/provider.h"
#include "auth/rig.h"
#include "auth/secret.h"
#include "base/text.h"

using namespace cadastre;
using namespace cadastre::auth;
using namespace cadastre::auth::testing;

namespace {

const std::string kIssuer = "https://id.example/realm";
const std::string kCallback = "https://cadastre.example/callback";

std::string description(const std::string& more = "") {
  return R"({"issuer":")" + kIssuer +
         R"(","authorization_endpoint":"https://id.example/auth?tenant=1","token_endpoint":"https://id.example/token",)"
         R"("jwks_uri":"https://id.example/keys","end_session_endpoint":"https://id.example/end")" +
         more + "}";
}

struct OidcRig : Rig {
  std::string described = description();
  HttpResponse token_answer{400, {}, R"({"error":"invalid_grant"})"};
  bool reachable = true;
  cadastre::testing::FakeHttp http{[this](const HttpRequest& request) -> Result<HttpResponse> {
    if (!reachable) return fail(ErrorCode::network, "refused");
    if (request.url == kIssuer + "/.well-known/openid-configuration") return HttpResponse{200, {}, described};
    if (request.url == "https://id.example/token") return token_answer;
    return HttpResponse{404, {}, ""};
  }};
  Config whole;
  std::unique_ptr<Oidc> oidc;

  OidcRig() {
    whole.sign_in.oidc = OidcConfig{};
    whole.sign_in.oidc->issuer = kIssuer;
    whole.sign_in.oidc->client_id = "cadastre";
    whole.sign_in.oidc->client_secret = "s3cret & co";
    oidc = std::make_unique<Oidc>(whole, auth, store, http, clock, kCallback);
  }
  Oidc::Redirect begin(std::string_view to = "/", bool silent = false) {
    return must(oidc->begin(to, request("GET"), silent));
  }
  // The browser's way back.
  ServerRequest back(const Oidc::Redirect& from, std::vector<std::pair<std::string, std::string>> query) {
    auto made = request("GET", {{"Cookie", from.cookie.substr(0, from.cookie.find(';'))}});
    made.query = std::move(query);
    return made;
  }
};

std::string parameter(const std::string& url, const std::string& name) {
  for (auto pair : split(std::string_view(url).substr(url.find('?') + 1), '&')) {
    if (pair.starts_with(name + "=")) return percent_decode(pair.substr(name.size() + 1));
  }
  return "";
}

}  // namespace

TEST_CASE("only paths of this server are returned to") {
  for (auto fine : {"/", "/resources?q=a%20b&x=//y", "/a/../b", "/#top", "/a:b@c"}) CHECK(local_path(fine) == fine);
  for (auto bad : {"", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "evil.example",
                   "/\t/evil.example", "/\n/evil.example", " /", "/ a", "javascript:alert(1)", "/a\\b", "/\x7f"}) {
    CAPTURE(bad);
    CHECK(local_path(bad) == "/");
  }
  CHECK(local_path("/" + std::string(3000, 'x')) == "/");
}

TEST_CASE("the browser is sent with PKCE, state and nonce, and keeps a sealed cookie") {
  OidcRig rig;
  auto first = rig.begin("/resources?q=web"), second = rig.begin();
  CHECK(first.url.starts_with("https://id.example/auth?tenant=1&response_type=code&client_id=cadastre&"));
  CHECK(parameter(first.url, "redirect_uri") == kCallback);
  CHECK(parameter(first.url, "scope") == "openid profile email");
  CHECK(parameter(first.url, "code_challenge_method") == "S256");
  CHECK(parameter(first.url, "prompt").empty());
  CHECK(parameter(rig.begin("/", true).url, "prompt") == "none");
  for (auto name : {"state", "nonce", "code_challenge"}) {
    CAPTURE(name);
    CHECK(parameter(first.url, name).size() == 43);
    CHECK(parameter(first.url, name) != parameter(second.url, name));
    CHECK(first.cookie.find(parameter(first.url, name)) == std::string::npos);
  }
  CHECK(first.cookie.starts_with("cadastre-oidc="));
  CHECK(first.cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Max-Age=600"));
  auto secure = Rig::request("GET");
  secure.secure = true;
  auto over_tls = must(rig.oidc->begin("/", secure));
  CHECK(over_tls.cookie.starts_with("__Host-cadastre-oidc="));
  CHECK(over_tls.cookie.ends_with("; Secure"));
  CHECK(Oidc::no_cookie(false) == "cadastre-oidc=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
}

TEST_CASE("an answer that is not to this browser's question is refused before the provider is asked") {
  OidcRig rig;
  auto mine = rig.begin(), other = rig.begin();
  auto state = parameter(mine.url, "state");
  auto asked = rig.http.requests().size();
  auto refused = [&](const ServerRequest& request) {
    auto result = rig.oidc->finish(request);
    REQUIRE_FALSE(result.has_value());
    CHECK(rig.http.requests().size() == asked);
    return result.error().code;
  };
  CHECK(refused(rig.back(other, {{"code", "c"}, {"state", state}})) == ErrorCode::denied);
  CHECK(refused(rig.back(mine, {{"code", "c"}})) == ErrorCode::denied);
  CHECK(refused(rig.back(mine, {{"code", "c"}, {"state", ""}})) == ErrorCode::denied);
  CHECK(refused(rig.back(mine, {{"state", state}})) == ErrorCode::denied);
  CHECK(refused(rig.back(mine, {{"code", "c"}, {"state", state}, {"iss", "https://evil.example"}})) ==
        ErrorCode::denied);
  auto without = rig.back(mine, {{"code", "c"}, {"state", state}});
  without.headers.clear();
  CHECK(refused(without) == ErrorCode::denied);
  auto altered = rig.back(mine, {{"code", "c"}, {"state", state}});
  altered.headers.back().value.back() = altered.headers.back().value.back() == 'A' ? 'Q' : 'A';
  CHECK(refused(altered) == ErrorCode::denied);
  // A session's cookie, or a refresh token, is sealed with the same store's key and is still no such cookie.
  auto swapped = rig.back(mine, {{"code", "c"}, {"state", state}});
  swapped.headers.back().value =
      "cadastre-oidc=" + seal(must(rig.store.redaction_key()), "another label", kCallback, "{}");
  CHECK(refused(swapped) == ErrorCode::denied);
  CHECK(refused(rig.back(mine, {{"error", "access_denied"}, {"state", state}})) == ErrorCode::denied);
  auto quiet = rig.begin("/", true);
  CHECK(refused(rig.back(quiet, {{"error", "login_required"}, {"state", parameter(quiet.url, "state")}})) ==
        ErrorCode::expired);
  rig.clock.advance(std::chrono::minutes(10));
  CHECK(refused(rig.back(mine, {{"code", "c"}, {"state", state}})) == ErrorCode::denied);
}

TEST_CASE("a provider that says who it is must do so: RFC 9207") {
  OidcRig rig;
  rig.described = description(R"(,"authorization_response_iss_parameter_supported":true)");
  auto from = rig.begin();
  auto state = parameter(from.url, "state");
  auto sent = rig.http.requests().size();
  CHECK_FALSE(rig.oidc->finish(rig.back(from, {{"code", "c"}, {"state", state}})).has_value());
  CHECK(rig.http.requests().size() == sent);
  CHECK_FALSE(rig.oidc->finish(rig.back(from, {{"code", "c"}, {"state", state}, {"iss", kIssuer}})).has_value());
  CHECK(rig.http.requests().size() == sent + 1);
}

TEST_CASE("how the code is brought to the token endpoint") {
  OidcRig rig;
  auto bring = [&] {
    auto from = rig.begin();
    CHECK(rig.oidc->finish(rig.back(from, {{"code", "c/1"}, {"state", parameter(from.url, "state")}})).error().code ==
          ErrorCode::denied);
    auto request = rig.http.requests().back();
    auto body = "?" + request.body;
    CHECK(request.method == "POST");
    CHECK(parameter(body, "code") == "c/1");
    CHECK(parameter(body, "redirect_uri") == kCallback);
    CHECK(challenge_of(parameter(body, "code_verifier")) == parameter(from.url, "code_challenge"));
    return request;
  };
  auto basic = bring();
  CHECK(cadastre::testing::header_of(basic, "Authorization") == "Basic " + to_base64("cadastre:s3cret%20%26%20co"));
  CHECK(basic.body.find("s3cret") == std::string::npos);

  rig.described = description(R"(,"token_endpoint_auth_methods_supported":["client_secret_post"])");
  rig.clock.advance(std::chrono::hours(1));
  auto post = bring();
  CHECK(cadastre::testing::header_of(post, "Authorization").empty());
  CHECK(parameter("?" + post.body, "client_secret") == "s3cret & co");

  rig.whole.sign_in.oidc->client_secret.clear();
  rig.oidc.reset();
  rig.oidc = std::make_unique<Oidc>(rig.whole, rig.auth, rig.store, rig.http, rig.clock, kCallback);
  auto open = bring();
  CHECK(parameter("?" + open.body, "client_id") == "cadastre");
  CHECK(open.body.find("secret") == std::string::npos);
}

TEST_CASE("a description that is not the configured provider's is not used") {
  for (const auto& [from, to] : std::initializer_list<std::pair<std::string, std::string>>{
           {"\"issuer\":\"https://id.example/realm\"", "\"issuer\":\"https://id.example/realm/\""},
           {"\"issuer\":\"https://id.example/realm\"", "\"issuer\":\"https://evil.example\""},
           {"https://id.example/token", "http://id.example/token"},
           {"\"jwks_uri\"", "\"jwks\""},
           {"{", "["}}) {
    OidcRig rig;
    rig.described = replace_all(rig.described, from, to);
    CAPTURE(rig.described);
    CHECK(rig.oidc->begin("/", Rig::request("GET")).error().code == ErrorCode::malformed);
  }
}

TEST_CASE("a provider that is down is left alone for a while, and its description is remembered") {
  OidcRig rig;
  rig.reachable = false;
  for (int i = 0; i < 20; ++i) {
    CHECK(rig.oidc->begin("/", Rig::request("GET")).error().code == ErrorCode::network);
    rig.clock.advance(std::chrono::seconds(1));
  }
  CHECK(rig.http.requests().size() == 2);
  rig.reachable = true;
  rig.clock.advance(std::chrono::seconds(15));
  rig.begin();
  rig.clock.advance(std::chrono::hours(2));
  rig.reachable = false;
  rig.begin();
}

TEST_CASE("signing out of the provider, too") {
  OidcRig rig;
  CHECK(must(rig.oidc->sign_out_url("https://cadastre.example/", {})) ==
        "https://id.example/end?client_id=cadastre&post_logout_redirect_uri=https%3A%2F%2Fcadastre.example%2F");
}
