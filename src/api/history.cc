// One resource through time: its versions, and what differs between two instants.
#include "api/answer.h"
#include "api/question.h"
#include "search/json.h"

namespace cadastre::api {
namespace {

Result<ServerResponse> get_versions(const Call& call) {
  TRY_ASSIGN(auto versions, call.services.reader.versions(call.captured(), call.scope()));
  TRY_ASSIGN(auto documents, flag_of(call, "data"));
  json::array rows;
  for (const auto& version : versions) {
    auto row = search::to_json(version);
    if (!documents) row.erase("data");
    rows.push_back(std::move(row));
  }
  return json_answer(json::object{{"rows", std::move(rows)}});
}

Result<ServerResponse> get_diff(const Call& call) {
  TRY_ASSIGN(auto from, time_of(call, "from"));
  TRY_ASSIGN(auto to, time_of(call, "to"));
  if (!from) return fail(ErrorCode::invalid, "'from' is missing: the earlier of the two instants, as in from=-1d");
  auto until = to.value_or(call.services.clock.now());
  TRY_ASSIGN(auto diff, call.services.reader.diff(call.captured(), *from, until, call.scope()));
  auto body = search::to_json(diff);
  body["from"] = format_time(*from);
  body["to"] = format_time(until);
  return json_answer(body);
}

}  // namespace

Routes history_routes() {
  using enum auth::Permission;
  return {{"GET",
           "/api/v1/resources/{id...}/versions",
           read,
           "resources",
           "getVersions",
           "The versions of one resource, oldest first, with what each changed",
           {"data"},
           get_versions},
          {"GET",
           "/api/v1/resources/{id...}/diff",
           read,
           "resources",
           "getDiff",
           "What differs in one resource between two instants",
           {"from", "to"},
           get_diff}};
}

}  // namespace cadastre::api
