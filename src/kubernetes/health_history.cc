#include "kubernetes/health_history.h"

#include "base/text.h"
#include "kubernetes/health_json.h"

namespace cadastre::kubernetes {
namespace {

using Counts = std::map<std::string, uint64_t>;

json::object counts_json(const Counts& counts) {
  json::object object;
  for (const auto& [name, count] : counts) object[name] = count;
  return object;
}

Counts counts_of(const json::value& sample, std::string_view member) {
  Counts counts;
  const auto* object = sample.is_object() ? sample.get_object().if_contains(member) : nullptr;
  if (!object || !object->is_object()) return counts;
  for (const auto& [name, count] : object->get_object()) {
    if (count.is_number()) counts[name] = count.to_number<uint64_t>();
  }
  return counts;
}

Result<HealthMoment> moment_of(const store::HealthSample& sample) {
  TRY_ASSIGN(auto counts, parse_json(sample.counts, fmt::format("the health of cluster {}", sample.cluster)));
  HealthMoment moment{sample.at, counts_of(counts, "findings"), counts_of(counts, "resources"), {}};
  for (auto severity : {Severity::notice, Severity::warning, Severity::critical})
    moment.severities[severity] = counts_of(counts, "severities")[std::string(to_string(severity))];
  return moment;
}

auto badness(const HealthMoment& moment) {
  return std::tuple(moment.severities.at(Severity::critical), moment.severities.at(Severity::warning),
                    moment.severities.at(Severity::notice));
}

}  // namespace

Result<void> record_health(const HealthRules& rules, store::Store& store, const std::string& account,
                           const std::string& cluster, Time now) {
  HealthQuestion question;
  question.clusters = {cluster};
  question.accounts = {account};
  TRY_ASSIGN(auto found, health_of(rules, store, question, now));
  if (found.empty())
    return fail(ErrorCode::not_found,
                fmt::format("no dump of cluster '{}' of account {} was read yet", cluster, account));
  return record_health(rules, store, found.front());
}

Result<void> record_health(const HealthRules& rules, store::Store& store, const ClusterHealth& health) {
  json::object counts{{"findings", counts_json(health.findings)},
                      {"resources", counts_json(health.counts)},
                      {"severities", severities_json(severities_of(rules, health.findings))}};
  return store.clusters().put_health({health.account, health.cluster, health.as_of, to_json(counts)});
}

Result<std::vector<HealthStep>> health_history(store::Store& store, const std::string& account,
                                               const std::string& cluster, Time since, Time until, Step step) {
  TRY_ASSIGN(auto samples, store.clusters().health(account, cluster, since, until));
  std::vector<HealthStep> steps;
  auto start_of = [&](Time time) {
    return step == Step::hour ? Time(std::chrono::floor<std::chrono::hours>(time))
                              : Time(std::chrono::floor<std::chrono::days>(time));
  };
  for (const auto& sample : samples) {
    TRY_ASSIGN(auto moment, moment_of(sample));
    if (steps.empty() || start_of(steps.back().last.at) != start_of(moment.at)) {
      steps.push_back({moment, moment});
      continue;
    }
    if (badness(moment) >= badness(steps.back().worst)) steps.back().worst = moment;
    steps.back().last = std::move(moment);
  }
  return steps;
}

}  // namespace cadastre::kubernetes
