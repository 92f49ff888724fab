#include "kubernetes/control_plane.h"

#include "base/json.h"
#include "base/text.h"
#include "kubernetes/quantity.h"

namespace cadastre::kubernetes {

Result<void> keep_control_plane(const catalog::Kind& kind, const Manifest& manifest, const Cluster& cluster,
                                store::Store& store, AsOf& as_of) {
  if (!minor_version(manifest.server)) return {};
  auto said = [](const std::string& text) { return json::value(printable(text)); };
  json::object object{{"kind", "Cluster"},
                      {"apiVersion", "cadastre/v1"},
                      {"metadata", json::object{{"name", cluster.name}}},
                      {"server", said(manifest.server)},
                      {"kubectl", said(manifest.kubectl)},
                      {"tool", said(manifest.tool)}};
  KindRun run(kind, cluster, store, as_of);
  TRY_ASSIGN(bool begun, run.begin(true));
  if (!begun) return {};
  TRY(run.item(to_json(object), {}));
  return run.finish({}, {});
}

}  // namespace cadastre::kubernetes
