#include "store/sqlite/sqlite_clusters.h"

namespace cadastre::store {
namespace {

constexpr std::string_view kDump =
    "SELECT cluster, dump, place, state, reason, tries, seen, settled, report FROM dump WHERE ";

DumpRow dump_of(const Statement& row) {
  return {row.text(0), row.text(1),
          row.text(2), static_cast<DumpState>(row.integer(3)),
          row.text(4), static_cast<int>(row.integer(5)),
          row.time(6), row.optional_time(7),
          row.text(8)};
}

}  // namespace

Result<void> SqliteClusters::put_cluster(const ClusterRow& cluster) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto put,
             file_.durable->prepare("INSERT OR REPLACE INTO cluster (account, name, region, eks) VALUES (?, ?, ?, ?)"));
  return put.bind(cluster.account).bind(cluster.name).bind(cluster.region).bind(cluster.eks).run();
}

Result<std::vector<ClusterRow>> SqliteClusters::clusters() {
  TRY_ASSIGN(auto reader, file_.readers.take());
  TRY_ASSIGN(auto select, reader->prepare("SELECT account, name, region, eks FROM cluster ORDER BY account, name"));
  std::vector<ClusterRow> found;
  for (;;) {
    TRY_ASSIGN(bool row, select.step());
    if (!row) return found;
    found.push_back({select.text(0), select.text(1), select.text(2), select.text(3)});
  }
}

Result<void> SqliteClusters::put_dump(const DumpRow& dump) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto put,
             file_.durable->prepare("INSERT OR REPLACE INTO dump (cluster, dump, place, state, reason, tries, "
                                    "seen, settled, report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  put.bind(dump.cluster).bind(dump.dump).bind(dump.place).bind(static_cast<int64_t>(dump.state)).bind(dump.reason);
  return put.bind(static_cast<int64_t>(dump.tries)).bind(dump.seen).bind(dump.settled).bind(dump.report).run();
}

Result<std::optional<DumpRow>> SqliteClusters::dump(const std::string& cluster, const std::string& dump) {
  TRY_ASSIGN(auto reader, file_.readers.take());
  TRY_ASSIGN(auto select, reader->prepare(std::string(kDump) + "cluster = ? AND dump = ?"));
  TRY_ASSIGN(bool row, select.bind(cluster).bind(dump).step());
  if (!row) return std::nullopt;
  return dump_of(select);
}

Result<std::vector<DumpRow>> SqliteClusters::dumps(const std::string& cluster, std::optional<DumpState> state,
                                                   size_t limit) {
  TRY_ASSIGN(auto reader, file_.readers.take());
  std::string sql(kDump);
  sql += cluster.empty() ? "?1 = ''" : "cluster = ?1";
  // Said in full where an index is for that: the few that are not done are found among the many that are.
  if (state && *state != DumpState::done) sql += " AND state <> 1";
  if (state) sql += " AND state = ?2";
  TRY_ASSIGN(auto select, reader->prepare(sql + " ORDER BY dump DESC, cluster LIMIT ?3"));
  select.bind(cluster).bind(state ? static_cast<int64_t>(*state) : -1);
  select.bind(limit == 0 ? -1 : static_cast<int64_t>(limit));
  std::vector<DumpRow> found;
  for (;;) {
    TRY_ASSIGN(bool row, select.step());
    if (!row) return found;
    found.push_back(dump_of(select));
  }
}

// The few that are not done have an index; those that are, by far the most, are all others.
Result<std::map<DumpState, uint64_t>> SqliteClusters::count_dumps() {
  TRY_ASSIGN(auto reader, file_.readers.take());
  TRY_ASSIGN(auto select, reader->prepare("SELECT state, COUNT(*) FROM dump WHERE state <> 1 GROUP BY state "
                                          "UNION ALL SELECT 1, COUNT(*) FROM dump"));
  std::map<DumpState, uint64_t> counts = {{DumpState::waiting, 0}, {DumpState::done, 0}, {DumpState::poison, 0}};
  for (;;) {
    TRY_ASSIGN(bool row, select.step());
    if (!row) break;
    counts[static_cast<DumpState>(select.integer(0))] = static_cast<uint64_t>(select.integer(1));
  }
  counts[DumpState::done] -= counts[DumpState::waiting] + counts[DumpState::poison];
  return counts;
}

Result<uint64_t> SqliteClusters::forget_dumps(Time settled_before) {
  return forget("DELETE FROM dump WHERE settled < ?", settled_before);
}

Result<void> SqliteClusters::put_health(const HealthSample& sample) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto put, file_.durable->prepare(
                           "INSERT OR REPLACE INTO cluster_health (account, cluster, at, counts) VALUES (?, ?, ?, ?)"));
  return put.bind(sample.account).bind(sample.cluster).bind(sample.at).bind(sample.counts).run();
}

Result<std::vector<HealthSample>> SqliteClusters::health(const std::string& account, const std::string& cluster,
                                                         Time since, Time until) {
  TRY_ASSIGN(auto reader, file_.readers.take());
  TRY_ASSIGN(auto select, reader->prepare("SELECT account, cluster, at, counts FROM cluster_health WHERE account = ? "
                                          "AND cluster = ? AND at >= ? AND at < ? ORDER BY at"));
  select.bind(account).bind(cluster).bind(since).bind(until);
  std::vector<HealthSample> found;
  for (;;) {
    TRY_ASSIGN(bool row, select.step());
    if (!row) return found;
    found.push_back({select.text(0), select.text(1), select.time(2), select.text(3)});
  }
}

Result<uint64_t> SqliteClusters::forget_health(Time before) {
  return forget("DELETE FROM cluster_health WHERE at < ?", before);
}

Result<uint64_t> SqliteClusters::forget(std::string_view sql, Time before) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto remove, file_.durable->prepare(sql));
  TRY(remove.bind(before).run());
  return static_cast<uint64_t>(file_.durable->changes());
}

}  // namespace cadastre::store
