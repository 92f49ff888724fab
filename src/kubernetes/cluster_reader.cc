#include "kubernetes/cluster_reader.h"

#include "kubernetes/control_plane.h"

namespace cadastre::kubernetes {
namespace {

constexpr std::string_view kPrefix = "k8s.";
constexpr size_t kBatch = 500;  // documents asked for at once

store::Filter filter_of(const ClusterCells& cluster, const std::set<std::string>* kinds) {
  store::Filter filter;
  for (const auto& cell : cluster.cells) {
    if (!kinds || kinds->contains(cell.key.kind)) filter.kinds.push_back(cell.key.kind);
  }
  filter.accounts = {cluster.account};
  return filter;
}

Result<void> add(ClusterDocuments& documents, store::Resource row, const std::string& text) {
  TRY_ASSIGN(auto value, parse_json(text, row.id(), documents.storage()));
  row.document.clear();
  documents.add({std::move(row), std::move(value)});
  return {};
}

// Ids first, so that of several clusters in one account only this one's documents are unpacked.
Result<void> read_live(store::Store& store, const store::Filter& filter, const std::string& cluster,
                       ClusterDocuments& documents) {
  auto ids_only = filter;
  ids_only.documents = false;
  std::vector<store::Resource> rows;
  TRY(store.inventory().scan(ids_only, std::nullopt, [&](const store::Resource& row) {
    if (row.cell.region == cluster) rows.push_back(row);
    return true;
  }));
  for (size_t from = 0; from < rows.size(); from += kBatch) {
    std::vector<int64_t> ids;
    for (size_t i = from; i < std::min(from + kBatch, rows.size()); ++i) ids.push_back(rows[i].resource);
    TRY_ASSIGN(auto texts, store.inventory().documents(ids));
    for (size_t i = 0; i < texts.size(); ++i) {
      if (!texts[i].empty()) TRY(add(documents, std::move(rows[from + i]), texts[i]));  // "": gone meanwhile
    }
  }
  return {};
}

}  // namespace

std::vector<ClusterCells> clusters_of(std::vector<store::Cell> cells) {
  std::map<std::pair<std::string, std::string>, ClusterCells> clusters;
  for (auto& cell : cells) {
    if (!cell.key.kind.starts_with(kPrefix) || cell.unplanned_since) continue;
    auto& cluster = clusters[{cell.key.account, cell.key.region}];
    cluster.account = cell.key.account;
    cluster.cluster = cell.key.region;
    cluster.cells.push_back(std::move(cell));
  }
  std::vector<ClusterCells> list;
  for (auto& [key, cluster] : clusters) list.push_back(std::move(cluster));
  return list;
}

std::vector<ClusterCells> with_expected(std::vector<ClusterCells> clusters,
                                        const std::vector<ExpectedCluster>& expected) {
  for (const auto& one : expected) {
    if (one.cluster.name.empty()) continue;
    bool known = std::ranges::any_of(clusters, [&](const ClusterCells& cluster) {
      return cluster.account == one.cluster.account && cluster.cluster == one.cluster.name;
    });
    if (!known) clusters.push_back({one.cluster.account, one.cluster.name, {}});
  }
  std::ranges::sort(clusters, {}, [](const auto& one) { return std::tie(one.account, one.cluster); });
  return clusters;
}

const ExpectedCluster* expected_of(const ClusterCells& cluster, const std::vector<ExpectedCluster>& expected) {
  auto named = [&](const std::string& name) {
    auto at = std::ranges::find_if(expected, [&](const ExpectedCluster& one) {
      return one.cluster.account == cluster.account && one.cluster.name == name;
    });
    return at == expected.end() ? nullptr : &*at;
  };
  const auto* own = named(cluster.cluster);
  return own ? own : named("");
}

std::optional<Time> last_dump(const ClusterCells& cluster) {
  std::optional<Time> last;
  for (const auto& cell : cluster.cells) {
    if (cell.attempted) last = std::max(last.value_or(*cell.attempted), *cell.attempted);
  }
  return last;
}

std::optional<Time> late_since(std::optional<Time> last, const ExpectedCluster* expected, Time now) {
  if (!expected || expected->late_after == Millis(0) || !last || now - *last <= expected->late_after)
    return std::nullopt;
  return *last + expected->late_after;
}

std::set<std::string> kinds_of(const HealthRules& rules) {
  std::set<std::string> kinds;
  auto add = [&](const std::string& kind, const Path&, const Path&) { kinds.insert(kind); };
  for (const auto& rule : rules.rules()) {
    kinds.insert(rule.kind);
    each_path(rule, add);
  }
  if (rules.events()) each_path(*rules.events(), add);
  return kinds;
}

Result<ClusterDocuments> read_documents(const HealthRules& rules, store::Store& store, const ClusterCells& cluster,
                                        std::optional<Time> at) {
  ClusterDocuments documents;
  auto kinds = kinds_of(rules);
  auto filter = filter_of(cluster, &kinds);
  if (filter.kinds.empty()) return documents;
  if (!at) {
    TRY(read_live(store, filter, cluster.cluster, documents));
    return documents;
  }
  Result<void> read;
  TRY(store.inventory().scan(filter, at, [&](const store::Resource& row) {
    if (row.cell.region == cluster.cluster) read = add(documents, row, row.document);
    return read.has_value();
  }));
  TRY(std::move(read));
  return documents;
}

Result<CountsThen> counts_at(store::Store& store, const ClusterCells& cluster, Time at) {
  CountsThen then;
  auto filter = filter_of(cluster, nullptr);
  filter.documents = false;
  TRY(store.inventory().scan(filter, at, [&](const store::Resource& row) {
    if (row.cell.region != cluster.cluster) return true;
    if (row.cell.kind != kControlPlaneKind) ++then.counts[row.cell.kind];
    then.changed = std::max(then.changed.value_or(row.changed), row.changed);
    return true;
  }));
  return then;
}

Result<std::optional<Time>> last_dump_at(store::Store& store, const ClusterCells& cluster, Time at) {
  // Clusters send every few minutes, so mostly the first look finds it.
  for (auto back : {std::chrono::hours(1), std::chrono::hours(24), std::chrono::hours(24 * 30)}) {
    TRY_ASSIGN(auto samples,
               store.clusters().health(cluster.account, cluster.cluster, at - Millis(back), at + Millis(1)));
    if (!samples.empty()) return samples.back().at;
  }
  return std::nullopt;
}

}  // namespace cadastre::kubernetes
