#include "serve/server.h"

#include "api/api.h"
#include "api/events.h"
#include "api/files.h"
#include "api/metrics.h"
#include "auth/oidc.h"
#include "base/log.h"
#include "base/text.h"
#include "kubernetes/expected.h"
#include "kubernetes/health_board.h"
#include "kubernetes/health_history.h"
#include "kubernetes/listener.h"
#include "serve/beside.h"
#include "serve/follower.h"
#include "serve/keeper.h"
#include "serve/notify.h"
#include "serve/reload.h"
#include "serve/request_log.h"
#include "serve/setup_link.h"

namespace cadastre::serve {
namespace {

constexpr Millis kPatience{5'000};  // with requests under way when the server stops

std::string host_of(std::string_view listen) {
  auto colon = listen.rfind(':');
  return std::string(listen.substr(0, colon == listen.npos ? listen.size() : colon));
}

bool is_loopback(const Config& config) {
  auto host = host_of(config.listen);
  return config.trusted_proxies.empty() && (host.starts_with("127.") || host == "localhost" || host == "[::1]");
}

}  // namespace

struct Server::State {
  explicit State(Parts given)
      : parts(std::move(given)),
        config(parts.config),
        store(parts.collector.store),
        clock(parts.collector.clock),
        catalog(parts.collector.catalog),
        index(catalog, config->owner_tags),
        reader(store, catalog, parts.collector.models.endpoints(), config->owner_tags, clock, &index,
               config->access_portal),
        url(config->public_url),
        auth(store, config->sign_in, clock, config->public_url),
        events(auth),
        follower(store, index, beside_store(*config, ".index"), events, clock, [] { notify("READY=1"); }),
        keeper({store, catalog, events, metrics, clock, [this] { return current(); }}) {}

  std::shared_ptr<const Config> current() const {
    std::lock_guard lock(mutex);
    return config;
  }

  collect::SchedulerOptions scheduler_options() const {
    collect::SchedulerOptions options;
    options.schedule = collect::Schedule(config->schedule);
    options.scheduled = parts.scheduled;
    options.concurrency = config->concurrency;
    return options;
  }

  collect::Scheduler::Events scheduler_events() {
    return {[this](int64_t run, const collect::CellReport& cell) {
              events.cell(run, cell);
              if (cell.opened + cell.changed + cell.closed > 0) follower.notify();
            },
            [this](const collect::RunState& state) { events.run(state); }};
  }

  Result<collect::Report> collect(const collect::RunOptions& options, collect::Progress& progress,
                                  std::stop_token stop) {
    auto now = current();  // for the whole run, whatever is reloaded meanwhile
    const auto& c = parts.collector;
    collect::Collector collector{*now, c.environment, c.client, c.models, c.catalog, c.store, c.clock};
    auto report = collector.collect(options, progress, stop);
    metrics.run_ended(report.has_value());
    if (report) {
      for (const auto& warning : report->warnings) log_warning("run {}: {}", options.run, warning);
      log_record(LogLevel::info, "collected",
                 {{"run", options.run},
                  {"cells", report->cells.size()},
                  {"complete", report->all_complete()},
                  {"opened", progress.opened.load()},
                  {"changed", progress.changed.load()},
                  {"closed", progress.closed.load()},
                  {"stopped", report->stopped},
                  {"ms", (report->finished - report->started).count()}});
    }
    follower.catch_up();  // who sees that the run has ended finds what it brought
    return report;
  }

  ServerOptions server_options() {
    ServerOptions options;
    options.listen = config->listen;
    if (!config->tls_certificate.empty()) options.tls = TlsFiles{config->tls_certificate, config->tls_key};
    options.trusted_proxies = config->trusted_proxies;
    options.limits.requests_per_second = config->requests_per_second;
    options.limits.burst = 2 * config->requests_per_second;
    options.handler_threads = std::max(8, 2 * static_cast<int>(std::thread::hardware_concurrency()));
    options.on_served = [this](const ServerOptions::Served& served) {
      requests.served(served);
      metrics.served(served.route.empty() ? "none" : served.route, served.status, served.took);
    };
    return options;
  }

  // The drop-boxes of the configuration as it is now.
  std::unique_ptr<kubernetes::Listener> make_listener() {
    const auto& c = parts.collector;
    kubernetes::Listener::Works works{current(), c.environment, c.client, c.models, catalog, store, clock};
    works.read = [this](const kubernetes::Cluster& cluster, const kubernetes::DumpReport&) {
      follower.catch_up();
      auto now = health->of(cluster.account, cluster.name);
      auto kept = now ? record_health(health->rules(), store, **now) : std::unexpected(now.error());
      if (!kept) log_warning("how cluster {} fares was not kept: {}", cluster.name, kept.error().message);
    };
    return std::make_unique<kubernetes::Listener>(std::move(works));
  }
  // A drop-box that cannot be followed is no reason to answer nobody.
  void listen_to_clusters() {
    if (!parts.scheduled) return;
    listener = make_listener();
    if (auto started = listener->start(); !started)
      log_warning("clusters are not followed: {}", started.error().message);
  }

  Result<void> start();
  void stop();

