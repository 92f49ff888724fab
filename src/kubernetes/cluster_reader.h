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
std::optional<Time> late_since(const ClusterCells& cluster, const ExpectedCluster* expected, Time now);

// The kinds whose documents the rules read.
std::set<std::string> kinds_of(const HealthRules& rules);

// What the rules read of the cluster: live now, or then. Errors: io; malformed, naming the resource.
Result<ClusterDocuments> read_documents(const HealthRules& rules, store::Store& store, const ClusterCells& cluster,
                                        std::optional<Time> at);

// Live resources by kind, then.
Result<std::map<std::string, uint64_t>> counts_at(store::Store& store, const ClusterCells& cluster, Time at);

}  // namespace cadastre::kubernetes
