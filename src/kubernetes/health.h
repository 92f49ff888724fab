// What is wrong in a cluster: rules as data (catalog/kubernetes-health.yaml) over the documents of its resources.
#pragma once

#include "catalog/catalog.h"
#include "kubernetes/ingest.h"
#include "store/store.h"

namespace cadastre::kubernetes {

enum class Severity { notice, warning, critical };
std::string_view to_string(Severity severity);

// What a finding about a cluster as a whole has for its kind: no dump came, a kind could not be read.
constexpr std::string_view kCluster = "cluster";

// One thing that is wrong with one resource.
struct Finding {
  std::string rule;  // "pod_unschedulable"
  Severity severity = Severity::warning;
  std::string account, cluster, kind, id, native, name, space;  // space: the namespace; "": none
  std::string reason;                                           // one sentence: "0/20 nodes are available: 20 …"
  std::string sentence;                                         // the same, with a mark where it tells its age
  std::vector<std::pair<std::string, std::string>> evidence;    // what the rule read: path → value; then events
  std::optional<Time> since;                                    // nullopt: neither the document nor the store knows
};

struct ClusterHealth {
  std::string account, cluster, region, eks;  // region, eks: "" while nothing says them
  Time as_of{};                               // ages are counted from here: the last dump, or the instant asked for
  std::optional<Time> holds_until;            // as of this instant time alone may change what is found; nullopt: never
  std::optional<Time> verified;               // the oldest of its cells' lists: as of when all of this is known
  std::optional<Time> last_dump;              // when the latest dump was made, of those up to the instant asked for
  std::optional<Time> late_since;             // no dump came when one was due
  std::map<std::string, uint64_t> counts;     // live resources by kind
  std::map<std::string, uint64_t> findings;   // by rule
  std::vector<Finding> worst;                 // all of them, the most severe first
  std::vector<std::string> missing;           // kinds that were not read to their end, with why: one sentence each
};

// Immutable, thread-safe.
class HealthRules {
 public:
  // The embedded rules and, in the place of those of the same name, the user's: what stands under `health:` in the
  // catalogue's files. Errors: invalid, every complaint of a file with its line and column.
  static Result<HealthRules> load(const catalog::Catalog& catalog);
  struct Rule;
  const std::vector<Rule>& rules() const { return *rules_; }  // by severity, then id
  const Rule* find(std::string_view id) const;
  const struct EventRule* events() const { return events_.get(); }

 private:
  std::shared_ptr<const std::vector<Rule>> rules_;
  std::shared_ptr<const EventRule> events_;
};

// A cluster that the configuration names.
struct ExpectedCluster {
  Cluster cluster;       // name "": any other of the account, where clusters are discovered
  Millis late_after{0};  // without a dump for so long it is late; 0: it never is
};

struct HealthQuestion {
  std::vector<std::string> clusters, accounts;  // empty: all
  std::optional<Time> at;                       // then; nullopt: now
  std::vector<ExpectedCluster> expected;        // shown even when nothing came of them yet
};

// Where an instant is asked for, what it says of dumps and of what was not read is of then, as far as that was kept.
// Reads the documents of what the rules are about: of the live resources, or of those that were live then. Clusters by
// account and name. Errors: io.
Result<std::vector<ClusterHealth>> health_of(const HealthRules& rules, store::Store& store,
                                             const HealthQuestion& question, Time now);

// The health of one cluster as of its last dump, without a look at its documents: they are still what they were
// `before`. nullopt: meanwhile enough time has passed that rules may find something else. Errors: io.
Result<std::optional<ClusterHealth>> later_health(store::Store& store, const HealthQuestion& question, Time now,
                                                  const ClusterHealth& before);

}  // namespace cadastre::kubernetes
