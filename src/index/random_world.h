// Random worlds in a real store, random queries, and for each the answer that evaluating every resource gives: of now,
// and of then. For tests. Header-only.
#pragma once

#include <doctest/doctest.h>

#include <random>

#include "base/text.h"
#include "index/index.h"
#include "index/random_query.h"
#include "query/parser.h"
#include "query/resolve.h"
#include "support/fakes.h"
#include "support/folder.h"

namespace cadastre::index {

using testing::RandomEstate;
using testing::RandomQuery;

inline const catalog::Catalog& real_catalog() {
  static const aws::Models models;
  static const auto catalog = catalog::Catalog::load(models, catalog::embedded_sources());
  REQUIRE_MESSAGE(catalog.has_value(), (catalog ? "" : catalog.error().message));
  return *catalog;
}

inline const std::vector<std::string> kOwnerTags = {"owner", "Owner", "team", "Team"};

inline testing::EstateShape narrow_shape() {
  testing::EstateShape shape;
  shape.accounts = 3;
  shape.digits = "0ab";
  shape.octets = 4;
  shape.kubernetes = 0.1;
  shape.odd_texts = true;
  return shape;
}

// A store with resources in it, and everything in it read back and understood, one by one.
class World {
 public:
  explicit World(uint64_t seed) : random(seed, narrow_shape()) {
    auto opened = store::open_store("sqlite:" + (folder_ / "cadastre.db"), clock);
    REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message));
    store = std::move(*opened);
    REQUIRE(store->inventory().epoch("any", "{}"));
    for (size_t i = 0; i < random.accounts().size(); ++i) {
      store::AccountRow account{random.accounts()[i], i == 0 ? "prod" : fmt::format("team-{}", i), "active", {}, {}};
      if (i != 1) account.groups = {{"client", i == 0 ? "Acme" : "Umbra"}};
      REQUIRE(store->cells().put_account(account, clock.now()));
    }
  }

  void add(size_t count) {
    std::map<store::CellKey, std::map<std::string, store::Put>> puts;
    for (size_t i = 0; i < count; ++i) {
      auto made = random.any();
      auto put = testing::put_of(real_catalog(), made);
      puts[made.cell].insert_or_assign(put.native, put);
    }
    for (auto& [key, of_cell] : puts) {
      auto cell = store->cells().open(key);
      REQUIRE(cell);
      std::vector<store::Put> list;
      for (auto& [native, put] : of_cell) {
        if (forgetful.contains(key.kind)) put.history = store::History::latest;
        list.push_back(std::move(put));
      }
      REQUIRE(store->inventory().put(cell->id, list, clock.now()));
      clock.advance(Millis(random.below(4'000'000)));
    }
  }

  // Changes documents, closes resources, makes cells stale and fresh.
  void change(size_t count) {
    for (size_t i = 0; i < count && !rows.empty(); ++i) {
      const auto& row = random.pick(rows);
      auto cell = store->cells().open(row.cell);
      REQUIRE(cell);
      auto dice = random.below(10);
      if (dice < 3) {
        store::Finish finish;
        finish.cell = cell->id;
        finish.outcome = store::Outcome::complete;
        finish.close = {row.resource};
        REQUIRE(store->inventory().finish(finish, clock.now()));
      } else {
        auto document = parse_json(row.document, "a document")->as_object();
        document["Tags"] = json::array{json::object{{"Key", "Name"}, {"Value", random.service_name()}}};
        document["Extra"] = random.private_address();
        auto put = testing::put_of(real_catalog(), {row.cell, document});
        put.resource = row.resource;
        put.epoch_only = dice == 3;
        if (forgetful.contains(row.cell.kind) || (dice == 4 && switching)) put.history = store::History::latest;
        if (dice == 5) put.incarnation = fmt::format("{}", i);
        REQUIRE(store->inventory().put(cell->id, std::span(&put, 1), clock.now()));
      }
      if (random.chance(0.2)) spoil(random.pick(rows).cell);
      clock.advance(Millis(random.below(10'000'000)));
      if (random.chance(0.03)) clock.advance(-Millis(random.below(20'000'000)));  // it is set back
    }
  }

  void spoil(const store::CellKey& key) {
    auto cell = store->cells().open(key);
    REQUIRE(cell);
    store::Finish finish;
    finish.cell = cell->id;
    finish.outcome = store::Outcome::throttled;
    finish.code = "Throttling";
    REQUIRE(store->inventory().finish(finish, clock.now()));
  }

  // Reads the resources again: those of now, or those of then as they were.
  void read(std::optional<Alive> alive = {}) {
    then = alive;
    rows.clear();
    current.clear();
    documents_.clear();
    subjects.clear();
    estate = std::make_unique<query::Estate>(query::Estate{real_catalog(), {}, kOwnerTags});
    auto accounts = store->cells().accounts();
    REQUIRE(accounts);
    for (const auto& account : *accounts) estate->accounts[account.id] = account;
    REQUIRE(store->inventory().scan({}, std::nullopt, [&](const store::Resource& row) {
      current.insert(row.sequence);
      if (!then) rows.push_back(row);
      return true;
    }));
    if (then) {
      store::Filter window;
      window.since = then->since;
      window.until = then->until;
      REQUIRE(store->inventory().scan(window, std::nullopt, [&](const store::Resource& row) {
        rows.push_back(row);
        query::read_off(rows.back(), *parse_json(row.document, "a document"), real_catalog(), "aws");
        return true;
      }));
    }
    documents_.reserve(rows.size());
    for (const auto& row : rows) {
      documents_.push_back(*parse_json(row.document, "a document"));
      subjects.push_back(query::subject_of(row, documents_.back(), *estate));
    }
  }

  Documents documents() { return stored_documents(store->inventory()); }

  std::set<std::string> forgetful;  // kinds whose versions do not stay when the next one comes
  bool switching = false;           // of any kind some do not
  testing::FakeClock clock;
  RandomEstate random;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<query::Estate> estate;
  std::vector<store::Resource> rows;
  std::vector<query::Subject> subjects;
  std::optional<Alive> then;  // what `rows` are of
  Reach reach;                // what the index knows of it
  std::set<int64_t> current;  // versions of what is live now

 private:
  testing::Folder folder_;
  std::vector<json::value> documents_;
};

