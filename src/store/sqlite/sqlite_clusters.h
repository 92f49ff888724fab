// What came from clusters, over SQLite, through the connection whose commits are on the disk.
#pragma once

#include "store/clusters.h"
#include "store/sqlite/store_file.h"

namespace cadastre::store {

class SqliteClusters final : public Clusters {
 public:
  explicit SqliteClusters(StoreFile& file) : file_(file) {}

  Result<void> put_cluster(const ClusterRow& cluster) override;
  Result<std::vector<ClusterRow>> clusters() override;
  Result<void> put_dump(const DumpRow& dump) override;
  Result<std::optional<DumpRow>> dump(const std::string& cluster, const std::string& dump) override;
  Result<std::vector<DumpRow>> dumps(const std::string& cluster, std::optional<DumpState> state, size_t limit) override;
  Result<std::map<DumpState, uint64_t>> count_dumps() override;
  Result<uint64_t> forget_dumps(Time settled_before) override;

  Result<void> put_health(const HealthSample& sample) override;
  Result<std::vector<HealthSample>> health(const std::string& account, const std::string& cluster, Time since,
                                           Time until) override;
  Result<uint64_t> forget_health(Time before) override;

 private:
  Result<uint64_t> forget(std::string_view sql, Time before);

  StoreFile& file_;
};

}  // namespace cadastre::store
