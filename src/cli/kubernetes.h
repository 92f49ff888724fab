// The options of `cadastre kubernetes`.
#pragma once

#include <functional>

#include "cli/app.h"

namespace CLI {
class App;
}

namespace cadastre::cli {

struct IngestOptions {
  std::string cluster, account, region;
  std::vector<std::string> paths;  // folders that are dumps, or files that are lists
  bool health = true;              // how the cluster fares afterwards is kept
  OutputOptions output;
};
int run_kubernetes_ingest(const GlobalOptions& global, const IngestOptions& options);

struct DumpsOptions {
  std::string cluster, state;  // "": any
  size_t limit = 50;           // the latest; 0: all
  OutputOptions output;
};
int run_kubernetes_dumps(const GlobalOptions& global, const DumpsOptions& options);
int run_kubernetes_retry(const GlobalOptions& global, const std::string& cluster, const std::string& dump);

// Adds the command. `on` says what runs when a command was chosen.
using OnCommand = std::function<void(CLI::App*, std::function<int()>)>;
void add_kubernetes_commands(CLI::App& app, const GlobalOptions& global, const OnCommand& on);

}  // namespace cadastre::cli
