#include "store/mongo/mongo_clusters.h"

namespace cadastre::store::mongo {
namespace {

const std::string kClusters = "cluster", kDumps = "dump", kHealth = "cluster_health";

DumpRow dump_of(const Document& row) {
  return {row.text("cluster"),
          row.text("dump"),
          row.text("place"),
          static_cast<DumpState>(row.integer("state")),
          row.text("reason"),
          static_cast<int>(row.integer("tries")),
          row.time("seen").value_or(Time()),
          row.time("settled"),
          row.text("report")};
}

}  // namespace

// Two who make the same row at once meet at its unique key; the second finds it there when it tries again.
Result<void> MongoClusters::put(const std::string& collection, Document key, Document rest) {
  for (bool again = false;; again = true) {
    TRY_ASSIGN(auto done,
               database_.update(collection, {.filter = key, .change = Document{{"$set", rest}}, .upsert = true}));
    if (!done.taken || again) return {};
  }
}

Result<void> MongoClusters::put_cluster(const ClusterRow& cluster) {
  return put(kClusters, {{"account", cluster.account}, {"name", cluster.name}},
             {{"region", cluster.region}, {"eks", cluster.eks}});
}

Result<std::vector<ClusterRow>> MongoClusters::clusters() {
  std::vector<ClusterRow> found;
  TRY(database_.find({.collection = kClusters, .order = {{"account", 1}, {"name", 1}}},
                     [&](Document&& row) -> Result<bool> {
                       found.push_back({row.text("account"), row.text("name"), row.text("region"), row.text("eks")});
                       return true;
                     }));
  return found;
}

Result<void> MongoClusters::put_dump(const DumpRow& dump) {
  return put(kDumps, {{"cluster", dump.cluster}, {"dump", dump.dump}},
             {{"place", dump.place},
              {"state", static_cast<int64_t>(dump.state)},
              {"reason", dump.reason},
              {"tries", dump.tries},
              {"seen", dump.seen},
              {"settled", dump.settled},
              {"report", dump.report}});
}

Result<std::optional<DumpRow>> MongoClusters::dump(const std::string& cluster, const std::string& dump) {
  TRY_ASSIGN(auto row, database_.one({.collection = kDumps, .filter = {{"cluster", cluster}, {"dump", dump}}}));
  if (!row) return std::nullopt;
  return dump_of(*row);
}

Result<std::vector<DumpRow>> MongoClusters::dumps(const std::string& cluster, std::optional<DumpState> state,
                                                  size_t limit) {
  Find what{.collection = kDumps, .order = {{"dump", -1}, {"cluster", 1}}, .limit = limit};
  if (!cluster.empty()) what.filter.add("cluster", cluster);
  if (state) what.filter.add("state", static_cast<int64_t>(*state));
  std::vector<DumpRow> found;
  TRY(database_.find(what, [&](Document&& row) -> Result<bool> {
    found.push_back(dump_of(row));
    return true;
  }));
  return found;
}

Result<std::map<DumpState, uint64_t>> MongoClusters::count_dumps() {
  std::map<DumpState, uint64_t> counts;
  for (auto state : {DumpState::waiting, DumpState::done, DumpState::poison}) {
    TRY_ASSIGN(auto count, database_.count(kDumps, {{"state", static_cast<int64_t>(state)}}));
    counts[state] = static_cast<uint64_t>(count);
  }
  return counts;
}

Result<uint64_t> MongoClusters::forget_dumps(Time settled_before) {
  TRY_ASSIGN(auto gone, database_.remove(kDumps, {{"settled", Document{{"$lt", settled_before}}}}));
  return static_cast<uint64_t>(gone);
}

Result<void> MongoClusters::put_health(const HealthSample& sample) {
  return put(kHealth, {{"account", sample.account}, {"cluster", sample.cluster}, {"at", sample.at}},
             {{"counts", sample.counts}});
}

Result<std::vector<HealthSample>> MongoClusters::health(const std::string& account, const std::string& cluster,
                                                        Time since, Time until) {
  std::vector<HealthSample> found;
  TRY(database_.find(
      {.collection = kHealth,
       .filter = {{"account", account}, {"cluster", cluster}, {"at", Document{{"$gte", since}, {"$lt", until}}}},
       .order = {{"at", 1}}},
      [&](Document&& row) -> Result<bool> {
        found.push_back(
            {row.text("account"), row.text("cluster"), row.time("at").value_or(Time()), row.text("counts")});
        return true;
      }));
  return found;
}

Result<uint64_t> MongoClusters::forget_health(Time before) {
  TRY_ASSIGN(auto gone, database_.remove(kHealth, {{"at", Document{{"$lt", before}}}}));
  return static_cast<uint64_t>(gone);
}

}  // namespace cadastre::store::mongo
