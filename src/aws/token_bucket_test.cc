#include "aws/token_bucket.h"

#include <doctest/doctest.h>

using namespace cadastre::aws;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const TokenBucket::Instant kStart{seconds(1000)};

// How many tokens can be taken at `now`, at once.
int drain(TokenBucket& bucket, TokenBucket::Instant now) {
  int count = 0;
  while (bucket.take(now)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a bucket gives its burst at once, then its rate") {
  TokenBucket bucket(10, 50, kStart);
  CHECK(drain(bucket, kStart) == 50);
  CHECK(bucket.ready(kStart) == kStart + milliseconds(100));
  CHECK_FALSE(bucket.take(kStart + milliseconds(99)));
  CHECK(bucket.take(kStart + milliseconds(100)));
  CHECK(drain(bucket, kStart + seconds(1)) == 9);
  CHECK(drain(bucket, kStart + seconds(3)) == 20);
  CHECK(drain(bucket, kStart + seconds(3600)) == 50);
}

TEST_CASE("no second after the burst sees more than the rate, however greedily it is asked") {
  TokenBucket bucket(10, 5, kStart);
  std::vector<TokenBucket::Instant> taken;
  for (auto now = kStart; now < kStart + seconds(20); now += milliseconds(7)) {
    for (int i = drain(bucket, now); i > 0; --i) taken.push_back(now);
  }
  CHECK(taken.size() >= 200);
  CHECK(taken.size() <= 205);
  for (size_t i = 5; i + 11 < taken.size(); ++i) CHECK(taken[i + 11] - taken[i] > seconds(1));
}

TEST_CASE("whoever waits learns when: at the announced instant the token is there, and not before") {
  for (double rate : {0.3, 3.0, 7.0, 12.5, 33.3}) {
    CAPTURE(rate);
    TokenBucket bucket(rate, 1, kStart);
    auto now = kStart;
    REQUIRE(bucket.take(now));
    for (int i = 0; i < 50; ++i) {
      auto ready = bucket.ready(now);
      CHECK_FALSE(bucket.take(ready - milliseconds(1)));
      REQUIRE(bucket.take(ready));
      now = ready;
    }
  }
}

TEST_CASE("the n-th in the queue waits n times as long") {
  TokenBucket bucket(4, 1, kStart);
  REQUIRE(bucket.take(kStart));
  CHECK(bucket.ready(kStart, 0) == kStart + milliseconds(250));
  CHECK(bucket.ready(kStart, 3) == kStart + milliseconds(1000));
}

TEST_CASE("a throttle empties the bucket and halves the rate, once for all that were refused together") {
  TokenBucket bucket(16, 100, kStart);
  for (int i = 0; i < 20; ++i) bucket.throttled(kStart + milliseconds(10 * i));
  CHECK(bucket.rate() == doctest::Approx(8));
  CHECK_FALSE(bucket.take(kStart + milliseconds(190)));
  CHECK(drain(bucket, kStart + milliseconds(190) + seconds(1)) == 8);
  bucket.throttled(kStart + seconds(2));
  CHECK(bucket.rate() == doctest::Approx(4));
  for (int i = 0; i < 100; ++i) bucket.throttled(kStart + seconds(10 + 2 * i));
  CHECK(bucket.rate() == doctest::Approx(0.1));
}

TEST_CASE("the rate grows back by a twentieth a second of success, not by silence, and never above what it was") {
  TokenBucket bucket(20, 20, kStart);
  bucket.throttled(kStart);
  bucket.succeeded(kStart + milliseconds(500));
  CHECK(bucket.rate() == doctest::Approx(10.5));
  bucket.succeeded(kStart + seconds(600));
  CHECK(bucket.rate() == doctest::Approx(11.5));
  for (int i = 1; i < 30; ++i) bucket.succeeded(kStart + seconds(600 + i));
  CHECK(bucket.rate() == doctest::Approx(20));
}

TEST_CASE("a bucket slower than the floor keeps its own rate") {
  TokenBucket bucket(0.05, 0, kStart);
  CHECK(drain(bucket, kStart) == 1);
  bucket.throttled(kStart);
  CHECK(bucket.rate() == doctest::Approx(0.05));
}

TEST_CASE("a clock that stands still or is handed over late does no harm") {
  TokenBucket bucket(10, 1, kStart);
  REQUIRE(bucket.take(kStart + seconds(1)));
  CHECK_FALSE(bucket.take(kStart));
  CHECK_FALSE(bucket.take(kStart + seconds(1)));
}
