// A cluster's health: its cells, its documents, and what the rules say of them.
#include "kubernetes/health.h"

#include "base/text.h"
#include "kubernetes/cluster_reader.h"
#include "kubernetes/examine.h"

namespace cadastre::kubernetes {
namespace {

constexpr size_t kMostVersions = 50;  // of one resource, looked at to see since when something holds

json::value time_or_null(const std::optional<Time>& time) {
  return time ? json::value(format_time(*time)) : json::value(nullptr);
}

// Back from the newest version for as long as the rule holds.
Result<Held> held_since(store::Store& store, Time as_of, const Document& document, Millis lasting, const Holds& holds) {
  TRY_ASSIGN(auto versions, store.inventory().versions(document.row.resource));
  std::optional<Time> since;
  bool before = false;  // a version was seen for which it did not hold
  size_t looked_at = 0;
  for (auto version = versions.rbegin(); version != versions.rend() && !before; ++version) {
    if (version->from > as_of) continue;
    if (++looked_at > kMostVersions) break;
    auto then = version->document.empty() ? Result<json::value>(json::value(nullptr))
                                          : parse_json(version->document, document.row.id());
    before = !then || !holds(*then);
    if (!before) since = version->from;
  }
  if (!since) return Held{};
  bool for_long = as_of - *since >= lasting;
  // Nothing shows how it was before it was first seen.
  if (!for_long && !before) return Held{};
  return Held{since, for_long};
}

// The cluster itself, as a document that rules can read.
Document cluster_document(const ClusterHealth& health, const std::vector<store::Cell>& cells) {
  json::array kinds;
  for (const auto& cell : cells) {
    kinds.push_back(json::object{{"kind", cell.key.kind},
                                 {"outcome", store::to_string(cell.outcome)},
                                 {"message", cell.message},
                                 {"verified", time_or_null(cell.verified)},
                                 {"unverified_since", time_or_null(cell.unverified_since)}});
  }
  Document document;
  document.row.cell = {health.account, health.cluster, std::string(kCluster)};
  document.row.name = health.cluster;
  document.value = json::object{{"metadata", json::object{{"name", health.cluster}}},
                                {"account", health.account},
                                {"last_dump", time_or_null(health.last_dump)},
                                {"late_since", time_or_null(health.late_since)},
                                {"kinds", std::move(kinds)}};
  return document;
}

class Examiner {
 public:
  Examiner(const HealthRules& rules, store::Store& store, const HealthQuestion& question, Time now)
      : rules_(rules), store_(store), question_(question), now_(now) {}

  Result<ClusterHealth> health(const ClusterCells& cluster, const ExpectedCluster* expected) {
    ClusterHealth health;
    health.account = cluster.account;
    health.cluster = cluster.cluster;
    describe(cluster, expected, health);
    TRY_ASSIGN(auto documents, read_documents(rules_, store_, cluster, question_.at));
    if (question_.at) {
      TRY_ASSIGN(health.counts, counts_at(store_, cluster, *question_.at));
    }
    if (!expected || expected->cluster.eks.empty()) TRY(join_to_aws(health));
    documents.add(cluster_document(health, cluster.cells));
    auto history = [&](const Document& document, Millis lasting, const Holds& holds) {
      return held_since(store_, health.as_of, document, lasting, holds);
    };
    TRY_ASSIGN(health.worst, examine(rules_, documents, health.as_of, history));
    for (const auto& finding : health.worst) ++health.findings[finding.rule];
    return health;
  }

 private:
  // What the cells and the configuration say, without any document.
  void describe(const ClusterCells& cluster, const ExpectedCluster* expected, ClusterHealth& health) {
    for (const auto& cell : cluster.cells) {
      health.counts[cell.key.kind] = cell.resources;
      if (cell.verified) {
        health.verified = std::min(health.verified.value_or(*cell.verified), *cell.verified);
      }
      if (cell.outcome == store::Outcome::complete || cell.outcome == store::Outcome::unsupported) continue;
      health.missing.push_back(fmt::format("{} {}", cell.key.kind, missing_words(cell)));
    }
    health.last_dump = last_dump(cluster);
    auto asked = question_.at.value_or(now_);
    health.as_of = health.last_dump ? std::min(asked, *health.last_dump) : asked;
    if (!expected) return;
    health.region = expected->cluster.region;
    health.eks = expected->cluster.eks;
    if (!question_.at) health.late_since = late_since(cluster, expected, now_);
  }

  static std::string missing_words(const store::Cell& cell) {
    auto words = fmt::format("was not read to its end ({})", store::to_string(cell.outcome));
    if (!cell.message.empty()) words += ": " + cell.message;
    auto shown = cell.verified ? "; what is shown is as of " + format_time(*cell.verified) : std::string();
    return words + shown;
  }

  // Without a word of the configuration, the EKS cluster of the same account and name.
  Result<void> join_to_aws(ClusterHealth& health) {
    TRY_ASSIGN(auto found, store_.inventory().lookup(health.cluster, question_.at, {health.account}));
    for (const auto& row : found) {
      if (row.cell.kind != "aws.eks.cluster" || row.deleted) continue;
      health.eks = row.native;
      if (health.region.empty()) health.region = row.region;
    }
    return {};
  }

  const HealthRules& rules_;
  store::Store& store_;
  const HealthQuestion& question_;
  Time now_;
};

bool asked(const std::vector<std::string>& wanted, const std::string& name) {
  return wanted.empty() || std::ranges::find(wanted, name) != wanted.end();
}

}  // namespace

Result<std::vector<ClusterHealth>> health_of(const HealthRules& rules, const catalog::Catalog&, store::Store& store,
                                             const HealthQuestion& question, Time now) {
  TRY_ASSIGN(auto cells, store.cells().list());
  auto clusters = with_expected(clusters_of(std::move(cells)), question.expected);
  Examiner examiner(rules, store, question, now);
  std::vector<ClusterHealth> all;
  for (const auto& cluster : clusters) {
    if (!asked(question.clusters, cluster.cluster) || !asked(question.accounts, cluster.account)) continue;
    TRY_ASSIGN(auto health, examiner.health(cluster, expected_of(cluster, question.expected)));
    all.push_back(std::move(health));
  }
  return all;
}

}  // namespace cadastre::kubernetes
