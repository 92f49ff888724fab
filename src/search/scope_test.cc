// What an asker who is limited to some accounts learns: all that there is to learn in a world that has only those.
#include <doctest/doctest.h>

#include "index/random_query.h"
#include "search/json.h"
#include "search/world.h"

namespace cadastre::search {
namespace {

// Numbers of the store tell nothing of a resource, but differ between two stores.
std::string without_numbers(json::value value) {
  std::function<void(json::value&)> clean = [&](json::value& one) {
    if (auto* object = one.if_object()) {
      for (const char* name : {"sequence", "next"}) object->erase(name);
      for (auto& member : *object) clean(member.value());
    } else if (auto* array = one.if_array()) {
      for (auto& element : *array) clean(element);
    }
  };
  clean(value);
  return cadastre::to_json(value);
}

template <typename T>
std::string shown(const Result<T>& result) {
  if (!result) return std::string(to_string(result.error().code)) + ": " + result.error().message;
  if constexpr (requires { result->begin(); }) {
    json::array array;
    for (const auto& one : *result) array.push_back(to_json(one));
    return without_numbers(array);
  } else {
    return without_numbers(to_json(*result));
  }
}

void same(const Reader& all, const query::Scope& scope, const Reader& only, testing::RandomEstate& random,
          testing::RandomQuery& queries, const std::vector<std::string>& ids, Time now) {
  ListRequest list;
  list.q = queries.make();
  list.facets = {"kind", "account", "region", "state", "owner", "tag.Name"};
  list.limit = 20;
  list.documents = true;
  if (random.chance(0.3)) list.at = now - Millis(random.below(500'000'000));
  if (random.chance(0.1)) list.deleted = true;
  CAPTURE(list.q);
  REQUIRE(shown(all.list(list, scope)) == shown(only.list(list, {})));
  REQUIRE(shown(all.coverage(list.q, scope)) == shown(only.coverage(list.q, {})));
  ChangesRequest changes;
  if (random.chance(0.7)) changes.q = list.q;
  REQUIRE(shown(all.changes(changes, scope)) == shown(only.changes(changes, {})));
  auto typed = random.pick(std::vector<std::string>{"", "k", "kind:", "account:", "account:te", "region:eu",
                                                    "state:", "owner:", "tag.", "tag.Name:", "inst"});
  CAPTURE(typed);
  REQUIRE(shown(all.suggest(typed, typed.size(), scope)) == shown(only.suggest(typed, typed.size(), {})));
  const auto& id = random.pick(ids);
  CAPTURE(id);
  REQUIRE(shown(all.detail(id, list.at, scope)) == shown(only.detail(id, list.at, {})));
  REQUIRE(shown(all.relations(id, std::nullopt, scope)) == shown(only.relations(id, std::nullopt, {})));
  REQUIRE(shown(all.versions(id, scope)) == shown(only.versions(id, {})));
  auto from = now - Millis(1 + random.below(500'000'000));
  REQUIRE(shown(all.diff(id, from, now, scope)) == shown(only.diff(id, from, now, {})));
}

TEST_CASE("accounts outside the scope do not exist") {
  auto* given = std::getenv("CADASTRE_SEED");
  uint64_t seed = given ? std::stoull(given) : std::random_device()();
  MESSAGE("CADASTRE_SEED=" << seed);
  testing::RandomEstate random(seed, {.accounts = 3, .digits = "0a", .octets = 3, .odd_texts = true});
  auto past = random_past(random, 220);
  std::set<std::string> mine = {random.accounts()[1], random.accounts()[2]};
  World everything(past, random.accounts()), part(past, random.accounts(), mine);
  query::Scope scope{false, mine};
  query::Estate estate{real_catalog(), {}, owner_tags()};
  std::vector<json::value> documents;
  std::vector<store::Resource> rows;
  store::Filter filter;
  filter.closed = true;
  must(everything.store->inventory().scan(filter, std::nullopt, [&](const store::Resource& row) {
    rows.push_back(row);
    return true;
  }));
  std::vector<query::Subject> subjects;
  std::vector<std::string> ids;
  documents.reserve(rows.size());
  for (const auto& row : rows) {
    documents.push_back(*parse_json(row.document, "a document"));
    subjects.push_back(query::subject_of(row, documents.back(), estate));
    ids.push_back(row.id());
    ids.push_back(row.native);
  }
  testing::RandomQuery queries(random, subjects);
  index::Index index_of_all(real_catalog(), owner_tags()), index_of_part(real_catalog(), owner_tags());
  must(index_of_all.build(*everything.store, "", {}));
  must(index_of_part.build(*part.store, "", {}));
  auto now = everything.clock.now();
  REQUIRE(part.clock.now() == now);
  auto all = everything.reader(), only = part.reader();
  auto all_indexed = everything.reader(&index_of_all), only_indexed = part.reader(&index_of_part);
  for (int i = 0; i < 150; ++i) {
    same(all, scope, only, random, queries, ids, now);
    same(all_indexed, scope, only_indexed, random, queries, ids, now);
    // The index makes no difference to anything else either.
    auto id = random.pick(ids);
    CAPTURE(id);
    REQUIRE(shown(all.relations(id, std::nullopt, scope)) == shown(all_indexed.relations(id, std::nullopt, scope)));
    for (const char* typed : {"region:", "state:", "owner:p", "tag.", "tag.Name:", "account:"}) {
      CAPTURE(typed);
      REQUIRE(shown(all.suggest(typed, 99, scope)) == shown(all_indexed.suggest(typed, 99, scope)));
    }
  }
  query::Scope nothing{false, {}};
  CHECK(must(all_indexed.list(ListRequest(), nothing)).total == 0);
  CHECK(must(all.list(ListRequest(), nothing)).total == 0);
  CHECK(must(all.changes({}, nothing)).rows.empty());
}

}  // namespace
}  // namespace cadastre::search
