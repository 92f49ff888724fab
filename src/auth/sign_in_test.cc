// Passwords, sessions, the set-up link.
#include "auth/rig.h"
#include "auth/secret.h"
#include "base/text.h"

using namespace cadastre;
using namespace cadastre::auth;
using namespace cadastre::auth::testing;

namespace {

std::string refusal(const Result<Principal>& result, ErrorCode code = ErrorCode::denied) {
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == code);
  return result.error().message;
}

}  // namespace

TEST_CASE("in with a password, whatever the case of the name, and out again") {
  Rig rig;
  rig.add("Ana", Role::operator_, {.everything = false, .accounts = {"111111111111"}});
  auto in = rig.sign_in("ana");
  CHECK(in.principal.name == "Ana");
  auto who = rig.principal(in);
  CHECK(who.kind == Principal::Kind::session);
  CHECK(who.role == Role::operator_);
  CHECK_FALSE(who.scope.everything);
  CHECK(who.scope.accounts == std::set<std::string>{"111111111111"});
  CHECK(who.csrf == in.principal.csrf);
  CHECK(must(rig.store.user_named("ana"))->signed_in == rig.clock.now());

  must(rig.auth.sign_out(who));
  CHECK_FALSE(rig.alive(in));
  CHECK(rig.actions() == std::vector<std::string>{"user added", "sign-in", "sign-out"});
  CHECK(rig.store.log[1].address == "192.0.2.1");
  CHECK(rig.store.log[1].request == "r-1");
}

TEST_CASE("nothing given: nobody, and no error") {
  Rig rig;
  auto who = must(rig.auth.authenticate(Rig::request("GET")));
  CHECK(who.kind == Principal::Kind::nobody);
  CHECK_FALSE(who.may(Permission::signed_in));
}

TEST_CASE("wrong name, wrong password, disabled, no password at all: one sentence") {
  Rig rig;
  rig.add("ana");
  auto dan = rig.add("dan");
  rig.add("boss", Role::admin);
  must(set_disabled(rig.store, dan, true, "test", rig.clock.now()));
  store::User elsewhere;
  elsewhere.name = "eve";
  elsewhere.provider = "https://id.example";
  elsewhere.role = "viewer";
  must(rig.store.add_user(elsewhere));

  std::set<std::string> sentences;
  for (auto [name, password] : {std::pair<std::string_view, std::string_view>{"ana", "wrong horse battery"},
                                {"nobody", kPassword},
                                {"dan", kPassword},
                                {"eve", ""},
                                {"eve", kPassword},
                                {"", ""}}) {
    CAPTURE(name);
    auto result = rig.auth.sign_in(name, password, Rig::request());
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == ErrorCode::denied);
    sentences.insert(result.error().message);
  }
  CHECK(sentences == std::set<std::string>{"the name or the password is wrong"});
}

TEST_CASE("a flood of attempts has to wait; others do not") {
  Rig rig;
  rig.add("ana");
  for (int i = 0; i < 5; ++i) CHECK(rig.auth.sign_in("ana", "wrong", Rig::request()).error().code == ErrorCode::denied);
  auto held = rig.auth.sign_in("ana", kPassword, Rig::request());  // even with the right one
  REQUIRE_FALSE(held.has_value());
  CHECK(held.error().code == ErrorCode::throttled);
  CHECK(held.error().cause == "1");
  auto elsewhere = Rig::request();
  elsewhere.peer = "198.51.100.7";
  CHECK(rig.auth.sign_in("ana", kPassword, elsewhere).has_value());
  rig.clock.advance(std::chrono::seconds(1));
  CHECK(rig.auth.sign_in("ana", kPassword, Rig::request()).has_value());
  // Not even an audit entry: a flood does not fill the disk.
  CHECK(std::ranges::count(rig.actions(), "sign-in refused") == 5);
}

