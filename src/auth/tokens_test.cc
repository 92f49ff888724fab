// API tokens: never more than their owner may, at that moment.
#include "auth/rig.h"

using namespace cadastre;
using namespace cadastre::auth;
using namespace cadastre::auth::testing;

namespace {

NewToken named(std::string name, std::vector<std::string> scopes) {
  NewToken token;
  token.name = std::move(name);
  token.scopes = std::move(scopes);
  return token;
}

query::Scope only(std::set<std::string> accounts) { return {.everything = false, .accounts = std::move(accounts)}; }

}  // namespace

TEST_CASE("a token comes in by its header, without CSRF, and goes before a cookie") {
  Rig rig;
  rig.add("ana", Role::operator_);
  auto in = rig.sign_in("ana");
  auto secret = must(rig.auth.add_token(in.principal, named("ci", {"read"})));
  CHECK(secret.starts_with("cad_"));
  CHECK(secret.size() == 47);
  auto request = Rig::of(in, "POST", {{"Authorization", "bearer " + secret}});  // the scheme has no case: RFC 9110
  auto who = must(rig.auth.authenticate(request));
  CHECK(who.kind == Principal::Kind::token);
  CHECK(who.name == "token 'ci' of ana");
  CHECK(who.role == Role::viewer);
  CHECK(who.may(Permission::read));
  CHECK_FALSE(who.may(Permission::collect));

  for (auto wrong : {"Bearer ", "Bearer cad_", "Bearer cad_AAAA", "Basic YW5hOng=", "Bearer", "cad_x", ""}) {
    CAPTURE(wrong);
    auto result = rig.auth.authenticate(Rig::of(in, "GET", {{"Authorization", wrong}}));
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == ErrorCode::denied);
  }
  CHECK_FALSE(rig.auth.authenticate(Rig::with_token(secret + "A")).has_value());
}

TEST_CASE("scopes and accounts are bounded by the owner's, today's") {
  Rig rig;
  rig.add("boss", Role::admin);
  auto ana = rig.add("ana", Role::admin, only({"111111111111", "222222222222"}));
  auto in = rig.sign_in("ana");
  auto token = named("all", {"admin"});
  token.accounts = {"222222222222"};
  auto secret = must(rig.auth.add_token(in.principal, token));
  auto wide = must(rig.auth.add_token(in.principal, named("wide", {"collect"})));

  auto who = must(rig.auth.authenticate(Rig::with_token(secret)));
  CHECK(who.role == Role::admin);
  CHECK(who.scope.accounts == std::set<std::string>{"222222222222"});
  who = must(rig.auth.authenticate(Rig::with_token(wide)));
  CHECK(who.role == Role::operator_);
  CHECK(who.scope.accounts == std::set<std::string>{"111111111111", "222222222222"});

  must(set_role(rig.store, ana, Role::viewer, only({"111111111111"}), "boss", rig.clock.now()));
  who = must(rig.auth.authenticate(Rig::with_token(secret)));
  CHECK(who.role == Role::viewer);
  CHECK_FALSE(who.scope.everything);
  CHECK(who.scope.accounts.empty());
  who = must(rig.auth.authenticate(Rig::with_token(wide)));
  CHECK(who.role == Role::viewer);
  CHECK(who.scope.accounts == std::set<std::string>{"111111111111"});

  must(set_disabled(rig.store, ana, true, "boss", rig.clock.now()));
  CHECK_FALSE(rig.auth.authenticate(Rig::with_token(secret)).has_value());
  must(set_disabled(rig.store, ana, false, "boss", rig.clock.now()));
  CHECK(rig.auth.authenticate(Rig::with_token(secret)).has_value());
  must(remove_user(rig.store, ana, "boss", rig.clock.now()));
  CHECK_FALSE(rig.auth.authenticate(Rig::with_token(secret)).has_value());
}