// What an order goes by, written down once more, without the index's numbers.
using Placed = std::tuple<int, int, std::string, std::string, int64_t, int64_t>;
inline Placed placed(const store::Resource& row, const query::Subject& subject, query::Nearness nearness,
                     SortKey sort) {
  auto name = query::fold(subject.name);
  auto changed = subject.changed.time_since_epoch().count();
  switch (sort) {
    case SortKey::relevance:
      return {static_cast<int>(nearness),
              query::kind_weight(subject.kind_name),
              subject.kind_name,
              name,
              -changed,
              row.resource};
    case SortKey::id:
      return {0, 0, "", query::fold(subject.native), 0, row.resource};
    case SortKey::name:
      return {0, 0, "", name, 0, row.resource};
    case SortKey::kind:
      return {0, 0, subject.kind_name, name, 0, row.resource};
    case SortKey::account:
      return {0, 0, subject.account, name, 0, row.resource};
    case SortKey::region:
      return {0, 0, subject.region, name, 0, row.resource};
    case SortKey::state:
      return {0, 0, subject.state, name, 0, row.resource};
    case SortKey::owner:
      return {0, 0, subject.owner, name, 0, row.resource};
    case SortKey::created:
      return {0, 0, "", "", subject.created ? subject.created->time_since_epoch().count() : INT64_MIN, row.resource};
    case SortKey::changed:
      return {0, 0, "", "", changed, row.resource};
    case SortKey::first_seen:
      return {0, 0, "", "", subject.first_seen.time_since_epoch().count(), row.resource};
  }
  return {};
}

