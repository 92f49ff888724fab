// Cells, accounts and runs: what is planned, how fresh it is.
#include <set>

#include "base/json.h"
#include "store/sqlite/sqlite_inventory.h"

namespace cadastre::store {
namespace {

constexpr std::string_view kCellColumns =
    "SELECT c.id, c.account, c.region, k.name, c.outcome, c.code, c.message, c.attempted, c.verified, "
    "c.unverified_since, "
    "c.unplanned_since, c.resources, c.held, c.enriched, c.written FROM cell c JOIN kind k ON k.id = c.kind ";

Cell read_cell(const Statement& row) {
  Cell cell;
  cell.id = row.integer(0);
  cell.key = {row.text(1), row.text(2), row.text(3)};
  cell.outcome = static_cast<Outcome>(row.integer(4));
  cell.code = row.text(5);
  cell.message = row.text(6);
  cell.attempted = row.optional_time(7);
  cell.verified = row.optional_time(8);
  cell.unverified_since = row.optional_time(9);
  cell.unplanned_since = row.optional_time(10);
  cell.resources = static_cast<uint64_t>(row.integer(11));
  cell.held = static_cast<uint64_t>(row.integer(12));
  cell.written = row.optional_time(14);
  if (auto enriched = parse_json(row.view(13), "enriched"); enriched && enriched->is_object()) {
    for (const auto& [fragment, at] : enriched->get_object()) {
      if (at.is_int64()) cell.enriched[fragment] = Time(Millis(at.get_int64()));
    }
  }
  return cell;
}

}  // namespace

Result<Cell> SqliteInventory::open(const CellKey& key) {
  std::lock_guard lock(mutex_);
  std::string sql = std::string(kCellColumns) + "WHERE c.account = ? AND c.region = ? AND k.name = ?";
  for (bool made = false;; made = true) {
    {
      TRY_ASSIGN(auto select, writer_->prepare(sql));
      TRY_ASSIGN(bool found, select.bind(key.account).bind(key.region).bind(key.kind).step());
      if (found) return read_cell(select);
    }
    if (made) return fail(ErrorCode::internal, "a cell vanished while it was opened");
    TRY_ASSIGN(auto kind, kind_id(key.kind));
    TRY_ASSIGN(auto insert, writer_->prepare("INSERT INTO cell (account, region, kind) VALUES (?, ?, ?)"));
    TRY(insert.bind(key.account).bind(key.region).bind(kind).run());
  }
}

Result<std::vector<Cell>> SqliteInventory::list() {
  TRY_ASSIGN(auto reader, readers_.take());
  TRY_ASSIGN(auto select, reader->prepare(std::string(kCellColumns) + "ORDER BY c.account, c.region, k.name"));
  std::vector<Cell> cells;
  for (;;) {
    TRY_ASSIGN(bool row, select.step());
    if (!row) return cells;
    cells.push_back(read_cell(select));
  }
}

Result<void> SqliteInventory::plan(std::span<const CellKey> planned, Time now) {
  std::set<CellKey> wanted(planned.begin(), planned.end());
  TRY_ASSIGN(auto cells, list());
  std::lock_guard lock(mutex_);
  TRY_ASSIGN(auto transaction, Transaction::begin(*writer_));
  for (const auto& cell : cells) {
    bool is_planned = wanted.contains(cell.key);
    if (is_planned == !cell.unplanned_since.has_value()) continue;
    TRY_ASSIGN(auto update, writer_->prepare("UPDATE cell SET unplanned_since = ? WHERE id = ?"));
    TRY(update.bind(is_planned ? std::nullopt : std::optional(now)).bind(cell.id).run());
  }
  return transaction.commit();
}

Result<void> SqliteInventory::rename_kind(const std::string& from, const std::string& to) {
  std::lock_guard lock(mutex_);
  TRY_ASSIGN(auto update,
             writer_->prepare(
                 "UPDATE kind SET name = ?2 WHERE name = ?1 AND NOT EXISTS (SELECT 1 FROM kind WHERE name = ?2)"));
  TRY(update.bind(from).bind(to).run());
  kinds_.clear();
  return {};
}

Result<void> SqliteInventory::put_account(const AccountRow& account, Time now) {
  std::lock_guard lock(mutex_);
  json::object groups;
  for (const auto& [key, value] : account.groups) groups[key] = value;
  auto text = to_json(groups);
  TRY_ASSIGN(auto select,
             writer_->prepare("SELECT 1 FROM account WHERE id = ? AND name = ? AND status = ? AND groups = ?"));
  TRY_ASSIGN(bool same, select.bind(account.id).bind(account.name).bind(account.status).bind(text).step());
  if (same) return {};
  TRY_ASSIGN(auto insert,
             writer_->prepare("INSERT INTO account (id, name, status, groups, since) VALUES (?1, ?2, ?3, ?4, ?5) ON "
                              "CONFLICT (id) DO UPDATE SET name = ?2, "
                              "groups = ?4, since = CASE WHEN status = ?3 THEN since ELSE ?5 END, status = ?3"));
  return insert.bind(account.id).bind(account.name).bind(account.status).bind(text).bind(now).run();
}

Result<std::vector<AccountRow>> SqliteInventory::accounts() {
  TRY_ASSIGN(auto reader, readers_.take());
  TRY_ASSIGN(auto select, reader->prepare("SELECT id, name, status, groups, since FROM account ORDER BY id"));
  std::vector<AccountRow> rows;
  for (;;) {
    TRY_ASSIGN(bool row, select.step());
    if (!row) return rows;
    AccountRow account{select.text(0), select.text(1), select.text(2), {}, select.time(4)};
    if (auto groups = parse_json(select.view(3), "groups"); groups && groups->is_object()) {
      for (const auto& [key, value] : groups->get_object()) account.groups[key] = scalar_text(value);
    }
    rows.push_back(std::move(account));
  }
}

Result<int64_t> SqliteInventory::start_run(Time now) {
  std::lock_guard lock(mutex_);
  TRY_ASSIGN(auto insert, writer_->prepare("INSERT INTO run (started) VALUES (?)"));
  TRY(insert.bind(now).run());
  return writer_->last_insert();
}

Result<void> SqliteInventory::end_run(int64_t run, Time now, const std::string& summary) {
  std::lock_guard lock(mutex_);
  TRY_ASSIGN(auto update, writer_->prepare("UPDATE run SET finished = ?, summary = ? WHERE id = ?"));
  return update.bind(now).bind(summary).bind(run).run();
}

Result<std::vector<Run>> SqliteInventory::runs(size_t limit) {
  TRY_ASSIGN(auto reader, readers_.take());
  TRY_ASSIGN(auto select, reader->prepare("SELECT id, started, finished, summary FROM run ORDER BY id DESC LIMIT ?"));
  select.bind(static_cast<int64_t>(limit));
  std::vector<Run> runs;
  for (;;) {
    TRY_ASSIGN(bool row, select.step());
    if (!row) return runs;
    runs.push_back({select.integer(0), select.time(1), select.optional_time(2), select.text(3)});
  }
}

}  // namespace cadastre::store
