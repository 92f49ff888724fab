#include "aws/credentials_renewing.h"

#include <doctest/doctest.h>

#include <latch>

#include "support/fakes.h"

using namespace cadastre;
using namespace cadastre::aws;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::FakeClock;

namespace {

// Hands out key-1, key-2, …, each valid for an hour, or fails when told to.
struct Issuer {
  FakeClock clock;
  std::atomic<int> issued = 0, asked = 0;
  std::optional<Error> failure;
  Millis lifetime = std::chrono::hours(1);
  RenewingSource source{
      clock, "role x", [this](std::stop_token) -> Result<Credentials> {
        ++asked;
        if (failure) return std::unexpected(*failure);
        return Credentials{fmt::format("key-{}", ++issued), "secret", "token", clock.now() + lifetime};
      }};
  std::string key() {
    auto credentials = source.get({});
    return credentials ? credentials->access_key_id : credentials.error().message;
  }
};

}  // namespace

TEST_CASE("credentials are kept, and renewed five minutes ahead of their end") {
  Issuer issuer;
  CHECK(issuer.key() == "key-1");
  issuer.clock.advance(minutes(54));
  CHECK(issuer.key() == "key-1");
  issuer.clock.advance(minutes(1));
  CHECK(issuer.key() == "key-2");
}

TEST_CASE("short sessions are renewed when a fifth of them is left") {
  Issuer issuer;
  issuer.lifetime = minutes(15);
  CHECK(issuer.key() == "key-1");
  issuer.clock.advance(minutes(11));
  CHECK(issuer.key() == "key-1");
  issuer.clock.advance(minutes(1));
  CHECK(issuer.key() == "key-2");
}

TEST_CASE("a renewal that fails ahead of time is survived, and tried again, until the end") {
  Issuer issuer;
  CHECK(issuer.key() == "key-1");
  issuer.failure = Error{ErrorCode::network, "STS is away", ""};
  issuer.clock.advance(minutes(56));
  CHECK(issuer.key() == "key-1");
  CHECK(issuer.asked == 2);
  CHECK(issuer.key() == "key-1");
  CHECK(issuer.asked == 2);  // not for every call
  issuer.clock.advance(seconds(30));
  CHECK(issuer.key() == "key-1");
  CHECK(issuer.asked == 3);
  issuer.clock.advance(minutes(5));
  CHECK(issuer.key() == "STS is away");
  issuer.failure.reset();
  issuer.clock.advance(seconds(11));
  CHECK(issuer.key() == "key-2");
}

TEST_CASE("a failure is remembered for a moment, so that many calls do not ask many times") {
  Issuer issuer;
  issuer.failure = Error{ErrorCode::denied, "no", ""};
  for (int i = 0; i < 100; ++i) CHECK(issuer.key() == "no");
  CHECK(issuer.asked == 1);
  issuer.clock.advance(seconds(11));
  CHECK(issuer.key() == "no");
  CHECK(issuer.asked == 2);
}

TEST_CASE("credentials that AWS refused are renewed at once, those that were replaced meanwhile are not") {
  Issuer issuer;
  auto first = *issuer.source.get({});
  issuer.source.reject(first);
  auto second = *issuer.source.get({});
  CHECK(second.access_key_id == "key-2");
  issuer.source.reject(first);
  CHECK(issuer.key() == "key-2");
  issuer.source.reject(second);
  CHECK(issuer.key() == "key-3");
}

TEST_CASE("credentials that arrive expired are an error that mentions the clock") {
  Issuer issuer;
  issuer.lifetime = -minutes(1);
  auto credentials = issuer.source.get({});
  REQUIRE_FALSE(credentials);
  CHECK(credentials.error().code == ErrorCode::expired);
  CHECK(credentials.error().message.find("clock") != std::string::npos);
}

TEST_CASE("many callers cause one fetch, and one that gives up does not take the others along") {
  FakeClock clock;
  std::atomic<int> fetches = 0;
  std::latch started(1), go(1);
  RenewingSource source(clock, "role x", [&](std::stop_token stop) -> Result<Credentials> {
    if (++fetches == 1) {
      started.count_down();
      go.wait();
    }
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "cancelled");
    return Credentials{"key", "secret", "", std::nullopt};
  });
  std::stop_source stop;
  ErrorCode first_error{};
  std::jthread first([&] {
    auto credentials = source.get(stop.get_token());
    if (!credentials) first_error = credentials.error().code;
  });
  started.wait();
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> others;
    for (int i = 0; i < 8; ++i) {
      others.emplace_back([&] {
        auto credentials = source.get({});
        right += credentials && credentials->access_key_id == "key";
      });
    }
    std::stop_source impatient;
    std::jthread waiter([&] { CHECK(source.get(impatient.get_token()).error().code == ErrorCode::cancelled); });
    impatient.request_stop();
    waiter.join();
    stop.request_stop();
    go.count_down();
  }
  first.join();
  CHECK(first_error == ErrorCode::cancelled);
  CHECK(right == 8);
  CHECK(fetches == 2);
}
