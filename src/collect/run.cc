#include "collect/run.h"

#include <thread>

#include "collect/dispatcher.h"
#include "collect/epoch.h"
#include "collect/parallel.h"

namespace cadastre::collect {
namespace {

class Run {
 public:
  Run(const Collector& collector, const RunOptions& options, Progress& progress, std::stop_token stop)
      : collector_(collector),
        options_(options),
        progress_(progress),
        stop_(std::move(stop)),
        aws_{collector.client, collector.models, collector.catalog} {}

  Result<Report> run() {
    report_.started = collector_.clock.now();
    int64_t run_id = options_.run;
    if (run_id == 0) {
      TRY_ASSIGN(run_id, collector_.store.cells().start_run(report_.started));
    }
    TRY_ASSIGN(accounts_, collector_.list_accounts(options_.selection, stop_));
    TRY_ASSIGN(kinds_, select_kinds(collector_.config, collector_.catalog, options_.selection));
    TRY_ASSIGN(known_cells_, collector_.store.cells().list());
    report_.warnings = accounts_.warnings;
    for (const auto& kind : collector_.catalog.kinds()) {
      if (!kind.renamed_from.empty()) TRY(collector_.store.cells().rename_kind(kind.renamed_from, kind.name));
    }
    TRY(prepare());
    std::vector<size_t> to_open;
    for (size_t i = 0; i < accounts_.accounts.size(); ++i) {
      if (accounts_.accounts[i].status == "active") to_open.push_back(i);
    }
    planned_.resize(accounts_.accounts.size());
    unopened_ = to_open.size();
    progress_.accounts_total = to_open.size();
    if (to_open.empty()) all_opened();
    work(Dispatcher(accounts_.accounts.size(), std::move(to_open), static_cast<size_t>(options_.concurrency)));
    if (failure_) return std::unexpected(std::move(*failure_));
    std::ranges::sort(report_.cells, {}, &CellReport::key);
    report_.finished = collector_.clock.now();
    report_.calls = collector_.client.counts();
    report_.writes = collector_.store.writes();
    report_.stopped = stop_.stop_requested();
    auto summary = report_.to_json();
    summary.erase("cells");
    TRY(collector_.store.cells().end_run(run_id, report_.finished, cadastre::to_json(summary)));
    return std::move(report_);
  }

 private:
  void work(Dispatcher dispatcher) {
    std::stop_callback on_stop(stop_, [&] { stop_source_.request_stop(); });
    std::vector<std::jthread> workers;
    for (int i = 0; i < options_.concurrency; ++i) {
      workers.emplace_back([&] {
        while (auto task = dispatcher.take(stop_source_.get_token())) {
          if (task->cell) {
            run_one(planned_[task->account][*task->cell], accounts_.accounts[task->account]);
            dispatcher.done(task->account);
          } else {
            open(task->account);
            dispatcher.opened(task->account, planned_[task->account].size());
          }
        }
      });
    }
    workers.clear();
  }

  // Tries the account and plans its cells; the last one to be opened completes the plan.
  void open(size_t index) {
    auto& account = accounts_.accounts[index];
    collector_.open_account(account, known_cells_, stop_source_.get_token());
    ++progress_.accounts_tried;
    AccountSet alone;
    alone.accounts.push_back(account);
    auto plan = make_plan(collector_.config, collector_.models.endpoints(), kinds_, alone, options_.selection);
    std::lock_guard lock(mutex_);
    for (const auto& cell : plan.cells) all_planned_.push_back(cell.key);
    if (options_.due) std::erase_if(plan.cells, [&](const auto& cell) { return !options_.due(cell.key); });
    planned_[index] = std::move(plan.cells);
    report_.not_offered += plan.not_offered;
    progress_.cells_total += planned_[index].size();
    regions_seen_.merge(plan.regions);
    if (--unopened_ == 0) all_opened();
  }

  void all_opened() {
    if (stop_.stop_requested()) return;
    Result<void> result = check_regions(options_.selection, regions_seen_);
    if (result && options_.selection.everything()) {
      // What comes in dumps goes on whatever is planned here.
      for (const auto& cell : known_cells_) {
        auto* kind = collector_.catalog.find(cell.key.kind);
        if (kind && kind->lists.empty()) all_planned_.push_back(cell.key);
      }
      result = collector_.store.cells().plan(all_planned_, report_.started);
    }
    if (!result) fail_with(std::move(result).error());
  }