TEST_CASE("metrics are of the whole estate, so only those who see it get them") {
  Rig rig;
  auto ana = rig.add("ana", Role::viewer);
  rig.add("bob", Role::viewer, only({"111111111111"}));
  auto in = rig.sign_in("ana");
  auto secret = must(rig.auth.add_token(in.principal, named("prometheus", {"metrics"})));
  auto who = must(rig.auth.authenticate(Rig::with_token(secret)));
  CHECK(who.may(Permission::metrics));
  CHECK_FALSE(who.may(Permission::read));
  CHECK(rig.auth.add_token(rig.sign_in("bob").principal, named("m", {"metrics"})).error().code == ErrorCode::invalid);
  must(set_role(rig.store, ana, Role::viewer, only({"111111111111"}), "boss", rig.clock.now()));
  CHECK_FALSE(must(rig.auth.authenticate(Rig::with_token(secret))).may(Permission::metrics));
}

TEST_CASE("which tokens are refused") {
  Rig rig;
  rig.add("ana", Role::operator_, only({"111111111111"}));
  auto in = rig.sign_in("ana");
  auto refused = [&](NewToken token) {
    auto result = rig.auth.add_token(in.principal, token);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == ErrorCode::invalid);
    return result.error().message;
  };
  CHECK(refused(named("", {"read"})).find("name") != std::string::npos);
  refused(named("a\nb", {"read"}));
  refused(named(std::string(65, 'x'), {"read"}));
  refused(named("t", {}));
  CHECK(refused(named("t", {"reads"})).find("'read'") != std::string::npos);
  CHECK(refused(named("t", {"read", "admin"})).find("operator") != std::string::npos);
  auto token = named("t", {"read"});
  token.accounts = {"222222222222"};
  refused(token);
  token.accounts = {"12"};
  refused(token);
  token.accounts = {};
  token.expires = rig.clock.now();
  refused(token);
  token.expires.reset();
  auto secret = must(rig.auth.add_token(in.principal, token));
  CHECK(refused(token).find("already") != std::string::npos);

  // A token that was stolen makes no more of them, and changes no password.
  auto who = must(rig.auth.authenticate(Rig::with_token(secret)));
  CHECK(rig.auth.add_token(who, named("more", {"read"})).error().code == ErrorCode::refused);
  CHECK(rig.auth.change_password(who, kPassword, "a new long one").error().code == ErrorCode::refused);
}

TEST_CASE("a token expires, and is withdrawn") {
  Rig rig;
  rig.add("ana");
  auto in = rig.sign_in("ana");
  auto token = named("short", {"read"});
  token.expires = rig.clock.now() + std::chrono::hours(1);
  auto secret = must(rig.auth.add_token(in.principal, token));
  auto lasting = must(rig.auth.add_token(in.principal, named("lasting", {"read"})));
  rig.clock.advance(std::chrono::hours(1) - Millis(1));
  CHECK(rig.auth.authenticate(Rig::with_token(secret)).has_value());
  rig.clock.advance(Millis(1));
  CHECK_FALSE(rig.auth.authenticate(Rig::with_token(secret)).has_value());
  for (const auto& row : must(rig.store.tokens(std::nullopt))) {
    if (row.name == "lasting") must(remove_token(rig.store, row, "ana", rig.clock.now()));
  }
  CHECK_FALSE(rig.auth.authenticate(Rig::with_token(lasting)).has_value());
}

TEST_CASE("a token's use is written once a minute, and noted once a day or when it comes from elsewhere") {
  Rig rig;
  rig.add("ana");
  auto secret = must(rig.auth.add_token(rig.sign_in("ana").principal, named("ci", {"read"})));
  auto noted = [&] { return std::ranges::count(rig.actions(), "token used"); };
  for (int second = 0; second < 180; ++second) {
    must(rig.auth.authenticate(Rig::with_token(secret)));
    rig.clock.advance(std::chrono::seconds(1));
  }
  CHECK(rig.store.token_writes == 3);
  CHECK(noted() == 1);
  auto elsewhere = Rig::with_token(secret);
  elsewhere.peer = "198.51.100.7";
  must(rig.auth.authenticate(elsewhere));
  CHECK(noted() == 2);
  CHECK(rig.store.log.back().address == "198.51.100.7");
  rig.clock.advance(std::chrono::hours(24));
  must(rig.auth.authenticate(elsewhere));
  CHECK(noted() == 3);
}
