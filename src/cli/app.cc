#include "cli/app.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/release.h"
#include "kubernetes/health.h"

namespace cadastre::cli {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// "Route 53 Resolver" → AWS_ENDPOINT_URL_ROUTE_53_RESOLVER
std::string endpoint_variable(std::string_view service_id) {
  std::string name = "AWS_ENDPOINT_URL_";
  for (char c : service_id) name += c == ' ' || c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return name;
}

}  // namespace

std::string config_path(const GlobalOptions& options) {
  if (!options.config.empty()) return options.config;
  auto named = variable("CADASTRE_CONFIG");
  return named.empty() ? "cadastre.yaml" : named;
}

Result<catalog::Catalog> load_catalog(const aws::Models& models, const Config* config) {
  std::vector<catalog::Source> mine;
  if (config) {
    for (size_t i = 0; i < config->catalog.size(); ++i) {
      auto text = read_file(config->catalog[i]);
      if (!text) {
        return fail(ErrorCode::invalid, fmt::format("{}: {}; name a catalogue file that can be read",
                                                    config->catalog_at[i], text.error().message));
      }
      mine.push_back({config->catalog[i], std::move(*text)});
    }
  }
  TRY_ASSIGN(auto catalog, catalog::Catalog::load(models, catalog::embedded_sources(), std::move(mine)));
  // A rule that is wrong is told at once, not when a cluster's health is first looked at.
  if (!catalog.health().empty()) TRY(kubernetes::HealthRules::load(catalog));
  return catalog;
}

Result<std::unique_ptr<App>> App::open(const GlobalOptions& options) {
  std::unique_ptr<App> app(new App);
  TRY_ASSIGN(app->config, load_config(config_path(options), process_environment()));
  TRY_ASSIGN(app->catalog, load_catalog(app->models, &app->config));
  TRY_ASSIGN(app->store, store::open_store(app->config.store, app->clock));
  return app;
}

Result<collect::Collector> App::collector() {
  if (!client_) {
    HttpClientOptions http;
    http.ca_bundle = variable("AWS_CA_BUNDLE");
    http.user_agent = fmt::format("cadastre/{}", kRelease);
    http_ = std::make_unique<HttpClient>(http);
    pacer_ = std::make_unique<aws::Pacer>(
        clock,
        [this](std::string_view service, std::string_view operation) { return catalog.rate(service, operation); },
        config.rate);
    aws::ClientOptions options;
    if (auto attempts = variable("AWS_MAX_ATTEMPTS"); !attempts.empty()) {
      char* end = nullptr;
      long count = std::strtol(attempts.c_str(), &end, 10);
      if (*end != '\0' || count < 1 || count > 100) {
        return fail(ErrorCode::invalid,
                    fmt::format("AWS_MAX_ATTEMPTS is '{}'; it must be a number from 1 to 100", attempts));
      }
      options.max_attempts = static_cast<int>(count);
    }
    options.endpoint_url = variable("AWS_ENDPOINT_URL");
    options.endpoint_url_of = [](std::string_view service_id) {
      return variable(endpoint_variable(service_id).c_str());
    };
    client_ = std::make_unique<aws::Client>(*http_, models.endpoints(), *pacer_, clock, options);
    environment_.variable = [](const char* name) { return std::getenv(name); };
    environment_.http = http_.get();
    environment_.clock = &clock;
    environment_.default_region =
        !variable("AWS_REGION").empty() ? variable("AWS_REGION") : variable("AWS_DEFAULT_REGION");
    environment_.sts_url = [this](std::string_view region) {
      auto url = variable("AWS_ENDPOINT_URL_STS");
      if (url.empty()) url = variable("AWS_ENDPOINT_URL");
      if (!url.empty()) return url;
      auto endpoint = models.endpoints().resolve("sts", region);
      return endpoint ? endpoint->url : std::string();
    };
  }
  return collect::Collector{config, environment_, *client_, models, catalog, *store, clock};
}

int report_error(const Error& error, bool verbose) {
  auto text = fmt::format("cadastre: {}\n", error.message);
  if (verbose && !error.cause.empty()) text += fmt::format("  ({})\n", printable(error.cause));
  std::fputs(text.c_str(), stderr);
  return error.code == ErrorCode::invalid ? kUsage : kFailed;
}

bool colour_output() {
  static bool colour = ::isatty(STDOUT_FILENO) && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
  return colour;
}

std::string bold(const std::string& text) { return colour_output() ? "\x1b[1m" + text + "\x1b[0m" : text; }

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) std::_Exit(kOk);
}

std::string ago(std::optional<Time> time, Time now) {
  if (!time) return "never";
  auto age = now - *time;
  if (age < std::chrono::seconds(1)) return "now";
  auto text = format_duration(age);
  return text.substr(0, text.find(' ')) + " ago";
}

void Table::print() const {
  std::vector<size_t> widths;
  for (const auto& header : headers_) widths.push_back(display_width(header));
  auto shown = rows_;
  for (auto& row : shown) {
    for (size_t i = 0; i < row.size(); ++i) {
      row[i] = printable(row[i]);  // collected text may hold anything
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  auto line = [&](const std::vector<std::string>& cells, bool header) {
    std::string text;
    for (size_t i = 0; i < cells.size(); ++i) {
      std::string pad(widths[i] - display_width(cells[i]), ' ');
      bool last = i + 1 == cells.size();
      text += right_[i] ? pad + cells[i] : last ? cells[i] : cells[i] + pad;
      if (!last) text += "  ";
    }
    cli::print((header ? bold(text) : text) + "\n");
  };
  line(headers_, true);
  for (const auto& row : shown) line(row, false);
}

std::string account_name(const std::string& id, const std::vector<store::AccountRow>& accounts) {
  auto at = std::ranges::find(accounts, id, &store::AccountRow::id);
  return at == accounts.end() ? id : at->name;
}

}  // namespace cadastre::cli
