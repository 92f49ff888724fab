#include "store/mongo/schema.h"

namespace cadastre::store::mongo {
namespace {

// Raised when rows change their meaning, or there are new indexes; what brings older rows up to date goes into
// prepare(). 2: what came from clusters. 3: where they run.
constexpr int64_t kSchema = 3;

struct Index {
  const char* collection;
  const char* name;
  std::vector<const char*> keys;
  bool unique = false;
};

const std::vector<Index>& indexes() {
  static const std::vector<Index> all = {
      {"kind", "name", {"name"}, true},
      {"epoch", "spec", {"kind", "hash"}, true},
      {"dictionary", "kind", {"kind"}},
      {"cell", "key", {"account", "region", "kind"}, true},
      {"resource", "name", {"cell", "native"}},
      {"resource", "order", {"kind", "account", "asked", "native", "_id"}},
      {"resource", "native", {"native"}},
      {"resource", "arn", {"arn"}},
      {"resource", "account", {"account"}},
      {"version", "resource", {"resource", "_id"}},
      {"version", "from", {"from"}},
      {"gap", "key", {"cell", "resource", "fragment"}, true},
      {"gap", "resource", {"resource"}},
      {"sighting", "cell", {"cell"}},
      {"sighting", "native", {"native"}},
      {"user", "folded", {"folded"}, true},
      {"user", "elsewhere", {"elsewhere"}, true},
      {"session", "user", {"user"}},
      {"token", "hash", {"hash"}, true},
      {"token", "name", {"user", "name"}, true},
      {"audit", "at", {"at"}},
      {"view", "user", {"user"}},
      {"cluster", "key", {"account", "name"}, true},
      {"dump", "key", {"cluster", "dump"}, true},
      {"dump", "latest", {"state", "dump"}},
      {"dump", "settled", {"settled"}},
      {"cluster_health", "key", {"account", "cluster", "at"}, true},
      {"cluster_health", "at", {"at"}},
  };
  return all;
}

Result<void> make_indexes(Database& database) {
  std::map<std::string, Array> by_collection;
  for (const auto& index : indexes()) {
    Document keys;
    for (const char* key : index.keys) keys.add(key, 1);
    by_collection[index.collection].emplace_back(
        Document{{"name", index.name}, {"key", std::move(keys)}, {"unique", index.unique}});
  }
  for (auto& [collection, list] : by_collection) {
    TRY(database.run({{"createIndexes", collection}, {"indexes", std::move(list)}}));
  }
  return {};
}

}  // namespace

Result<void> prepare(Database& database) {
  TRY_ASSIGN(auto row, database.one({.collection = "store", .filter = {{"_id", "schema"}}}));
  if (row && row->integer("version") > kSchema) {
    return fail(ErrorCode::invalid,
                fmt::format("the store {} was written by a newer release (schema {}, this one knows "
                            "{}); use that release",
                            database.where(), row->integer("version"), kSchema));
  }
  if (row && row->boolean("ready") && row->integer("version") == kSchema) return {};
  if (!row) {
    TRY_ASSIGN(auto answer, database.run({{"listCollections", 1}, {"nameOnly", true}}));
    for (const auto& value : answer.document("cursor").array("firstBatch")) {
      const auto* collection = std::get_if<Document>(&value.any());
      if (!collection || collection->text("name").starts_with("system.") || collection->text("name") == "store")
        continue;
      return fail(ErrorCode::invalid,
                  fmt::format("{} is a database of something else (it has the collection '{}'), not a Cadastre store; "
                              "name another database in 'store'",
                              database.where(), collection->text("name")));
    }
    // The mark comes first, so that what a crash leaves half made is known to be ours.
    TRY(database.insert("store", Document{{"_id", "schema"}, {"version", kSchema}}));
  }
  TRY(make_indexes(database));
  TRY(database.update(
      "store", {.filter = {{"_id", "schema"}}, .change = {{"$set", Document{{"ready", true}, {"version", kSchema}}}}}));
  return {};
}

}  // namespace cadastre::store::mongo
