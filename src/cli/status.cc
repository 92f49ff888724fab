// cadastre status, accounts, account retire: how fresh the record is, and why not.
#include "base/text.h"
#include "cli/app.h"
#include "cli/troubles.h"

namespace cadastre::cli {
namespace {

json::object cell_json(const store::Cell& cell, const std::vector<store::AccountRow>& accounts) {
  auto time = [](const std::optional<Time>& at) { return at ? json::value(format_time(*at)) : json::value(nullptr); };
  return {{"account", cell.key.account},
          {"account_name", account_name(cell.key.account, accounts)},
          {"region", cell.key.region},
          {"kind", cell.key.kind},
          {"outcome", store::to_string(cell.outcome)},
          {"code", cell.code},
          {"message", cell.message},
          {"resources", cell.resources},
          {"held", cell.held},
          {"attempted_at", time(cell.attempted)},
          {"verified_at", time(cell.verified)},
          {"unverified_since", time(cell.unverified_since)},
          {"unplanned_since", time(cell.unplanned_since)}};
}

// "complete" when every cell is; else the counts of what is not.
std::string describe(const std::map<store::Outcome, size_t>& outcomes) {
  std::vector<std::string> parts;
  for (const auto& [outcome, count] : outcomes) {
    if (outcome != store::Outcome::complete) parts.push_back(fmt::format("{} {}", count, store::to_string(outcome)));
  }
  return parts.empty() ? "complete" : join(parts, ", ");
}

bool current(const store::Cell& cell) { return !cell.unplanned_since.has_value(); }

// One row for each account, or for each account and kind.
void print_matrix(const std::vector<store::Cell>& cells, const std::vector<store::AccountRow>& accounts, bool by_kind,
                  Time now) {
  struct Row {
    uint64_t resources = 0, cells = 0;
    std::map<store::Outcome, size_t> outcomes;
    std::optional<Time> oldest;
    bool never = false;
  };
  std::map<std::pair<std::string, std::string>, Row> rows;
  for (const auto& cell : cells) {
    if (!current(cell)) continue;
    auto& row = rows[{cell.key.account, by_kind ? cell.key.kind : ""}];
    row.resources += cell.resources;
    ++row.cells;
    if (cell.outcome == store::Outcome::region_off && cell.code == store::kNotOptedIn) continue;
    ++row.outcomes[cell.outcome];
    if (!cell.verified)
      row.never = true;
    else if (!row.oldest || *cell.verified < *row.oldest)
      row.oldest = cell.verified;
  }
  std::vector<std::string> headers = {"account", "name", "resources", "cells", "verified", "outcome"};
  if (by_kind) headers.insert(headers.begin() + 2, "kind");
  Table table(headers);
  size_t first_number = by_kind ? 3 : 2;
  table.align_right(first_number);
  table.align_right(first_number + 1);
  for (const auto& [key, row] : rows) {
    std::vector<std::string> texts = {
        key.first,
        account_name(key.first, accounts),
        thousands(row.resources),
        thousands(row.cells),
        row.oldest ? ago(row.oldest, now) + (row.never ? ", in part never" : "") : "never",
        describe(row.outcomes)};
    if (by_kind) texts.insert(texts.begin() + 2, key.second);
    table.add(std::move(texts));
  }
  table.print();
}

void print_troubles(const std::vector<store::Cell>& cells, const std::vector<store::AccountRow>& accounts, Time now) {
  std::vector<TroubledCell> troubled;
  for (const auto& cell : cells) {
    bool fine = store::as_it_should_be(cell.outcome, cell.code) && cell.held == 0;
    if (fine || !current(cell)) continue;
    troubled.push_back({cell.key, account_name(cell.key.account, accounts),
                        cell.held > 0 ? "held" : std::string(store::to_string(cell.outcome)), cell.code, cell.message,
                        cell.verified});
  }
  if (troubled.empty()) return;
  print("\n" + bold("Not up to date:") + "\n");
  print_troubles(group_troubles(troubled), now);
}

Result<int> status(App& app, const StatusOptions& options) {
  TRY_ASSIGN(auto accounts, app.store->cells().accounts());
  TRY_ASSIGN(auto cells, app.store->cells().list());
  if (!options.accounts.empty()) {
    std::erase_if(cells, [&](const store::Cell& cell) {
      return std::ranges::none_of(options.accounts, [&](const auto& wanted) {
        return wanted == cell.key.account || wanted == account_name(cell.key.account, accounts);
      });
    });
  }
  if (options.output.format == "json") {
    json::array rows;
    for (const auto& cell : cells) rows.push_back(cell_json(cell, accounts));
    print(to_pretty_json(rows) + "\n");
    return kOk;
  }
  if (cells.empty()) {
    std::fputs("nothing was collected yet; run `cadastre collect`\n", stderr);
    return kOk;
  }
  auto now = app.clock.now();
  if (options.cells) {
    Table table({"account", "region", "kind", "resources", "outcome", "verified", "message"});
    table.align_right(3);
    for (const auto& cell : cells) {
      table.add({cell.key.account, cell.key.region, cell.key.kind, thousands(cell.resources),
                 std::string(store::to_string(cell.outcome)), ago(cell.verified, now), cell.message});
    }
    table.print();
    return kOk;
  }
  print_matrix(cells, accounts, options.kinds, now);
  uint64_t resources = 0, planned = 0, retired = 0;
  std::map<store::Outcome, size_t> outcomes;
  for (const auto& cell : cells) {
    resources += cell.resources;
    if (current(cell))
      ++planned, ++outcomes[cell.outcome];
    else if (cell.resources > 0)
      ++retired;
  }
  print(bold(fmt::format("\n{} resources in {} cells: {}.", thousands(resources), planned, describe(outcomes))) + "\n");
  if (retired > 0)
    print(fmt::format("{} cells with resources are no longer asked for by the configuration; they stay as last seen.\n",
                      retired));
  for (const auto& account : accounts) {
    if (account.status != "active") {
      print(fmt::format("Account {} ({}) is {} since {}; `cadastre account retire {}` closes its resources.\n",
                        account.id, account.name, account.status, format_time(account.since), account.id));
    }
  }
  print_troubles(cells, accounts, now);
  return kOk;
}

Result<int> accounts(App& app, const OutputOptions& output) {
  TRY_ASSIGN(auto rows, app.store->cells().accounts());
  TRY_ASSIGN(auto cells, app.store->cells().list());
  std::map<std::string, std::pair<uint64_t, std::map<store::Outcome, size_t>>> counts;
  std::map<std::string, std::optional<Time>> verified;
  for (const auto& cell : cells) {
    auto& count = counts[cell.key.account];
    count.first += cell.resources;
    if (!current(cell)) continue;
    ++count.second[cell.outcome];
    auto& last = verified[cell.key.account];
    if (cell.verified && (!last || *cell.verified > *last)) last = cell.verified;
  }
  // Accounts of the configuration that no run has seen yet.
  for (const auto& account : app.config.accounts) {
    if (std::ranges::find(rows, account.id, &store::AccountRow::id) == rows.end()) {
      rows.push_back({account.id, account.name, "never collected", account.groups, {}});
    }
  }
  if (output.format == "json") {
    json::array list;
    for (const auto& row : rows) {
      json::object groups;
      for (const auto& [key, value] : row.groups) groups[key] = value;
      list.push_back(json::object{
          {"id", row.id},
          {"name", row.name},
          {"status", row.status},
          {"groups", std::move(groups)},
          {"resources", counts[row.id].first},
          {"verified_at", verified[row.id] ? json::value(format_time(*verified[row.id])) : json::value(nullptr)}});
    }
    print(to_pretty_json(list) + "\n");
    return kOk;
  }
  Table table({"account", "name", "status", "resources", "verified", "outcome", "groups"});
  table.align_right(3);
  for (const auto& row : rows) {
    std::vector<std::string> groups;
    for (const auto& [key, value] : row.groups) groups.push_back(key + "=" + value);
    table.add({row.id, row.name, row.status, thousands(counts[row.id].first), ago(verified[row.id], app.clock.now()),
               counts[row.id].second.empty() ? "" : describe(counts[row.id].second), join(groups, " ")});
  }
  table.print();
  return kOk;
}

Result<int> retire(App& app, const std::string& wanted) {
  TRY_ASSIGN(auto rows, app.store->cells().accounts());
  auto row =
      std::ranges::find_if(rows, [&](const auto& account) { return account.id == wanted || account.name == wanted; });
  if (row == rows.end()) {
    std::vector<std::string_view> names;
    for (const auto& account : rows) names.push_back(account.id), names.push_back(account.name);
    return fail(ErrorCode::invalid, fmt::format("there is no account '{}'{}; `cadastre accounts` lists them", wanted,
                                                did_you_mean(wanted, names)));
  }
  if (row->status == "active") {
    return fail(
        ErrorCode::invalid,
        fmt::format("account {} ({}) is still collected; take it out of {} first (or wait until it has left the "
                    "organization), and collect once",
                    row->id, row->name, app.config.file));
  }
  TRY_ASSIGN(auto closed, app.store->inventory().retire(row->id, app.clock.now()));
  print(fmt::format("{} resources of account {} ({}) are closed, with the reason 'retired'.\n", thousands(closed),
                    row->id, row->name));
  return kOk;
}

template <typename... Args>
int run(const GlobalOptions& global, Result<int> (*command)(App&, Args...), const std::decay_t<Args>&... args) {
  auto app = App::open(global);
  if (!app) return report_error(app.error(), global.verbose);
  auto code = command(**app, args...);
  return code ? *code : report_error(code.error(), global.verbose);
}

}  // namespace

int run_status(const GlobalOptions& global, const StatusOptions& options) {
  return run<const StatusOptions&>(global, status, options);
}
int run_accounts(const GlobalOptions& global, const OutputOptions& output) {
  return run<const OutputOptions&>(global, accounts, output);
}
int run_retire(const GlobalOptions& global, const std::string& account) {
  return run<const std::string&>(global, retire, account);
}

}  // namespace cadastre::cli
