// The clusters that the configuration speaks of, and when each is late.
#pragma once

#include "config/kubernetes.h"
#include "kubernetes/health.h"

namespace cadastre::kubernetes {

// A drop-box that discovers its clusters gives one without a name: it stands for all of its account that have no entry
// of their own.
std::vector<ExpectedCluster> expected_clusters(const KubernetesConfig& config);

}  // namespace cadastre::kubernetes
