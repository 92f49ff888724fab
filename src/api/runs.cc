// Collections: those that were made, those under way, and new ones on request.
#include "api/answer.h"
#include "api/audit.h"
#include "api/question.h"
#include "base/text.h"

namespace cadastre::api {
namespace {

json::array texts(const std::vector<std::string>& list) {
  json::array array;
  for (const auto& text : list) array.emplace_back(text);
  return array;
}

// Whether all that a run reads is the asker's to see.
bool sees_run(const Call& call, const collect::RunState& state) {
  if (call.scope().everything) return true;
  return !state.selection.accounts.empty() &&
         std::ranges::all_of(state.selection.accounts, [&](const auto& account) { return call.scope().sees(account); });
}

json::object row_of(const store::Run& run) {
  return {{"id", run.id},
          {"state", run.finished ? "ended" : "unfinished"},
          {"started_at", format_time(run.started)},
          {"finished_at", run.finished ? json::value(format_time(*run.finished)) : json::value(nullptr)},
          {"by", nullptr},
          {"message", nullptr},
          {"selection", nullptr},
          {"progress", nullptr},
          {"summary", nullptr}};
}

void add_progress(json::object& row, const Call& call, const collect::RunState& state) {
  row["state"] = state.waiting ? "waiting" : "running";
  if (!sees_run(call, state)) return;
  row["by"] = state.by;
  row["message"] = state.message;
  row["selection"] = json::object{{"accounts", texts(state.selection.accounts)},
                                  {"regions", texts(state.selection.regions)},
                                  {"kinds", texts(state.selection.kinds)}};
  row["progress"] = json::object{{"cells", state.cells},         {"done", state.done},     {"not_read", state.bad},
                                 {"resources", state.resources}, {"opened", state.opened}, {"changed", state.changed},
                                 {"closed", state.closed}};
}

Result<ServerResponse> list_runs(const Call& call) {
  constexpr size_t kUsual = 20, kMost = 200;
  TRY_ASSIGN(auto limit, limit_of(call, kUsual, kMost));
  TRY_ASSIGN(auto runs, call.services.store.cells().runs(limit));
  auto active = call.services.scheduler ? call.services.scheduler->active() : std::vector<collect::RunState>();
  json::array rows;
  for (const auto& run : runs) {
    auto row = row_of(run);
    auto going = std::ranges::find(active, run.id, &collect::RunState::id);
    if (going != active.end()) add_progress(row, call, *going);  // until the index has what it brought
    // A summary counts all accounts.
    if (call.scope().everything && !run.summary.empty()) {
      if (auto summary = parse_json(run.summary, "a run's summary")) row["summary"] = std::move(*summary);
    }
    rows.push_back(std::move(row));
  }
  return json_answer(json::object{{"rows", std::move(rows)}});
}

Result<int64_t> ask(const Call& call, const collect::Selection& selection, bool full) {
  if (!call.services.scheduler) return fail(ErrorCode::unsupported, "this server does not collect");
  TRY_ASSIGN(auto run, call.services.scheduler->request(selection, full, call.principal.name));
  std::vector<std::string> what;
  auto only = [&](std::string_view name, const std::vector<std::string>& values) {
    if (!values.empty()) what.push_back(fmt::format("{}: {}", name, join(values, ", ")));
  };
  only("accounts", selection.accounts);
  only("regions", selection.regions);
  only("kinds", selection.kinds);
  TRY(note(call, "run requested", fmt::format("run {}", run), what.empty() ? "everything" : join(what, "; ")));
  return run;
}

ServerResponse accepted(int64_t run) {
  auto response = json_answer(json::object{{"run", run}}, 202);
  response.set("Location", "/api/v1/runs");
  return response;
}

// Names to ids, and nothing beyond the asker's accounts: an account outside is none.
Result<void> stay_in_scope(const Call& call, collect::Selection& selection) {
  if (call.scope().everything) return {};
  if (call.scope().accounts.empty()) return fail(ErrorCode::denied, "you have been given no account to read");
  if (selection.accounts.empty()) {
    selection.accounts.assign(call.scope().accounts.begin(), call.scope().accounts.end());
    return {};
  }
  TRY_ASSIGN(auto accounts, call.services.store.cells().accounts());
  for (auto& wanted : selection.accounts) {
    auto known = std::ranges::find_if(accounts, [&](const auto& account) {
      return call.scope().sees(account.id) && (account.id == wanted || account.name == wanted);
    });
    if (known == accounts.end())
      return fail(ErrorCode::invalid, fmt::format("there is no account '{}'", printable(wanted)));
    wanted = known->id;
  }
  return {};
}

Result<ServerResponse> start_run(const Call& call) {
  TRY_ASSIGN(auto body, Body::of(call, {"accounts", "regions", "kinds", "full"}));
  collect::Selection selection;
  TRY_ASSIGN(selection.accounts, body.texts("accounts"));
  TRY_ASSIGN(selection.regions, body.texts("regions"));
  TRY_ASSIGN(selection.kinds, body.texts("kinds"));
  TRY_ASSIGN(auto full, body.flag("full"));
  for (const auto& kind : selection.kinds) {
    bool service = std::ranges::find(call.services.catalog.kinds(), kind, &catalog::Kind::service) !=
                   call.services.catalog.kinds().end();
    if (!service) TRY(call.services.catalog.select(kind));
  }
  TRY(stay_in_scope(call, selection));
  TRY_ASSIGN(auto run, ask(call, selection, full));
  return accepted(run);
}

// A resource is read again with the cell that it is in.
Result<ServerResponse> refresh(const Call& call) {
  TRY_ASSIGN(auto row, call.services.reader.find_any(call.captured(), call.scope()));
  const auto& cell = row.resource.cell;
  TRY_ASSIGN(auto run, ask(call, {{cell.account}, {cell.region}, {cell.kind}}, true));
  return accepted(run);
}

}  // namespace

Routes run_routes() {
  using enum auth::Permission;
  return {{"GET",
           "/api/v1/runs",
           read,
           "runs",
           "listRuns",
           "Collections made and under way, newest first",
           {"limit"},
           list_runs},
          {"POST",
           "/api/v1/runs",
           collect,
           "runs",
           "startRun",
           "Collect now: everything, or what is selected",
           {},
           start_run},
          {"POST",
           "/api/v1/resources/{id...}/refresh",
           collect,
           "runs",
           "refreshResource",
           "Read one resource again, with the cell it is in",
           {},
           refresh}};
}

}  // namespace cadastre::api
