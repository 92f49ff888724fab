// What came from clusters: which dumps were seen and what became of them, and how each cluster fared hour by hour. On
// the disk before it is acknowledged. Thread-safe. Errors: io, full.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace cadastre::store {

enum class DumpState { waiting, done, poison };
std::string_view to_string(DumpState state);
std::optional<DumpState> dump_state_of(std::string_view word);

struct DumpRow {
  std::string cluster, dump;  // together the key; `dump` sorts by time
  std::string place;          // where it lies: "s3://bucket/prefix/2026/11/21/20261121T154000Z-4711/"
  DumpState state = DumpState::waiting;
  std::string reason;  // of poison, of what was left, of the last try that failed: one outward sentence
  int tries = 0;
  Time seen{};                  // when it arrived, by the bucket's clock; at most when it was first heard of
  std::optional<Time> settled;  // when it was done or set aside
  std::string report;           // JSON, of one that is done
};

// How a cluster fared at a moment: counts by rule and by kind.
struct HealthSample {
  std::string account, cluster;
  Time at{};           // as of when
  std::string counts;  // JSON: {"findings": {"pod_failed": 3}, "resources": {"k8s.pod": 658}}
};

// Where a cluster runs, as the configuration binds it: what was known when something of it was read last.
struct ClusterRow {
  std::string account, name;  // together the key; a cluster's cells have the account, and its name as their region
  std::string region;         // where it runs
  std::string eks;            // the name of its EKS cluster; "": the one that has the same name, if there is one
  bool operator==(const ClusterRow&) const = default;
};

class Clusters {
 public:
  virtual ~Clusters() = default;

  virtual Result<void> put_cluster(const ClusterRow& cluster) = 0;  // made, or replaced
  virtual Result<std::vector<ClusterRow>> clusters() = 0;           // by account and name

  virtual Result<void> put_dump(const DumpRow& dump) = 0;  // made, or replaced
  virtual Result<std::optional<DumpRow>> dump(const std::string& cluster, const std::string& dump) = 0;
  // The latest first. `cluster` "": all; `state` nullopt: any.
  virtual Result<std::vector<DumpRow>> dumps(const std::string& cluster, std::optional<DumpState> state,
                                             size_t limit) = 0;
  virtual Result<std::map<DumpState, uint64_t>> count_dumps() = 0;  // of every state, 0 as well
  virtual Result<uint64_t> forget_dumps(Time settled_before) = 0;

  virtual Result<void> put_health(const HealthSample& sample) = 0;  // of the same cluster and moment: replaced
  virtual Result<std::vector<HealthSample>> health(const std::string& account, const std::string& cluster, Time since,
                                                   Time until) = 0;  // oldest first
  virtual Result<uint64_t> forget_health(Time before) = 0;
};

}  // namespace cadastre::store
