// What a dump says of its cluster as a whole, kept like one object more of it: a k8s.cluster, whose versions are the
// upgrades of the control plane, as of when dumps first showed them.
#pragma once

#include "kubernetes/dump.h"
#include "kubernetes/kind_run.h"

namespace cadastre::kubernetes {

// The catalogue's name for it; Kubernetes' own groups have a dot, so no dump can hold lists of this.
constexpr std::string_view kControlPlane = "clusters.cadastre";
constexpr std::string_view kControlPlaneKind = "k8s.cluster";

// Nothing is written when the manifest does not know the server's version, or tells none, or when a newer dump told it.
// Errors are the store's.
Result<void> keep_control_plane(const catalog::Kind& kind, const Manifest& manifest, const Cluster& cluster,
                                store::Store& store, AsOf& as_of);

}  // namespace cadastre::kubernetes
