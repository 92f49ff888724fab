// Kinds, cells, accounts and runs: what is planned, how fresh it is.
#include "base/json.h"
#include "store/mongo/mongo_inventory.h"

namespace cadastre::store::mongo {
namespace {

Cell read_cell(const Document& row, const std::string& kind) {
  Cell cell;
  cell.id = row.integer("_id");
  cell.key = {row.text("account"), row.text("region"), kind};
  cell.outcome = static_cast<Outcome>(row.integer("outcome"));
  cell.code = row.text("code");
  cell.message = row.text("message");
  cell.attempted = row.time("attempted");
  cell.written = row.time("written");
  cell.verified = row.time("verified");
  cell.unverified_since = row.time("unverified_since");
  cell.unplanned_since = row.time("unplanned_since");
  cell.resources = static_cast<uint64_t>(row.integer("resources"));
  cell.held = static_cast<uint64_t>(row.integer("held"));
  if (auto enriched = parse_json(row.text("enriched"), "enriched"); enriched && enriched->is_object()) {
    for (const auto& [fragment, at] : enriched->get_object()) {
      if (at.is_int64()) cell.enriched[fragment] = Time(Millis(at.get_int64()));
    }
  }
  return cell;
}

}  // namespace

Result<int64_t> MongoInventory::kind_id(const std::string& name) {
  for (bool made = false;; made = true) {
    TRY_ASSIGN(auto row, database_.one({.collection = "kind", .filter = {{"name", name}}}));
    if (row) return row->integer("_id");
    if (made) return fail(ErrorCode::internal, "a kind vanished while it was made");
    TRY_ASSIGN(auto id, database_.number("kind"));
    // When another process was faster, its number counts.
    TRY(database_.insert("kind", Document{{"_id", id}, {"name", name}}));
  }
}

Result<std::map<int64_t, std::string>> MongoInventory::kind_names() {
  std::map<int64_t, std::string> names;
  TRY(database_.find({.collection = "kind"}, [&](Document&& row) -> Result<bool> {
    names[row.integer("_id")] = row.text("name");
    return true;
  }));
  return names;
}

Result<Place> MongoInventory::place_of(int64_t cell) {
  {
    std::lock_guard lock(mutex_);
    if (auto at = places_.find(cell); at != places_.end()) return at->second;
  }
  TRY_ASSIGN(auto row, database_.one({.collection = "cell", .filter = {{"_id", cell}}}));
  if (!row) return fail(ErrorCode::internal, fmt::format("the store has no cell {}", cell));
  std::lock_guard lock(mutex_);
  return places_[cell] = {cell, row->integer("kind"), row->text("account"), row->text("region"), ""};
}

Result<std::map<int64_t, std::optional<Time>>> MongoInventory::verified_cells() {
  std::map<int64_t, std::optional<Time>> cells;
  TRY(database_.find({.collection = "cell", .fields = {{"verified", 1}}}, [&](Document&& row) -> Result<bool> {
    cells[row.integer("_id")] = row.time("verified");
    return true;
  }));
  return cells;
}

Result<Cell> MongoInventory::open(const CellKey& key) {
  TRY_ASSIGN(auto kind, kind_id(key.kind));
  for (bool made = false;; made = true) {
    TRY_ASSIGN(auto row, database_.one({.collection = "cell",
                                        .filter = {{"account", key.account}, {"region", key.region}, {"kind", kind}}}));
    if (row) return read_cell(*row, key.kind);
    if (made) return fail(ErrorCode::internal, "a cell vanished while it was opened");
    TRY_ASSIGN(auto id, database_.number("cell"));
    TRY(database_.insert("cell", Document{{"_id", id},
                                          {"account", key.account},
                                          {"region", key.region},
                                          {"kind", kind},
                                          {"outcome", static_cast<int>(Outcome::never)}}));
  }
}

Result<std::vector<Cell>> MongoInventory::list() {
  std::vector<Cell> cells;
  TRY_ASSIGN(auto names, kind_names());
  TRY(database_.find({.collection = "cell"}, [&](Document&& row) -> Result<bool> {
    cells.push_back(read_cell(row, names[row.integer("kind")]));
    return true;
  }));
  std::ranges::sort(cells, {}, &Cell::key);
  return cells;
}

Result<void> MongoInventory::plan(std::span<const CellKey> planned, Time now) {
  std::set<CellKey> wanted(planned.begin(), planned.end());
  TRY_ASSIGN(auto cells, list());
  std::vector<Update> updates;
  for (const auto& cell : cells) {
    bool is_planned = wanted.contains(cell.key);
    if (is_planned == !cell.unplanned_since.has_value()) continue;
    updates.push_back({.filter = {{"_id", cell.id}},
                       .change = {{"$set", Document{{"unplanned_since", is_planned ? Value() : Value(now)}}}}});
  }
  TRY(database_.update("cell", updates));
  return {};
}

Result<void> MongoInventory::rename_kind(const std::string& from, const std::string& to) {
  // When there is a kind of the new name, its name is taken, and nothing happens.
  TRY(database_.update("kind", {.filter = {{"name", from}}, .change = {{"$set", Document{{"name", to}}}}}));
  return {};
}

Result<void> MongoInventory::put_account(const AccountRow& account, Time now) {
  json::object groups;
  for (const auto& [key, value] : account.groups) groups[key] = value;
  auto text = to_json(groups);
  TRY_ASSIGN(auto row, database_.one({.collection = "account", .filter = {{"_id", account.id}}}));
  if (row && row->text("name") == account.name && row->text("status") == account.status && row->text("groups") == text)
    return {};
  auto since = row && row->text("status") == account.status ? row->time("since") : std::optional(now);
  TRY(database_.update(
      "account",
      {.filter = {{"_id", account.id}},
       .change = {{"$set",
                   Document{{"name", account.name}, {"status", account.status}, {"groups", text}, {"since", since}}}},
       .upsert = true}));
  return {};
}

Result<std::vector<AccountRow>> MongoInventory::accounts() {
  std::vector<AccountRow> accounts;
  TRY(database_.find({.collection = "account", .order = {{"_id", 1}}}, [&](Document&& row) -> Result<bool> {
    AccountRow account{row.text("_id"), row.text("name"), row.text("status"), {}, row.time("since").value_or(Time())};
    if (auto groups = parse_json(row.text("groups"), "groups"); groups && groups->is_object()) {
      for (const auto& [key, value] : groups->get_object()) account.groups[key] = scalar_text(value);
    }
    accounts.push_back(std::move(account));
    return true;
  }));
  return accounts;
}

Result<int64_t> MongoInventory::start_run(Time now) {
  TRY_ASSIGN(auto id, database_.number("run"));
  TRY(database_.insert("run", Document{{"_id", id}, {"started", now}}));
  return id;
}

Result<void> MongoInventory::end_run(int64_t run, Time now, const std::string& summary) {
  TRY(database_.update(
      "run", {.filter = {{"_id", run}}, .change = {{"$set", Document{{"finished", now}, {"summary", summary}}}}}));
  return {};
}

Result<std::vector<Run>> MongoInventory::runs(size_t limit) {
  std::vector<Run> runs;
  if (limit == 0) return runs;
  TRY(database_.find(
      {.collection = "run", .order = {{"_id", -1}}, .limit = limit}, [&](Document&& row) -> Result<bool> {
        runs.push_back(
            {row.integer("_id"), row.time("started").value_or(Time()), row.time("finished"), row.text("summary")});
        return true;
      }));
  return runs;
}

Result<void> MongoInventory::fetch_cells(Frame& frame, std::span<const ResourceRow> rows) {
  std::set<int64_t> wanted;
  for (const auto& row : rows) {
    if (!frame.cells.contains(row.place.cell)) wanted.insert(row.place.cell);
  }
  if (wanted.empty()) return {};
  if (frame.kinds.empty()) {
    TRY_ASSIGN(frame.kinds, kind_names());
  }
  TRY(database_.find({.collection = "cell", .filter = {{"_id", in(wanted)}}}, [&](Document&& row) -> Result<bool> {
    frame.cells[row.integer("_id")] = read_cell(row, frame.kinds[row.integer("kind")]);
    return true;
  }));
  for (auto id : wanted) {
    if (frame.cells.contains(id)) continue;
    return fail(ErrorCode::io,
                fmt::format("the store {} lacks cell {}, which resources name; restore it with mongorestore",
                            database_.where(), id));
  }
  return {};
}

}  // namespace cadastre::store::mongo
