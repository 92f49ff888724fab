#include "api/audit.h"

#include <charconv>

#include "api/answer.h"
#include "api/question.h"

namespace cadastre::api {

Result<void> note(const Call& call, std::string action, std::string object, std::string detail) {
  store::AuditEntry entry;
  entry.at = call.services.clock.now();
  entry.actor = call.principal.name;
  entry.action = std::move(action);
  entry.object = std::move(object);
  entry.detail = std::move(detail);
  entry.address = call.request.peer;
  entry.request = call.request.id;
  return call.services.store.journal().audit(entry);
}

namespace {

// What others did may name accounts that a narrowed administrator must not know of: such a one sees only the entries of
// the own name.
Result<ServerResponse> list_audit(const Call& call) {
  constexpr size_t kUsual = 100, kMost = 500;
  store::AuditFilter filter;
  TRY_ASSIGN(filter.since, time_of(call, "since"));
  TRY_ASSIGN(filter.until, time_of(call, "until"));
  TRY_ASSIGN(filter.limit, limit_of(call, kUsual, kMost));
  filter.actor = text_of(call, "actor");
  filter.action = text_of(call, "action");
  if (!call.scope().everything) {
    if (!filter.actor.empty() && filter.actor != call.principal.name)
      return json_answer(json::object{{"rows", json::array()}, {"next", ""}});
    filter.actor = call.principal.name;
  }
  if (auto cursor = text_of(call, "cursor"); !cursor.empty()) {
    auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), filter.before);
    if (error != std::errc() || end != cursor.data() + cursor.size() || filter.before < 1)
      return fail(ErrorCode::invalid, "'cursor' must be the 'next' of the page before");
  }
  TRY_ASSIGN(auto entries, call.services.store.journal().audit_log(filter));
  json::array rows;
  for (const auto& entry : entries) {
    rows.push_back(json::object{{"id", entry.id},
                                {"at", format_time(entry.at)},
                                {"actor", entry.actor},
                                {"action", entry.action},
                                {"object", entry.object},
                                {"detail", entry.detail},
                                {"address", entry.address},
                                {"request_id", entry.request}});
  }
  auto next = entries.size() == filter.limit ? std::to_string(entries.back().id) : std::string();
  return json_answer(json::object{{"rows", std::move(rows)}, {"next", next}});
}

}  // namespace

Routes audit_routes() {
  return {{"GET",
           "/api/v1/audit",
           auth::Permission::admin,
           "administration",
           "listAudit",
           "Who signed in, used a token or changed a setting, newest first",
           {"since", "until", "actor", "action", "limit", "cursor"},
           list_audit}};
}

}  // namespace cadastre::api
