// The end of a run. Its closings are committed as one; then come marks, gaps and sightings; its outcome comes last, so
// that a cell which says "complete" is complete. What fails in between leaves the old outcome, and the next run of the
// cell does it over.
#include "base/json.h"
#include "store/mongo/mongo_inventory.h"

namespace cadastre::store::mongo {

Result<void> MongoInventory::finish(const Finish& finish, Time now) {
  TRY_ASSIGN(auto turn, begin());
  TRY_ASSIGN(auto cell, database_.one({.collection = "cell", .filter = {{"_id", finish.cell}}}));
  if (!cell) return fail(ErrorCode::internal, fmt::format("the store has no cell {}", finish.cell));
  if (!finish.close.empty()) {
    TRY(close_all(turn, {{"_id", in(finish.close)}}, Cause::closed, now, finish.history));
  }
  TRY(mark(finish, cell->time("verified")));
  if (finish.gaps_known) TRY(renew_gaps(finish, now));
  bool proven = proves_absence(finish.outcome);
  if (proven) TRY(renew_sightings(finish, now));

  Document change{{"outcome", static_cast<int>(finish.outcome)},
                  {"code", finish.code},
                  {"message", finish.message},
                  {"attempted", now},
                  {"unplanned_since", nullptr}};
  if (proven) {
    change.add("verified", now).add("unverified_since", nullptr).add("held", finish.held);
  } else if (!cell->has("unverified_since")) {
    // Since the last proof, or since the first run when there never was one.
    change.add("unverified_since", cell->time("verified").value_or(now));
  }
  if (!finish.enriched.empty()) {
    TRY_ASSIGN(auto known, parse_json(cell->has("enriched") ? cell->text("enriched") : "{}", "enriched"));
    json::object fragments = known.is_object() ? known.get_object() : json::object();
    for (const auto& fragment : finish.enriched) fragments[fragment] = now.time_since_epoch().count();
    change.add("enriched", to_json(fragments));
  }
  TRY(database_.update("cell", {.filter = {{"_id", finish.cell}}, .change = {{"$set", std::move(change)}}}));
  ++cells_written_;
  return {};
}

// What the brake holds, and what was seen again. `verified`: of the cell, when a list last showed all of it.
Result<void> MongoInventory::mark(const Finish& finish, std::optional<Time> verified) {
  if (!finish.hold.empty()) {
    std::vector<Update> marks;
    TRY(database_.find(
        {.collection = std::string(kResources),
         .filter = {{"_id", in(finish.hold)}, {"missing", nullptr}, {"deleted", nullptr}},
         .fields = {{"changed", 1}}},
        [&](Document&& row) -> Result<bool> {
          auto changed = row.time("changed").value_or(Time());
          marks.push_back({.filter = {{"_id", row.integer("_id")}, {"deleted", nullptr}},
                           .change = {{"$set", Document{{"missing", std::max(verified.value_or(changed), changed)}}}}});
          return true;
        }));
    TRY(database_.update(std::string(kResources), marks));
  }
  if (!finish.found.empty()) {
    TRY(database_.update(std::string(kResources), {.filter = {{"_id", in(finish.found)}, {"deleted", nullptr}},
                                                   .change = {{"$set", Document{{"missing", nullptr}}}},
                                                   .many = true}));
  }
  return {};
}

Result<void> MongoInventory::renew_gaps(const Finish& finish, Time now) {
  std::set<std::pair<int64_t, std::string>> open;
  std::vector<Update> notes;
  for (const auto& gap : finish.gaps) {
    open.emplace(gap.resource, gap.fragment);
    // A gap that stays open keeps its date.
    notes.push_back({.filter = {{"cell", finish.cell}, {"resource", gap.resource}, {"fragment", gap.fragment}},
                     .change = {{"$set", Document{{"code", gap.code}, {"message", gap.message}}},
                                {"$setOnInsert", Document{{"since", now}}}},
                     .upsert = true});
  }
  std::vector<Document> gone;
  TRY(database_.find({.collection = "gap", .filter = {{"cell", finish.cell}}}, [&](Document&& row) -> Result<bool> {
    if (!open.contains({row.integer("resource"), row.text("fragment")})) {
      gone.push_back(
          {{"cell", finish.cell}, {"resource", row.integer("resource")}, {"fragment", row.text("fragment")}});
    }
    return true;
  }));
  TRY(database_.update("gap", notes));
  for (const auto& filter : gone) TRY(database_.remove("gap", filter));
  return {};
}

Result<void> MongoInventory::renew_sightings(const Finish& finish, Time now) {
  std::set<std::pair<std::string, std::string>> seen, known;
  for (const auto& sighting : finish.sightings) seen.emplace(sighting.owner, sighting.native);
  std::vector<Document> gone, fresh;
  TRY(database_.find({.collection = "sighting", .filter = {{"cell", finish.cell}}},
                     [&](Document&& row) -> Result<bool> {
                       auto one = known.emplace(row.text("owner"), row.text("native")).first;
                       if (!seen.contains(*one))
                         gone.push_back({{"cell", finish.cell}, {"owner", one->first}, {"native", one->second}});
                       return true;
                     }));
  for (const auto& [owner, native] : seen) {
    if (!known.contains({owner, native}))
      fresh.push_back({{"cell", finish.cell}, {"owner", owner}, {"native", native}, {"since", now}});
  }
  TRY(database_.insert("sighting", fresh));
  for (const auto& filter : gone) TRY(database_.remove("sighting", filter));
  return {};
}

}  // namespace cadastre::store::mongo