inline std::vector<std::string> values_of(const query::Subject& subject, FacetKey key, const std::string& name) {
  switch (key) {
    case FacetKey::kind:
      return {subject.kind_name};
    case FacetKey::service:
      return {std::string(split(subject.kind_name, '.')[1])};
    case FacetKey::account:
      return {subject.account};
    case FacetKey::region:
      return {subject.region};
    case FacetKey::cluster:
      return {subject.cluster};
    case FacetKey::space:
      return {subject.space};
    case FacetKey::state:
      return {subject.state};
    case FacetKey::owner:
      return {subject.owner};
    case FacetKey::tag:
      for (const auto& [tag, value] : subject.tags) {
        if (tag == name) return {value};
      }
  }
  return {};
}

struct Expected {
  std::vector<int64_t> resources;  // all of them, in order
  std::vector<std::map<std::string, uint64_t>> facets;
};

// DNS names followed to where their records lead, and what serves them made up: any two resources.
inline query::Expression resolved(World& world, const query::Expression& expression, const query::Scope& scope) {
  auto targets = [&](const std::string& name) {
    std::vector<std::string> found;
    for (const auto& subject : world.subjects) {
      if (subject.kind_name != query::kRecordKind || query::fold(subject.name) != name) continue;
      if (scope.sees(subject.account))
        std::ranges::move(query::record_targets(*subject.document), std::back_inserter(found));
    }
    return Result<std::vector<std::string>>(found);
  };
  auto behind = [&](const std::vector<std::string>&) {
    return Result<std::vector<std::string>>(
        std::vector{world.random.pick(world.subjects).id, world.random.pick(world.subjects).id});
  };
  auto result = query::resolve(expression, targets, behind);
  REQUIRE(result);
  return *result;
}

inline Expected expected(const World& world, const Request& request) {
  static const query::Expression kEverything;
  const auto& expression = request.expression ? *request.expression : kEverything;
  Expected answer;
  answer.facets.resize(request.facets.size());
  std::vector<std::pair<Placed, int64_t>> found;
  for (size_t i = 0; i < world.subjects.size(); ++i) {
    const auto& subject = world.subjects[i];
    if (!request.scope.sees(subject.account)) continue;
    const auto& row = world.rows[i];
    bool known = request.reach.any && !request.reach.lacking.contains(row.cell.kind);
    if (world.then && !known && !world.current.contains(row.sequence)) continue;
    auto nearness = query::nearness(expression, subject, request.now);
    if (nearness == query::Nearness::none) continue;
    auto passes = [&](const Filter& filter) {
      auto values = values_of(subject, filter.key, filter.name);
      return std::ranges::any_of(
          values, [&](const auto& value) { return std::ranges::find(filter.values, value) != filter.values.end(); });
    };
    for (size_t f = 0; f < request.facets.size(); ++f) {
      const auto& [key, name] = request.facets[f];
      bool counts = std::ranges::all_of(request.filters, [&](const Filter& filter) {
        return (filter.key == key && filter.name == name) || passes(filter);
      });
      if (!counts) continue;
      for (const auto& value : values_of(subject, key, name)) {
        if (!value.empty() || key == FacetKey::tag) ++answer.facets[f][value];
      }
    }
    if (std::ranges::all_of(request.filters, passes))
      found.emplace_back(placed(world.rows[i], subject, nearness, request.sort), world.rows[i].resource);
  }
  std::ranges::sort(found);
  if (request.descending && request.sort != SortKey::relevance) std::ranges::reverse(found);
  for (const auto& [place, resource] : found) answer.resources.push_back(resource);
  return answer;
}

inline const std::vector<SortKey> kSorts = {SortKey::relevance, SortKey::id,      SortKey::name,      SortKey::kind,
                                            SortKey::account,   SortKey::region,  SortKey::state,     SortKey::owner,
                                            SortKey::created,   SortKey::changed, SortKey::first_seen};

