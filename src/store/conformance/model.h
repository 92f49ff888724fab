// Random sequences of puts and finishes, held against a model that is simple enough to be seen to be right.
#pragma once

#include <random>

#include "store/conformance/fixture.h"

namespace cadastre::store::conformance {

class Model {
 public:
  struct Version {
    int64_t order;  // stands for the sequence
    Time from;
    std::optional<Time> to;
    Cause cause;
    std::string document;
  };
  struct Resource {
    int64_t id;
    size_t cell;
    std::string native, incarnation;
    Time first_seen, changed;
    std::optional<Time> deleted;
    Cause deleted_cause = Cause::closed;
    std::vector<Version> versions;
  };

  Resource* live(size_t cell, const std::string& native) {
    for (auto& one : resources_) {
      if (one.cell == cell && one.native == native && !one.deleted) return &one;
    }
    return nullptr;
  }

  // What the store must answer to the put, but for the id that it chooses.
  PutResult put(size_t cell, const Put& put, Time now, int64_t id) {
    auto* known = live(cell, put.native);
    bool replaced = known && !known->incarnation.empty() && !put.incarnation.empty() &&
                    known->incarnation != put.incarnation && !put.epoch_only;
    Time from = now;
    if (known) from = std::max(now, known->versions.back().from + Millis(1));
    if (replaced) close(*known, Cause::replaced, now, put.history);
    if (known && !replaced) {
      known->versions.back().to = from;
      if (put.history != History::full) known->versions.pop_back();
      known->versions.push_back({++order_, from, {}, put.epoch_only ? Cause::epoch : Cause::changed, put.document});
      known->incarnation = put.incarnation;
      if (!put.epoch_only) known->changed = from;
      return {known->id, false, false};
    }
    for (const auto& one : resources_) {
      if (one.cell == cell && one.native == put.native && one.deleted) from = std::max(from, *one.deleted);
    }
    resources_.push_back({id, cell, put.native, put.incarnation, from, from, {}, {}, {}});
    resources_.back().versions.push_back({++order_, from, {}, Cause::opened, put.document});
    return {id, true, replaced};
  }

  void close(Resource& one, Cause cause, Time now, History history) {
    if (one.deleted) return;
    auto when = std::max(now, one.versions.back().from + Millis(1));
    one.versions.back().to = when;
    if (history == History::none) one.versions.clear();
    one.versions.push_back({++order_, when, {}, cause, ""});
    one.deleted = one.changed = when;
    one.deleted_cause = cause;
  }

  std::vector<Resource>& resources() { return resources_; }

 private:
  std::vector<Resource> resources_;
  int64_t order_ = 0;
};

class Walk {
 public:
  Walk(const Makers& makers, uint64_t seed) : f_(makers), random_(seed) {
    constexpr std::array<std::pair<const char*, History>, 3> kKinds = {
        {{"aws.a.full", History::full}, {"aws.b.latest", History::latest}, {"aws.c.none", History::none}}};
    for (const auto& [kind, history] : kKinds) {
      for (const char* account : {"111111111111", "222222222222"}) {
        cells_.push_back(f_.open(kind, account));
        histories_.push_back(history);
      }
    }
  }

  void run(int steps) {
    for (int step = 0; step < steps; ++step) {
      CAPTURE(step);
      // Mostly forward, sometimes not at all, now and then an hour back.
      now_ += Millis(random_() % 50 == 0 ? -3'600'000 : static_cast<int64_t>(random_() % 4) * 400);
      if (random_() % 4 == 0)
        finish();
      else
        put();
      if (step % 100 == 99) compare();
      if (step % 500 == 499) f_.reopen();
    }
    compare();
  }

 private:
  void put() {
    size_t cell = random_() % cells_.size();
    std::vector<Put> puts;
    for (auto left = 1 + random_() % 6; left > 0; --left) {
      auto one = put_of(fmt::format("n-{}", random_() % 8), fmt::format("{{\"v\":{}}}", ++documents_));
      constexpr std::array<const char*, 4> kIncarnations = {"", "A", "A", "B"};
      one.incarnation = kIncarnations[random_() % 4];
      one.epoch_only = random_() % 10 == 0;
      one.history = histories_[cell];
      puts.push_back(std::move(one));
    }
    auto results = must(f_.inventory().put(cells_[cell].id, puts, now_));
    REQUIRE(results.size() == puts.size());
    for (size_t i = 0; i < puts.size(); ++i) {
      auto expected = model_.put(cell, puts[i], now_, results[i].resource);
      REQUIRE(results[i].resource == expected.resource);
      REQUIRE(results[i].opened == expected.opened);
      REQUIRE(results[i].replaced == expected.replaced);
    }
  }

