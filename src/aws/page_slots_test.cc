#include "aws/page_slots.h"

#include <doctest/doctest.h>

#include <thread>

namespace cadastre::aws {
namespace {

TEST_CASE("no more pages are in hand than there are slots") {
  PageSlots slots(2);
  std::atomic<int> now = 0, most = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        PageSlots::Lease lease(slots);
        for (int page = 0; page < 200; ++page) {
          auto storage = lease.take();
          int count = ++now, seen = most;
          while (seen < count && !most.compare_exchange_weak(seen, count)) {
          }
          json::array work(storage);
          for (int i = 0; i < 50; ++i) work.push_back(i);
          std::this_thread::yield();
          --now;
          lease.give_back();
        }
      });
    }
  }
  CHECK(most == 2);
}

TEST_CASE("a slot's memory grows to what a page needs") {
  PageSlots slots(1);
  PageSlots::Lease lease(slots);
  // Does one block hold it all, one text right behind the other?
  auto fits = [&] {
    json::array work(lease.take());
    work.reserve(100);
    for (int i = 0; i < 100; ++i) work.emplace_back(json::string(10'000, 'x'));
    auto place = [&](size_t i) { return work[i].get_string().data(); };
    bool one_block = true;
    for (size_t i = 2; i < work.size(); ++i) one_block &= place(i) - place(i - 1) == place(1) - place(0);
    return one_block;
  };
  CHECK_FALSE(fits());
  CHECK(fits());
}

TEST_CASE("a page is kept until it is given back") {
  PageSlots slots(1);
  PageSlots::Lease lease(slots);
  json::value page({{"Name", std::string(1'000, 'n')}}, lease.take());
  {
    PageSlots::Pause pause;
    std::jthread([&] {
      PageSlots::Lease other(slots);
      json::value another({{"Name", std::string(1'000, 'o')}}, other.take());
      CHECK(another.at("Name").as_string()[999] == 'o');
    }).join();
  }
  CHECK(page.at("Name").as_string() == std::string(1'000, 'n'));
}

TEST_CASE("a thread does not wait for itself") {
  PageSlots slots(1);
  PageSlots::Lease outer(slots);
  outer.take();
  {
    PageSlots::Lease inner(slots);
    inner.take();
  }
  outer.give_back();
  // The one slot is free again, once.
  outer.take();
  outer.give_back();
}

}  // namespace
}  // namespace cadastre::aws
