// What changes the inventory: versions, the end of runs, retirement, and what a crash left undone of them. See head.h.
#include "store/mongo/mongo_inventory.h"

namespace cadastre::store::mongo {
namespace {

// Versions of one batch, in the making: what is known of their resources is kept up as they come.
class Plan {
 public:
  Plan(Database& database, int64_t sequence, size_t puts) : database_(database), sequence_(sequence), puts_(puts) {}

  // Reads what the store knows of these names.
  Result<void> read(int64_t cell, std::span<const Put> puts) {
    Array names;
    for (const auto& put : puts) names.emplace_back(put.native);
    return database_.find(
        {.collection = std::string(kResources), .filter = {{"cell", cell}, {"native", Document{{"$in", names}}}}},
        [&](Document&& row) -> Result<bool> {
          auto resource = read_resource(row);
          auto& name = names_[resource.place.native];
          if (resource.deleted) {
            name.ended = std::max(name.ended, *resource.deleted);
          } else {
            known_[resource.id] = name.live.emplace(std::move(resource));
          }
          return true;
        });
  }

  Result<PutResult> put(const Place& place, const Put& put, std::string stored, int64_t dictionary, Time now) {
    auto& name = names_[put.native];
    PutResult result;
    bool replaces = name.live && !put.epoch_only && !put.incarnation.empty() && !name.live->facts.incarnation.empty() &&
                    put.incarnation != name.live->facts.incarnation;
    VersionRow version;
    version.from = now;
    if (name.live) version.from = std::max(now, name.live->from + Millis(1));
    if (replaces) {
      name.ended = std::max(name.ended, close(*name.live, Cause::replaced, now, put.history, std::nullopt));
      name.live.reset();
      result.replaced = true;
    }
    // A name that was used before: the clock may have been set back since, and no instant has two of it.
    if (!name.live) version.from = std::max(version.from, name.ended);
    result.opened = !name.live;
    if (name.live) {
      version.resource = name.live->id;
    } else {
      TRY_ASSIGN(version.resource, next_id());
      name.live.emplace();
    }
    version.place = place;
    version.place.native = put.native;
    version.cause = result.opened ? Cause::opened : put.epoch_only ? Cause::epoch : Cause::changed;
    version.facts = facts_of(put);
    version.dictionary = dictionary;
    version.size = put.document.size();
    version.stored = std::move(stored);
    version.drop = !result.opened && put.history != History::full;
    version.gaps = put.gaps;
    result.resource = version.resource;
    add(*name.live, std::move(version));
    return result;
  }

  // Returns when it ended. `verified`: of the cell, so that it is known when a list last showed the resource.
  Time close(ResourceRow& resource, Cause cause, Time now, History history, const std::optional<Time>& verified) {
    VersionRow tombstone;
    tombstone.from = std::max(now, resource.from + Millis(1));
    tombstone.resource = resource.id;
    tombstone.place = resource.place;
    tombstone.cause = cause;
    tombstone.facts.epoch = resource.facts.epoch;
    tombstone.missing = std::max(verified.value_or(resource.changed), resource.changed);
    tombstone.drop = history == History::none;
    auto at = tombstone.from;
    add(resource, std::move(tombstone));
    return at;
  }

  void know(const ResourceRow& resource) { known_[resource.id] = resource; }
  std::span<const VersionRow> versions() const { return versions_; }
  std::map<int64_t, ResourceRow>& known() { return known_; }  // as it was before the plan

 private:
  struct Name {
    std::optional<ResourceRow> live;
    Time ended = Time::min();
  };

  void add(ResourceRow& resource, VersionRow version) {
    version.sequence = ++sequence_;
    apply(resource, version);
    versions_.push_back(std::move(version));
  }

  // Numbers are taken for the whole batch; what is not used of them is lost, which does no harm.
  Result<int64_t> next_id() {
    if (id_ == 0) {
      TRY_ASSIGN(id_, database_.number("resource", static_cast<int64_t>(puts_)));
    }
    return id_++;
  }

