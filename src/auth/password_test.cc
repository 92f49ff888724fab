#include "auth/password.h"

#include <doctest/doctest.h>

#include <latch>

using namespace cadastre;
using namespace cadastre::auth;

namespace {

constexpr HashCost kCheap{.memory_kib = 64, .passes = 1, .lanes = 1};

}  // namespace

TEST_CASE("which passwords are good enough") {
  for (auto good : {"twelve chars", "correct horse battery", "aaaaaaaaaaab2", "ähöüßéàèçñõå"}) {
    CAPTURE(good);
    CHECK(check_password(good, "ana").has_value());
  }
  CHECK_FALSE(check_password("", "ana"));
  CHECK_FALSE(check_password("eleven char", "ana"));
  CHECK_FALSE(check_password("ähöüßéàèçñõ", "ana"));  // eleven characters in twenty-two bytes
  CHECK_FALSE(check_password("Ana.Maria@example", "ana.maria@EXAMPLE"));
  CHECK_FALSE(check_password("aaaaaaaaaaaaaaaa", "ana"));
  CHECK_FALSE(check_password("abababababababab", "ana"));
  CHECK_FALSE(check_password("PasswordPassword", "ana"));
  CHECK_FALSE(check_password("123456789012", "ana"));
  CHECK_FALSE(check_password(std::string(1025, 'x') + "yz", "ana"));
  CHECK(check_password("short", "ana").error().message.find("12 characters") != std::string::npos);
}

TEST_CASE("made-up passwords are good enough, and never the same") {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    auto password = generate_password();
    CHECK(password.size() == 20);
    CHECK(password.find_first_of("l1IO0") == password.npos);
    CHECK(check_password(password, "ana").has_value());
    seen.insert(password);
  }
  CHECK(seen.size() == 100);
}

TEST_CASE("argon2id as the reference program writes it") {
  // From the test vectors of the reference implementation (version 0x13, argon2id, m = 2^8, t = 2, p = 1).
  const std::string stored = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
  PasswordHasher hasher(kCheap);
  CHECK(hasher.verify("password", stored).value());
  CHECK_FALSE(hasher.verify("Password", stored).value());
  CHECK(hasher.outdated(stored));
}

TEST_CASE("a hash names its cost, differs every time, and is outdated when the cost grows") {
  PasswordHasher today;
  auto stored = today.hash("a long enough one").value();
  CHECK(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
  CHECK(stored.back() != '\0');
  CHECK(today.hash("a long enough one").value() != stored);
  CHECK(today.verify("a long enough one", stored).value());
  CHECK_FALSE(today.verify("a long enough two", stored).value());
  CHECK_FALSE(today.outdated(stored));

  PasswordHasher tomorrow(HashCost{.memory_kib = 20'000});
  CHECK(tomorrow.verify("a long enough one", stored).value());
  CHECK(tomorrow.outdated(stored));
}

TEST_CASE("nobody's password is no password") {
  PasswordHasher hasher(kCheap);
  CHECK_FALSE(hasher.verify("", "").value());
  CHECK_FALSE(hasher.verify("anything", "").value());
  CHECK_FALSE(hasher.verify("anything", "no hash at all").has_value());
}

TEST_CASE("a flood of sign-ins is held back") {
  // Two run, one waits; of so many at once some are told to come again.
  PasswordHasher hasher(HashCost{}, 2, 1);
  auto stored = hasher.hash("a long enough one").value();
  std::atomic<int> right = 0, held = 0;
  {
    std::latch start(12);
    std::vector<std::jthread> people;
    for (int i = 0; i < 12; ++i) {
      people.emplace_back([&] {
        start.arrive_and_wait();
        auto result = hasher.verify("a long enough one", stored);
        if (result && *result) ++right;
        if (!result && result.error().code == ErrorCode::throttled && result.error().cause == "1") ++held;
      });
    }
  }
  CHECK(right + held == 12);
  CHECK(right >= 3);
  CHECK(held >= 1);
  CHECK(hasher.verify("a long enough one", stored).value());  // and all is well afterwards
}
