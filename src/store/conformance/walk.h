// Random sequences of puts, finishes and prunings, held against the model after every hundred steps.
#pragma once

#include <random>

#include "store/conformance/model.h"

namespace cadastre::store::conformance {

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
      if (random_() % 150 == 0) prune();
      if (step % 100 == 99) compare();
      if (step % 500 == 499) f_.reopen();
    }
    compare();
    CHECK(must(f_.store().check({})) == Lines{});
  }

 private:
  uint64_t below(uint64_t bound) { return random_() % bound; }

  void put() {
    size_t cell = below(cells_.size());
    std::vector<Put> puts;
    for (auto left = 1 + below(6); left > 0; --left) {
      auto one = put_of(fmt::format("n-{}", below(8)), fmt::format("{{\"v\":{}}}", ++documents_));
      constexpr std::array<const char*, 4> kIncarnations = {"", "A", "A", "B"};
      one.incarnation = kIncarnations[below(4)];
      one.epoch_only = below(10) == 0;
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
    size_t cell = below(cells_.size());
    Finish finish;
    finish.cell = cells_[cell].id;
    finish.history = histories_[cell];
    finish.outcome = below(3) == 0 ? Outcome::denied : Outcome::complete;
    if (finish.outcome == Outcome::complete) {
      for (auto& one : model_.resources()) {
        if (one.cell != cell || one.deleted || below(3) != 0) continue;
        finish.close.push_back(one.id);
        model_.close(one, Cause::closed, now_, histories_[cell]);
      }
    }
    must(f_.inventory().finish(finish, now_));
  }

  // All that an instant shows of a kind.
  Lines shown_at(const std::string& kind, Time instant) {
    Lines lines;
    for (const auto& row : f_.scan({.kinds = {kind}}, instant)) {
      lines.push_back(
          fmt::format("{} {} {} {} {}", row.id(), row.resource, row.sequence, row.document, format_time(row.changed)));
    }
    return lines;
  }

  // What an edge lets go is not missed at the edge, nor at any instant after it.
  void prune() {
    size_t first = below(cells_.size() / 2) * 2;
    const auto& kind = cells_[first].key.kind;
    Retention retention;
    std::optional<Time> edge;
    if (below(4) != 0) {
      retention.keep = Millis(below(120'000));
      edge = now_ - *retention.keep;
    }
    if (below(3) == 0) retention.versions = below(4);
    std::vector<std::pair<Time, Lines>> before;
    if (edge && !retention.versions) {
      for (int i = 0; i < 10; ++i) {
        auto instant = *edge + Millis(i == 0 ? 0 : below(130'000));
        before.emplace_back(instant, shown_at(kind, instant));
      }
    }
    auto pruned = must(f_.inventory().prune(kind, retention, now_, {}));
    auto expected = model_.prune({first, first + 1}, edge, retention.versions);
    REQUIRE(pruned.versions == expected.versions);
    REQUIRE(pruned.resources == expected.resources);
    for (const auto& [instant, lines] : before) REQUIRE(shown_at(kind, instant) == lines);
  }

  std::string name(const Model::Resource& one) {
    const auto& key = cells_[one.cell].key;
    return key.kind + "/" + key.account + "/" + key.region + "/" + one.native;
  }

  void compare() {
    std::vector<Time> instants = {now_, now_ - Millis(1), at(0)};
    Lines expected, found;
    std::map<int64_t, std::string> live;
    for (const auto& one : model_.resources()) {
      std::string last;
      for (const auto& version : one.versions) {
        if (!Model::tombstone(version)) last = version.document;
        if (below(40) == 0) instants.push_back(version.from - Millis(below(2)));
      }
      expected.push_back(line(name(one), one.id, last, one.first_seen, one.changed, one.deleted,
                              one.deleted ? to_string(one.deleted_cause) : ""));
      compare_versions(one);
    }
    for (const auto& row : f_.scan({.closed = true})) found.push_back(line(row));
    std::ranges::sort(expected);
    auto sorted = found;
    std::ranges::sort(sorted);
    REQUIRE((sorted == expected));
    compare_rows();
    compare_changes();
    for (auto instant : instants) {
      compare_window(instant, instant + Millis(1), instant);
      compare_lookup(instant);
      compare_window(instant, instant + Millis(below(200'000)), std::nullopt);
    }
    for (size_t cell = 0; cell < cells_.size(); ++cell) {
      auto alive =
          std::ranges::count_if(model_.resources(), [&](const auto& one) { return one.cell == cell && !one.deleted; });
      REQUIRE(f_.listed(cells_[cell]).resources == static_cast<uint64_t>(alive));
    }
  }

  static std::string line(const std::string& id, int64_t number, const std::string& document, Time first_seen,
                          Time changed, std::optional<Time> deleted, std::string_view cause) {
    return fmt::format("{} {} {} {} {} {} {}", id, number, document, format_time(first_seen), format_time(changed),
                       deleted ? format_time(*deleted) : "live", cause);
  }
  static std::string line(const Resource& row) {
    return line(row.id(), row.resource, row.document, row.first_seen, row.changed, row.deleted, row.deleted_cause);
  }

  // Some resources, some of them twice, some that are not there.
  void compare_rows() {
    std::vector<int64_t> ids;
    Lines expected, found;
    std::map<int64_t, std::string> all;
    for (const auto& row : f_.scan({.closed = true})) all[row.resource] = line(row);
    for (int i = 0; i < 20; ++i) {
      const auto& some = model_.resources();
      ids.push_back(i % 5 == 0 ? 1'000'000 + i : some[below(some.size())].id);
      if (i % 5 != 0) expected.push_back(all.at(ids.back()));
    }
    for (const auto& row : must(f_.inventory().rows(ids, true))) found.push_back(line(row));
    REQUIRE(found == expected);
    for (const auto& row : must(f_.inventory().rows(ids, false))) REQUIRE(row.document.empty());
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

  // A window of a millisecond is asked for as an instant.
  void compare_window(Time since, Time until, std::optional<Time> instant) {
    std::map<std::string, std::string> all, superseded;
    std::string kind = cells_[below(cells_.size())].key.kind;
    for (const auto& one : model_.resources()) {
      const auto* version = Model::shown(one, since, until);
      if (!version) continue;
      auto text = line(name(one), one.id, version->document, one.first_seen, Model::changed(one, *version), {}, "");
      // Never two of a name at one instant; over a window there may be.
      auto key = instant ? name(one) : fmt::format("{} {}", name(one), one.id);
      text += " " + format_time(version->from);
      REQUIRE(all.emplace(key, text).second);
      if (!Model::current(one, *version)) superseded.emplace(key, text);
    }
    Filter filter;
    if (!instant) {
      filter.since = since;
      filter.until = until;
    }
    auto answer = [&](const std::string& only_kind) {
      filter.kinds = only_kind.empty() ? Lines{} : Lines{only_kind};
      std::map<std::string, std::string> found;
      std::string last;
      for (const auto& row : f_.scan(filter, instant)) {
        auto place = fmt::format("{} {:020}", row.id(), row.resource);
        REQUIRE(last < place);  // in order
        last = place;
        auto text = line(row) + " " + format_time(row.from);
        REQUIRE(found.emplace(instant ? row.id() : fmt::format("{} {}", row.id(), row.resource), text).second);
      }
      return found;
    };
    auto of_kind = [&](std::map<std::string, std::string> rows) {
      std::erase_if(rows, [&](const auto& row) { return !row.first.starts_with(kind + "/"); });
      return rows;
    };
    REQUIRE((answer("") == all));
    REQUIRE((answer(kind) == of_kind(all)));
    filter.superseded = true;
    REQUIRE((answer("") == superseded));
    REQUIRE((answer(kind) == of_kind(superseded)));
  }

  void compare_lookup(Time instant) {
    const auto& some = model_.resources();
    if (some.empty()) return;
    const auto& one = some[below(some.size())];
    Lines wanted;
    for (const auto& each : some) {
      const auto* version = Model::shown(each, instant, instant + Millis(1));
      if (version && name(each) == name(one)) wanted.push_back(version->document);
    }
    REQUIRE(f_.documents(name(one), instant) == wanted);
  }

  struct Expected {
    const Model::Resource* resource;
    const Model::Version* version;
  };

  void compare_changes() {
    std::map<int64_t, Expected> ordered;
    for (const auto& one : model_.resources()) {
      for (const auto& version : one.versions) ordered[version.order] = {&one, &version};
    }
    auto all = f_.changes({.epochs = true, .previous = true, .documents = true, .befores = true});
    REQUIRE(all.size() == ordered.size());
    std::vector<Expected> expected;
    for (const auto& [order, one] : ordered) expected.push_back(one);
    for (size_t i = 0; i < all.size(); ++i) {
      const auto& [resource, version] = expected[i];
      REQUIRE(all[i].version.resource == resource->id);
      REQUIRE(all[i].version.cause == version->cause);
      REQUIRE(all[i].version.from == version->from);
      REQUIRE((all[i].version.to == version->to));
      REQUIRE(all[i].version.document == version->document);
      REQUIRE(all[i].before == Model::before(*resource, *version));
      REQUIRE((all[i].previous == 0) == (version == &resource->versions.front()));
      if (all[i].previous != 0) {
        auto pair =
            f_.changes({.sequences = {all[i].version.sequence, 0, all[i].previous}, .epochs = true, .documents = true});
        REQUIRE(pair.size() == 2);
        REQUIRE(pair[0].version.resource == resource->id);
        REQUIRE(pair[0].version.document == all[i].before);
        REQUIRE(pair[1].version.document == version->document);
      }
      REQUIRE(all[i].native == resource->native);
      REQUIRE((all[i].cell == cells_[resource->cell].key));
      if (i > 0) REQUIRE(all[i].version.sequence > all[i - 1].version.sequence);
    }
    if (all.empty()) return;
    REQUIRE(must(f_.inventory().sequence()) >= all.back().version.sequence);
    for (int i = 0; i < 10; ++i) compare_filtered(all);
  }

  // A random filter picks from all changes what its fields say.
  void compare_filtered(const std::vector<Change>& all) {
    auto some = [&]() -> const Change& { return all[below(all.size())]; };
    ChangeFilter filter;
    if (below(3) == 0) filter.after = some().version.sequence;
    if (below(3) == 0) filter.before = some().version.sequence;
    if (below(3) == 0) filter.since = some().version.from;
    if (below(3) == 0) filter.until = some().version.from;
    if (below(3) == 0) filter.kinds = {some().cell.kind, "aws.no.such"};
    if (below(3) == 0) filter.accounts = {some().cell.account};
    if (below(6) == 0) filter.regions = {below(2) ? "eu-west-1" : "us-east-1"};
    if (below(3) == 0) filter.resources = {some().version.resource, some().version.resource, 4'711'000};
    if (below(3) == 0) filter.sequences = {some().version.sequence, some().version.sequence, 4'711'000};
    filter.newest_first = below(2) == 0;
    filter.epochs = below(2) == 0;
    if (below(2) == 0) filter.limit = 1 + below(20);
    std::vector<int64_t> expected, found;
    auto within = [](const auto& wanted, const auto& value) {
      return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
    };
    for (const auto& one : all) {
      const auto& version = one.version;
      bool wanted = version.sequence > filter.after && (filter.before == 0 || version.sequence < filter.before) &&
                    (!filter.since || version.from >= *filter.since) &&
                    (!filter.until || version.from < *filter.until) && within(filter.kinds, one.cell.kind) &&
                    within(filter.accounts, one.cell.account) && within(filter.regions, one.region) &&
                    within(filter.resources, version.resource) && within(filter.sequences, version.sequence) &&
                    (filter.epochs || version.cause != Cause::epoch);
      if (wanted) expected.push_back(version.sequence);
    }
    if (filter.newest_first) std::ranges::reverse(expected);
    if (filter.limit > 0 && expected.size() > filter.limit) expected.resize(filter.limit);
    for (const auto& one : f_.changes(filter)) {
      REQUIRE((one.version.document.empty() && one.before.empty()));
      found.push_back(one.version.sequence);
    }
    REQUIRE(found == expected);
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
  auto* given = std::getenv("CADASTRE_SEED");
  auto seed = given ? std::stoull(given) : std::random_device()();
  CAPTURE(seed);
  Walk(makers, seed).run(makers.steps);
}

}  // namespace cadastre::store::conformance
