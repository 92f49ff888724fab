#include "kubernetes/owners.h"

namespace cadastre::kubernetes {
namespace {

Owner owner_of(const ClusterConfig& cluster) {
  return {{cluster.name, cluster.account, cluster.region, cluster.eks}, cluster.bucket, cluster.prefix, cluster.every};
}

}  // namespace

std::optional<Owner> Owners::of(const std::string& bucket, std::string_view key) const {
  for (const auto& cluster : config_.clusters) {
    if (cluster.bucket == bucket && key.starts_with(cluster.prefix)) return owner_of(cluster);
  }
  for (const auto& box : config_.dropboxes) {
    if (box.bucket == bucket) return discovered(box, key);
  }
  return std::nullopt;
}

std::optional<Owner> Owners::discovered(const DropboxConfig& box, std::string_view key) const {
  if (!box.discover || !key.starts_with(box.prefix)) return std::nullopt;
  auto name = key.substr(box.prefix.size());
  auto slash = name.find('/');
  if (slash == 0 || slash == name.npos) return std::nullopt;
  name = name.substr(0, slash);
  // A cluster that the configuration has elsewhere is not this folder's, whoever made it.
  for (const auto& cluster : config_.clusters) {
    if (cluster.name == name) return std::nullopt;
  }
  return Owner{{std::string(name), box.discover->account, box.discover->region, ""},
               box.bucket,
               std::string(key.substr(0, box.prefix.size() + slash + 1)),
               box.discover->every};
}

std::vector<Owner> Owners::in(const DropboxConfig& box, const std::vector<std::string>& folders) const {
  std::vector<Owner> found;
  for (const auto& cluster : config_.clusters) {
    if (cluster.bucket == box.bucket) found.push_back(owner_of(cluster));
  }
  for (const auto& folder : folders) {
    auto owner = of(box.bucket, folder);
    if (owner && owner->prefix == folder &&
        std::ranges::none_of(found, [&](const auto& one) { return one.prefix == owner->prefix; })) {
      found.push_back(std::move(*owner));
    }
  }
  return found;
}

}  // namespace cadastre::kubernetes
