#include "kubernetes/health_board.h"

#include "kubernetes/cluster_reader.h"

namespace cadastre::kubernetes {
namespace {

// Every dump ends with a write to each cell that it told of. Being late is no write: time passes by itself.
std::string state_of(const ClusterCells& cluster, bool late) {
  auto state = late ? std::string("late") : std::string();
  auto add = [&](const std::optional<Time>& time) { state += time ? format_time(*time) + " " : "- "; };
  for (const auto& cell : cluster.cells) {
    state += fmt::format("\n{} {} {} ", cell.key.kind, store::to_string(cell.outcome), cell.resources);
    add(cell.attempted);
    add(cell.verified);
  }
  return state;
}

}  // namespace

HealthBoard::HealthBoard(HealthRules rules, const catalog::Catalog& catalog, store::Store& store, Clock& clock)
    : rules_(std::move(rules)), catalog_(catalog), store_(store), clock_(clock) {}

void HealthBoard::expect(std::vector<ExpectedCluster> expected) {
  std::lock_guard lock(mutex_);
  expected_ = std::move(expected);
  kept_.clear();
}

Result<std::vector<HealthBoard::HealthPtr>> HealthBoard::all(
    const std::function<bool(const std::string& account)>& sees) {
  TRY_ASSIGN(auto cells, store_.cells().list());
  auto now = clock_.now();
  std::lock_guard lock(mutex_);
  std::vector<HealthPtr> all;
  for (const auto& cluster : with_expected(clusters_of(std::move(cells)), expected_)) {
    if (!sees(cluster.account)) continue;
    const auto* expected = expected_of(cluster, expected_);
    auto state = state_of(cluster, late_since(cluster, expected, now).has_value());
    auto& kept = kept_[{cluster.account, cluster.cluster}];
    if (!kept.health || kept.state != state) {
      HealthQuestion question{.clusters = {cluster.cluster}, .accounts = {cluster.account}, .at = {}, .expected = {}};
      if (expected) question.expected = {*expected};
      TRY_ASSIGN(auto found, health_of(rules_, catalog_, store_, question, now));
      if (found.empty()) continue;  // its cells went meanwhile
      kept = {std::move(state), std::make_shared<const ClusterHealth>(std::move(found.front()))};
    }
    all.push_back(kept.health);
  }
  return all;
}

Result<std::vector<ClusterHealth>> HealthBoard::then(const std::vector<std::string>& accounts,
                                                     const std::vector<std::string>& clusters, Time at) {
  HealthQuestion question{.clusters = clusters, .accounts = accounts, .at = at, .expected = {}};
  return health_of(rules_, catalog_, store_, question, clock_.now());
}

}  // namespace cadastre::kubernetes