  // Nothing more is worth reading. Under the lock.
  void fail_with(Error error) {
    if (!failure_) failure_ = std::move(error);
    stop_source_.request_stop();
  }

  Result<void> prepare() {
    TRY_ASSIGN(auto key, collector_.store.redaction_key());
    for (const auto* kind : kinds_) {
      TRY_ASSIGN(auto spec, epoch_spec(*kind, collector_.models));
      TRY_ASSIGN(auto epoch, collector_.store.inventory().epoch(kind->name, spec));
      TRY_ASSIGN(auto enricher, Enricher::make(aws_, *kind));
      prepared_.emplace(kind, PreparedKind{kind, Canonical(*kind, key), std::move(spec), epoch, std::move(enricher)});
    }
    return {};
  }

  void run_one(const PlannedCell& planned, const Account& account) {
    std::optional<CellClaims::Claim> claim;
    if (options_.claims) {
      claim = options_.claims->take(planned.key, stop_source_.get_token());
      if (!claim) return;  // stopped while another run read it
    }
    auto result = run_cell_of(planned, account);
    std::lock_guard lock(mutex_);
    if (!result) {
      fail_with(std::move(result).error());  // the store's: nothing more can be recorded
      return;
    }
    result->account_name = account.name;
    progress_.resources += result->listed;
    progress_.opened += result->opened;
    progress_.changed += result->changed;
    progress_.closed += result->closed;
    if (!store::proves_absence(result->outcome) && !store::as_it_should_be(result->outcome, result->code))
      ++progress_.cells_bad;
    ++progress_.cells_done;
    if (progress_.on_cell) progress_.on_cell(*result);
    report_.cells.push_back(std::move(*result));
  }

  Result<CellReport> run_cell_of(const PlannedCell& planned, const Account& account) {
    TRY_ASSIGN(auto cell, collector_.store.cells().open(planned.key));
    if (account.problem) {
      auto outcome = outcome_of(*account.problem, false);
      return not_read(cell, outcome, account.problem->service.code, account.problem->error.message);
    }
    if (planned.region_off) {
      return not_read(cell, store::Outcome::region_off, std::string(store::kNotOptedIn),
                      fmt::format("the region {} is not enabled for account {}", planned.key.region, account.id));
    }
    Place place{account.session,     account.id,        planned.key.region,
                planned.call_region, account.partition, collector_.clock.steady() + collector_.config.cell_timeout};
    return run_cell(aws_, prepared_.at(planned.kind), collector_.store, cell, place, {options_.full, true},
                    collector_.clock, stop_source_.get_token());
  }

  Result<CellReport> not_read(const store::Cell& cell, store::Outcome outcome, std::string code, std::string message) {
    store::Finish finish;
    finish.cell = cell.id;
    finish.outcome = outcome;
    finish.code = std::move(code);
    finish.message = std::move(message);
    TRY(collector_.store.inventory().finish(finish, collector_.clock.now()));
    CellReport report;
    report.key = cell.key;
    report.outcome = outcome;
    report.code = finish.code;
    report.message = finish.message;
    report.verified = cell.verified;
    return report;
  }