  Database& database_;
  int64_t sequence_;
  size_t puts_;
  int64_t id_ = 0;
  std::unordered_map<std::string, Name> names_;
  std::map<int64_t, ResourceRow> known_;
  std::vector<VersionRow> versions_;
};

}  // namespace

Result<Head::Turn> MongoInventory::begin() {
  TRY_ASSIGN(auto turn, head_.take());
  TRY(replay(turn));
  return turn;
}

Result<void> MongoInventory::repair() {
  TRY_ASSIGN(auto turn, head_.try_take());
  if (!turn) return {};
  TRY(replay(*turn));
  TRY(database_.remove(std::string(kVersions), {{"_id", Document{{"$gt", turn->sequence()}}}}));
  return {};
}

// Versions that were committed, and not known to be applied.
Result<void> MongoInventory::replay(Head::Turn& turn) {
  if (turn.applied() == turn.sequence()) return {};
  std::vector<VersionRow> versions;
  std::set<int64_t> resources;
  TRY(database_.find({.collection = std::string(kVersions),
                      .filter = {{"_id", Document{{"$gt", turn.applied()}, {"$lte", turn.sequence()}}}},
                      .fields = {{"document", 0}},
                      .order = {{"_id", 1}}},
                     [&](Document&& row) -> Result<bool> {
                       versions.push_back(read_version(row));
                       resources.insert(versions.back().resource);
                       return true;
                     }));
  ResourceRows known;
  TRY(database_.find({.collection = std::string(kResources), .filter = {{"_id", in(resources)}}},
                     [&](Document&& row) -> Result<bool> {
                       auto resource = read_resource(row);
                       if (resource.opened != 0) known[resource.id] = std::move(resource);
                       return true;
                     }));
  TRY(apply_all(versions, std::move(known)));
  return turn.settled();
}

Result<void> MongoInventory::commit(Head::Turn& turn, std::span<const VersionRow> versions, ResourceRows known) {
  if (versions.empty()) return {};
  std::vector<Document> rows;
  rows.reserve(versions.size());
  for (const auto& version : versions) rows.push_back(to_row(version));
  TRY_ASSIGN(bool free, database_.insert(std::string(kVersions), rows));
  if (!free) {
    // Left by a writer that failed before it committed.
    TRY(database_.remove(std::string(kVersions), {{"_id", Document{{"$gt", turn.sequence()}}}}));
    TRY_ASSIGN(free, database_.insert(std::string(kVersions), rows));
    if (!free) {
      return fail(ErrorCode::io,
                  fmt::format("another process writes to the store {} out of turn; see that all have the "
                              "same release and agree on the time",
                              database_.where()));
    }
  }
  TRY(turn.commit(versions.back().sequence));
  TRY(apply_all(versions, std::move(known)));
  TRY(turn.settled());
  versions_written_ += versions.size();
  resources_written_ += versions.size();
  return {};
}

// Each row is guarded by the last version it has seen, so that all of this may be done twice, or too late.
Result<void> MongoInventory::apply_all(std::span<const VersionRow> versions, ResourceRows known) {
  std::map<int64_t, int64_t> drops;
  std::set<int64_t> opened, touched, cells;
  std::vector<Update> notes;
  for (const auto& version : versions) {
    auto& resource = known[version.resource];
    if (resource.opened == 0) opened.insert(version.resource);
    touched.insert(version.resource);
    apply(resource, version);
    if (version.cause == Cause::opened || !version.stored) cells.insert(version.place.cell);
    if (version.drop) drops[version.resource] = version.sequence;
    for (const auto& gap : version.gaps) {
      notes.push_back(
          {.filter = {{"cell", version.place.cell}, {"resource", version.resource}, {"fragment", gap.fragment}},
           .change = {{"$set", Document{{"code", gap.code}, {"message", gap.message}}},
                      {"$setOnInsert", Document{{"since", version.from}}}},
           .upsert = true});
    }
  }
  std::vector<Update> updates;
  for (auto id : touched) {
    const auto& resource = known[id];
    if (resource.opened == 0) continue;  // all of it is forgotten but the tombstone
    if (opened.contains(id)) {
      updates.push_back(
          {.filter = {{"_id", id}}, .change = {{"$setOnInsert", Document{{"event", 0}}}}, .upsert = true});
    }
    updates.push_back(
        {.filter = {{"_id", id}, {"event", Document{{"$lt", resource.event}}}}, .change = to_row(resource)});
  }
  TRY(database_.update(std::string(kResources), updates));
  for (const auto& [id, sequence] : drops) {
    TRY(database_.remove(std::string(kVersions), {{"resource", id}, {"_id", Document{{"$lt", sequence}}}}));
  }
  TRY(database_.update("gap", notes));
  for (auto cell : cells) TRY(recount(cell));
  return {};
}

// Of live resources.
Result<void> MongoInventory::recount(int64_t cell) {
  TRY_ASSIGN(auto live, database_.count(std::string(kResources), {{"cell", cell}, {"deleted", nullptr}}));
  TRY(database_.update("cell", {.filter = {{"_id", cell}}, .change = {{"$set", Document{{"resources", live}}}}}));
  return {};
}

Result<std::vector<PutResult>> MongoInventory::put(int64_t cell, std::span<const Put> puts, Time now) {
  std::vector<PutResult> results;
  if (puts.empty()) return results;
  TRY_ASSIGN(auto place, place_of(cell));
  TRY_ASSIGN(auto dictionary, writing_dictionary(place.kind, puts));
  std::vector<std::string> stored;
  stored.reserve(puts.size());
  for (const auto& put : puts) stored.push_back(compress(put.document, dictionary.second.get()));
  TRY_ASSIGN(auto turn, begin());
  Plan plan(database_, turn.sequence(), puts.size());
  TRY(plan.read(cell, puts));
  for (size_t i = 0; i < puts.size(); ++i) {
    TRY_ASSIGN(auto result, plan.put(place, puts[i], std::move(stored[i]), dictionary.first, now));
    results.push_back(result);
  }
  // First: what is committed after it is never taken for older than it is.
  TRY(database_.update("cell", {.filter = {{"_id", cell}}, .change = {{"$max", Document{{"written", now}}}}}));
  TRY(commit(turn, plan.versions(), std::move(plan.known())));
  return results;
}

Result<uint64_t> MongoInventory::close_all(Head::Turn& turn, Document which, Cause cause, Time now, History history) {
  Plan plan(database_, turn.sequence(), 0);
  TRY_ASSIGN(auto cells, verified_cells());
  std::vector<ResourceRow> resources;
  TRY(database_.find({.collection = std::string(kResources), .filter = which.add("deleted", nullptr)},
                     [&](Document&& row) -> Result<bool> {
                       resources.push_back(read_resource(row));
                       return true;
                     }));
  std::ranges::sort(resources, {}, &ResourceRow::id);  // as they come, they have no order
  for (auto& resource : resources) {
    plan.know(resource);
    plan.close(resource, cause, now, history, cells[resource.place.cell]);
  }
  TRY(commit(turn, plan.versions(), std::move(plan.known())));
  return resources.size();
}

Result<uint64_t> MongoInventory::retire(const std::string& account, Time now) {
  TRY_ASSIGN(auto turn, begin());
  TRY_ASSIGN(auto closed, close_all(turn, {{"account", account}}, Cause::retired, now, History::full));
  TRY(database_.update("cell",
                       {.filter = {{"account", account}}, .change = {{"$set", Document{{"held", 0}}}}, .many = true}));
  return closed;
}

}  // namespace cadastre::store::mongo
