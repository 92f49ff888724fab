#include "store/sqlite/sqlite_journal.h"

#include "store/sqlite/sqlite_identity.h"

namespace cadastre::store {

Result<void> SqliteJournal::audit(const AuditEntry& entry) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto insert, file_.durable->prepare("INSERT INTO audit (at, actor, action, object, detail, address, "
                                                 "request) VALUES (?, ?, ?, ?, ?, ?, ?)"));
  insert.bind(entry.at).bind(entry.actor).bind(entry.action).bind(entry.object).bind(entry.detail);
  return insert.bind(entry.address).bind(entry.request).run();
}

Result<std::vector<AuditEntry>> SqliteJournal::audit_log(const AuditFilter& filter) {
  TRY_ASSIGN(auto reader, file_.readers.take());
  std::string sql = "SELECT id, at, actor, action, object, detail, address, request FROM audit WHERE 1";
  if (filter.before > 0) sql += " AND id < ?1";
  if (filter.since) sql += " AND at >= ?2";
  if (filter.until) sql += " AND at < ?3";
  if (!filter.actor.empty()) sql += " AND actor = ?4";
  if (!filter.action.empty()) sql += " AND action = ?5";
  TRY_ASSIGN(auto select, reader->prepare(sql + " ORDER BY id DESC LIMIT ?6"));
  select.bind(filter.before).bind(filter.since).bind(filter.until).bind(filter.actor).bind(filter.action);
  select.bind(filter.limit == 0 ? -1 : static_cast<int64_t>(filter.limit));
  std::vector<AuditEntry> found;
  for (;;) {
    TRY_ASSIGN(bool row, select.step());
    if (!row) return found;
    found.push_back({select.integer(0), select.time(1), select.text(2), select.text(3), select.text(4), select.text(5),
                     select.text(6), select.text(7)});
  }
}

Result<uint64_t> SqliteJournal::forget_audit(Time before) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto remove, file_.durable->prepare("DELETE FROM audit WHERE at < ?"));
  TRY(remove.bind(before).run());
  return static_cast<uint64_t>(file_.durable->changes());
}

Result<int64_t> SqliteJournal::put_view(const View& view) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto transaction, Transaction::begin(*file_.durable));
  TRY(user_exists(*file_.durable, view.user));
  TRY_ASSIGN(auto put,
             file_.durable->prepare(
                 view.id == 0 ? "INSERT INTO saved_view (user, name, path, query, shared, changed) VALUES (?, ?, ?, "
                                "?, ?, ?)"
                              : "UPDATE saved_view SET user = ?, name = ?, path = ?, query = ?, shared = ?, "
                                "changed = ? WHERE id = ?"));
  put.bind(view.user).bind(view.name).bind(view.path).bind(view.query).bind(static_cast<int64_t>(view.shared));
  put.bind(view.changed);
  if (view.id != 0) put.bind(view.id);
  TRY(put.run());
  if (file_.durable->changes() == 0) return fail(ErrorCode::not_found, fmt::format("there is no view {}", view.id));
  auto id = view.id == 0 ? file_.durable->last_insert() : view.id;
  TRY(transaction.commit());
  return id;
}

Result<std::vector<View>> SqliteJournal::views(int64_t user) {
  TRY_ASSIGN(auto reader, file_.readers.take());
  TRY_ASSIGN(auto select, reader->prepare("SELECT id, user, name, path, query, shared, changed FROM saved_view "
                                          "WHERE user = ? OR shared ORDER BY name, id"));
  select.bind(user);
  std::vector<View> found;
  for (;;) {
    TRY_ASSIGN(bool row, select.step());
    if (!row) return found;
    found.push_back({select.integer(0), select.integer(1), select.text(2), select.text(3), select.text(4),
                     select.integer(5) != 0, select.time(6)});
  }
}

Result<void> SqliteJournal::remove_view(int64_t id) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto remove, file_.durable->prepare("DELETE FROM saved_view WHERE id = ?"));
  TRY(remove.bind(id).run());
  if (file_.durable->changes() == 0) return fail(ErrorCode::not_found, fmt::format("there is no view {}", id));
  return {};
}

}  // namespace cadastre::store
