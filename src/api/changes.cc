// What changed, over the whole estate.
#include "api/answer.h"
#include "api/question.h"
#include "search/json.h"

namespace cadastre::api {
namespace {

Result<ServerResponse> list_changes(const Call& call) {
  constexpr size_t kUsual = 50, kMost = 200;
  search::ChangesRequest request;
  request.q = text_of(call, "q");
  TRY_ASSIGN(request.since, time_of(call, "since"));
  TRY_ASSIGN(request.until, time_of(call, "until"));
  TRY_ASSIGN(request.limit, limit_of(call, kUsual, kMost));
  request.cursor = text_of(call, "cursor");
  TRY_ASSIGN(auto brief, flag_of(call, "brief"));
  request.differences = !brief;
  TRY_ASSIGN(auto answer, call.services.reader.changes(request, call.scope(), call.request.stop));
  return json_answer(search::to_json(answer));
}

}  // namespace

Routes change_routes() {
  return {{"GET",
           "/api/v1/changes",
           auth::Permission::read,
           "changes",
           "listChanges",
           "What was created, changed and deleted, newest first",
           {"q", "since", "until", "limit", "cursor", "brief"},
           list_changes}};
}

}  // namespace cadastre::api
