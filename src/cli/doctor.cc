// cadastre doctor: can every account be read, with what, and what will it cost? Asks AWS; writes nothing.
#include <cmath>
#include <cstdio>
#include <set>

#include "aws/protocol/timestamp.h"
#include "base/text.h"
#include "cli/app.h"
#include "cli/signals.h"
#include "collect/parallel.h"

namespace cadastre::cli {
namespace {

struct Finding {
  std::string level, message;  // level: ok, warning, error
};

struct Diagnosis {
  const collect::Account* account = nullptr;
  std::vector<Finding> findings;
  uint64_t cells = 0;
  double calls = 0, dollars = 0;  // of one full run
};

// Asks for the first page of every kind's first call, in one region: what is denied there is denied everywhere.
void probe(const collect::Collector& collector, const collect::Account& account,
           const std::vector<const catalog::Kind*>& kinds, const std::string& region, std::stop_token stop,
           Diagnosis& diagnosis) {
  std::map<std::string, std::string> denied;  // action → sentence
  std::set<std::string> tried, failed;
  for (const auto* kind : kinds) {
    if (stop.stop_requested()) return;
    const auto& list = kind->lists.front();
    bool chained = !list.each.empty() && !list.each.front().call.empty();
    const auto& name = chained ? list.each.front().call : list.call;
    const auto& params = chained ? list.each.front().params : list.params;
    auto service = collector.models.service(kind->service);
    auto operation = collector.models.operation(kind->service, name);
    if (!service || !operation || !tried.insert(kind->service + ":" + name).second) continue;
    if (!kind->global && !collector.models.endpoints().available(kind->service, region)) continue;
    if (!list.each.empty() && !chained) continue;  // over constants: needs its variables
    catalog::Scope scope;
    scope.set("account", json::value(account.id));
    scope.set("region", json::value(region));
    scope.set("partition", json::value(account.partition));
    aws::Call call;
    call.service = *service;
    call.operation = *operation;
    call.region = kind->global ? std::string(collector.models.endpoints().global_region(account.partition)) : region;
    for (const auto& [key, value] : params) {
      if (auto evaluated = value.value(scope); !evaluated.is_null()) call.input[key] = std::move(evaluated);
    }
    auto done = collector.client.pages(account.session, std::move(call), stop, [](json::value&) { return false; });
    if (done) continue;
    const auto& error = done.error();
    if (std::ranges::find(kind->none, error.service.code) != kind->none.end()) continue;
    if (error.error.code == ErrorCode::denied) {
      for (const auto& action : collector.catalog.permissions(kind->service, name)) {
        denied[action] =
            error.by_scp ? "denied by a service control policy of the organization" : "missing in the policy";
      }
    } else if (error.error.code != ErrorCode::cancelled) {
      failed.insert(error.error.message);
    }
  }
  if (!denied.empty()) {
    std::map<std::string, std::vector<std::string>> by_reason;
    for (const auto& [action, reason] : denied) by_reason[reason].push_back(action);
    for (const auto& [reason, actions] : by_reason) {
      diagnosis.findings.push_back(
          {"error", fmt::format("{} permissions {}: {}; `cadastre iam-policy` prints what is needed", actions.size(),
                                reason, join(actions, ", "))});
    }
  }
  for (const auto& message : failed) diagnosis.findings.push_back({"warning", message});
  if (denied.empty())
    diagnosis.findings.push_back({"ok", fmt::format("{} calls allowed", tried.size() - failed.size())});
}

// How far our clock is from AWS's, by the Date header of an answer. AWS refuses signatures that are 5 minutes off.
std::optional<std::chrono::seconds> clock_skew(App& app, HttpTransport& http, std::stop_token stop) {
  auto endpoint = app.models.endpoints().resolve(
      "sts", app.config.regions.empty() || app.config.all_enabled_regions() ? "us-east-1" : app.config.regions[0]);
  if (!endpoint) return std::nullopt;
  HttpRequest request;
  request.method = "GET";
  const char* given = std::getenv("AWS_ENDPOINT_URL");
  request.url = (given ? std::string(given) : endpoint->url) + "/";
  request.timeout = Millis(5000);
  auto answer = http.send(request, stop);
  auto* date = answer ? answer->header("date") : nullptr;
  if (!date) return std::nullopt;
  auto theirs = aws::parse_timestamp(*date);
  if (!theirs) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::seconds>(*theirs - app.clock.now());
}

Result<int> doctor(App& app, const OutputOptions& output) {
  TRY_ASSIGN(auto collector, app.collector());
  StopOnSignal signals;
  collect::Progress progress;
  std::vector<Finding> general;
  for (const auto& warning : app.config.warnings) general.push_back({"warning", warning});
  if (auto skew = clock_skew(app, app.http(), signals.token())) {
    auto off = std::chrono::abs(*skew);
    if (off > std::chrono::minutes(4)) {
      general.push_back(
          {"error",
           fmt::format(
               "this machine's clock is {} {} AWS's; signatures are refused beyond 5 minutes: set the clock (NTP)",
               format_duration(off), *skew > std::chrono::seconds(0) ? "behind" : "ahead of")});
    } else {
      general.push_back(
          {"ok", fmt::format("the clock agrees with AWS's within {}", format_duration(off + std::chrono::seconds(1)))});
    }
  }
  collect::Selection everything;
  collect::AccountsFrom from{app.config, collector.environment, collector.client, app.models, app.store->cells()};
  TRY_ASSIGN(auto set, collect::resolve_accounts(from, signals.token()));
  for (const auto& warning : set.warnings) general.push_back({"warning", warning});
  constexpr size_t kAtOnce = 16;
  collect::in_parallel(set.accounts.size(), kAtOnce, [&](size_t i) {
    if (set.accounts[i].status == "active") collect::try_account(set.accounts[i], from, signals.token());
  });
  TRY_ASSIGN(auto kinds, collect::select_kinds(app.config, app.catalog, everything));
  TRY_ASSIGN(auto plan, collector.plan(set, everything));
  TRY_ASSIGN(auto cells, app.store->cells().list());
  std::map<store::CellKey, uint64_t> known;
  for (const auto& cell : cells) known[cell.key] = cell.resources;

  std::vector<Diagnosis> diagnoses(set.accounts.size());
  collect::in_parallel(set.accounts.size(), kAtOnce, [&](size_t i) {
    const auto& account = set.accounts[i];
    auto& diagnosis = diagnoses[i];
    diagnosis.account = &account;
    if (account.status != "active") {
      diagnosis.findings.push_back({"warning", fmt::format("the account is {}: it is not collected", account.status)});
      return;
    }
    std::set<std::string> off;
    std::string region;
    for (const auto& cell : plan.cells) {
      if (cell.account != i) continue;
      ++diagnosis.cells;
      if (cell.region_off) {
        off.insert(cell.key.region);
        continue;
      }
      if (region.empty() && cell.key.region != "global") region = cell.key.region;
      auto last = known.find(cell.key);
      auto resources = last == known.end() ? 0.0 : static_cast<double>(last->second);
      auto count = [&](const std::string& operation, double calls) {
        diagnosis.calls += calls;
        diagnosis.dollars += calls / 1000 * app.catalog.price(cell.kind->service, operation);
      };
      for (const auto& list : cell.kind->lists) {
        count(list.call, 1 + resources / 500);
        for (const auto& each : list.each) {
          if (!each.call.empty()) count(each.call, 1);
        }
      }
      for (const auto& enrichment : cell.kind->enrich)
        count(enrichment.call, enrichment.batch ? resources / static_cast<double>(enrichment.batch) : resources);
    }
    if (account.problem) {
      diagnosis.findings.push_back({"error", account.problem->error.message});
    } else {
      diagnosis.findings.push_back({"ok", "identity " + account.arn});
      if (account.region_on.empty())
        diagnosis.findings.push_back(
            {"warning", "ec2:DescribeRegions was refused: regions that are off cannot be told from errors"});
      if (!off.empty())
        diagnosis.findings.push_back({"warning", fmt::format("regions not enabled: {}", fmt::join(off, ", "))});
      if (region.empty()) region = app.models.endpoints().global_region(account.partition);
      probe(collector, account, kinds, region, signals.token(), diagnosis);
    }
  });

  bool errors = std::ranges::any_of(general, [](const auto& finding) { return finding.level == "error"; });
  double calls = 0, dollars = 0;
  for (const auto& diagnosis : diagnoses) {
    calls += diagnosis.calls;
    dollars += diagnosis.dollars;
    errors |= std::ranges::any_of(diagnosis.findings, [](const auto& finding) { return finding.level == "error"; });
  }
  auto findings_json = [](const std::vector<Finding>& findings) {
    json::array list;
    for (const auto& finding : findings)
      list.push_back(json::object{{"level", finding.level}, {"message", finding.message}});
    return list;
  };
  if (output.format == "json") {
    json::array rows;
    for (const auto& diagnosis : diagnoses) {
      rows.push_back(json::object{{"account", diagnosis.account->id},
                                  {"account_name", diagnosis.account->name},
                                  {"identity", diagnosis.account->arn},
                                  {"cells", diagnosis.cells},
                                  {"calls", std::llround(diagnosis.calls)},
                                  {"dollars", diagnosis.dollars},
                                  {"findings", findings_json(diagnosis.findings)}});
    }
    print(to_pretty_json(json::object{{"findings", findings_json(general)},
                                      {"accounts", std::move(rows)},
                                      {"calls", std::llround(calls)},
                                      {"dollars", dollars}}) +
          "\n");
    return errors ? kFailed : kOk;
  }
  auto show = [](const std::vector<Finding>& findings) {
    for (const auto& finding : findings) {
      auto mark = finding.level == "ok" ? "ok       " : finding.level == "warning" ? "warning  " : "ERROR    ";
      print("  " + std::string(mark) + printable(finding.message) + "\n");
    }
  };
  if (!general.empty()) print(bold("this machine") + "\n");
  show(general);
  for (const auto& diagnosis : diagnoses) {
    print(bold(fmt::format("account {} ({})", diagnosis.account->id, diagnosis.account->name)) + "\n");
    show(diagnosis.findings);
  }
  print(
      fmt::format("\nA full collection: {} cells, about {} calls, about ${:.4f} in AWS's request charges (every call "
                  "of a kind counted; "
                  "fragments have their own, slower cadence).\n",
                  plan.cells.size(), thousands(static_cast<uint64_t>(std::llround(calls))), dollars));
  return errors ? kFailed : kOk;
}

}  // namespace

int run_doctor(const GlobalOptions& global, const OutputOptions& output) {
  auto app = App::open(global);
  if (!app) return report_error(app.error(), global.verbose);
  auto code = doctor(**app, output);
  return code ? *code : report_error(code.error(), global.verbose);
}

}  // namespace cadastre::cli
