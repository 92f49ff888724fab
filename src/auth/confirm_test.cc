// Users of an identity provider: whether it still vouches is asked every few minutes.
#include <latch>

#include "auth/rig.h"
#include "auth/secret.h"
#include "auth/sessions.h"

using namespace cadastre;
using namespace cadastre::auth;
using namespace cadastre::auth::testing;

namespace {

SignInConfig with_provider() {
  SignInConfig config;
  config.oidc = OidcConfig{};
  config.oidc->issuer = "https://id.example";
  return config;
}

Auth::Vouched ana(std::string refresh = "r1") {
  return {.provider = "https://id.example",
          .subject = "u1",
          .name = "ana@example.com",
          .refresh = std::move(refresh),
          .role = Role::operator_,
          .scope = {}};
}

struct ProviderRig : Rig {
  int asked = 0;
  std::vector<std::string> refreshes;
  Result<std::optional<Auth::Vouched>> answer = ana("");
  ProviderRig() : Rig(with_provider()) {
    auth.confirm_with([this](const store::Session& session) {
      ++asked;
      refreshes.push_back(session.refresh);
      return answer;
    });
  }
  SignedIn come(const Auth::Vouched& who = ana()) { return must(auth.sign_in(who, request("GET"))); }
  void unreachable() { answer = fail(ErrorCode::network, "the identity provider could not be reached"); }
};

constexpr Millis kMinute = std::chrono::minutes(1);

}  // namespace

TEST_CASE("the provider is asked every five minutes of use, with the last refresh token") {
  ProviderRig rig;
  auto in = rig.come();
  CHECK(in.principal.role == Role::operator_);
  rig.answer = ana("r2");
  for (int minute = 0; minute < 20; ++minute) {
    CHECK(rig.alive(in));
    CHECK(rig.alive(in));
    rig.clock.advance(kMinute);
  }
  CHECK(rig.asked == 3);
  CHECK(rig.refreshes == std::vector<std::string>{"r1", "r2", "r2"});
  // It is kept sealed: a backup of the store does not tell it.
  auto kept = must(rig.store.session(hash_of(in.secret)))->refresh;
  CHECK_FALSE(kept.empty());
  CHECK(kept.find("r2") == kept.npos);
}

TEST_CASE("a lost group ends all sessions and tokens of the user at the next recheck") {
  ProviderRig rig;
  auto here = rig.come(), there = rig.come();
  NewToken wanted;
  wanted.name = "ci";
  wanted.scopes = {"read"};
  auto token = must(rig.auth.add_token(here.principal, wanted));
  SUBCASE("the provider says no") { rig.answer = std::optional<Auth::Vouched>(); }
  SUBCASE("no group of the user's gives a role") {
    auto who = ana();
    who.role = Role::none;
    rig.answer = who;
  }
  SUBCASE("it speaks of somebody else") {
    auto who = ana();
    who.subject = "u2";
    rig.answer = who;
  }
  rig.clock.advance(5 * kMinute - Millis(1));
  CHECK(rig.alive(here));
  CHECK(rig.auth.authenticate(Rig::with_token(token)).has_value());
  rig.clock.advance(Millis(1));
  CHECK_FALSE(rig.alive(here));
  CHECK_FALSE(rig.alive(there));
  CHECK_FALSE(rig.auth.authenticate(Rig::with_token(token)).has_value());
  CHECK(std::ranges::count(rig.actions(), "access ended") == 1);
}

TEST_CASE("other groups, another role: it counts at the recheck, and is written down") {
  ProviderRig rig;
  auto in = rig.come();
  auto who = ana();
  who.role = Role::viewer;
  who.scope = {.everything = false, .accounts = {"111111111111"}};
  rig.answer = who;
  rig.clock.advance(5 * kMinute);
  auto principal = rig.principal(in);
  CHECK(principal.role == Role::viewer);
  CHECK(principal.scope.accounts == std::set<std::string>{"111111111111"});
  CHECK(std::ranges::count(rig.actions(), "role changed") == 1);
  who.scope = {};
  rig.answer = who;
  rig.clock.advance(5 * kMinute);
  CHECK(rig.principal(in).scope.everything);
}

TEST_CASE("a provider that cannot be reached leaves a quarter of an hour from the last confirmation") {
  ProviderRig rig;
  auto in = rig.come();
  rig.unreachable();
  for (int second = 0; second < 15 * 60; second += 5) {
    CHECK(rig.alive(in));
    rig.clock.advance(std::chrono::seconds(5));
  }
  CHECK(rig.asked == 20);  // every half minute, from the fifth minute on
  CHECK_FALSE(rig.alive(in));
  rig.answer = ana("");
  CHECK_FALSE(rig.alive(in));  // over is over

  in = rig.come();
  rig.unreachable();
  rig.clock.advance(6 * kMinute);
  CHECK(rig.alive(in));
  rig.answer = ana("");
  rig.clock.advance(kMinute);
  CHECK(rig.alive(in));
  rig.unreachable();
  rig.clock.advance(14 * kMinute);
  CHECK(rig.alive(in));
}

