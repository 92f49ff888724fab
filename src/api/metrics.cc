#include "api/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "api/services.h"
#include "kubernetes/health_board.h"

namespace cadastre::api {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

const Histogram::BucketBoundaries kSeconds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60};

void set_total(Counter& counter, uint64_t total) {
  auto more = static_cast<double>(total) - counter.Value();
  if (more > 0) counter.Increment(more);
}

template <typename Builder>
auto& family(prometheus::Registry& registry, Builder builder, const char* name, const char* help) {
  return builder.Name(name).Help(help).Register(registry);
}

double seconds(Millis duration) { return static_cast<double>(duration.count()) / 1000; }

// What is wrong in the clusters, how old their dumps are, and what became of the dumps. A registry of its own at
// each look: what is no longer wrong is no longer there.
Result<std::string> cluster_text(const Services& services) {
  prometheus::Registry registry;
  auto& findings = family(registry, prometheus::BuildGauge(), "cadastre_kubernetes_findings",
                          "What is wrong in the clusters, by rule and severity");
  auto& ages = family(registry, prometheus::BuildGauge(), "cadastre_kubernetes_dump_age_seconds",
                      "Time since the last dump of a cluster was made");
  auto& dumps = family(registry, prometheus::BuildGauge(), "cadastre_kubernetes_dumps",
                       "Dumps of the last 30 days: those that wait for their turn, were read, were set aside");
  auto& looks = family(registry, prometheus::BuildCounter(), "cadastre_kubernetes_looks_total",
                       "How often the rules of health were held against the documents of a cluster");
  TRY_ASSIGN(auto clusters, services.health->all([](const std::string&) { return true; }));
  auto now = services.clock.now();
  for (const auto& health : clusters) {
    if (health->last_dump) ages.Add({{"cluster", health->cluster}}).Set(seconds(now - *health->last_dump));
    for (const auto& finding : health->worst) {
      std::string severity(kubernetes::to_string(finding.severity));
      findings.Add({{"cluster", health->cluster}, {"rule", finding.rule}, {"severity", severity}}).Increment();
    }
  }
  TRY_ASSIGN(auto counts, services.store.clusters().count_dumps());
  for (const auto& [state, count] : counts)
    dumps.Add({{"state", std::string(store::to_string(state))}}).Set(static_cast<double>(count));
  looks.Add({}).Increment(static_cast<double>(services.health->looks()));
  return prometheus::TextSerializer().Serialize(registry.Collect());
}

}  // namespace

