#include "kubernetes/expected.h"

namespace cadastre::kubernetes {

std::vector<ExpectedCluster> expected_clusters(const KubernetesConfig& config) {
  std::vector<ExpectedCluster> expected;
  for (const auto& one : config.clusters)
    expected.push_back({{one.name, one.account, one.region, one.eks}, one.every * config.late});
  for (const auto& dropbox : config.dropboxes) {
    if (!dropbox.discover) continue;
    const auto& found = *dropbox.discover;
    expected.push_back({{"", found.account, found.region, ""}, found.every * config.late});
  }
  return expected;
}

}  // namespace cadastre::kubernetes
