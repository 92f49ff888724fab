// How clusters fared: a sample after each dump, and hours and days of them.
#pragma once

#include "kubernetes/health.h"
#include "store/clusters.h"

namespace cadastre::kubernetes {

// Puts the cluster's health as of its last dump beside those before. Errors: io, full.
Result<void> record_health(const HealthRules& rules, store::Store& store, const ClusterHealth& health);
// The same for who keeps no board. Errors: not_found as well: there is no such cluster.
Result<void> record_health(const HealthRules& rules, store::Store& store, const std::string& account,
                           const std::string& cluster, Time now);

// What was kept of a moment.
struct HealthMoment {
  Time at{};
  std::map<std::string, uint64_t> findings, resources;  // by rule, by kind
  std::map<Severity, uint64_t> severities;              // as they were then, whatever the rules say today
};

// An hour or a day of UTC: its last sample, and the one with the most that is critical (then warnings, then notices).
struct HealthStep {
  HealthMoment last, worst;
};

enum class Step { hour, day };

// Oldest first; hours and days without a sample are left out. Errors: io, malformed.
Result<std::vector<HealthStep>> health_history(store::Store& store, const std::string& account,
                                               const std::string& cluster, Time since, Time until, Step step);

}  // namespace cadastre::kubernetes
