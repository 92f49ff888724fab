#include "store/mongo/mongo_check.h"

#include "base/json.h"
#include "store/documents.h"
#include "store/mongo/mongo_identity.h"
#include "store/mongo/rows.h"

namespace cadastre::store::mongo {
namespace {

// More sentences say no more.
constexpr size_t kMost = 50;

class Check {
 public:
  Check(Database& database, std::stop_token stop) : database_(database), stop_(std::move(stop)) {}

  Result<std::vector<std::string>> run() {
    TRY(head());
    TRY(dictionaries());
    TRY(resources());
    TRY(versions());
    TRY(cells());
    TRY(people());
    return amiss_;
  }

 private:
  void say(std::string sentence) {
    if (amiss_.size() < kMost) amiss_.push_back(std::move(sentence));
  }
  Result<bool> going_on() {
    if (stop_.stop_requested()) return fail(ErrorCode::cancelled, "the check was stopped");
    return true;
  }

  Result<void> head() {
    TRY_ASSIGN(auto row, database_.one({.collection = "store", .filter = {{"_id", "head"}}}));
    if (!row) {
      say("the head row is not there");
      return {};
    }
    head_ = row->integer("sequence");
    if (row->integer("applied") != head_) {
      say(fmt::format("versions after {} are committed, but not applied: open the store to mend it",
                      row->integer("applied")));
    }
    TRY_ASSIGN(auto beyond, database_.count(std::string(kVersions), {{"_id", Document{{"$gt", head_}}}}));
    if (beyond > 0) say(fmt::format("{} versions were never committed: open the store to mend it", beyond));
    return {};
  }

  Result<void> dictionaries() {
    return database_.find({.collection = "dictionary"}, [&](Document&& row) -> Result<bool> {
      dictionaries_[row.integer("_id")] = std::make_unique<Dictionary>(row.binary("content"));
      return going_on();
    });
  }

  Result<void> resources() {
    std::map<std::pair<int64_t, std::string>, int64_t> names;
    return database_.find({.collection = std::string(kResources)}, [&](Document&& row) -> Result<bool> {
      auto resource = read_resource(row);
      if (resource.opened == 0) {
        say(fmt::format("resource {} was never written to its end", resource.id));
        return going_on();
      }
      if (!resource.deleted) {
        ++live_[resource.place.cell];
        auto [other, first] = names.emplace(std::pair(resource.place.cell, resource.place.native), resource.id);
        if (!first) {
          say(fmt::format("resources {} and {} are both live as '{}'", other->second, resource.id,
                          resource.place.native));
        }
      }
      auto id = resource.id;
      resources_[id] = {std::move(resource), {}};
      return going_on();
    });
  }

  // A resource's versions, oldest first: each later than the one before it, the last one what the resource is.
  Result<void> versions() {
    TRY(database_.find(
        {.collection = std::string(kVersions), .filter = {{"_id", Document{{"$lte", head_}}}}, .order = {{"_id", 1}}},
        [&](Document&& row) -> Result<bool> {
          auto version = read_version(row);
          auto at = resources_.find(version.resource);
          if (at == resources_.end()) {
            say(fmt::format("version {} is of resource {}, which is not there", version.sequence, version.resource));
            return going_on();
          }
          auto& seen = at->second;
          if (seen.last && version.from <= seen.last->from) {
            wrong(seen.resource,
                  fmt::format("version {} does not begin after version {}", version.sequence, seen.last->sequence));
          }
          if (seen.last && !seen.last->stored) wrong(seen.resource, "it has a version after its end");
          seen.shown = seen.shown || version.sequence == seen.resource.version;
          document(seen.resource, version);
          if (version.stored) version.stored->clear();  // that there was one is enough
          seen.last = std::move(version);
          return going_on();
        }));
    for (const auto& [id, seen] : resources_) {
      const auto& resource = seen.resource;
      if (!seen.last) {
        wrong(resource, "it has no version");
        continue;
      }
      if (seen.last->sequence != resource.event || seen.last->from != resource.from)
        wrong(resource, fmt::format("its last version is {}, and it has seen {}", seen.last->sequence, resource.event));
      if (seen.last->stored.has_value() != !resource.deleted)
        wrong(resource, resource.deleted ? "it is gone, but its last version has a document"
                                         : "it is live, but its last version says that it is gone");
      if (!seen.shown && (!resource.deleted || resource.version == resource.event))
        wrong(resource, fmt::format("version {}, which it shows, is not there", resource.version));
    }
    return {};
  }

  void wrong(const ResourceRow& resource, std::string_view what) {
    say(fmt::format("resource {} ('{}'): {}", resource.id, resource.place.native, what));
  }