TEST_CASE("what was typed is written nowhere") {
  Rig rig;
  rig.add("ana");
  std::string typed = "hunter2 in the wrong field";
  CHECK_FALSE(rig.auth.sign_in(typed, "something-secret-1", Rig::request()).has_value());
  CHECK_FALSE(rig.auth.sign_in("ana", "something-secret-2", Rig::request()).has_value());
  auto in = rig.sign_in("ana");
  must(rig.auth.change_password(in.principal, kPassword, "something-secret-3"));
  auto token =
      must(rig.auth.add_token(in.principal, {.name = "ci", .scopes = {"read"}, .accounts = {}, .expires = {}}));
  must(rig.auth.authenticate(Rig::with_token(token)));
  auto written = rig.written();
  for (auto secret : {std::string("hunter2"), std::string("something-secret"), std::string(kPassword), in.secret,
                      in.principal.csrf, token, token.substr(4)}) {
    CAPTURE(secret);
    CHECK(written.find(secret) == written.npos);
  }
  CHECK(written.find("unknown name") != written.npos);
  // Nor is any in the store.
  CHECK_FALSE(must(rig.store.session(in.secret)));
  CHECK(must(rig.store.session(hash_of(in.secret))));
  CHECK_FALSE(must(rig.store.token(token)));
}

TEST_CASE("a session ends when it lies idle, and after its longest time in any case") {
  Rig rig(SignInConfig{.idle = std::chrono::hours(12), .longest = std::chrono::days(7), .oidc = {}});
  rig.add("ana");
  auto in = rig.sign_in("ana");
  rig.clock.advance(std::chrono::hours(12) - Millis(1));
  CHECK(rig.alive(in));
  rig.clock.advance(std::chrono::hours(12));
  CHECK_FALSE(rig.alive(in));
  CHECK_FALSE(must(rig.store.session(hash_of(in.secret))));  // and is gone

  in = rig.sign_in("ana");
  for (int hours = 0; hours < 7 * 24 - 6; hours += 6) {
    rig.clock.advance(std::chrono::hours(6));
    CHECK(rig.alive(in));
  }
  rig.clock.advance(std::chrono::hours(6));
  CHECK_FALSE(rig.alive(in));
}

TEST_CASE("a use is written once a minute") {
  Rig rig;
  rig.add("ana");
  auto in = rig.sign_in("ana");
  for (int second = 0; second < 300; ++second) {
    CHECK(rig.alive(in));
    rig.clock.advance(std::chrono::seconds(1));
  }
  CHECK(rig.store.session_writes == 4);
}

TEST_CASE("every sign-in has a new secret, and ends the session the browser came with") {
  Rig rig;
  rig.add("ana");
  rig.add("mallory");
  auto planted = rig.sign_in("mallory");
  auto in = must(rig.auth.sign_in("ana", kPassword, Rig::of(planted, "POST")));
  CHECK(in.secret != planted.secret);
  CHECK_FALSE(rig.alive(planted));
  CHECK(rig.principal(in).name == "ana");
  auto again = rig.sign_in("ana");
  CHECK(again.secret != in.secret);
  CHECK(again.principal.csrf != in.principal.csrf);
  CHECK(rig.alive(in));
}

TEST_CASE("a changing request needs the session's CSRF token, and our own page") {
  Rig rig;
  rig.add("ana");
  auto in = rig.sign_in("ana");
  auto other = rig.sign_in("ana");
  HttpHeader csrf{"X-CSRF-Token", in.principal.csrf};
  auto come = [&](std::string method, std::vector<HttpHeader> headers) {
    return rig.auth.authenticate(Rig::of(in, std::move(method), std::move(headers)));
  };
  for (auto method : {"GET", "HEAD", "OPTIONS"}) CHECK(come(method, {}).has_value());
  for (auto method : {"POST", "PUT", "PATCH", "DELETE", "get", "BREW"}) {
    CAPTURE(method);
    for (const auto& token : {other.principal.csrf, std::string(), std::string("absent")}) {
      std::vector<HttpHeader> headers;
      if (token != "absent") headers.push_back({"X-CSRF-Token", token});
      CHECK(refusal(come(method, headers), ErrorCode::refused).contains("X-CSRF-Token"));
    }
    CHECK(come(method, {csrf}).has_value());
  }
  struct Row {
    const char *name, *value;
    bool ours;
  };
  for (auto [name, value, ours] :
       {Row{"Origin", "http://cadastre.example", true},
        {"Origin", "https://cadastre.example", true},  // a proxy with TLS that we do not know
        {"Origin", "http://CADASTRE.example:80", true},
        {"Origin", "http://evil.example", false},
        {"Origin", "http://cadastre.example.evil.example", false},
        {"Origin", "http://cadastre.example:8080", false},
        {"Origin", "null", false},
        {"Origin", "", false},
        {"Sec-Fetch-Site", "same-origin", true},
        {"Sec-Fetch-Site", "none", true},
        {"Sec-Fetch-Site", "same-site", false},
        {"Sec-Fetch-Site", "cross-site", false}}) {
    CAPTURE(value);
    CHECK(come("POST", {csrf, {name, value}}).has_value() == ours);
    CHECK(come("GET", {{name, value}}).has_value());
    // Neither does another site's page sign somebody in.
    auto signing = rig.auth.sign_in("ana", kPassword, Rig::request("POST", {{name, value}}));
    CHECK(signing.has_value() == ours);
  }
}

