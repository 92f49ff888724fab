// Whose a key of a drop-box is: by the prefixes of the configuration, or by the folder's name where clusters are
// discovered. Never by what a dump says of itself. Immutable, thread-safe.
#pragma once

#include "config/kubernetes.h"
#include "kubernetes/ingest.h"

namespace cadastre::kubernetes {

struct Owner {
  Cluster cluster;
  std::string bucket, prefix;  // where its dumps are
  Millis every{0};             // how often one is due
};

class Owners {
 public:
  explicit Owners(const KubernetesConfig& config) : config_(config) {}

  // nullopt: nobody's.
  std::optional<Owner> of(const std::string& bucket, std::string_view key) const;
  // Those that the configuration names in this bucket; `folders`, below its prefix, are discovered ones beside them,
  // where that is asked for.
  std::vector<Owner> in(const DropboxConfig& box, const std::vector<std::string>& folders) const;

 private:
  std::optional<Owner> discovered(const DropboxConfig& box, std::string_view key) const;

  KubernetesConfig config_;
};

}  // namespace cadastre::kubernetes
