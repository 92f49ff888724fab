// cadastre kubernetes ingest: dumps by hand, where no listener takes them.
#include "cli/kubernetes.h"

#include <filesystem>

#include "base/text.h"
#include "cli/signals.h"
#include "kubernetes/folder.h"
#include "kubernetes/health_history.h"
#include "kubernetes/report_json.h"

namespace cadastre::cli {
namespace {

namespace fs = std::filesystem;

// Where the cluster runs, as given; else as the configuration says; else as it was the last time that something
// of it was read.
Result<kubernetes::Cluster> cluster_of(const IngestOptions& options, App& app) {
  kubernetes::Cluster cluster{options.cluster, options.account, options.region, {}};
  for (const auto& one : app.config.kubernetes.clusters) {
    if (one.name != options.cluster) continue;
    if (cluster.account.empty()) cluster.account = one.account;
    if (cluster.region.empty()) cluster.region = one.region;
    cluster.eks = one.eks;
  }
  if (!cluster.account.empty() && !cluster.region.empty()) return cluster;
  TRY_ASSIGN(auto known, app.store->clusters().clusters());
  for (const auto& one : known) {
    if (one.name != cluster.name || (!cluster.account.empty() && one.account != cluster.account)) continue;
    cluster.account = one.account;
    if (cluster.region.empty()) cluster.region = one.region;
    if (cluster.eks.empty()) cluster.eks = one.eks;
    break;
  }
  if (cluster.account.empty()) {
    return fail(ErrorCode::invalid, fmt::format("nothing is known of a cluster '{}' yet; give the account that it runs "
                                                "in: --account ID --region REGION",
                                                options.cluster));
  }
  return cluster;
}

Result<kubernetes::DumpReport> ingest_one(kubernetes::Ingester& ingester, const kubernetes::Cluster& cluster,
                                          const std::string& path, Clock& clock, std::stop_token stop) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    kubernetes::Folder folder(path);
    return ingester.ingest(cluster, folder, clock.now(), stop);
  }
  TRY_ASSIGN(auto file, kubernetes::open_file(path));
  auto written = fs::last_write_time(path, error);
  auto made = error ? clock.now() : std::chrono::time_point_cast<Millis>(fs::file_time_type::clock::to_sys(written));
  return ingester.ingest_list(cluster, fs::path(path).filename().string(), *file, std::min(made, clock.now()), stop);
}

void print_report(const kubernetes::DumpReport& report) {
  Table table({"resource", "objects", "new", "changed", "deleted", "outcome", "why"});
  for (size_t i = 1; i < 5; ++i) table.align_right(i);
  auto number = [](uint64_t count) { return count ? thousands(count) : std::string("-"); };
  for (const auto& kind : report.kinds) {
    auto outcome = kind.kind.empty() || kind.code == "older" ? "left" : store::to_string(kind.outcome);
    table.add({printable(kind.resource), number(kind.listed), number(kind.opened), number(kind.changed),
               number(kind.closed), std::string(outcome), printable(kind.message)});
  }
  print(bold(fmt::format("{}, {}, as of {}:", printable(report.cluster), printable(report.dump),
                         format_time(report.started))) +
        "\n");
  table.print();
  print(fmt::format("Read in {}.\n", format_duration(report.took)));
}

}  // namespace

int run_kubernetes_ingest(const GlobalOptions& global, const IngestOptions& options) {
  auto opened = App::open(global);
  if (!opened) return report_error(opened.error(), global.verbose);
  auto& app = **opened;
  auto cluster = cluster_of(options, app);
  if (!cluster) return report_error(cluster.error(), global.verbose), kUsage;
  if (auto locked = app.store->lock_collection(); !locked) return report_error(locked.error(), global.verbose);
  StopOnSignal signals;
  kubernetes::Ingester ingester(app.catalog, *app.store, app.clock);
  bool complete = true, any = false;
  json::array reports;
  for (const auto& path : options.paths) {
    auto report = ingest_one(ingester, *cluster, path, app.clock, signals.token());
    if (!report) {
      complete = false;
      report_error(std::move(report).error().in(path), global.verbose);
      continue;
    }
    any = true;
    complete &= report->complete();
    if (options.output.format == "json")
      reports.push_back(kubernetes::report_json(*report));
    else
      print_report(*report);
  }
  if (any && options.health) {
    auto rules = kubernetes::HealthRules::load(app.catalog);
    auto kept = rules ? record_health(*rules, *app.store, cluster->account, cluster->name, app.clock.now())
                      : std::unexpected(rules.error());
    if (!kept) report_error(std::move(kept).error().in("how the cluster fares was not kept"), global.verbose);
  }
  if (options.output.format == "json") print(to_pretty_json(reports) + "\n");
  return complete ? kOk : any ? kIncomplete : kFailed;
}

}  // namespace cadastre::cli
