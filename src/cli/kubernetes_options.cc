// The flags of `cadastre kubernetes`.
#include <CLI/CLI.hpp>

#include "cli/kubernetes.h"

namespace cadastre::cli {

void add_kubernetes_commands(CLI::App& app, const GlobalOptions& global, const OnCommand& on) {
  auto* kubernetes = app.add_subcommand("kubernetes", "what clusters pushed out");
  kubernetes->require_subcommand(1);

  auto options = std::make_shared<IngestOptions>();
  auto* ingest = kubernetes->add_subcommand("ingest", "read dumps of a cluster into the store");
  ingest->add_option("--cluster", options->cluster, "the cluster they are of")->required();
  ingest->add_option("--account", options->account, "the account that it runs in; once is enough");
  ingest->add_option("--region", options->region, "the AWS region that it runs in");
  ingest->add_option("paths", options->paths, "folders that cadastre-dropbox wrote, or files of kubectl get -o json")
      ->required();
  ingest->add_option("-o,--output", options->output.format, "how to print")
      ->check(CLI::IsMember(std::vector<std::string>{"table", "json"}))
      ->capture_default_str();
  ingest->footer(
      "A folder is a whole dump: kinds that it lists to their end are also known to have nothing else. A file, gzip "
      "or\n"
      "not, adds and changes, and never says what is gone.\n"
      "Exit code: 0 everything was read, 3 some was not (what was known of it stays), 1 nothing was.\n"
      "Examples:\n"
      "  cadastre kubernetes ingest --cluster prod-eu --account 111111111111 --region eu-west-1 "
      "20261121T154000Z-4711/\n"
      "  cadastre kubernetes ingest --cluster prod-eu pods.json.gz");
  on(ingest, [&global, options] { return run_kubernetes_ingest(global, *options); });
}

}  // namespace cadastre::cli
