#include "collect/dispatcher.h"

#include <doctest/doctest.h>

#include <map>
#include <set>

namespace cadastre::collect {
namespace {

using Task = Dispatcher::Task;

// Of a dispatcher that has nothing to give just now: does a worker wait, and leave when it is asked to?
bool waits(Dispatcher& dispatcher) {
  std::stop_source stop;
  std::optional<Task> taken;
  std::jthread worker([&] { taken = dispatcher.take(stop.get_token()); });
  for (int i = 0; i < 200; ++i) std::this_thread::yield();
  stop.request_stop();
  worker.join();
  return !taken;
}

}  // namespace

TEST_CASE("accounts are opened first, by half of the workers at most") {
  Dispatcher dispatcher(5, {0, 1, 3, 4}, 4);
  std::stop_token never;
  auto first = dispatcher.take(never), second = dispatcher.take(never);
  REQUIRE((first && second));
  CHECK(first->account == 0);
  CHECK(second->account == 1);
  CHECK(!first->cell);
  // The other two workers are kept for cells, which come as soon as an account is open.
  dispatcher.opened(0, 2);
  auto third = dispatcher.take(never);
  REQUIRE(third);
  CHECK(third->account == 3);
  auto cell = dispatcher.take(never);
  REQUIRE(cell);
  CHECK(cell->account == 0);
  CHECK(cell->cell.has_value());
}

TEST_CASE("every cell is handed out once, and then there is no more") {
  Dispatcher dispatcher(3, {0, 1, 2}, 8);
  std::stop_token never;
  std::map<size_t, std::set<size_t>> seen;
  while (auto task = dispatcher.take(never)) {
    if (!task->cell) {
      dispatcher.opened(task->account, task->account * 2);
      continue;
    }
    CHECK(seen[task->account].insert(*task->cell).second);
    dispatcher.done(task->account);
  }
  CHECK(seen == std::map<size_t, std::set<size_t>>{{1, {0, 1}}, {2, {0, 1, 2, 3}}});
}

TEST_CASE("an account that does not get on keeps no more than its share of the workers") {
  constexpr size_t kWorkers = 12;
  Dispatcher dispatcher(6, {0, 1, 2, 3, 4, 5}, kWorkers);
  std::stop_token never;
  for (size_t i = 0; i < 6; ++i) {
    auto task = dispatcher.take(never);
    REQUIRE((task && !task->cell));
    dispatcher.opened(task->account, 100);
  }
  std::map<size_t, size_t> busy;
  for (size_t i = 0; i < kWorkers; ++i) {
    auto task = dispatcher.take(never);
    REQUIRE((task && task->cell));
    ++busy[task->account];
  }
  for (const auto& [account, count] : busy) CHECK(count == 2);
  // Account 0 hangs; what the others give back goes to them again, once it has its share.
  for (int i = 0; i < 60; ++i) {
    for (size_t account = 1; account < 6 && i > 0; ++account) CHECK(busy[account] <= 4);
    size_t ended = 1 + static_cast<size_t>(i) % 5;
    if (busy[ended] == 0) continue;
    dispatcher.done(ended);
    --busy[ended];
    auto task = dispatcher.take(never);
    REQUIRE((task && task->cell));
    ++busy[task->account];
    CHECK(busy[0] <= 4);
  }
}

TEST_CASE("a worker waits for an account that is being opened, and leaves when asked to") {
  Dispatcher dispatcher(1, {0}, 4);
  std::stop_token never;
  REQUIRE(dispatcher.take(never));
  CHECK(waits(dispatcher));
  dispatcher.opened(0, 1);
  auto task = dispatcher.take(never);
  REQUIRE(task);
  CHECK(task->cell == 0u);
  CHECK(!dispatcher.take(never));
}

}  // namespace cadastre::collect