TEST_CASE("over TLS the cookie has the __Host- prefix, and only https is our origin") {
  Rig rig;
  rig.add("ana");
  auto in = rig.sign_in("ana");
  CHECK(Auth::cookie("s3", true) == "__Host-cadastre=s3; Path=/; HttpOnly; SameSite=Lax; Secure");
  CHECK(Auth::cookie("s3", false) == "cadastre=s3; Path=/; HttpOnly; SameSite=Lax");
  CHECK(Auth::no_cookie(true) == "__Host-cadastre=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0");

  auto request = Rig::of(in);
  request.secure = true;  // a cookie without the prefix may have been planted over http
  CHECK(must(rig.auth.authenticate(request)).kind == Principal::Kind::nobody);
  request = Rig::request("POST", {{"Cookie", "__Host-cadastre=" + in.secret},
                                  {"X-CSRF-Token", in.principal.csrf},
                                  {"Origin", "https://cadastre.example"}});
  request.secure = true;
  CHECK(rig.auth.authenticate(request).has_value());
  request.headers.back().value = "http://cadastre.example";
  CHECK_FALSE(rig.auth.authenticate(request).has_value());
}

TEST_CASE("behind a proxy that hides the host, the public URL is our origin") {
  Rig rig;
  rig.add("ana");
  auto in = rig.sign_in("ana");
  Auth auth(rig.store, rig.config, rig.clock, "https://inventory.example/");
  auto request = Rig::of(in, "POST", {{"X-CSRF-Token", in.principal.csrf}, {"Origin", "https://inventory.example"}});
  CHECK(auth.authenticate(request).has_value());
  CHECK_FALSE(rig.auth.authenticate(request).has_value());
}

TEST_CASE("a changed password ends the other sessions, not one's own") {
  Rig rig;
  rig.add("ana");
  auto here = rig.sign_in("ana"), there = rig.sign_in("ana");
  CHECK(rig.auth.change_password(here.principal, "not the old one", "a new long one").error().code ==
        ErrorCode::denied);
  CHECK(rig.auth.change_password(here.principal, kPassword, "short").error().code == ErrorCode::invalid);
  CHECK(rig.alive(there));
  must(rig.auth.change_password(here.principal, kPassword, "a new long one"));
  CHECK(rig.alive(here));
  CHECK_FALSE(rig.alive(there));
  CHECK_FALSE(rig.auth.sign_in("ana", kPassword, Rig::request()).has_value());
  CHECK(rig.auth.sign_in("ana", "a new long one", Rig::request()).has_value());
}

TEST_CASE("the old password cannot be tried out from an open session") {
  Rig rig;
  rig.add("ana");
  auto in = rig.sign_in("ana");
  for (int i = 0; i < 5; ++i) {
    CHECK(rig.auth.change_password(in.principal, "a guess of it", "a new long one").error().code == ErrorCode::denied);
  }
  CHECK(rig.auth.change_password(in.principal, kPassword, "a new long one").error().code == ErrorCode::throttled);
}

TEST_CASE("changing a role or a password, disabling and removing end sessions at once") {
  Rig rig;
  rig.add("boss", Role::admin);
  auto ana = rig.add("ana", Role::operator_);
  auto now = rig.clock.now();

  auto in = rig.sign_in("ana");
  must(set_role(rig.store, ana, Role::viewer, {}, "boss", now));
  CHECK_FALSE(rig.alive(in));
  in = rig.sign_in("ana");
  CHECK(rig.principal(in).role == Role::viewer);
  must(set_password(rig.store, ana, "given by the boss", "boss", now));
  CHECK_FALSE(rig.alive(in));
  must(set_password(rig.store, ana, kPassword, "boss", now));
  in = rig.sign_in("ana");
  must(set_disabled(rig.store, ana, true, "boss", now));
  CHECK_FALSE(rig.alive(in));
  must(set_disabled(rig.store, ana, false, "boss", now));
  CHECK_FALSE(rig.alive(in));
  in = rig.sign_in("ana");
  must(remove_user(rig.store, ana, "boss", now));
  CHECK_FALSE(rig.alive(in));
}

