// For tests: an estate with a past, made up at random. What happens to it is kept as a list, so that the same may be
// told to several stores, of all accounts or of some.
#pragma once

#include <doctest/doctest.h>

#include "index/index.h"
#include "search/reader.h"
#include "support/fakes.h"
#include "support/folder.h"
#include "support/random_estate.h"

namespace cadastre::search {

template <typename T>
T must(Result<T> result) {
  REQUIRE_MESSAGE(result.has_value(), (result ? std::string() : result.error().message + ": " + result.error().cause));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

inline const aws::Models& real_models() {
  static const aws::Models models;
  return models;
}

inline const catalog::Catalog& real_catalog() {
  static const auto catalog = catalog::Catalog::load(real_models(), catalog::embedded_sources());
  REQUIRE_MESSAGE(catalog.has_value(), (catalog ? "" : catalog.error().message));
  return *catalog;
}

inline const std::vector<std::string>& owner_tags() {
  static const std::vector<std::string> tags = {"owner", "Owner", "team", "Team"};
  return tags;
}

// What happened, in order.
struct Event {
  Millis later{0};  // than the one before
  store::CellKey cell;
  std::optional<store::Put> put;  // else its native id is closed, or the cell goes stale
  std::string close;
  bool stale = false;
};

inline std::vector<Event> random_past(testing::RandomEstate& random, size_t count) {
  std::vector<Event> past;
  std::map<store::CellKey, std::map<std::string, json::object>> live;
  while (past.size() < count) {
    Event event;
    event.later = Millis(random.below(4'000'000));
    auto dice = random.below(10);
    if (dice < 5 || live.empty()) {
      auto made = random.any();
      event.cell = made.cell;
      event.put = testing::put_of(real_catalog(), made);
      live[made.cell][event.put->native] = made.document;
    } else {
      auto cell = std::next(live.begin(), static_cast<ptrdiff_t>(random.below(live.size())));
      auto one = std::next(cell->second.begin(), static_cast<ptrdiff_t>(random.below(cell->second.size())));
      event.cell = cell->first;
      if (dice < 8) {
        one->second["Tags"] = json::array{json::object{{"Key", "Name"}, {"Value", random.service_name()}}};
        one->second["Extra"] = random.private_address();
        event.put = testing::put_of(real_catalog(), {cell->first, one->second});
      } else if (dice < 9) {
        event.close = one->first;
        cell->second.erase(one);
        if (cell->second.empty()) live.erase(cell);
      } else {
        event.stale = true;
      }
    }
    past.push_back(std::move(event));
  }
  return past;
}

class World {
 public:
  // `accounts`: only what happened in these; empty: all.
  World(const std::vector<Event>& past, const std::vector<std::string>& accounts, std::set<std::string> only = {}) {
    store = must(store::open_store("sqlite:" + (folder_ / "cadastre.db"), clock));
    must(store->inventory().epoch("any", "{}"));
    for (size_t i = 0; i < accounts.size(); ++i) {
      if (!only.empty() && !only.contains(accounts[i])) continue;
      store::AccountRow account{accounts[i], i == 0 ? "prod" : fmt::format("team-{}", i), "active", {}, {}};
      if (i != 1) account.groups = {{"client", i == 0 ? "Acme" : "Umbra"}};
      must(store->cells().put_account(account, clock.now()));
    }
    for (const auto& event : past) {
      clock.advance(event.later);
      if (only.empty() || only.contains(event.cell.account)) happen(event);
    }
    clock.advance(Millis(1'000));
  }

  void bind(const store::ClusterRow& cluster) { must(store->clusters().put_cluster(cluster)); }

  Reader reader(const index::Index* index = nullptr, AccessPortal portal = {}) {
    return Reader(*store, real_catalog(), real_models().endpoints(), owner_tags(), clock, index, std::move(portal));
  }

  testing::FakeClock clock;
  std::unique_ptr<store::Store> store;

 private:
  void happen(const Event& event) {
    auto cell = must(store->cells().open(event.cell));
    auto& known = known_[event.cell];
    store::Finish finish;
    finish.cell = cell.id;
    if (event.put) {
      auto put = *event.put;
      put.resource = known.contains(put.native) ? known[put.native] : 0;
      known[put.native] = must(store->inventory().put(cell.id, std::span(&put, 1), clock.now()))[0].resource;
      return;
    }
    if (event.stale) {
      finish.outcome = store::Outcome::throttled;
      finish.code = "Throttling";
      finish.message = "AWS asks for fewer calls";
    } else {
      finish.close = {known.at(event.close)};
      known.erase(event.close);
    }
    must(store->inventory().finish(finish, clock.now()));
  }

  testing::Folder folder_;
  std::map<store::CellKey, std::map<std::string, int64_t>> known_;
};

}  // namespace cadastre::search