  const Collector& collector_;
  const RunOptions& options_;
  Progress& progress_;
  std::stop_token stop_;
  std::stop_source stop_source_;
  Aws aws_;
  AccountSet accounts_;
  std::vector<const catalog::Kind*> kinds_;
  std::vector<store::Cell> known_cells_;           // before this run
  std::vector<std::vector<PlannedCell>> planned_;  // by account; filled when it is opened
  std::vector<store::CellKey> all_planned_;        // those that are not due, too; under the lock
  std::map<const catalog::Kind*, PreparedKind> prepared_;
  std::mutex mutex_;  // guards what follows
  size_t unopened_ = 0;
  std::set<std::string> regions_seen_;
  Report report_;
  std::optional<Error> failure_;
};

// What became of the accounts of earlier runs that are no longer there.
Result<void> record_accounts(const Collector& collector, const AccountSet& set) {
  auto now = collector.clock.now();
  for (const auto& account : set.accounts) {
    TRY(collector.store.cells().put_account({account.id, account.name, account.status, account.groups, now}, now));
  }
  TRY_ASSIGN(auto known, collector.store.cells().accounts());
  for (auto& row : known) {
    if (std::ranges::find(set.accounts, row.id, &Account::id) != set.accounts.end()) continue;
    if (row.status == "left" || row.status == "removed" || row.status == "closed") continue;
    row.status = set.organization_read ? "left" : "removed";
    TRY(collector.store.cells().put_account(row, now));
  }
  return {};
}

}  // namespace

bool Report::all_complete() const {
  return std::ranges::all_of(cells, [](const auto& cell) { return store::as_it_should_be(cell.outcome, cell.code); });
}

json::object Report::to_json() const {
  json::object root;
  root["started"] = format_time(started);
  root["finished"] = format_time(finished);
  root["seconds"] = static_cast<double>((finished - started).count()) / 1000;
  json::object outcomes;
  uint64_t listed = 0, opened = 0, changed = 0, closed = 0, held = 0, gaps = 0;
  json::array rows;
  for (const auto& cell : cells) {
    auto& count = outcomes[store::to_string(cell.outcome)];
    count = (count.is_int64() ? count.get_int64() : 0) + 1;
    listed += cell.listed;
    opened += cell.opened;
    changed += cell.changed;
    closed += cell.closed;
    held += cell.held;
    gaps += cell.gaps;
    json::object row{{"account", cell.key.account},
                     {"account_name", cell.account_name},
                     {"region", cell.key.region},
                     {"kind", cell.key.kind},
                     {"outcome", store::to_string(cell.outcome)},
                     {"code", cell.code},
                     {"message", cell.message},
                     {"resources", cell.listed},
                     {"opened", cell.opened},
                     {"changed", cell.changed},
                     {"closed", cell.closed},
                     {"held", cell.held},
                     {"gaps", cell.gaps},
                     {"milliseconds", cell.took.count()},
                     {"stale_until_now",
                      cell.stale_until_now ? json::value(format_time(*cell.stale_until_now)) : json::value(nullptr)}};
    rows.push_back(std::move(row));
  }
  root["resources"] = listed;
  root["opened"] = opened;
  root["changed"] = changed;
  root["closed"] = closed;
  root["held"] = held;
  root["gaps"] = gaps;
  root["outcomes"] = std::move(outcomes);
  root["calls"] = calls.calls;
  root["attempts"] = calls.attempts;
  root["throttles"] = calls.throttles;
  root["bytes_read"] = calls.bytes;
  root["versions_written"] = writes.versions;
  root["cells_written"] = writes.cells;
  root["not_offered"] = not_offered;
  root["stopped"] = stopped;
  json::array notes;
  for (const auto& warning : warnings) notes.emplace_back(warning);
  root["warnings"] = std::move(notes);
  root["cells"] = std::move(rows);
  return root;
}

Result<AccountSet> Collector::list_accounts(const Selection& selection, std::stop_token stop) const {
  TRY_ASSIGN(auto set, resolve_accounts({config, environment, client, models, store.cells()}, stop));
  if (selection.everything()) TRY(record_accounts(*this, set));
  TRY(select_accounts(set, selection));
  return set;
}

void Collector::open_account(Account& account, std::span<const store::Cell> known, std::stop_token stop) const {
  try_account(account, {config, environment, client, models, store.cells()}, stop);
  if (!account.region_on.empty()) return;
  // It does not say which regions are on: those of earlier runs are asked, for what is stale must be shown as such.
  for (const auto& cell : known) {
    if (cell.key.account == account.id && cell.key.region != "global" && cell.verified)
      account.region_on.emplace(cell.key.region, true);
  }
}

Result<AccountSet> Collector::open_accounts(const Selection& selection, Progress& progress,
                                            std::stop_token stop) const {
  TRY_ASSIGN(auto set, list_accounts(selection, stop));
  TRY_ASSIGN(auto known, store.cells().list());
  progress.accounts_total = set.accounts.size();
  constexpr size_t kAtOnce = 16;
  in_parallel(set.accounts.size(), kAtOnce, [&](size_t i) {
    if (set.accounts[i].status == "active") open_account(set.accounts[i], known, stop);
    ++progress.accounts_tried;
  });
  return set;
}

Result<Plan> Collector::plan(const AccountSet& accounts, const Selection& selection) const {
  TRY_ASSIGN(auto kinds, select_kinds(config, catalog, selection));
  auto plan = make_plan(config, models.endpoints(), kinds, accounts, selection);
  TRY(check_regions(selection, plan.regions));
  return plan;
}

Result<Report> Collector::collect(const RunOptions& options, Progress& progress, std::stop_token stop) const {
  return Run(*this, options, progress, std::move(stop)).run();
}

}  // namespace cadastre::collect
