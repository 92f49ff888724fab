// cadastre collect: runs a collection, shows how it goes, and says what came of it.
#include <unistd.h>

#include <cstdio>
#include <set>
#include <thread>

#include "base/log.h"
#include "base/text.h"
#include "cli/app.h"
#include "cli/signals.h"
#include "cli/troubles.h"

namespace cadastre::cli {
namespace {

// A line that is redrawn on a terminal; in a log, a line now and then.
class ProgressDisplay {
 public:
  ProgressDisplay(const collect::Progress& progress, const aws::Client& client, bool quiet)
      : progress_(progress),
        client_(client),
        terminal_(::isatty(STDERR_FILENO)),
        quiet_(quiet),
        started_(std::chrono::steady_clock::now()) {
    if (!quiet_) thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
  }
  ~ProgressDisplay() {
    if (quiet_) return;
    thread_.request_stop();
    thread_.join();
    if (terminal_) std::fputs("\r\x1b[K", stderr);
  }

 private:
  void run(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any tick;
    std::unique_lock lock(mutex);
    auto pause = terminal_ ? Millis(150) : Millis(10'000);
    for (;;) {
      tick.wait_for(lock, stop, pause, [] { return false; });
      if (stop.stop_requested()) return;
      auto text = line();
      if (terminal_)
        std::fputs(("\r" + text + "\x1b[K").c_str(), stderr);
      else
        std::fputs((text + "\n").c_str(), stderr);
      std::fflush(stderr);
    }
  }

  std::string line() const {
    uint64_t total = progress_.cells_total, done = progress_.cells_done;
    if (total == 0)
      return fmt::format("opening accounts {}/{}", progress_.accounts_tried.load(), progress_.accounts_total.load());
    auto counts = client_.counts();
    auto elapsed = std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - started_);
    std::string eta = "…";
    if (done > 0 && done < total) {
      eta = format_duration(std::chrono::seconds(
          elapsed.count() * static_cast<int64_t>(total - done) / static_cast<int64_t>(done) / 1000 + 1));
    }
    return fmt::format(
        "{} accounts  {}/{} cells  {} resources  {} calls  {} throttled  {} not read  {} elapsed  {} left",
        progress_.accounts_total.load(), done, total, thousands(progress_.resources), thousands(counts.calls),
        counts.throttles, progress_.cells_bad.load(),
        format_duration(std::chrono::floor<std::chrono::seconds>(elapsed) + std::chrono::seconds(1)), eta);
  }

