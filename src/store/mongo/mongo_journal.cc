#include "store/mongo/mongo_journal.h"

#include "store/mongo/mongo_identity.h"

namespace cadastre::store::mongo {
namespace {

const std::string kAudit = "audit", kViews = "view";

}  // namespace

Result<void> MongoJournal::audit(const AuditEntry& entry) {
  TRY_ASSIGN(auto id, database_.number("audit"));
  TRY(database_.insert(kAudit, Document{{"_id", id},
                                        {"at", entry.at},
                                        {"actor", entry.actor},
                                        {"action", entry.action},
                                        {"object", entry.object},
                                        {"detail", entry.detail},
                                        {"address", entry.address},
                                        {"request", entry.request}}));
  return {};
}

Result<std::vector<AuditEntry>> MongoJournal::audit_log(const AuditFilter& filter) {
  std::vector<AuditEntry> found;
  if (filter.limit == 0) return found;
  Find what{.collection = kAudit, .order = {{"_id", -1}}, .limit = filter.limit};
  if (filter.before > 0) what.filter.add("_id", Document{{"$lt", filter.before}});
  Document time;
  if (filter.since) time.add("$gte", *filter.since);
  if (filter.until) time.add("$lt", *filter.until);
  if (!time.empty()) what.filter.add("at", std::move(time));
  if (!filter.actor.empty()) what.filter.add("actor", filter.actor);
  if (!filter.action.empty()) what.filter.add("action", filter.action);
  TRY(database_.find(what, [&](Document&& row) -> Result<bool> {
    found.push_back({row.integer("_id"), row.time("at").value_or(Time()), row.text("actor"), row.text("action"),
                     row.text("object"), row.text("detail"), row.text("address"), row.text("request")});
    return true;
  }));
  return found;
}

Result<uint64_t> MongoJournal::forget_audit(Time before) {
  TRY_ASSIGN(auto gone, database_.remove(kAudit, {{"at", Document{{"$lt", before}}}}));
  return static_cast<uint64_t>(gone);
}

Result<int64_t> MongoJournal::put_view(const View& view) {
  TRY(user_exists(database_, view.user));
  Document row{{"user", view.user},   {"name", view.name},     {"path", view.path},
               {"query", view.query}, {"shared", view.shared}, {"changed", view.changed}};
  if (view.id == 0) {
    TRY_ASSIGN(auto id, database_.number("view"));
    TRY(database_.insert(kViews, row.add("_id", id)));
    return id;
  }
  TRY_ASSIGN(auto done, database_.update(kViews, {.filter = {{"_id", view.id}}, .change = {{"$set", std::move(row)}}}));
  if (done.matched == 0) return fail(ErrorCode::not_found, fmt::format("there is no view {}", view.id));
  return view.id;
}

Result<std::vector<View>> MongoJournal::views(int64_t user) {
  std::vector<View> found;
  TRY_ASSIGN(auto users, user_ids(database_));
  TRY(database_.find({.collection = kViews,
                      .filter = {{"$or", Array{Document{{"user", user}}, Document{{"shared", true}}}}},
                      .order = {{"name", 1}, {"_id", 1}}},
                     [&](Document&& row) -> Result<bool> {
                       if (!users.contains(row.integer("user"))) return true;
                       found.push_back({row.integer("_id"), row.integer("user"), row.text("name"), row.text("path"),
                                        row.text("query"), row.boolean("shared"),
                                        row.time("changed").value_or(Time())});
                       return true;
                     }));
  return found;
}

Result<void> MongoJournal::remove_view(int64_t id) {
  TRY_ASSIGN(auto gone, database_.remove(kViews, {{"_id", id}}));
  if (gone == 0) return fail(ErrorCode::not_found, fmt::format("there is no view {}", id));
  return {};
}

}  // namespace cadastre::store::mongo