struct Metrics::State {
  prometheus::Registry registry;
  Family<Gauge>& cells =
      family(registry, prometheus::BuildGauge(), "cadastre_cells", "Planned cells by their last outcome");
  Family<Gauge>& oldest = family(registry, prometheus::BuildGauge(), "cadastre_oldest_verification_seconds",
                                 "Age of the oldest verification among a kind's planned cells");
  Family<Gauge>& resources = family(registry, prometheus::BuildGauge(), "cadastre_resources", "Live resources by kind");
  Family<Gauge>& sizes =
      family(registry, prometheus::BuildGauge(), "cadastre_bytes", "Size of the store's files and of the index");
  Family<Gauge>& indexed =
      family(registry, prometheus::BuildGauge(), "cadastre_index_resources", "Resources in the index");
  Family<Gauge>& past = family(registry, prometheus::BuildGauge(), "cadastre_index_past_resources",
                               "Versions that ended and are in the index");
  Family<Gauge>& past_age = family(registry, prometheus::BuildGauge(), "cadastre_index_past_seconds",
                                   "How far back the index reaches; absent when all that is kept is in it");
  Family<Gauge>& ready = family(registry, prometheus::BuildGauge(), "cadastre_ready", "1 when the index is built");
  Family<Counter>& calls =
      family(registry, prometheus::BuildCounter(), "cadastre_aws_calls_total", "Calls to AWS by service");
  Family<Counter>& throttles =
      family(registry, prometheus::BuildCounter(), "cadastre_aws_throttles_total", "Throttled attempts by service");
  Family<Histogram>& latency =
      family(registry, prometheus::BuildHistogram(), "cadastre_http_request_seconds", "Time to answer, by route");
  Family<Counter>& requests =
      family(registry, prometheus::BuildCounter(), "cadastre_http_requests_total", "Requests by route and status");
  Family<Gauge>& connections =
      family(registry, prometheus::BuildGauge(), "cadastre_http_connections", "Open connections");
  Family<Counter>& refused = family(registry, prometheus::BuildCounter(), "cadastre_http_refused_total",
                                    "Connections and requests refused because a limit was reached");
  Counter& failures =
      family(registry, prometheus::BuildCounter(), "cadastre_sign_in_failures_total", "Refused sign-ins").Add({});
  Family<Counter>& runs =
      family(registry, prometheus::BuildCounter(), "cadastre_runs_total", "Collections by how they ended");
  std::atomic<uint64_t> store_bytes{0};
  std::mutex looking;  // one look at a time; guards what follows
  std::function<std::map<std::string, aws::ClientCounts>()> by_service;
  std::function<ServerCounts()> server;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

void Metrics::served(std::string_view route, int status, Millis took) {
  std::string name(route);
  state_->latency.Add({{"route", name}}, kSeconds).Observe(seconds(took));
  state_->requests.Add({{"route", name}, {"status", std::to_string(status)}}).Increment();
}

void Metrics::sign_in_failed() { state_->failures.Increment(); }
void Metrics::run_ended(bool made) { state_->runs.Add({{"result", made ? "made" : "not made"}}).Increment(); }
void Metrics::set_store_bytes(uint64_t bytes) { state_->store_bytes = bytes; }

void Metrics::count_calls_with(std::function<std::map<std::string, aws::ClientCounts>()> by_service) {
  std::lock_guard lock(state_->looking);
  state_->by_service = std::move(by_service);
}

void Metrics::count_connections_with(std::function<ServerCounts()> counts) {
  std::lock_guard lock(state_->looking);
  state_->server = std::move(counts);
}

Result<std::string> Metrics::text(const Services& services) {
  auto& s = *state_;
  std::lock_guard lock(s.looking);
  TRY_ASSIGN(auto cells, services.store.cells().list());
  auto now = services.clock.now();
  std::map<std::string, double> outcomes, counts, ages;
  for (const auto& cell : cells) {
    counts[cell.key.kind] += static_cast<double>(cell.resources);
    if (cell.unplanned_since) continue;
    ++outcomes[std::string(store::to_string(cell.outcome))];
    if (cell.outcome == store::Outcome::region_off || !cell.verified) continue;
    auto& age = ages[cell.key.kind];
    age = std::max(age, seconds(now - *cell.verified));
  }
  for (int i = 0; i <= static_cast<int>(store::Outcome::failed); ++i) {
    std::string outcome(store::to_string(static_cast<store::Outcome>(i)));
    s.cells.Add({{"outcome", outcome}}).Set(outcomes[outcome]);
  }
  for (const auto& [kind, count] : counts) s.resources.Add({{"kind", kind}}).Set(count);
  for (const auto& [kind, age] : ages) s.oldest.Add({{"kind", kind}}).Set(age);
  s.sizes.Add({{"of", "store"}}).Set(static_cast<double>(s.store_bytes.load()));
  if (services.index) {
    auto size = services.index->size();
    s.sizes.Add({{"of", "index"}}).Set(static_cast<double>(size.bytes));
    s.indexed.Add({}).Set(static_cast<double>(size.resources));
    s.past.Add({}).Set(static_cast<double>(size.past));
    if (size.from) s.past_age.Add({}).Set(seconds(now - *size.from));
  }
  s.ready.Add({}).Set(services.ready && services.ready() ? 1 : 0);
  if (s.by_service) {
    for (const auto& [service, count] : s.by_service()) {
      set_total(s.calls.Add({{"service", service}}), count.calls);
      set_total(s.throttles.Add({{"service", service}}), count.throttles);
    }
  }
  if (s.server) {
    auto count = s.server();
    s.connections.Add({}).Set(static_cast<double>(count.connections));
    set_total(s.refused.Add({}), count.refused);
  }
  auto text = prometheus::TextSerializer().Serialize(s.registry.Collect());
  if (services.health) {
    TRY_ASSIGN(auto of_clusters, cluster_text(services));
    text += of_clusters;
  }
  return text;
}

}  // namespace cadastre::api