  const collect::Progress& progress_;
  const aws::Client& client_;
  bool terminal_, quiet_;
  std::chrono::steady_clock::time_point started_;
  std::jthread thread_;
};

void print_troubles(const collect::Report& report) {
  std::vector<TroubledCell> cells;
  for (const auto& cell : report.cells) {
    bool held = cell.held > 0;
    if (report.stopped && cell.code == "stopped") continue;
    if (store::as_it_should_be(cell.outcome, cell.code) && !held) continue;
    auto account = cell.account_name.empty() ? cell.key.account : cell.account_name;
    cells.push_back({cell.key, account, held ? "held" : std::string(store::to_string(cell.outcome)), cell.code,
                     cell.message, cell.verified});
  }
  if (cells.empty()) return;
  print("\n" + bold("Not read, or not wholly; what was known of these stays, marked as unverified:") + "\n");
  print_troubles(group_troubles(cells), report.finished);
}

// What earlier runs could not read, and this one could.
void print_recovered(const collect::Report& report) {
  std::map<std::string, std::set<std::string>> kinds;  // account → kinds
  Time oldest = report.finished;
  size_t cells = 0;
  for (const auto& cell : report.cells) {
    if (!cell.stale_until_now) continue;
    ++cells;
    oldest = std::min(oldest, *cell.stale_until_now);
    kinds[cell.account_name].insert(cell.key.kind);
  }
  if (cells == 0) return;
  std::vector<std::string> parts;
  for (const auto& [account, names] : kinds) {
    parts.push_back(names.size() <= 3 ? fmt::format("{}: {}", account, fmt::join(names, ", "))
                                      : fmt::format("{}: {} kinds", account, names.size()));
  }
  print(printable(fmt::format("\nUp to date again: {} cells that were stale, the first since {} ({}).", cells,
                              format_time(oldest), join(parts, "; "))) +
        "\n");
}

void print_summary(const collect::Report& report, const Config& config) {
  std::map<std::string, std::array<uint64_t, 5>> kinds;  // resources, opened, changed, closed, cells
  std::set<std::string> accounts;
  std::array<uint64_t, 4> all{};
  for (const auto& cell : report.cells) {
    accounts.insert(cell.key.account);
    auto& row = kinds[cell.key.kind];
    uint64_t counts[] = {cell.listed, cell.opened, cell.changed, cell.closed};
    for (size_t i = 0; i < 4; ++i) {
      row[i] += counts[i];
      all[i] += counts[i];
    }
    ++row[4];
  }
  Table table({"kind", "resources", "new", "changed", "deleted"});
  for (size_t i = 1; i < 5; ++i) table.align_right(i);
  auto number = [](uint64_t count) { return count ? thousands(count) : std::string("-"); };
  for (const auto& [kind, row] : kinds) {
    if (row[0] + row[1] + row[2] + row[3] == 0) continue;
    table.add({kind, number(row[0]), number(row[1]), number(row[2]), number(row[3])});
  }
  if (table.size() > 0) {
    table.print();
    print("\n");
  }
  std::map<store::Outcome, size_t> outcomes;
  for (const auto& cell : report.cells) ++outcomes[cell.outcome];
  std::vector<std::string> parts;
  for (const auto& [outcome, count] : outcomes) parts.push_back(fmt::format("{} {}", count, store::to_string(outcome)));
  print(bold(fmt::format("{} resources in {} accounts", thousands(all[0]), accounts.size())) +
        fmt::format(": {} new, {} changed, {} deleted.\n", thousands(all[1]), thousands(all[2]), thousands(all[3])));
  print(fmt::format("{} cells: {}. {} calls in {}, {} throttled. Store: {}\n", report.cells.size(), join(parts, ", "),
                    thousands(report.calls.calls), format_duration(report.finished - report.started),
                    report.calls.throttles, config.store));
  print_recovered(report);
  print_troubles(report);
  if (report.stopped) print("\nStopped before the end; everything read so far is kept.\n");
}

int dry_run(const collect::Collector& collector, const CollectOptions& options, std::stop_token stop) {
  collect::Progress progress;
  auto accounts = collector.open_accounts(options.selection, progress, stop);
  if (!accounts) return report_error(accounts.error());
  auto plan = collector.plan(*accounts, options.selection);
  if (!plan) return report_error(plan.error());
  std::set<const catalog::Kind*> kinds;
  std::map<std::string, uint64_t> known;  // live resources by cell, from earlier runs
  auto cells = collector.store.cells().list();
  if (!cells) return report_error(cells.error());
  auto name_of = [](const store::CellKey& key) { return key.account + "/" + key.region + "/" + key.kind; };
  for (const auto& cell : *cells) known[name_of(cell.key)] = cell.resources;
  uint64_t calls = 0;
  std::map<std::string, std::pair<uint64_t, uint64_t>> by_account;  // cells, calls
  json::array rows;
  for (const auto& cell : plan->cells) {
    kinds.insert(cell.kind);
    uint64_t resources = known[name_of(cell.key)], expected = 0;
    if (!cell.region_off && !accounts->accounts[cell.account].problem) {
      for (const auto& list : cell.kind->lists) expected += 1 + list.each.size();
      expected += resources / 500;
      for (const auto& enrichment : cell.kind->enrich)
        expected += enrichment.batch ? (resources + enrichment.batch - 1) / enrichment.batch : resources;
    }
    calls += expected;
    auto& row = by_account[cell.key.account];
    ++row.first;
    row.second += expected;
    rows.push_back(json::object{{"account", cell.key.account},
                                {"region", cell.key.region},
                                {"kind", cell.key.kind},
                                {"region_off", cell.region_off},
                                {"calls", expected}});
  }
  std::vector<const catalog::Kind*> kind_list(kinds.begin(), kinds.end());
  auto permissions = collect::needed_permissions(collector.catalog, kind_list);
  if (options.output.format == "json") {
    json::array actions;
    for (const auto& action : permissions) actions.emplace_back(action);
    print(to_pretty_json(
              json::object{{"cells", std::move(rows)}, {"calls", calls}, {"permissions", std::move(actions)}}) +
          "\n");
    return kOk;
  }
  Table table({"account", "name", "cells", "calls", "access"});
  table.align_right(2);
  table.align_right(3);
  for (const auto& account : accounts->accounts) {
    auto row = by_account[account.id];
    table.add({account.id, account.name, thousands(row.first), thousands(row.second),
               account.problem              ? account.problem->error.message
               : account.status == "active" ? account.arn
                                            : account.status});
  }
  table.print();
  print(fmt::format(
      "\n{} cells of {} kinds, about {} calls; {} (region, kind) pairs are not offered by AWS and are left out.\n",
      plan->cells.size(), kinds.size(), thousands(calls), plan->not_offered));
  print(fmt::format("\nPermissions needed ({}; `cadastre iam-policy` prints them as a policy):\n", permissions.size()));
  for (const auto& action : permissions) print("  " + action + "\n");
  return kOk;
}

}  // namespace

int run_collect(const GlobalOptions& global, const CollectOptions& options) {
  auto app = App::open(global);
  if (!app) return report_error(app.error(), global.verbose);
  for (const auto& warning : (*app)->config.warnings) std::fputs(fmt::format("warning: {}\n", warning).c_str(), stderr);
  auto collector = (*app)->collector();
  if (!collector) return report_error(collector.error(), global.verbose);
  StopOnSignal signals;
  if (options.dry_run) return dry_run(*collector, options, signals.token());
  if (auto locked = (*app)->store->lock_collection(); !locked) return report_error(locked.error(), global.verbose);

  collect::Progress progress;
  if (global.verbose) {
    progress.on_cell = [](const collect::CellReport& cell) {
      log_info("{} {} {}: {} {} resources{}", cell.key.account, cell.key.region, cell.key.kind,
               store::to_string(cell.outcome), cell.listed, cell.message.empty() ? "" : ": " + cell.message);
    };
  }
  collect::RunOptions run;
  run.selection = options.selection;
  run.full = options.full;
  run.concurrency = (*app)->config.concurrency;
  auto report = [&] {
    ProgressDisplay display(progress, collector->client, options.quiet || global.verbose);
    return collector->collect(run, progress, signals.token());
  }();
  if (!report) return report_error(report.error(), global.verbose);
  if (options.output.format == "json")
    print(to_pretty_json(report->to_json()) + "\n");
  else if (!options.quiet)
    print_summary(*report, (*app)->config);
  for (const auto& warning : report->warnings)
    std::fputs(fmt::format("warning: {}\n", printable(warning)).c_str(), stderr);
  if (report->stopped) return kIncomplete;
  bool any_read =
      std::ranges::any_of(report->cells, [](const auto& cell) { return store::proves_absence(cell.outcome); });
  if (!any_read && !report->cells.empty()) return kFailed;
  return report->all_complete() ? kOk : kIncomplete;
}

}  // namespace cadastre::cli
