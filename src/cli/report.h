// `cadastre report`: what is wrong, by rules.
#pragma once

#include "cli/user.h"

namespace cadastre::cli {

// Critical findings: for scripts and monitoring that only look at the exit code.
constexpr int kCritical = 4;

struct ReportOptions {
  std::vector<std::string> clusters, accounts;  // names, ids; empty: all
  std::string at;
  OutputOptions output;
};
int run_report_kubernetes(const GlobalOptions& global, const ReportOptions& options);

void add_report_commands(CLI::App& app, const GlobalOptions& global, const OnCommand& on);

}  // namespace cadastre::cli
