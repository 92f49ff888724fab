#include "auth/attempts.h"

#include <doctest/doctest.h>

#include "support/fakes.h"

using namespace cadastre;
using namespace cadastre::auth;

namespace {

// How long the next attempt has to wait; 0: it was let through, and counts.
int wait(Attempts& attempts, std::string_view name, std::string_view address) {
  auto begun = attempts.begin(name, address);
  if (begun) return 0;
  CHECK(begun.error().code == ErrorCode::throttled);
  CHECK(begun.error().message.find(begun.error().cause + " second") != std::string::npos);
  return std::stoi(begun.error().cause);
}

}  // namespace

TEST_CASE("after five mistakes each costs twice the wait of the one before, up to a quarter of an hour") {
  testing::FakeClock clock;
  Attempts attempts(clock);
  for (int i = 0; i < 5; ++i) CHECK(wait(attempts, "ana", "192.0.2.1") == 0);
  for (int expected : {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900}) {
    CHECK(wait(attempts, "ANA", "192.0.2.1") == expected);
    clock.advance(std::chrono::seconds(expected) - Millis(1));
    CHECK(wait(attempts, "ana", "192.0.2.1") == 1);  // asking early costs nothing more
    clock.advance(Millis(1));
    CHECK(wait(attempts, "ana", "192.0.2.1") == 0);
  }
}

TEST_CASE("whoever tries, only they wait") {
  testing::FakeClock clock;
  Attempts attempts(clock);
  while (wait(attempts, "ana", "192.0.2.1") == 0) {
  }
  CHECK(wait(attempts, "ana", "192.0.2.2") == 0);
  CHECK(wait(attempts, "bob", "192.0.2.1") == 0);
  CHECK(wait(attempts, "ana", "2001:db8:0:1::1") == 0);
}

TEST_CASE("a success forgets the mistakes, an hour does, too") {
  testing::FakeClock clock;
  Attempts attempts(clock);
  for (int i = 0; i < 5; ++i) CHECK(wait(attempts, "ana", "192.0.2.1") == 0);
  CHECK(wait(attempts, "ana", "192.0.2.1") == 1);
  attempts.succeeded("ana", "192.0.2.1");
  for (int i = 0; i < 5; ++i) CHECK(wait(attempts, "ana", "192.0.2.1") == 0);
  CHECK(wait(attempts, "ana", "192.0.2.1") == 1);
  clock.advance(std::chrono::minutes(61));
  for (int i = 0; i < 5; ++i) CHECK(wait(attempts, "ana", "192.0.2.1") == 0);
}

TEST_CASE("many names from one address wait, too, and one's own success does not help") {
  testing::FakeClock clock;
  Attempts attempts(clock);
  int tries = 0;
  while (wait(attempts, "name" + std::to_string(tries), "192.0.2.1") == 0) ++tries;
  CHECK(tries == 50);
  clock.advance(std::chrono::seconds(1));
  CHECK(wait(attempts, "mallory", "192.0.2.1") == 0);
  attempts.succeeded("mallory", "192.0.2.1");
  CHECK(wait(attempts, "name again", "192.0.2.1") == 1);
  CHECK(wait(attempts, "name again", "192.0.2.77") == 0);
  // Never longer than a minute.
  for (int i = 0; i < 20; ++i) {
    clock.advance(std::chrono::minutes(1));
    CHECK(wait(attempts, "other" + std::to_string(i), "192.0.2.1") == 0);
  }
}

TEST_CASE("an address of IPv6 is its /64") {
  testing::FakeClock clock;
  Attempts attempts(clock);
  for (int i = 0; i < 5; ++i) CHECK(wait(attempts, "ana", "2001:db8::" + std::to_string(i + 1)) == 0);
  CHECK(wait(attempts, "ana", "2001:db8::ffff:1") > 0);
  CHECK(wait(attempts, "ana", "2001:db8:0:1::1") == 0);
  CHECK(client_of("10.0.0.1") != client_of("10.0.0.2"));
  CHECK(client_of("::ffff:10.0.0.1") == client_of("10.0.0.1"));
}

TEST_CASE("what is remembered is bounded; the oldest goes first") {
  testing::FakeClock clock;
  Attempts attempts(clock, 40);
  for (int i = 0; i < 5; ++i) CHECK(wait(attempts, "ana", "192.0.2.1") == 0);
  CHECK(wait(attempts, "ana", "192.0.2.1") == 1);
  for (int i = 0; i < 1000; ++i)
    CHECK(wait(attempts, std::string(10'000, 'x'), fmt::format("10.0.{}.{}", i / 250, i % 250)) == 0);
  CHECK(wait(attempts, "ana", "192.0.2.1") == 0);
}
