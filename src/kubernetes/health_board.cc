#include "kubernetes/health_board.h"

#include "kubernetes/cluster_reader.h"

namespace cadastre::kubernetes {
namespace {

std::string text_of(const std::optional<Time>& time) { return time ? format_time(*time) : "-"; }

// Every dump ends with a write to each cell that it told of. Being late is no write: time passes by itself.
std::string told_by(const ClusterCells& cluster, bool late) {
  auto told = late ? std::string("late") : std::string();
  for (const auto& cell : cluster.cells) {
    told += fmt::format("\n{} {} {} {} {}", cell.key.kind, store::to_string(cell.outcome), cell.resources,
                        text_of(cell.attempted), text_of(cell.verified));
  }
  return told;
}

// Whatever a dump opens or changes is a put, which the cell dates, and what it closes is missing from the count. A run
// that broke off has put something and may go on: until it has ended, what it tells is of no other run.
std::string content_of(const ClusterCells& cluster, bool late) {
  auto content = late ? std::string("late") : std::string();
  for (const auto& cell : cluster.cells) {
    bool whole = cell.outcome == store::Outcome::complete;
    bool broken_off = cell.written && (!cell.attempted || *cell.written > *cell.attempted);
    content += fmt::format("\n{} {} {} {} {} {} {}{}", cell.key.kind, store::to_string(cell.outcome), cell.message,
                           cell.resources, text_of(cell.written), text_of(cell.unverified_since),
                           whole ? "" : text_of(cell.verified), broken_off ? " broken off" : "");
  }
  return content;
}

}  // namespace

HealthBoard::HealthBoard(HealthRules rules, store::Store& store, Clock& clock)
    : rules_(std::move(rules)), store_(store), clock_(clock) {}

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
    auto& kept = kept_[{cluster.account, cluster.cluster}];
    TRY(renew(kept, cluster, now));
    if (kept.health) all.push_back(kept.health);  // else its cells went meanwhile
  }
  return all;
}

Result<HealthBoard::HealthPtr> HealthBoard::of(const std::string& account, const std::string& cluster) {
  TRY_ASSIGN(auto cells, store_.cells().list());
  auto now = clock_.now();
  std::lock_guard lock(mutex_);
  for (const auto& one : with_expected(clusters_of(std::move(cells)), expected_)) {
    if (one.account != account || one.cluster != cluster) continue;
    auto& kept = kept_[{account, cluster}];
    TRY(renew(kept, one, now));
    if (kept.health) return kept.health;
  }
  return fail(ErrorCode::not_found,
              fmt::format("no dump of cluster '{}' of account {} was read yet", cluster, account));
}

Result<void> HealthBoard::renew(Kept& kept, const ClusterCells& cluster, Time now) {
  const auto* expected = expected_of(cluster, expected_);
  bool late = late_since(last_dump(cluster), expected, now).has_value();
  auto told = told_by(cluster, late), content = content_of(cluster, late);
  if (kept.health && kept.told == told && kept.content == content) return {};
  HealthQuestion question{.clusters = {cluster.cluster}, .accounts = {cluster.account}, .at = {}, .expected = {}};
  if (expected) question.expected = {*expected};
  std::optional<ClusterHealth> found;
  if (kept.health && kept.content == content) {
    TRY_ASSIGN(found, later_health(store_, question, now, *kept.health));
  }
  if (!found) {
    ++looks_;
    TRY_ASSIGN(auto all, health_of(rules_, store_, question, now));
    if (all.empty()) return kept = {}, Result<void>();
    found = std::move(all.front());
  }
  kept = {std::move(told), std::move(content), std::make_shared<const ClusterHealth>(std::move(*found))};
  return {};
}

Result<std::vector<ClusterHealth>> HealthBoard::then(const std::vector<std::string>& accounts,
                                                     const std::vector<std::string>& clusters, Time at) {
  HealthQuestion question{.clusters = clusters, .accounts = accounts, .at = at, .expected = {}};
  {
    std::lock_guard lock(mutex_);
    question.expected = expected_;
  }
  return health_of(rules_, store_, question, clock_.now());
}

}  // namespace cadastre::kubernetes
