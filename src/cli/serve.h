// `cadastre serve`, and what is done to a store as a whole: backup, restore, check, compact, stats.
#pragma once

#include "cli/user.h"

namespace cadastre::cli {

struct ServeOptions {
  std::string listen;        // in place of the configuration's
  std::string log = "auto";  // json, text; auto: text on a terminal
  std::string web;           // the dashboard's files; "" : beside the program
  bool no_schedule = false;  // collect on request only
};
int run_serve(const GlobalOptions& global, const ServeOptions& options);

int run_backup(const GlobalOptions& global, const std::string& file);
int run_restore(const GlobalOptions& global, const std::string& file, bool replace);
int run_store_check(const GlobalOptions& global, const OutputOptions& output);
int run_store_compact(const GlobalOptions& global, const OutputOptions& output);
int run_store_stats(const GlobalOptions& global, const OutputOptions& output);

void add_serve_commands(CLI::App& app, const GlobalOptions& global, const OnCommand& on);

}  // namespace cadastre::cli