inline Request random_request(World& world) {
  Request request;
  auto& random = world.random;
  request.now = world.clock.now();
  if (random.chance(0.5)) request.sort = random.pick(kSorts);
  request.descending = random.chance(0.3);
  request.limit = 1 + random.below(20);
  if (random.chance(0.2)) {
    request.scope.everything = false;
    request.scope.accounts = {random.pick(random.accounts())};
    if (random.chance(0.2)) request.scope.accounts.clear();
  }
  request.alive = world.then;
  request.reach = world.reach;
  if (random.chance(0.1)) request.reach = {.any = false, .lacking = {}};
  if (random.chance(0.2)) request.reach.lacking.insert(random.pick(world.rows).cell.kind);
  const std::vector<std::pair<FacetKey, std::string>> facets = {
      {FacetKey::kind, ""},    {FacetKey::service, ""}, {FacetKey::account, ""}, {FacetKey::region, ""},
      {FacetKey::cluster, ""}, {FacetKey::space, ""},   {FacetKey::state, ""},   {FacetKey::owner, ""},
      {FacetKey::tag, "env"},  {FacetKey::tag, "note"}};
  while (random.chance(0.4)) request.facets.push_back(random.pick(facets));
  while (random.chance(0.3)) {
    auto [key, name] = random.pick(facets);
    Filter filter{key, name, {}};
    while (filter.values.empty() || random.chance(0.3)) {
      auto values = values_of(random.pick(world.subjects), key, name);
      if (values.empty()) break;
      filter.values.push_back(values[0]);
    }
    request.filters.push_back(filter);
  }
  return request;
}

// Every page of the answer, one after the other.
inline void check(World& world, const Index& index, Request request, const std::string& text) {
  CAPTURE(text);
  CAPTURE(static_cast<int>(request.sort));
  CAPTURE(request.descending);
  auto wanted = expected(world, request);
  std::vector<int64_t> all;
  for (size_t page = 0; page < 6; ++page) {
    auto answer = index.search(request, world.documents(), {});
    REQUIRE_MESSAGE(answer.has_value(), (answer ? "" : answer.error().message));
    REQUIRE(answer->total == wanted.resources.size());
    REQUIRE(answer->exact);
    all.insert(all.end(), answer->resources.begin(), answer->resources.end());
    for (size_t i = 0; i < request.facets.size(); ++i) {
      std::map<std::string, uint64_t> counts;
      for (const auto& [value, count] : answer->facets[i].values) counts[value] = count;
      REQUIRE(counts == wanted.facets[i]);
      REQUIRE(answer->facets[i].distinct == counts.size());
    }
    request.cursor = answer->next;
    if (answer->next.empty()) break;
  }
  auto shown = std::min(wanted.resources.size(), request.limit * 6);
  REQUIRE(all == std::vector<int64_t>(wanted.resources.begin(),
                                      wanted.resources.begin() + static_cast<std::ptrdiff_t>(shown)));
}

inline void check_queries(World& world, const Index& index, size_t count) {
  RandomQuery queries(world.random, world.subjects);
  for (size_t i = 0; i < count; ++i) {
    auto text = queries.make();
    auto parsed = query::parse(text);
    if (!parsed) continue;  // a value that means something else there
    auto request = random_request(world);
    auto expression = resolved(world, *parsed, request.scope);
    request.expression = &expression;
    check(world, index, request, text);
  }
}

inline uint64_t setting(const char* name, uint64_t otherwise) {
  auto* given = std::getenv(name);
  return given ? std::stoull(given) : otherwise;
}

// The first seed, said so that a run can be repeated.
inline uint64_t first_seed() {
  auto seed = setting("CADASTRE_SEED", std::random_device()());
  MESSAGE("CADASTRE_SEED=" << seed);
  return seed;
}

inline void each_world(const std::function<void(World& world, uint64_t number)>& live) {
  auto seed = first_seed();
  auto worlds = setting("CADASTRE_WORLDS", 6);
  MESSAGE("CADASTRE_WORLDS=" << worlds);
  for (uint64_t i = 0; i < worlds; ++i) {
    CAPTURE(seed + i);
    World world(seed + i);
    live(world, i);
  }
}

}  // namespace cadastre::index
