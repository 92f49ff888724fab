// cadastre kubernetes dumps and retry: what became of the dumps that the drop-box brought.
#include "base/text.h"
#include "cli/kubernetes.h"
#include "kubernetes/ledger.h"

namespace cadastre::cli {
namespace {

json::object to_json(const store::DumpRow& row) {
  json::value report;
  if (auto parsed = parse_json(row.report, "the report"); parsed) report = std::move(*parsed);
  return {{"cluster", row.cluster},
          {"dump", row.dump},
          {"state", store::to_string(row.state)},
          {"reason", row.reason},
          {"tries", row.tries},
          {"place", row.place},
          {"arrived_at", format_time(row.seen)},
          {"settled_at", row.settled ? json::value(format_time(*row.settled)) : json::value()},
          {"report", std::move(report)}};
}

void print_rows(const std::vector<store::DumpRow>& rows, Time now) {
  Table table({"cluster", "dump", "state", "tries", "arrived", "why"});
  table.align_right(3);
  for (const auto& row : rows) {
    table.add({printable(row.cluster), printable(row.dump), std::string(store::to_string(row.state)),
               std::to_string(row.tries), ago(row.seen, now), printable(row.reason)});
  }
  table.print();
}

}  // namespace

int run_kubernetes_dumps(const GlobalOptions& global, const DumpsOptions& options) {
  auto app = App::open(global);
  if (!app) return report_error(app.error(), global.verbose);
  auto rows = (*app)->store->clusters().dumps(
      options.cluster, options.state.empty() ? std::nullopt : store::dump_state_of(options.state), options.limit);
  if (!rows) return report_error(rows.error(), global.verbose);
  if (options.output.format == "json") {
    json::array list;
    for (const auto& row : *rows) list.push_back(to_json(row));
    print(to_pretty_json(list) + "\n");
  } else {
    print_rows(*rows, (*app)->clock.now());
  }
  return kOk;
}

int run_kubernetes_retry(const GlobalOptions& global, const std::string& cluster, const std::string& dump) {
  auto app = App::open(global);
  if (!app) return report_error(app.error(), global.verbose);
  auto row = kubernetes::retry_dump((*app)->store->clusters(), cluster, dump);
  if (!row) return report_error(row.error(), global.verbose);
  print(
      fmt::format("The server reads {} within seconds, if it is running, or when it starts.\n", printable(row->place)));
  return kOk;
}

}  // namespace cadastre::cli
