#include "kubernetes/object.h"

#include <doctest/doctest.h>

#include "kubernetes/control_plane.h"
#include "kubernetes/fixture.h"

namespace cadastre::kubernetes {

TEST_CASE("resources are named by Kubernetes' own rule") {
  for (const auto& [kind, version, resource] : std::vector<std::array<const char*, 3>>{
           {"Pod", "v1", "pods"},
           {"Endpoints", "v1", "endpoints"},
           {"Ingress", "networking.k8s.io/v1", "ingresses.networking.k8s.io"},
           {"NetworkPolicy", "networking.k8s.io/v1", "networkpolicies.networking.k8s.io"},
           {"StorageClass", "storage.k8s.io/v1", "storageclasses.storage.k8s.io"},
           {"Gateway", "gateway.networking.k8s.io/v1", "gateways.gateway.networking.k8s.io"},
           {"Application", "argoproj.io/v1alpha1", "applications.argoproj.io"},
           {"", "v1", ""}}) {
    CHECK(resource_of(kind, version) == resource);
  }
}

TEST_CASE(
    "every kind of the catalogue is a resource that the drop-box asks for, and is found by what its objects say") {
  // As `kubectl api-resources` prints them.
  const std::map<std::string, std::pair<const char*, const char*>> known = {
      {"pods", {"Pod", "v1"}},
      {"nodes", {"Node", "v1"}},
      {"namespaces", {"Namespace", "v1"}},
      {"services", {"Service", "v1"}},
      {"events", {"Event", "v1"}},
      {"serviceaccounts", {"ServiceAccount", "v1"}},
      {"resourcequotas", {"ResourceQuota", "v1"}},
      {"persistentvolumes", {"PersistentVolume", "v1"}},
      {"persistentvolumeclaims", {"PersistentVolumeClaim", "v1"}},
      {"deployments.apps", {"Deployment", "apps/v1"}},
      {"replicasets.apps", {"ReplicaSet", "apps/v1"}},
      {"statefulsets.apps", {"StatefulSet", "apps/v1"}},
      {"daemonsets.apps", {"DaemonSet", "apps/v1"}},
      {"jobs.batch", {"Job", "batch/v1"}},
      {"cronjobs.batch", {"CronJob", "batch/v1"}},
      {"endpointslices.discovery.k8s.io", {"EndpointSlice", "discovery.k8s.io/v1"}},
      {"ingresses.networking.k8s.io", {"Ingress", "networking.k8s.io/v1"}},
      {"networkpolicies.networking.k8s.io", {"NetworkPolicy", "networking.k8s.io/v1"}},
      {"storageclasses.storage.k8s.io", {"StorageClass", "storage.k8s.io/v1"}},
      {"horizontalpodautoscalers.autoscaling", {"HorizontalPodAutoscaler", "autoscaling/v2"}},
      {"poddisruptionbudgets.policy", {"PodDisruptionBudget", "policy/v1"}},
      {"applications.argoproj.io", {"Application", "argoproj.io/v1alpha1"}},
      {"certificates.cert-manager.io", {"Certificate", "cert-manager.io/v1"}}};
  size_t found = 0;
  for (const auto& kind : embedded_catalog().kinds()) {
    if (kind.resource.empty() || kind.resource == kControlPlane) continue;
    CAPTURE(kind.resource);
    auto at = known.find(kind.resource);
    REQUIRE(at != known.end());
    CHECK(resource_of(at->second.first, at->second.second) == kind.resource);
    CHECK(kind.lists.empty());
    ++found;
    for (const auto& link : kind.links) {
      CAPTURE(link.to);
      CHECK(embedded_catalog().find(link.to));
    }
  }
  CHECK(found == known.size());
}

TEST_CASE("an object that says nothing of itself is what its list is of") {
  Envelope envelope{"DeploymentList", "apps/v1", {}, 0};
  auto document = must(read_object(R"({"metadata":{"name":"a","namespace":"b"}})", envelope, {}));
  CHECK(to_json(document) == R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a","namespace":"b"}})");
  // One that does keeps its own word, and a kubectl List says nothing of its items.
  CHECK(to_json(must(read_object(R"({"kind":"Secret","apiVersion":"v1","metadata":{"name":"a"}})", envelope, {}))) ==
        R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}})");
  CHECK(to_json(must(read_object(R"({"metadata":{"name":"a"}})", {"List", "v1", {}, 0}, {}))) ==
        R"({"metadata":{"name":"a"}})");
}

TEST_CASE("members are in the order of their names at every depth") {
  auto document =
      must(read_object(R"({"z":[{"b":1,"a":{"d":1,"c":2}}],"metadata":{"name":"n","labels":{"b":"","a":""}}})",
                       {"PodList", "v1", {}, 0}, {}));
  CHECK(
      to_json(document) ==
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"labels":{"a":"","b":""},"name":"n"},"z":[{"a":{"c":2,"d":1},"b":1}]})");
}

TEST_CASE("what is no object is malformed, however deep or long it is") {
  std::string deep(5000, '['), shut(5000, ']');
  for (const auto& text : {std::string("7"), std::string("{}"), std::string("{\"metadata\":{}}"), std::string("{]"),
                           R"({"metadata":{"name":"a"},"x":)" + deep + shut + "}",
                           std::string("{\"metadata\":{\"name\":\"\xc3\x28\"}}")}) {
    auto document = read_object(text, {"PodList", "v1", {}, 0}, {});
    REQUIRE_FALSE(document);
    CHECK(document.error().code == ErrorCode::malformed);
  }
  CHECK(read_object(R"({"metadata":{"name":"a"},"x":")" + std::string(2'000'000, 'x') + "\"}", {"PodList", "v1", {}, 0},
                    {}));
}

}  // namespace cadastre::kubernetes