  void document(const ResourceRow& resource, const VersionRow& version) {
    if (!version.stored) return;
    auto dictionary = dictionaries_.find(version.dictionary);
    if (version.dictionary != 0 && dictionary == dictionaries_.end()) {
      wrong(resource,
            fmt::format("version {} needs dictionary {}, which is not there", version.sequence, version.dictionary));
      return;
    }
    auto text = decompress(*version.stored, version.size, version.dictionary == 0 ? nullptr : dictionary->second.get());
    if (!text || !parse_json(*text, "document"))
      wrong(resource, fmt::format("the document of version {} cannot be read", version.sequence));
  }

  Result<void> cells() {
    std::map<int64_t, std::string> kinds;
    TRY(database_.find({.collection = "kind"}, [&](Document&& row) -> Result<bool> {
      kinds[row.integer("_id")] = row.text("name");
      return going_on();
    }));
    std::set<int64_t> known;
    TRY(database_.find({.collection = "cell"}, [&](Document&& row) -> Result<bool> {
      auto id = row.integer("_id");
      known.insert(id);
      auto name = fmt::format("{}/{}/{}", kinds[row.integer("kind")], row.text("account"), row.text("region"));
      if (kinds[row.integer("kind")].empty()) say(fmt::format("the cell {} is of a kind that is not there", name));
      if (row.integer("resources") != live_[id]) {
        say(fmt::format("the cell {} says that it has {} resources, and has {}", name, row.integer("resources"),
                        live_[id]));
      }
      return going_on();
    }));
    for (const auto& [id, seen] : resources_) {
      if (!known.contains(seen.resource.place.cell)) wrong(seen.resource, "its cell is not there");
    }
    return {};
  }

  Result<void> people() {
    TRY_ASSIGN(auto users, user_ids(database_));
    for (const char* belongings : {"session", "token", "view"}) {
      TRY_ASSIGN(auto orphans, database_.count(belongings, {{"user", Document{{"$nin", array_of(users)}}}}));
      if (orphans > 0) {
        say(fmt::format("{} rows of '{}' name a user who is not there: open the store to mend it", orphans,
                        belongings));
      }
    }
    return {};
  }

  struct Seen {
    ResourceRow resource;
    std::optional<VersionRow> last;
    bool shown = false;
  };

  Database& database_;
  std::stop_token stop_;
  int64_t head_ = 0;
  std::map<int64_t, std::unique_ptr<Dictionary>> dictionaries_;
  std::map<int64_t, Seen> resources_;
  std::map<int64_t, int64_t> live_;  // by cell
  std::vector<std::string> amiss_;
};

}  // namespace

Result<std::vector<std::string>> check_rows(Database& database, std::stop_token stop) {
  return Check(database, std::move(stop)).run();
}

Result<StoreStats> stats_of(Database& database) {
  StoreStats stats;
  TRY_ASSIGN(auto size, database.run({{"dbStats", 1}}));
  auto storage = size.integer("storageSize") + size.integer("indexSize");
  stats.bytes = static_cast<uint64_t>(storage);
  stats.free_bytes =
      static_cast<uint64_t>(size.integer("freeStorageSize"));  // servers say it only when asked, or never
  TRY_ASSIGN(auto cells, database.count("cell", {}));
  stats.cells = static_cast<uint64_t>(cells);
  std::map<int64_t, StoreStats::Kind> kinds;
  TRY(database.find({.collection = "kind"}, [&](Document&& row) -> Result<bool> {
    kinds[row.integer("_id")].name = row.text("name");
    return true;
  }));
  auto sums = [&](std::string_view collection, Document match, Document group,
                  const std::function<void(StoreStats::Kind&, const Document&)>& take) -> Result<void> {
    TRY_ASSIGN(auto rows, database.aggregate(std::string(collection), Array{Document{{"$match", std::move(match)}},
                                                                            Document{{"$group", std::move(group)}}}));
    for (const auto& row : rows) take(kinds[row.integer("_id")], row);
    return {};
  };
  TRY(sums(kResources, {{"deleted", nullptr}}, {{"_id", "$kind"}, {"rows", Document{{"$sum", 1}}}},
           [&](StoreStats::Kind& kind, const Document& row) {
             kind.live = static_cast<uint64_t>(row.integer("rows"));
             stats.resources += kind.live;
           }));
  TRY_ASSIGN(auto closed, database.count(std::string(kResources), {{"deleted", Document{{"$ne", nullptr}}}}));
  stats.closed = static_cast<uint64_t>(closed);
  TRY(sums(kVersions, Document(),
           {{"_id", "$kind"}, {"rows", Document{{"$sum", 1}}}, {"bytes", Document{{"$sum", "$bytes"}}}},
           [&](StoreStats::Kind& kind, const Document& row) {
             kind.versions = static_cast<uint64_t>(row.integer("rows"));
             kind.document_bytes = static_cast<uint64_t>(row.integer("bytes"));
             stats.versions += kind.versions;
           }));
  for (auto& [id, kind] : kinds) stats.kinds.push_back(std::move(kind));
  std::ranges::sort(stats.kinds, {}, &StoreStats::Kind::name);
  return stats;
}

}  // namespace cadastre::store::mongo