  void finish() {
    size_t cell = random_() % cells_.size();
    Finish finish;
    finish.cell = cells_[cell].id;
    finish.history = histories_[cell];
    finish.outcome = random_() % 3 == 0 ? Outcome::denied : Outcome::complete;
    if (finish.outcome == Outcome::complete) {
      for (auto& one : model_.resources()) {
        if (one.cell != cell || one.deleted || random_() % 3 != 0) continue;
        finish.close.push_back(one.id);
        model_.close(one, Cause::closed, now_, histories_[cell]);
      }
    }
    must(f_.inventory().finish(finish, now_));
  }

  std::string name(const Model::Resource& one) {
    return cells_[one.cell].key.kind + cells_[one.cell].key.account + one.native;
  }
  std::string name(const Resource& one) { return one.cell.kind + one.cell.account + one.native; }

  void compare() {
    std::vector<Time> instants = {now_, now_ - Millis(1), at(0)};
    Lines expected, found, changes;
    std::map<int64_t, std::string> order;
    for (const auto& one : model_.resources()) {
      std::string last;
      Lines history;
      for (const auto& version : one.versions) {
        if (!version.document.empty()) last = version.document;
        order[version.order] = fmt::format("{} {} {}", one.native, to_string(version.cause), version.document);
        if (random_() % 40 == 0) instants.push_back(version.from - Millis(random_() % 2));
      }
      expected.push_back(fmt::format("{} {} {} {} {} {} {}", name(one), one.id, last, format_time(one.first_seen),
                                     format_time(one.changed), one.deleted ? format_time(*one.deleted) : "live",
                                     one.deleted ? to_string(one.deleted_cause) : ""));
      compare_versions(one);
    }
    for (const auto& row : f_.scan({.closed = true})) {
      found.push_back(fmt::format("{} {} {} {} {} {} {}", name(row), row.resource, row.document,
                                  format_time(row.first_seen), format_time(row.changed),
                                  row.deleted ? format_time(*row.deleted) : "live", row.deleted_cause));
    }
    std::ranges::sort(expected);
    std::ranges::sort(found);
    REQUIRE((found == expected));
    for (const auto& change : f_.changes({.epochs = true, .documents = true})) {
      changes.push_back(
          fmt::format("{} {} {}", change.native, to_string(change.version.cause), change.version.document));
    }
    Lines ordered;
    for (const auto& [number, line] : order) ordered.push_back(line);
    REQUIRE((changes == ordered));
    for (auto instant : instants) compare_at(instant);
  }

  // What only our reading changed goes on as the version before; intervals touch and never overlap.
  void compare_versions(const Model::Resource& one) {
    std::vector<Model::Version> shown;
    for (const auto& version : one.versions) {
      if (version.cause == Cause::epoch && !shown.empty()) {
        shown.back().to = version.to;
        shown.back().document = version.document;
      } else {
        shown.push_back(version);
      }
    }
    auto found = must(f_.inventory().versions(one.id));
    REQUIRE(found.size() == shown.size());
    for (size_t i = 0; i < found.size(); ++i) {
      REQUIRE(found[i].from == shown[i].from);
      REQUIRE((found[i].to == shown[i].to));
      REQUIRE(found[i].cause == shown[i].cause);
      REQUIRE(found[i].document == shown[i].document);
      if (i > 0) {
        REQUIRE(found[i - 1].to == found[i].from);
        REQUIRE(found[i - 1].sequence < found[i].sequence);
      }
    }
  }

  void compare_at(Time instant) {
    std::map<std::string, std::string> expected, found;
    for (const auto& one : model_.resources()) {
      for (const auto& version : one.versions) {
        if (version.document.empty() || version.from > instant || (version.to && *version.to <= instant)) continue;
        REQUIRE(expected.emplace(name(one), version.document).second);  // never two of a name at once
      }
    }
    for (const auto& row : f_.scan({}, instant)) REQUIRE(found.emplace(name(row), row.document).second);
    REQUIRE((found == expected));
    if (found.empty()) return;
    const auto& one = model_.resources()[random_() % model_.resources().size()];
    const auto& key = cells_[one.cell].key;
    auto looked_up = f_.documents(fmt::format("{}/{}/{}/{}", key.kind, key.account, key.region, one.native), instant);
    auto wanted = expected.find(name(one));
    REQUIRE((looked_up == (wanted == expected.end() ? Lines{} : Lines{wanted->second})));
  }

  Fixture f_;
  std::mt19937_64 random_;
  Model model_;
  std::vector<Cell> cells_;
  std::vector<History> histories_;
  Time now_ = at(100'000);
  int documents_ = 0;
};

inline void random_walk(const Makers& makers) {
  auto seed = std::random_device()();
  CAPTURE(seed);
  Walk(makers, seed).run(3'000);
}

}  // namespace cadastre::store::conformance
