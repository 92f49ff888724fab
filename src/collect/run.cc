#include "collect/run.h"

#include <random>
#include <set>
#include <thread>

#include "collect/epoch.h"
#include "collect/parallel.h"

namespace cadastre::collect {
namespace {

// Hands out cells so that no account takes all workers: one that is throttled or hangs keeps only its share of them busy.
class Dispatcher {
 public:
  Dispatcher(const Plan& plan, size_t accounts, size_t workers) : queues_(accounts), busy_(accounts), workers_(workers) {
    for (size_t i = 0; i < plan.cells.size(); ++i) queues_[plan.cells[i].account].push_back(i);
    // Not all accounts at the same service at the same time, nor all services of one region at once.
    std::mt19937_64 random(plan.cells.size());
    for (auto& queue : queues_) std::ranges::shuffle(queue, random);
  }

  // The next cell to run, of the account with the fewest under way; waits while every account with work has its share.
  // nullopt: there is no more, or stop was requested.
  std::optional<size_t> take(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    std::optional<size_t> taken;
    changed_.wait(lock, stop, [&] {
      if (stop.stop_requested()) return true;  // what has not begun stays as it was
      size_t active = 0, best = queues_.size();
      bool left = false;
      for (size_t i = 0; i < queues_.size(); ++i) active += !queues_[i].empty() || busy_[i] > 0;
      size_t share = std::max<size_t>(4, active ? 2 * workers_ / active : workers_);
      if (active == 1) share = workers_;
      for (size_t i = 0; i < queues_.size(); ++i) {
        if (queues_[i].empty()) continue;
        left = true;
        if (busy_[i] < share && (best == queues_.size() || busy_[i] < busy_[best])) best = i;
      }
      if (best == queues_.size()) return !left;
      taken = queues_[best].back();
      queues_[best].pop_back();
      ++busy_[best];
      return true;
    });
    return taken;
  }

  void done(size_t account) {
    {
      std::lock_guard lock(mutex_);
      --busy_[account];
    }
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<std::vector<size_t>> queues_;
  std::vector<size_t> busy_;
  size_t workers_;
};

class Run {
 public:
  Run(const Collector& collector, const RunOptions& options, Progress& progress, std::stop_token stop)
      : collector_(collector), options_(options), progress_(progress), stop_(std::move(stop)),
        aws_{collector.client, collector.models, collector.catalog} {}