TEST_CASE("a role that changes behind our back counts at the next request") {
  Rig rig;
  auto ana = rig.add("ana", Role::admin);
  auto in = rig.sign_in("ana");
  auto user = *must(rig.store.user(ana));
  user.role = "viewer";
  user.narrowed = true;
  must(rig.store.update_user(user));
  CHECK(rig.principal(in).role == Role::viewer);
  CHECK_FALSE(rig.principal(in).scope.sees("111111111111"));
  user.disabled = true;
  must(rig.store.update_user(user));
  CHECK_FALSE(rig.alive(in));
}

TEST_CASE("what another process changes during a sign-in counts, and is not undone by it") {
  Rig rig;
  auto ana = rig.add("ana");
  auto user = *must(rig.store.user(ana));
  rig.store.meanwhile = [&] { must(rig.store.update_user(user)); };
  user.role = "operator";
  auto in = rig.sign_in("ana");
  CHECK(rig.principal(in).role == Role::operator_);
  CHECK(must(rig.store.user(ana))->signed_in == rig.clock.now());
  user.password = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
  CHECK(rig.auth.sign_in("ana", kPassword, Rig::request()).error().code == ErrorCode::denied);
  CHECK(must(rig.store.user(ana))->password == user.password);
  rig.store.meanwhile = nullptr;
  must(set_password(rig.store, ana, kPassword, "boss", rig.clock.now()));
  user = *must(rig.store.user(ana));
  user.disabled = true;
  rig.store.meanwhile = [&] { must(rig.store.update_user(user)); };
  CHECK(rig.auth.sign_in("ana", kPassword, Rig::request()).error().code == ErrorCode::denied);
  CHECK(must(rig.store.user(ana))->disabled);
}

TEST_CASE("a password hashed cheaply is hashed anew at sign-in") {
  Rig rig;
  auto ana = rig.add("ana");
  auto user = *must(rig.store.user(ana));
  // The reference program's hash of "password", at a cost below today's.
  user.password = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
  must(rig.store.update_user(user));
  CHECK(rig.auth.sign_in("ana", "password", Rig::request()).has_value());
  auto renewed = must(rig.store.user(ana))->password;
  CHECK(renewed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
  CHECK(rig.auth.sign_in("ana", "password", Rig::request()).has_value());
  CHECK(must(rig.store.user(ana))->password == renewed);
}

TEST_CASE("the set-up link makes the first administrator, once, within the hour") {
  Rig rig;
  auto late = must(rig.auth.make_setup_link());
  rig.clock.advance(std::chrono::hours(1));
  CHECK(rig.auth.set_up(late, "ana", kPassword, Rig::request()).error().code == ErrorCode::denied);

  auto link = must(rig.auth.make_setup_link());
  CHECK(rig.auth.set_up("guessed", "ana", kPassword, Rig::request()).error().code == ErrorCode::denied);
  // What may be mended does not use it up.
  CHECK(rig.auth.set_up(link, "ana", "short", Rig::request()).error().code == ErrorCode::invalid);
  CHECK(rig.auth.set_up(link, "a b", kPassword, Rig::request()).error().code == ErrorCode::invalid);
  CHECK_FALSE(rig.auth.set_up(link, "ana", kPassword, Rig::request("POST", {{"Origin", "http://evil.example"}})));
  auto other = must(rig.auth.make_setup_link());
  auto in = must(rig.auth.set_up(link, "ana", kPassword, Rig::request()));
  CHECK(rig.principal(in).role == Role::admin);
  CHECK(rig.principal(in).scope.everything);
  CHECK(rig.auth.set_up(link, "eve", kPassword, Rig::request()).error().code == ErrorCode::refused);
  CHECK(rig.auth.set_up(other, "eve", kPassword, Rig::request()).error().code == ErrorCode::refused);
  CHECK(rig.auth.make_setup_link().error().code == ErrorCode::refused);
  CHECK(must(rig.store.users()).size() == 1);
  CHECK(rig.written().find(link) == std::string::npos);
}
