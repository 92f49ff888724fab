// Freshness: cells, accounts, and what an answer to a query would not cover.
#include "api/answer.h"
#include "api/question.h"
#include "base/text.h"
#include "search/json.h"

namespace cadastre::api {
namespace {

json::value time_or_null(const std::optional<Time>& time) {
  return time ? json::value(format_time(*time)) : json::value(nullptr);
}

// The cells of one's own accounts.
Result<std::vector<store::Cell>> cells_of(const Call& call) {
  TRY_ASSIGN(auto cells, call.services.store.cells().list());
  std::erase_if(cells, [&](const auto& cell) { return !call.scope().sees(cell.key.account); });
  return cells;
}

json::object cell_json(const store::Cell& cell, const collect::Schedule& schedule) {
  bool planned = !cell.unplanned_since;
  return {
      {"account", cell.key.account},
      {"region", cell.key.region},
      {"kind", cell.key.kind},
      {"outcome", store::to_string(cell.outcome)},
      {"code", cell.code},
      {"message", cell.message},
      {"attempted_at", time_or_null(cell.attempted)},
      {"verified_at", time_or_null(cell.verified)},
      {"unverified_since", time_or_null(cell.unverified_since)},
      {"unplanned_since", time_or_null(cell.unplanned_since)},
      {"due_at", planned && cell.attempted ? json::value(format_time(schedule.due(cell))) : json::value(nullptr)},
      {"interval_seconds", std::chrono::duration_cast<std::chrono::seconds>(schedule.interval(cell.key.kind)).count()},
      {"resources", cell.resources},
      {"held", cell.held}};
}

Result<ServerResponse> list_cells(const Call& call) {
  TRY_ASSIGN(auto cells, cells_of(call));
  auto accounts = list_of(call, "account"), regions = list_of(call, "region"), kinds = list_of(call, "kind"),
       outcomes = list_of(call, "outcome");
  for (const auto& outcome : outcomes) {
    if (!store::outcome_of(outcome))
      return fail(ErrorCode::invalid, fmt::format("there is no outcome '{}'", printable(outcome)));
  }
  auto asked = [](const std::vector<std::string>& wanted, std::string_view value) {
    return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
  };
  auto schedule = call.services.scheduler ? call.services.scheduler->schedule() : collect::Schedule();
  json::array rows;
  for (const auto& cell : cells) {
    if (asked(accounts, cell.key.account) && asked(regions, cell.key.region) && asked(kinds, cell.key.kind) &&
        asked(outcomes, store::to_string(cell.outcome)))
      rows.push_back(cell_json(cell, schedule));
  }
  return json_answer(json::object{{"rows", std::move(rows)}});
}

Result<ServerResponse> get_coverage(const Call& call) {
  TRY_ASSIGN(auto coverage, call.services.reader.coverage(text_of(call, "q"), call.scope()));
  return json_answer(search::to_json(coverage));
}

Result<ServerResponse> list_accounts(const Call& call) {
  TRY_ASSIGN(auto accounts, call.services.store.cells().accounts());
  TRY_ASSIGN(auto cells, cells_of(call));
  struct Sum {
    uint64_t cells = 0, complete = 0, resources = 0;
    std::optional<Time> oldest;
  };
  std::map<std::string, Sum> sums;
  for (const auto& cell : cells) {
    auto& sum = sums[cell.key.account];
    sum.resources += cell.resources;
    if (cell.unplanned_since || cell.outcome == store::Outcome::region_off) continue;
    ++sum.cells;
    if (cell.outcome == store::Outcome::complete) ++sum.complete;
    if (cell.verified && (!sum.oldest || *cell.verified < *sum.oldest)) sum.oldest = cell.verified;
  }
  json::array rows;
  for (const auto& account : accounts) {
    if (!call.scope().sees(account.id)) continue;
    json::object groups;
    for (const auto& [name, value] : account.groups) groups[name] = value;
    const auto& sum = sums[account.id];
    rows.push_back(json::object{{"id", account.id},
                                {"name", account.name},
                                {"status", account.status},
                                {"status_since", format_time(account.since)},
                                {"groups", std::move(groups)},
                                {"resources", sum.resources},
                                {"cells", sum.cells},
                                {"complete", sum.complete},
                                {"oldest_verified_at", time_or_null(sum.oldest)}});
  }
  return json_answer(json::object{{"rows", std::move(rows)}});
}

}  // namespace

Routes cell_routes() {
  using enum auth::Permission;
  return {{"GET",
           "/api/v1/cells",
           read,
           "freshness",
           "listCells",
           "Each account, region and kind: when it was read, and what came of it",
           {"account", "region", "kind", "outcome"},
           list_cells},
          {"GET",
           "/api/v1/coverage",
           read,
           "freshness",
           "getCoverage",
           "What an answer to a query would rest on",
           {"q"},
           get_coverage},
          {"GET",
           "/api/v1/accounts",
           read,
           "freshness",
           "listAccounts",
           "The accounts and their state",
           {},
           list_accounts}};
}

}  // namespace cadastre::api