  Result<Report> run() {
    report_.started = collector_.clock.now();
    TRY_ASSIGN(auto run_id, collector_.store.cells().start_run(report_.started));
    TRY_ASSIGN(accounts_, collector_.open_accounts(options_.selection, progress_, stop_));
    TRY_ASSIGN(plan_, collector_.plan(accounts_, options_.selection));
    report_.warnings = accounts_.warnings;
    report_.not_offered = plan_.not_offered;
    for (const auto& kind : collector_.catalog.kinds()) {
      if (!kind.renamed_from.empty()) TRY(collector_.store.cells().rename_kind(kind.renamed_from, kind.name));
    }
    if (options_.selection.everything()) {
      std::vector<store::CellKey> keys;
      for (const auto& cell : plan_.cells) keys.push_back(cell.key);
      TRY(collector_.store.cells().plan(keys, report_.started));
    }
    TRY(prepare());
    progress_.cells_total = plan_.cells.size();
    Dispatcher dispatcher(plan_, accounts_.accounts.size(), static_cast<size_t>(options_.concurrency));
    {
      std::vector<std::jthread> workers;
      auto width = std::min(plan_.cells.size(), static_cast<size_t>(options_.concurrency));
      for (size_t i = 0; i < width; ++i) {
        workers.emplace_back([&] {
          while (auto next = dispatcher.take(stop_source_.get_token())) {
            run_one(plan_.cells[*next]);
            dispatcher.done(plan_.cells[*next].account);
          }
        });
      }
      std::stop_callback on_stop(stop_, [&] { stop_source_.request_stop(); });
      workers.clear();
    }
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
  Result<void> prepare() {
    TRY_ASSIGN(auto key, collector_.store.redaction_key());
    std::set<const catalog::Kind*> kinds;
    for (const auto& cell : plan_.cells) kinds.insert(cell.kind);
    for (const auto* kind : kinds) {
      TRY_ASSIGN(auto spec, epoch_spec(*kind, collector_.models));
      TRY_ASSIGN(auto epoch, collector_.store.inventory().epoch(kind->name, spec));
      TRY_ASSIGN(auto enricher, Enricher::make(aws_, *kind));
      prepared_.emplace(kind, PreparedKind{kind, Canonical(*kind, key), std::move(spec), epoch, std::move(enricher)});
    }
    return {};
  }

  void run_one(const PlannedCell& planned) {
    const auto& account = accounts_.accounts[planned.account];
    auto result = run_cell_of(planned, account);
    std::lock_guard lock(mutex_);
    if (!result) {
      // The store: nothing more can be recorded, so nothing more is read.
      if (!failure_) failure_ = std::move(result).error();
      stop_source_.request_stop();
      return;
    }
    result->account_name = account.name;
    progress_.resources += result->listed;
    progress_.opened += result->opened;
    progress_.changed += result->changed;
    progress_.closed += result->closed;
    if (!store::proves_absence(result->outcome) && !store::as_it_should_be(result->outcome, result->code)) ++progress_.cells_bad;
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
    Place place{account.session, account.id, planned.key.region, planned.call_region, account.partition,
                collector_.clock.steady() + collector_.config.cell_timeout};
    return run_cell(aws_, prepared_.at(planned.kind), collector_.store, cell, place, {options_.full, true}, collector_.clock,
                    stop_source_.get_token());
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
  Plan plan_;
  std::map<const catalog::Kind*, PreparedKind> prepared_;
  std::mutex mutex_;  // guards what follows
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
  return std::ranges::all_of(cells, [](const auto& cell) {
    return store::as_it_should_be(cell.outcome, cell.code);
  });
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
    json::object row{{"account", cell.key.account}, {"account_name", cell.account_name}, {"region", cell.key.region},
                     {"kind", cell.key.kind}, {"outcome", store::to_string(cell.outcome)}, {"code", cell.code},
                     {"message", cell.message}, {"resources", cell.listed}, {"opened", cell.opened},
                     {"changed", cell.changed}, {"closed", cell.closed}, {"held", cell.held}, {"gaps", cell.gaps},
                     {"milliseconds", cell.took.count()},
                     {"stale_until_now", cell.stale_until_now ? json::value(format_time(*cell.stale_until_now)) : json::value(nullptr)}};
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

Result<AccountSet> Collector::open_accounts(const Selection& selection, Progress& progress, std::stop_token stop) const {
  AccountsFrom from{config, environment, client, models, store.cells()};
  TRY_ASSIGN(auto set, resolve_accounts(from, stop));
  if (selection.everything()) TRY(record_accounts(*this, set));
  TRY(select_accounts(set, selection));
  progress.accounts_total = set.accounts.size();
  constexpr size_t kAtOnce = 16;
  in_parallel(set.accounts.size(), kAtOnce, [&](size_t i) {
    if (set.accounts[i].status == "active") try_account(set.accounts[i], from, stop);
    ++progress.accounts_tried;
  });
  // Of an account that does not say which regions are on, those of earlier runs are asked: what is stale must be shown as such.
  TRY_ASSIGN(auto cells, store.cells().list());
  for (auto& account : set.accounts) {
    if (!account.region_on.empty()) continue;
    for (const auto& cell : cells) {
      if (cell.key.account == account.id && cell.key.region != "global" && cell.verified) account.region_on.emplace(cell.key.region, true);
    }
  }
  return set;
}

Result<Plan> Collector::plan(const AccountSet& accounts, const Selection& selection) const {
  TRY_ASSIGN(auto kinds, select_kinds(config, catalog, selection));
  return make_plan(config, models.endpoints(), kinds, accounts, selection);
}

Result<Report> Collector::collect(const RunOptions& options, Progress& progress, std::stop_token stop) const {
  return Run(*this, options, progress, std::move(stop)).run();
}

}  // namespace cadastre::collect
