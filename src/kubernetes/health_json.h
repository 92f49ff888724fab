// Health as the API and the command line show it.
#pragma once

#include "kubernetes/health.h"

namespace cadastre::kubernetes {

// A cluster with counts of what was found: {account, cluster, region, eks, as_of, verified_at, last_dump_at,
// late_since, resources: {KIND: n}, severities: {critical: n, …}, by_rule: [{rule, title, severity, count}], missing:
// [sentence]}.
json::object card_json(const HealthRules& rules, const ClusterHealth& health);

// {rule, title, severity, kind, id, name, namespace, reason, since, evidence: [{path, value}]}
json::object finding_json(const HealthRules& rules, const Finding& finding);

// How many of each severity.
std::map<Severity, uint64_t> severities_of(const HealthRules& rules, const std::map<std::string, uint64_t>& findings);
json::object severities_json(const std::map<Severity, uint64_t>& counts);  // all of them, zero or not

}  // namespace cadastre::kubernetes
