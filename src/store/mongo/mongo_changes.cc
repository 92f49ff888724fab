// What changed: versions in the order of their sequences, with what there was before each.
#include "store/mongo/mongo_inventory.h"

namespace cadastre::store::mongo {
namespace {

constexpr size_t kPage = 500;

bool among(const std::vector<std::string>& wanted, const std::string& value) {
  return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

// What the rows themselves can be asked for; regions are those of today, which the resource knows.
Document chosen(const ChangeFilter& filter, const std::map<int64_t, std::string>& kinds, int64_t visible) {
  Document sequences{{"$gt", filter.after}, {"$lte", visible}};
  if (filter.before > 0) sequences.add("$lt", filter.before);
  if (!filter.sequences.empty()) {
    Array these;
    for (auto sequence : filter.sequences) these.emplace_back(sequence);
    sequences.add("$in", std::move(these));
  }
  Document which{{"_id", std::move(sequences)}};
  if (filter.since || filter.until) {
    Document time;
    if (filter.since) time.add("$gte", *filter.since);
    if (filter.until) time.add("$lt", *filter.until);
    which.add("from", std::move(time));
  }
  if (!filter.kinds.empty()) {
    Array ids;
    for (const auto& [id, name] : kinds) {
      if (among(filter.kinds, name)) ids.emplace_back(id);
    }
    which.add("kind", Document{{"$in", std::move(ids)}});
  }
  if (!filter.accounts.empty()) which.add("account", in(filter.accounts));
  if (!filter.resources.empty()) which.add("resource", in(filter.resources));
  if (!filter.epochs) which.add("cause", Document{{"$ne", static_cast<int>(Cause::epoch)}});
  return which;
}

}  // namespace

Result<void> MongoInventory::changes(const ChangeFilter& filter, const std::function<bool(const Change&)>& visit) {
  Frame frame;
  TRY_ASSIGN(frame.visible, head_.visible());
  TRY_ASSIGN(frame.kinds, kind_names());
  size_t left = filter.limit == 0 ? SIZE_MAX : filter.limit;
  std::vector<VersionRow> page;
  bool more = true;
  auto flush = [&]() -> Result<bool> {
    TRY_ASSIGN(auto found, show_changes(std::exchange(page, {}), filter, frame));
    for (const auto& change : found) {
      if (!visit(change) || --left == 0) return false;
    }
    return true;
  };
  TRY(database_.find({.collection = std::string(kVersions),
                      .filter = chosen(filter, frame.kinds, frame.visible),
                      .fields = {{"document", 0}},
                      .order = {{"_id", filter.newest_first ? -1 : 1}}},
                     [&](Document&& row) -> Result<bool> {
                       page.push_back(read_version(row));
                       if (page.size() < std::min(kPage, left)) return true;
                       TRY_ASSIGN(more, flush());
                       return more;
                     }));
  if (more) TRY(flush());
  return {};
}

Result<std::vector<Change>> MongoInventory::show_changes(std::vector<VersionRow> versions, const ChangeFilter& filter,
                                                         Frame& frame) {
  std::vector<Change> found;
  if (versions.empty()) return found;
  std::set<int64_t> ids;
  for (const auto& version : versions) ids.insert(version.resource);
  std::map<int64_t, ResourceRow> resources;
  TRY_ASSIGN(auto rows, read_rows({.filter = {{"_id", in(ids)}}}));
  TRY(fetch_cells(frame, rows));
  for (auto& row : rows) resources[row.id] = std::move(row);
  // A version's neighbours: it ends where the next one begins, and changed what the one before it said.
  std::map<int64_t, std::map<int64_t, Time>> neighbours;
  TRY(database_.find({.collection = std::string(kVersions),
                      .filter = {{"resource", in(ids)}, {"_id", Document{{"$lte", frame.visible}}}},
                      .fields = {{"resource", 1}, {"from", 1}}},
                     [&](Document&& row) -> Result<bool> {
                       neighbours[row.integer("resource")][row.integer("_id")] = row.time("from").value_or(Time());
                       return true;
                     }));
  std::vector<int64_t> wanted;
  std::map<int64_t, int64_t> before, previous;
  for (const auto& version : versions) {
    if (filter.documents) wanted.push_back(version.sequence);
    const auto& all = neighbours[version.resource];
    auto at = all.find(version.sequence);
    if (at == all.end() || at == all.begin()) continue;
    if (filter.previous) previous[version.sequence] = std::prev(at)->first;
    if (filter.befores) wanted.push_back(before[version.sequence] = std::prev(at)->first);
  }
  TRY_ASSIGN(auto documents, read_documents(wanted));
  for (const auto& version : versions) {
    auto resource = resources.find(version.resource);
    if (resource == resources.end() || resource->second.opened == 0) continue;  // it was forgotten meanwhile
    const auto& facts = resource->second.facts;
    if (!among(filter.regions, facts.region)) continue;
    Change change;
    change.version = {version.sequence, version.resource, version.from, {}, version.cause, {}};
    const auto& all = neighbours[version.resource];
    if (auto next = all.upper_bound(version.sequence); next != all.end()) change.version.to = next->second;
    change.cell = frame.cells[version.place.cell].key;
    change.native = version.place.native;
    change.name = facts.name;
    change.region = facts.region;
    change.state = facts.state;
    change.arn = facts.arn;
    if (filter.documents) change.version.document = documents[version.sequence];
    if (auto at = before.find(version.sequence); at != before.end()) change.before = documents[at->second];
    if (auto at = previous.find(version.sequence); at != previous.end()) {
      change.previous = at->second;
      change.previous_to = change.version.from;  // a version's end is where the next one that is kept begins
    }
    found.push_back(std::move(change));
  }
  return found;
}

}  // namespace cadastre::store::mongo
