// The flags of `cadastre kubernetes`.
#include <CLI/CLI.hpp>

#include "cli/kubernetes.h"

namespace cadastre::cli {

namespace {

void add_ledger_commands(CLI::App& kubernetes, const GlobalOptions& global, const OnCommand& on) {
  auto options = std::make_shared<DumpsOptions>();
  auto* dumps = kubernetes.add_subcommand("dumps", "what became of the dumps that the drop-box brought");
  dumps->add_option("--cluster", options->cluster, "of this cluster only");
  dumps->add_option("--state", options->state, "only those that are so")
      ->check(CLI::IsMember(std::vector<std::string>{"waiting", "done", "poison"}));
  dumps->add_option("--limit", options->limit, "the latest so many; 0: all")->capture_default_str();
  dumps->add_option("-o,--output", options->output.format, "how to print")
      ->check(CLI::IsMember(std::vector<std::string>{"table", "json"}))
      ->capture_default_str();
  dumps->footer(
      "A dump is waiting until it is done, or set aside as poison because of what is in it. One that waits with a\n"
      "reason was tried and is tried again.\n"
      "Example:\n"
      "  cadastre kubernetes dumps --state poison");
  on(dumps, [&global, options] { return run_kubernetes_dumps(global, *options); });

  auto which = std::make_shared<std::pair<std::string, std::string>>();
  auto* retry = kubernetes.add_subcommand("retry", "have a dump that was set aside, or waits, tried again at once");
  retry->add_option("cluster", which->first, "the cluster")->required();
  retry->add_option("dump", which->second, "the dump, as `cadastre kubernetes dumps` names it")->required();
  retry->footer(
      "When a newer dump of the cluster was read meanwhile, the old one is left: it could only bring back the past.\n"
      "Example:\n"
      "  cadastre kubernetes retry prod-eu 20261121T154000Z-4711");
  on(retry, [&global, which] { return run_kubernetes_retry(global, which->first, which->second); });
}

}  // namespace

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
  ingest->add_flag("!--no-health", options->health, "do not keep how the cluster fares: for dumps of the past");
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
  add_ledger_commands(*kubernetes, global, on);
}

}  // namespace cadastre::cli
