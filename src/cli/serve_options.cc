// The flags of `cadastre serve`, `backup`, `restore` and `store`.
#include <CLI/CLI.hpp>

#include "cli/serve.h"

namespace cadastre::cli {

void add_serve_commands(CLI::App& app, const GlobalOptions& global, const OnCommand& on) {
  auto serve = std::make_shared<ServeOptions>();
  auto* serve_command = app.add_subcommand("serve", "the API, the dashboard and collecting on schedule");
  serve_command->add_option("--listen", serve->listen, "HOST:PORT, in place of the configuration's");
  serve_command->add_option("--log", serve->log, "how to log")
      ->check(CLI::IsMember(std::vector<std::string>{"auto", "json", "text"}))
      ->capture_default_str();
  serve_command->add_option("--web", serve->web, "the folder of the dashboard's files; else web/ beside the program");
  serve_command->add_flag("--no-schedule", serve->no_schedule, "collect on request only");
  serve_command->footer(
      "SIGTERM stops gracefully, a second one at once; SIGHUP reads the configuration and the certificates again.\n"
      "The first start writes a link for the first administrator into a file beside the store.");
  on(serve_command, [&global, serve] { return run_serve(global, *serve); });

  auto file = std::make_shared<std::string>();
  auto* backup = app.add_subcommand("backup", "copy the whole store as of one moment, while others use it");
  backup->add_option("file", *file, "where to; must not exist")->required();
  on(backup, [&global, file] { return run_backup(global, *file); });

  auto replace = std::make_shared<bool>(false);
  auto* restore = app.add_subcommand("restore", "put a backup in the place of the store, when it is sound");
  restore->add_option("file", *file, "the backup")->required();
  restore->add_flag("--replace", *replace, "even when there is a store: it is lost");
  on(restore, [&global, file, replace] { return run_restore(global, *file, *replace); });

  auto* store = app.add_subcommand("store", "look after the store");
  store->require_subcommand(1);
  auto output = std::make_shared<OutputOptions>();
  auto add = [&](const char* name, const char* what, int (*run)(const GlobalOptions&, const OutputOptions&)) {
    auto* command = store->add_subcommand(name, what);
    command->add_option("-o,--output", output->format, "how to print")
        ->check(CLI::IsMember(std::vector<std::string>{"table", "json"}))
        ->capture_default_str();
    on(command, [&global, output, run] { return run(global, *output); });
  };
  add("check", "read everything and hold it against what must be true", run_store_check);
  add("compact", "give freed space back to the file system", run_store_compact);
  add("stats", "what it is made of", run_store_stats);
}

}  // namespace cadastre::cli
