#include "aws/pacer.h"

#include <doctest/doctest.h>

using namespace cadastre;
using namespace cadastre::aws;
using std::chrono::steady_clock;

namespace {

constexpr auto kNever = steady_clock::time_point::max();

auto always(double per_second, double burst) {
  return [=](std::string_view, std::string_view) { return Rate{per_second, burst}; };
}

Millis since(steady_clock::time_point start) { return std::chrono::duration_cast<Millis>(steady_clock::now() - start); }

}  // namespace

TEST_CASE("half of the published figure is taken") {
  Pacer pacer(system_clock(), always(100, 20), 0.5);
  PaceKey key{"111111111111", "eu-west-1", "ec2", "DescribeInstances"};
  auto start = steady_clock::now();
  for (int i = 0; i < 10; ++i) REQUIRE(pacer.acquire(key, kNever, {}));
  CHECK(pacer.counts().waits == 0);
  for (int i = 0; i < 5; ++i) REQUIRE(pacer.acquire(key, kNever, {}));
  CHECK(since(start) >= Millis(99));  // five calls at fifty a second
  CHECK(pacer.counts().waits >= 4);
  CHECK(pacer.counts().calls == 15);
}

TEST_CASE("each account, region, service and action has a bucket of its own") {
  Pacer pacer(system_clock(), always(0.001, 1), 1);
  auto now = [] { return steady_clock::now(); };
  CHECK(pacer.acquire({"1", "r", "s", "o"}, now(), {}));
  CHECK_FALSE(pacer.acquire({"1", "r", "s", "o"}, now(), {}));
  CHECK(pacer.acquire({"2", "r", "s", "o"}, now(), {}));
  CHECK(pacer.acquire({"1", "q", "s", "o"}, now(), {}));
  CHECK(pacer.acquire({"1", "r", "t", "o"}, now(), {}));
  CHECK(pacer.acquire({"1", "r", "s", "p"}, now(), {}));
}

TEST_CASE("a turn that comes after the deadline is refused at once") {
  Pacer pacer(system_clock(), always(0.1, 1), 1);
  PaceKey key{"1", "r", "s", "o"};
  REQUIRE(pacer.acquire(key, kNever, {}));
  auto start = steady_clock::now();
  auto refused = pacer.acquire(key, start + std::chrono::seconds(5), {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::timeout);
  CHECK(since(start) < Millis(1000));
}

TEST_CASE("a stop ends the waiting") {
  Pacer pacer(system_clock(), always(0.01, 1), 1);
  PaceKey key{"1", "r", "s", "o"};
  REQUIRE(pacer.acquire(key, kNever, {}));
  std::stop_source stop;
  std::vector<std::jthread> threads;
  std::atomic<int> cancelled = 0;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      auto result = pacer.acquire(key, kNever, stop.get_token());
      if (!result && result.error().code == ErrorCode::cancelled) ++cancelled;
    });
  }
  while (pacer.counts().waits < 3) std::this_thread::yield();
  stop.request_stop();
  threads.clear();
  CHECK(cancelled == 3);
}

TEST_CASE("when the first of a queue gives up, the others still get their turns") {
  Pacer pacer(system_clock(), always(20, 1), 1);
  PaceKey key{"1", "r", "s", "o"};
  REQUIRE(pacer.acquire(key, kNever, {}));
  std::stop_source stop;
  std::atomic<int> served = 0;
  std::jthread first([&] { (void)pacer.acquire(key, kNever, stop.get_token()); });
  while (pacer.counts().waits < 1) std::this_thread::yield();
  std::vector<std::jthread> others;
  for (int i = 0; i < 4; ++i) {
    others.emplace_back([&] { served += pacer.acquire(key, kNever, {}).has_value(); });
  }
  stop.request_stop();
  others.clear();
  CHECK(served == 4);
}

TEST_CASE("a throttle slows the action down; a share of nothing switches pacing off") {
  PaceKey key{"1", "r", "s", "o"};
  Pacer pacer(system_clock(), always(10, 10), 1);
  pacer.throttled(key);
  CHECK_FALSE(pacer.acquire(key, steady_clock::now() + Millis(150), {}));  // at five a second the turn is 200 ms away
  CHECK(pacer.counts().throttles == 1);

  Pacer off(system_clock(), always(0.001, 1), 0);
  for (int i = 0; i < 100; ++i) CHECK(off.acquire(key, steady_clock::now(), {}));
  off.throttled(key);
  CHECK(off.acquire(key, steady_clock::now(), {}));
}

TEST_CASE("many threads together stay within the budget") {
  Pacer pacer(system_clock(), always(500, 10), 1);
  PaceKey key{"1", "r", "s", "o"};
  std::atomic<int> made = 0;
  auto start = steady_clock::now();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        while (pacer.acquire(key, start + Millis(200), {})) ++made;
      });
    }
  }
  CHECK(made <= 110);  // ten at once and five hundred a second
  CHECK(made >= 60);   // though not many fewer, however slow the machine's timers
}
