// What is wrong in a cluster: rules as data (catalog/kubernetes-health.yaml) over the documents of its resources.
#pragma once

#include "catalog/catalog.h"
#include "store/store.h"

namespace cadastre::kubernetes {

enum class Severity { notice, warning, critical };
std::string_view to_string(Severity severity);

// One thing that is wrong with one resource.
struct Finding {
  std::string rule;  // "pod_unschedulable"
  Severity severity = Severity::warning;
  std::string account, cluster, kind, id, native, name, space;  // space: the namespace; "": none
  std::string reason;                         // one sentence: "0/20 nodes are available: 20 Insufficient cpu."
  std::vector<std::pair<std::string, std::string>> evidence;  // what the rule read: path → value
  std::optional<Time> since;                  // as the documents say it; nullopt: they do not
};

struct ClusterHealth {
  std::string account, cluster, region;
  std::optional<Time> verified;              // the oldest of its cells' lists: as of when all of this is known
  std::optional<Time> late_since;            // no dump came when one was due
  std::map<std::string, uint64_t> counts;    // live resources by kind
  std::map<std::string, uint64_t> findings;  // by rule
  std::vector<Finding> worst;                // all of them, the most severe first
  std::vector<std::string> missing;          // kinds that were not read to their end, with why: one sentence each
};

// Immutable, thread-safe.
class HealthRules {
 public:
  // Errors: invalid, every complaint with file, line and column.
  static Result<HealthRules> load(const catalog::Catalog& catalog);
  struct Rule;
  const std::vector<Rule>& rules() const { return *rules_; }

 private:
  std::shared_ptr<const std::vector<Rule>> rules_;
};

struct HealthQuestion {
  std::vector<std::string> clusters, accounts;  // empty: all
  std::optional<Time> at;                       // then; nullopt: now
};

// Reads the documents of what the rules are about: of the live resources, or of those that were live then.
Result<std::vector<ClusterHealth>> health_of(const HealthRules& rules, const catalog::Catalog& catalog,
                                             store::Store& store, const HealthQuestion& question, Time now);

}  // namespace cadastre::kubernetes