TEST_CASE("whoever comes back from lunch is confirmed first") {
  ProviderRig rig;
  auto in = rig.come();
  rig.clock.advance(60 * kMinute);
  CHECK(rig.alive(in));
  CHECK(rig.asked == 1);
  rig.clock.advance(60 * kMinute);
  rig.unreachable();
  CHECK_FALSE(rig.alive(in));
}

TEST_CASE("many requests at once ask once") {
  ProviderRig rig;
  auto in = rig.come();
  std::atomic<int> asked = 0, alive = 0;
  std::latch everybody(8);
  rig.auth.confirm_with([&](const store::Session&) -> Result<std::optional<Auth::Vouched>> {
    ++asked;
    everybody.wait();  // the answer takes until all have come
    return ana("");
  });
  rig.clock.advance(60 * kMinute);
  {
    std::vector<std::jthread> requests;
    for (int i = 0; i < 8; ++i) {
      requests.emplace_back([&] {
        everybody.count_down();
        if (rig.auth.authenticate(Rig::of(in)).has_value()) ++alive;
      });
    }
  }
  CHECK(asked == 1);
  CHECK(alive == 8);
}

TEST_CASE("without a refresh token a session lasts until the recheck") {
  ProviderRig rig;
  auto in = rig.come(ana(""));
  rig.clock.advance(5 * kMinute - Millis(1));
  CHECK(rig.alive(in));
  rig.clock.advance(Millis(1));
  CHECK_FALSE(rig.alive(in));
  CHECK(rig.asked == 0);
}

TEST_CASE("an identity provider that was taken out of the configuration vouches for nobody") {
  ProviderRig rig;
  auto in = rig.come();
  rig.auth.confirm_with({});
  rig.clock.advance(5 * kMinute);
  CHECK_FALSE(rig.alive(in));
}

TEST_CASE("tokens outlive their owner's signing out, and not the provider's word") {
  ProviderRig rig;
  auto in = rig.come();
  NewToken wanted;
  wanted.name = "ci";
  wanted.scopes = {"read"};
  auto token = must(rig.auth.add_token(in.principal, wanted));
  must(rig.auth.sign_out(in.principal));
  CHECK_FALSE(rig.alive(in));
  rig.clock.advance(6 * kMinute);
  CHECK(rig.auth.authenticate(Rig::with_token(token)).has_value());
  CHECK(rig.asked == 1);
  CHECK(rig.refreshes == std::vector<std::string>{"r1"});
  rig.answer = std::optional<Auth::Vouched>();
  rig.clock.advance(6 * kMinute);
  CHECK_FALSE(rig.auth.authenticate(Rig::with_token(token)).has_value());
  rig.answer = ana("");
  CHECK_FALSE(rig.auth.authenticate(Rig::with_token(token)).has_value());
  rig.come();  // and they are back with their owner
  CHECK(rig.auth.authenticate(Rig::with_token(token)).has_value());
}

TEST_CASE("nobody becomes a local user by the provider's word") {
  ProviderRig rig;
  auto local = rig.add("ana@example.com", Role::admin);
  auto in = rig.come();
  CHECK(in.principal.user != local);
  CHECK(in.principal.name == "ana@example.com (id.example)");
  CHECK(in.principal.role == Role::operator_);
  auto second = ana();
  second.subject = "u2";
  CHECK(rig.come(second).principal.user != in.principal.user);
  CHECK(rig.come().principal.user == in.principal.user);
  CHECK(set_password(rig.store, in.principal.user, kPassword, "boss", rig.clock.now()).error().code ==
        ErrorCode::refused);
  CHECK(rig.auth.change_password(in.principal, "", kPassword).error().code == ErrorCode::refused);
  auto hostile = ana();
  hostile.subject = "u3";
  hostile.name = "eve\r\nSet-Cookie: x=\x1b[31m" + std::string(500, 'x');
  auto name = rig.come(hostile).principal.name;
  CHECK(name.find_first_of("\r\n\x1b") == name.npos);
  CHECK(name.size() < 200);
}

TEST_CASE("no group, or disabled here: refused with a sentence, and written down") {
  ProviderRig rig;
  auto in = rig.come();
  auto who = ana();
  who.role = Role::none;
  auto refused = rig.auth.sign_in(who, Rig::request("GET"));
  CHECK(refused.error().code == ErrorCode::denied);
  CHECK(refused.error().message.find("groups") != std::string::npos);
  CHECK(rig.store.log.back().action == "sign-in refused");
  CHECK_FALSE(rig.alive(in));
  rig.add("boss", Role::admin);
  must(set_disabled(rig.store, in.principal.user, true, "boss", rig.clock.now()));
  CHECK(rig.auth.sign_in(ana(), Rig::request("GET")).error().message.find("disabled") != std::string::npos);
}
