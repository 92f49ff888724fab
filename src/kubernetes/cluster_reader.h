// Which clusters a store knows, and the documents of one of them.
#pragma once

#include <set>

#include "kubernetes/cluster_documents.h"
#include "kubernetes/rule.h"

namespace cadastre::kubernetes {

struct ClusterCells {
  std::string account, cluster;
  std::vector<store::Cell> cells;
};

// By account and name. Cells of kinds that the configuration no longer asks for are left out.
std::vector<ClusterCells> clusters_of(std::vector<store::Cell> cells);

// With those that were expected and of which nothing came yet.
std::vector<ClusterCells> with_expected(std::vector<ClusterCells> clusters,
                                        const std::vector<ExpectedCluster>& expected);
const ExpectedCluster* expected_of(const ClusterCells& cluster, const std::vector<ExpectedCluster>& expected);

std::optional<Time> last_dump(const ClusterCells& cluster);
// Since when a dump should have come; nullopt: it is in time, or none is expected.
std::optional<Time> late_since(std::optional<Time> last, const ExpectedCluster* expected, Time now);

// The kinds whose documents the rules read.
std::set<std::string> kinds_of(const HealthRules& rules);

// What the rules read of the cluster: live now, or then. Errors: io; malformed, naming the resource.
Result<ClusterDocuments> read_documents(const HealthRules& rules, store::Store& store, const ClusterCells& cluster,
                                        std::optional<Time> at);

// What there was then: live resources by kind, and when the last of them changed.
struct CountsThen {
  std::map<std::string, uint64_t> counts;
  std::optional<Time> changed;
};
Result<CountsThen> counts_at(store::Store& store, const ClusterCells& cluster, Time at);

// When the last dump that was read by then was made, as far as samples of health were kept. Errors: io.
Result<std::optional<Time>> last_dump_at(store::Store& store, const ClusterCells& cluster, Time at);

}  // namespace cadastre::kubernetes
