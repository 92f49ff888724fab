// What the tests of sign-in share: a store, a clock, an Auth, and requests made by hand.
#pragma once

#include <doctest/doctest.h>

#include "auth/auth.h"
#include "auth/fake_store.h"
#include "support/fakes.h"

namespace cadastre::auth::testing {

constexpr std::string_view kPassword = "correct horse battery";

template <typename T>
T must(Result<T> result) {
  if (!result) FAIL(result.error().message, " (", result.error().cause, ")");
  return std::move(*result);
}
inline void must(Result<void> result) {
  if (!result) FAIL(result.error().message, " (", result.error().cause, ")");
}

struct Rig {
  cadastre::testing::FakeClock clock;
  FakeStore store;
  SignInConfig config;
  Auth auth{store, config, clock};

  Rig() = default;
  explicit Rig(SignInConfig with) : config(std::move(with)), auth(store, config, clock) {}

  int64_t add(std::string name, Role role = Role::viewer, query::Scope scope = {}) {
    return must(
        add_user(store, {std::move(name), std::string(kPassword), role, std::move(scope)}, "test", clock.now()));
  }
  SignedIn sign_in(std::string_view name) { return must(auth.sign_in(name, kPassword, request())); }

  static ServerRequest request(std::string method = "POST", std::vector<HttpHeader> headers = {}) {
    ServerRequest made;
    made.id = "r-1";
    made.method = std::move(method);
    made.path = made.target = "/api/v1/session";
    made.headers = {{"Host", "cadastre.example"}};
    made.headers.insert(made.headers.end(), headers.begin(), headers.end());
    made.peer = "192.0.2.1";
    return made;
  }
  // A request of the browser that has this session.
  static ServerRequest of(const SignedIn& in, std::string method = "GET", std::vector<HttpHeader> headers = {}) {
    headers.push_back({"Cookie", "other=1; " + Auth::cookie_name(false) + "=" + in.secret});
    return request(std::move(method), std::move(headers));
  }
  static ServerRequest with_token(const std::string& secret, std::string method = "GET") {
    return request(std::move(method), {{"Authorization", "Bearer " + secret}});
  }
  // Comes in as `in` and is let in.
  Principal principal(const SignedIn& in) { return must(auth.authenticate(of(in))); }
  bool alive(const SignedIn& in) { return auth.authenticate(of(in)).has_value(); }

  // Everything that was written down, to look for what must not be.
  std::string written() const {
    std::string all;
    for (const auto& entry : store.log) {
      all += fmt::format("{}|{}|{}|{}|{}|{}\n", entry.actor, entry.action, entry.object, entry.detail, entry.address,
                         entry.request);
    }
    return all;
  }
  std::vector<std::string> actions() const {
    std::vector<std::string> all;
    for (const auto& entry : store.log) all.push_back(entry.action);
    return all;
  }
};

}  // namespace cadastre::auth::testing
