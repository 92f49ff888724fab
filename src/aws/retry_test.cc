#include "aws/retry.h"

#include <doctest/doctest.h>

using namespace cadastre;
using namespace cadastre::aws;

TEST_CASE("backoff is any part of a doubling time, up to the cap, and at least what was asked for") {
  ClientOptions options;
  options.backoff_base = Millis(200);
  options.backoff_cap = Millis(20'000);
  CHECK(backoff(options, 1, 0.5, {}) == Millis(100));
  CHECK(backoff(options, 2, 0.5, {}) == Millis(200));
  CHECK(backoff(options, 5, 0.5, {}) == Millis(1600));
  CHECK(backoff(options, 1, 0.0, {}) == Millis(0));
  CHECK(backoff(options, 1000, 0.5, {}) == Millis(10'000));
  CHECK(backoff(options, 1, 0.5, Millis(3000)) == Millis(3000));
  CHECK(backoff(options, 1, 0.5, Millis(90'000)) == Millis(20'000));
  CHECK(backoff(options, 5, 0.5, Millis(1)) == Millis(1600));
}

TEST_CASE("Retry-After is seconds or a date") {
  auto now = *parse_rfc3339("2026-01-02T03:04:05Z");
  auto asked = [&](std::string value) {
    HttpResponse response;
    response.headers = {{"retry-after", std::move(value)}};
    return retry_after(response, now);
  };
  CHECK(asked("3") == Millis(3000));
  CHECK(asked(" 0 ") == Millis(0));
  CHECK(asked("Fri, 02 Jan 2026 03:04:15 GMT") == Millis(10'000));
  CHECK(asked("Fri, 02 Jan 2026 03:04:00 GMT") == Millis(0));
  CHECK_FALSE(asked("soon"));
  CHECK_FALSE(asked("-1"));
  CHECK_FALSE(retry_after({}, now));
}

TEST_CASE("a budget that is spent stops the retries of its key only, and success fills it") {
  RetryBudget budget;
  int granted = 0;
  while (budget.take("1/eu-west-1/ec2", RetryBudget::kRetry)) ++granted;
  CHECK(granted == RetryBudget::kFull / RetryBudget::kRetry);
  CHECK(budget.take("2/eu-west-1/ec2", RetryBudget::kRetry));
  for (int i = 0; i < 4; ++i) budget.give_back("1/eu-west-1/ec2", RetryBudget::kSuccess);
  CHECK_FALSE(budget.take("1/eu-west-1/ec2", RetryBudget::kRetry));
  budget.give_back("1/eu-west-1/ec2", RetryBudget::kSuccess);
  CHECK(budget.take("1/eu-west-1/ec2", RetryBudget::kRetry));
  for (int i = 0; i < 10'000; ++i) budget.give_back("1/eu-west-1/ec2", RetryBudget::kSuccess);
  granted = 0;
  while (budget.take("1/eu-west-1/ec2", RetryBudget::kRetry)) ++granted;
  CHECK(granted == RetryBudget::kFull / RetryBudget::kRetry);
}

TEST_CASE("a pause ends when stop is asked for") {
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  auto start = std::chrono::steady_clock::now();
  CHECK_FALSE(pause(std::chrono::seconds(60), stop.get_token()));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
  CHECK(pause(Millis(0), {}));
}
