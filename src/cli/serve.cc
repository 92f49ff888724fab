#include "cli/serve.h"

#include <unistd.h>

#include <filesystem>

#include "base/log.h"
#include "cli/app.h"
#include "cli/release.h"
#include "cli/signals.h"
#include "serve/server.h"

namespace cadastre::cli {
namespace {

// The dashboard lies beside the program, or where packages put what many machines share.
std::string find_web(const std::string& asked) {
  if (!asked.empty()) return asked;
  std::error_code error;
  auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return "";
  for (const auto& place : {program.parent_path() / "web", program.parent_path() / "../share/cadastre/web"}) {
    if (std::filesystem::is_regular_file(place / "index.html", error)) return place.string();
  }
  return "";
}

Result<Config> read_config(const GlobalOptions& global, const ServeOptions& options) {
  TRY_ASSIGN(auto config, load_config(config_path(global), process_environment()));
  if (!options.listen.empty()) config.listen = options.listen;
  return config;
}

}  // namespace

int run_serve(const GlobalOptions& global, const ServeOptions& options) {
  set_log_json(options.log == "json" || (options.log == "auto" && !::isatty(STDERR_FILENO)));
  set_log_level(global.verbose ? LogLevel::debug : LogLevel::info);
  auto app = App::open(global);
  if (!app) return report_error(app.error(), global.verbose);
  if (!options.listen.empty()) (*app)->config.listen = options.listen;
  for (const auto& warning : (*app)->config.warnings) log_warning("{}", warning);
  auto collector = (*app)->collector();
  if (!collector) return report_error(collector.error(), global.verbose);
  auto server = serve::Server::start({.config = std::make_shared<const Config>((*app)->config),
                                      .collector = *collector,
                                      .http = (*app)->http(),
                                      .read_config = [&] { return read_config(global, options); },
                                      .release = std::string(kRelease),
                                      .web = find_web(options.web),
                                      .scheduled = !options.no_schedule});
  if (!server) return report_error(server.error(), global.verbose);
  {
    StopOnSignal signals([&] { (*server)->reload(); });
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    stopped.wait(lock, signals.token(), [] { return false; });
    log_info("stopping; a second signal stops at once");
    (*server)->stop();
  }
  log_info("stopped");
  return kOk;
}

}  // namespace cadastre::cli
