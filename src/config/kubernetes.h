// The part of cadastre.yaml about clusters: where they drop their dumps, and which they are.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace cadastre {

class YamlMap;
struct Config;
struct ServingTexts;

// A bucket that clusters put their dumps into.
struct DropboxConfig {
  std::string bucket, region;
  std::string account;                     // whose credentials read it; "": those given here
  std::string profile, role, external_id;  // as accounts have them
  std::string queue;                       // URL of the SQS queue that S3 tells of new objects; "": there is none
  std::string prefix;                      // "clusters/", or "": below it each cluster has a folder
  Millis every{0};                         // how often it is listed; with a queue too, since an event may be lost

  // Every folder below the prefix is a cluster of that name.
  struct Discover {
    std::string account, region;
    Millis every{0};  // how often their dumps are due
    bool operator==(const Discover&) const = default;
  };
  std::optional<Discover> discover;
  bool operator==(const DropboxConfig&) const = default;
};

struct ClusterConfig {
  std::string name;
  std::string account, region;  // where it runs
  std::string eks;              // the name of its EKS cluster; "": the one that has the same name, if there is one
  std::string bucket, prefix;   // where its dumps are: "clusters/prod-eu/"; bucket "": nowhere, they are read by hand
  Millis every{0};              // how often a dump is due
  bool operator==(const ClusterConfig&) const = default;
};

struct KubernetesConfig {
  std::vector<DropboxConfig> dropboxes;
  std::vector<ClusterConfig> clusters;
  int late = 3;  // dumps that were due and did not come, before a cluster counts as late
  bool operator==(const KubernetesConfig&) const = default;
};

// Reads `kubernetes` into the configuration, whose accounts are known by then.
void read_kubernetes(YamlMap& map, const ServingTexts& texts, Config& config);

}  // namespace cadastre
