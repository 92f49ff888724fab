// Forgetting: which versions of a kind may go. Rows go one resource at a time, versions before the resource itself, so
// that what a crash leaves is found again the next time.
#include "store/mongo/mongo_inventory.h"

namespace cadastre::store::mongo {
namespace {

// The first versions of a resource, as many as may go. A version that only reads anew what another says stays or goes
// with it: the one before tells since when it held. The tombstone and what is current always stay.
size_t may_go(const std::vector<VersionRow>& rows, std::optional<Time> edge, std::optional<size_t> keep) {
  std::vector<size_t> starts;  // of the versions that were changes, and have a document
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].stored && (starts.empty() || rows[i].cause != Cause::epoch)) starts.push_back(i);
  }
  size_t gone = 0;
  for (size_t i = 0; i + 1 < starts.size(); ++i) {
    bool ended = edge && rows[starts[i + 1]].from <= *edge;
    bool beyond = keep && starts.size() - i > std::max<size_t>(*keep, 1);
    if (ended || beyond) gone = starts[i + 1];
  }
  return gone;
}

}  // namespace

Result<Pruned> MongoInventory::prune(const std::string& kind, const Retention& retention, Time now,
                                     std::stop_token stop) {
  Pruned pruned;
  if (!retention.keep && !retention.versions) return pruned;
  std::optional<Time> edge;
  if (retention.keep) edge = now - *retention.keep;
  TRY_ASSIGN(auto known, database_.one({.collection = "kind", .filter = {{"name", kind}}}));
  if (!known) return pruned;
  // Only what is applied is looked at, so that nothing goes which a repair still needs.
  TRY_ASSIGN(auto visible, head_.visible());
  TRY_ASSIGN(auto candidates,
             read_rows({.filter = {{"kind", known->integer("_id")}, {"event", Document{{"$lte", visible}}}}}));
  // Noted before it goes, so that nobody who dies in between leaves it unsaid.
  auto note = [&](Time last) {
    return database_.update("kind",
                            {.filter = {{"name", kind}}, .change = {{"$max", Document{{"pruned_until", last}}}}});
  };
  for (const auto& resource : candidates) {
    if (stop.stop_requested()) break;  // the rest goes the next time
    if (resource.opened == 0 || resource.event == resource.opened) continue;
    if (edge && resource.deleted && *resource.deleted <= *edge) {
      TRY(note(*edge));
      TRY_ASSIGN(auto gone, database_.remove(std::string(kVersions), {{"resource", resource.id}}));
      TRY(database_.remove("gap", {{"resource", resource.id}}));
      TRY(database_.remove(std::string(kResources), {{"_id", resource.id}}));
      pruned.versions += static_cast<uint64_t>(gone);
      ++pruned.resources;
      continue;
    }
    std::vector<VersionRow> versions;
    TRY(database_.find({.collection = std::string(kVersions),
                        .filter = {{"resource", resource.id}, {"_id", Document{{"$lte", visible}}}},
                        .fields = {{"from", 1}, {"cause", 1}, {"bytes", 1}},
                        .order = {{"_id", 1}}},
                       [&](Document&& row) -> Result<bool> {
                         versions.push_back(read_version(row));
                         return true;
                       }));
    auto gone = may_go(versions, edge, retention.versions);
    if (gone == 0) continue;
    TRY(note(versions[gone].from));
    TRY_ASSIGN(auto removed,
               database_.remove(std::string(kVersions),
                                {{"resource", resource.id}, {"_id", Document{{"$lt", versions[gone].sequence}}}}));
    pruned.versions += static_cast<uint64_t>(removed);
  }
  return pruned;
}

Result<std::map<std::string, Time>> MongoInventory::pruned_until() {
  std::map<std::string, Time> found;
  TRY(database_.find({.collection = "kind", .filter = {{"pruned_until", Document{{"$ne", nullptr}}}}},
                     [&](Document&& row) -> Result<bool> {
                       if (auto until = row.time("pruned_until")) found.emplace(row.text("name"), *until);
                       return true;
                     }));
  return found;
}

}  // namespace cadastre::store::mongo
