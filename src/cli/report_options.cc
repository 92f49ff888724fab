// The flags of `cadastre report`.
#include <CLI/CLI.hpp>

#include "cli/report.h"

namespace cadastre::cli {

void add_report_commands(CLI::App& app, const GlobalOptions& global, const OnCommand& on) {
  auto* report = app.add_subcommand("report", "what is wrong, by rules");
  report->require_subcommand(1);
  auto options = std::make_shared<ReportOptions>();
  auto* kubernetes =
      report->add_subcommand("k8s", "what is wrong in the Kubernetes clusters, with reason and evidence");
  kubernetes->add_option("--cluster", options->clusters, "only these clusters");
  kubernetes->add_option("-a,--account", options->accounts, "only those of these accounts (id or name)");
  kubernetes->add_option("--at", options->at, "as it was then: 2026-11-21, 2026-11-21T09:00:00Z, -2h");
  kubernetes->add_option("-o,--output", options->output.format, "how to print")
      ->check(CLI::IsMember(std::vector<std::string>{"table", "json"}))
      ->capture_default_str();
  kubernetes->footer(
      "Exit code: 0 nothing critical was found, 4 something was, 1 it could not be told, 2 the caller's mistake.\n"
      "Examples:\n  cadastre report k8s\n  cadastre report k8s --cluster prod-eu --at -1d\n"
      "  cadastre report k8s --server https://cadastre.example.com\n"
      "  cadastre report k8s -o json | jq '.clusters[].severities'");
  on(kubernetes, [&global, options] { return run_report_kubernetes(global, *options); });
}

}  // namespace cadastre::cli