  Parts parts;
  mutable std::mutex mutex;              // guards `config`
  std::shared_ptr<const Config> config;  // as it was read last
  store::Store& store;
  Clock& clock;
  const catalog::Catalog& catalog;
  index::Index index;
  search::Reader reader;
  std::string url;  // as people reach us
  auth::Auth auth;
  std::unique_ptr<auth::Oidc> oidc;
  api::Metrics metrics;
  api::EventHub events;
  Follower follower;
  Keeper keeper;
  RequestLog requests;
  std::unique_ptr<collect::Scheduler> scheduler;
  std::unique_ptr<kubernetes::HealthBoard> health;
  std::unique_ptr<kubernetes::Listener> listener;
  std::unique_ptr<api::StaticFiles> files;
  std::unique_ptr<api::Services> services;
  std::unique_ptr<api::Api> api;
  std::unique_ptr<HttpServer> server;
  bool stopped = false;
};

Result<void> Server::State::start() {
  TRY_ASSIGN(auto loaded, api::StaticFiles::load(parts.web));
  files = std::make_unique<api::StaticFiles>(std::move(loaded));
  if (url.empty()) url = fmt::format("http{}://{}", config->tls_certificate.empty() ? "" : "s", config->listen);
  if (config->sign_in.oidc) {
    oidc = std::make_unique<auth::Oidc>(*parts.config, auth, store, parts.http, clock,
                                        url + "/api/v1/session/oidc/callback");
  }
  scheduler = std::make_unique<collect::Scheduler>(
      store, clock, [this](const auto& options, auto& progress, auto stop) { return collect(options, progress, stop); },
      scheduler_options(), scheduler_events());
  TRY_ASSIGN(auto rules, kubernetes::HealthRules::load(catalog));
  health = std::make_unique<kubernetes::HealthBoard>(std::move(rules), store, clock);
  health->expect(kubernetes::expected_clusters(config->kubernetes));
  services = std::make_unique<api::Services>(
      api::Services{.store = store,
                    .catalog = catalog,
                    .reader = reader,
                    .auth = auth,
                    .clock = clock,
                    .events = events,
                    .metrics = metrics,
                    .files = *files,
                    .scheduler = scheduler.get(),
                    .index = &index,
                    .oidc = oidc.get(),
                    .health = health.get(),
                    .loopback = is_loopback(*config),
                    .ready = [this] { return follower.ready(); },
                    .asked_by = [this](const auto& id, auto user) { requests.asked_by(id, std::move(user)); },
                    .release = parts.release});
  api = std::make_unique<api::Api>(*services);
  TRY_ASSIGN(server, HttpServer::start(server_options(),
                                       [this](const ServerRequest& request) { return api->answer(request); }));
  metrics.count_calls_with([this] { return parts.collector.client.counts_by_service(); });
  metrics.count_connections_with([this] { return server->counts(); });
  log_record(LogLevel::info, "listening", {{"listen", config->listen}, {"port", server->port()}, {"url", url}});
  TRY_ASSIGN(auto link, write_setup_link(auth, store, beside_store(*config, ".setup"), url));
  if (link)
    log_warning(
        "there is no user yet; open the link in {} within an hour, or run `cadastre user add NAME --role admin`",
        *link);
  follower.start();
  scheduler->start();
  listen_to_clusters();
  keeper.start();
  return {};
}

void Server::State::stop() {
  if (std::exchange(stopped, true)) return;
  notify("STOPPING=1");
  events.close_all();
  keeper.stop();
  if (server) server->stop(kPatience);
  if (listener) listener->stop();
  if (scheduler) scheduler->stop();
  follower.stop();
}

Server::Server() = default;
Server::~Server() { stop(); }

Result<std::unique_ptr<Server>> Server::start(Parts parts) {
  std::unique_ptr<Server> server(new Server);
  server->state_ = std::make_unique<State>(std::move(parts));
  TRY(server->state_->start());
  return server;
}

void Server::stop() {
  if (state_) state_->stop();
}

int Server::port() const { return state_->server->port(); }

void Server::reload() {
  auto& s = *state_;
  auto steady = std::chrono::duration_cast<std::chrono::microseconds>(s.clock.steady().time_since_epoch()).count();
  notify(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", steady));
  auto read = s.parts.read_config();
  if (!read) {
    log_warning("the configuration was not read again, the old one stays in use: {}", read.error().message);
  } else {
    auto found = differences(*s.current(), *read);
    log_record(LogLevel::info, "the configuration was read again",
               {{"applied", join(found.applied, ", ")}, {"at_the_next_start", join(found.waiting, ", ")}});
    s.scheduler->set_schedule(collect::Schedule(read->schedule), read->concurrency);
    auto before = s.current();
    {
      std::lock_guard lock(s.mutex);
      s.config = std::make_shared<const Config>(std::move(*read));
    }
    // Credentials come from the accounts, so what changed there counts for drop-boxes too.
    s.health->expect(kubernetes::expected_clusters(s.current()->kubernetes));
    bool anything = !before->kubernetes.dropboxes.empty() || !s.current()->kubernetes.dropboxes.empty();
    if (anything && !found.applied.empty()) {
      if (s.listener) s.listener->stop();
      s.listen_to_clusters();
    }
  }
  if (auto tls = s.server->reload_tls(); !tls)
    log_warning("the certificate was not read again, the old one stays in use: {}", tls.error().message);
  notify("READY=1");
}

}  // namespace cadastre::serve
