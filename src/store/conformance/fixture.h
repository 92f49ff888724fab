// What the conformance tests share: a store, a clock they set themselves, and short ways to put and finish.
#pragma once

#include <doctest/doctest.h>

#include "store/store.h"

namespace cadastre::store::conformance {

// How a backend makes its stores: `fresh` a new, empty one; `reopen` another handle on the one made last.
struct Makers {
  std::function<std::unique_ptr<Store>()> fresh, reopen;
  int steps = 1'200;  // of the random walk: fewer for a backend that is slow to be asked about all of it
};

// Seconds, and milliseconds, after a day in 2026.
inline Time at(int64_t seconds, int64_t millis = 0) {
  return Time(Millis(1'767'225'600'000 + seconds * 1000 + millis));
}

template <typename T>
T must(Result<T> result) {
  REQUIRE_MESSAGE(result, (result ? std::string() : result.error().message + ": " + result.error().cause));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

inline Put put_of(std::string native, std::string document) {
  Put put;
  put.native = std::move(native);
  put.document = std::move(document);
  put.item_hash = put.document_hash = hash128(put.document);
  put.region = "eu-west-1";
  put.name = "name of " + put.native;
  put.arn = "arn:aws:ec2:eu-west-1:111111111111:instance/" + put.native;
  put.state = "running";
  put.tags = "{}";
  put.epoch = 1;
  return put;
}

class Fixture {
 public:
  explicit Fixture(const Makers& makers) : makers_(makers), store_(makers.fresh()) { REQUIRE(store_); }

  Store& store() { return *store_; }
  Inventory& inventory() { return store_->inventory(); }
  Cells& cells() { return store_->cells(); }
  void reopen() {
    store_.reset();
    store_ = makers_.reopen();
    REQUIRE(store_);
  }

  Cell open(std::string kind = "aws.ec2.instance", std::string account = "111111111111",
            std::string region = "eu-west-1") {
    return must(cells().open({std::move(account), std::move(region), std::move(kind)}));
  }
  PutResult put(const Cell& cell, const Put& one, Time now) {
    auto results = must(inventory().put(cell.id, std::span(&one, 1), now));
    REQUIRE(results.size() == 1);
    return results.front();
  }
  PutResult put(const Cell& cell, std::string native, std::string document, Time now) {
    return put(cell, put_of(std::move(native), std::move(document)), now);
  }
  void finish(const Cell& cell, Time now, std::vector<int64_t> close = {}, Outcome outcome = Outcome::complete) {
    Finish finish;
    finish.cell = cell.id;
    finish.outcome = outcome;
    finish.close = std::move(close);
    must(inventory().finish(finish, now));
  }

  std::vector<Resource> scan(const Filter& filter, std::optional<Time> when = {}) {
    std::vector<Resource> found;
    must(inventory().scan(filter, when, [&](const Resource& resource) {
      found.push_back(resource);
      return true;
    }));
    return found;
  }
  std::vector<std::string> natives(const Filter& filter, std::optional<Time> when = {}) {
    std::vector<std::string> found;
    for (auto& resource : scan(filter, when)) found.push_back(resource.native);
    return found;
  }
  std::vector<Change> changes(const ChangeFilter& filter) {
    std::vector<Change> found;
    must(inventory().changes(filter, [&](const Change& change) {
      found.push_back(change);
      return true;
    }));
    return found;
  }
  // The documents that an id has, one a resource; at an instant.
  std::vector<std::string> documents(std::string_view id, std::optional<Time> when = {}) {
    std::vector<std::string> found;
    for (auto& resource : must(inventory().lookup(id, when))) found.push_back(resource.document);
    return found;
  }
  // The cell as the list of all cells has it.
  Cell listed(const Cell& cell) {
    for (auto& one : must(cells().list())) {
      if (one.id == cell.id) return one;
    }
    FAIL("the cell is not listed");
    return {};
  }
  // "FROM-TO cause document" of each version, in seconds and milliseconds after the tests' day.
  std::vector<std::string> history(int64_t resource) {
    auto text = [](Time time) {
      auto millis = (time - at(0)).count();
      return millis % 1000 == 0 ? fmt::format("{}", millis / 1000)
                                : fmt::format("{}.{:03}", millis / 1000, millis % 1000);
    };
    std::vector<std::string> lines;
    for (const auto& version : must(inventory().versions(resource))) {
      CHECK(version.resource == resource);
      lines.push_back(fmt::format("{}-{} {} {}", text(version.from), version.to ? text(*version.to) : "",
                                  to_string(version.cause), version.document));
    }
    return lines;
  }

 private:
  const Makers& makers_;
  std::unique_ptr<Store> store_;
};

using Lines = std::vector<std::string>;

}  // namespace cadastre::store::conformance
