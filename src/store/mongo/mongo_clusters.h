// What came from clusters, over MongoDB.
#pragma once

#include "store/clusters.h"
#include "store/mongo/database.h"

namespace cadastre::store::mongo {

class MongoClusters final : public Clusters {
 public:
  explicit MongoClusters(Database& database) : database_(database) {}

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
  Result<void> put(const std::string& collection, Document key, Document rest);

  Database& database_;
};

}  // namespace cadastre::store::mongo
