// A cluster's health: its cells, its documents, and what the rules say of them.
#include "kubernetes/health.h"

#include "base/text.h"
#include "kubernetes/cluster_reader.h"
#include "kubernetes/control_plane.h"
#include "kubernetes/examine.h"

namespace cadastre::kubernetes {
namespace {

constexpr size_t kMostVersions = 50;  // of one resource, looked at to see since when something holds

json::value time_or_null(const std::optional<Time>& time) {
  return time ? json::value(format_time(*time)) : json::value(nullptr);
}

// Back from the newest version for as long as the rule holds.
Result<Held> held_since(store::Store& store, Time as_of, const Document& document, const Holds& holds) {
  TRY_ASSIGN(auto versions, store.inventory().versions(document.row.resource));
  Held held;
  size_t looked_at = 0;
  for (auto version = versions.rbegin(); version != versions.rend() && !held.seen_beginning; ++version) {
    if (version->from > as_of) continue;
    if (++looked_at > kMostVersions) break;
    auto then = version->document.empty() ? Result<json::value>(json::value(nullptr))
                                          : parse_json(version->document, document.row.id());
    held.seen_beginning = !then || !holds(*then);
    if (!held.seen_beginning) held.since = version->from;
  }
  return held;
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

// What is known of a cluster without any of its documents: what its cells, the configuration and AWS's side say.
class Describer {
 public:
  Describer(store::Store& store, std::optional<Time> at, Time now) : store_(store), at_(at), now_(now) {}

  Result<ClusterHealth> describe(ClusterCells& cluster, const ExpectedCluster* expected) {
    ClusterHealth health;
    health.account = cluster.account;
    health.cluster = cluster.cluster;
    health.last_dump = last_dump(cluster);
    if (at_)
      TRY(describe_then(cluster, health));
    else
      describe_now(cluster, health);
    for (const auto& cell : cluster.cells) {
      if (cell.outcome == store::Outcome::complete || cell.outcome == store::Outcome::unsupported) continue;
      health.missing.push_back(fmt::format("{} {}", cell.key.kind, missing_words(cell)));
    }
    auto asked = at_.value_or(now_);
    health.as_of = health.last_dump ? std::min(asked, *health.last_dump) : asked;
    health.late_since = late_since(health.last_dump, expected, asked);
    TRY(join_to_aws(expected, health));
    return health;
  }

 private:
  static void describe_now(const ClusterCells& cluster, ClusterHealth& health) {
    for (const auto& cell : cluster.cells) {
      if (cell.key.kind != kControlPlaneKind) health.counts[cell.key.kind] = cell.resources;
      if (cell.verified) health.verified = std::min(health.verified.value_or(*cell.verified), *cell.verified);
    }
  }

  // Cells tell how they are now. Of then they know one thing: that a dump of then had not read them, if none has since.
  Result<void> describe_then(ClusterCells& cluster, ClusterHealth& health) {
    TRY_ASSIGN(auto then, counts_at(store_, cluster, *at_));
    health.counts = std::move(then.counts);
    if (!health.last_dump || *health.last_dump > *at_) {
      TRY_ASSIGN(health.last_dump, last_dump_at(store_, cluster, *at_));
      if (!health.last_dump) health.last_dump = then.changed;
    }
    for (auto& cell : cluster.cells) {
      bool unread = !store::proves_absence(cell.outcome) && health.last_dump &&
                    (!cell.verified || *cell.verified < *health.last_dump);
      if (unread) continue;
      cell.outcome = store::Outcome::complete;
      cell.message.clear();
      cell.unverified_since.reset();
      if (cell.verified && *cell.verified > *at_) cell.verified.reset();
    }
    auto known = [](const store::Cell& cell) { return cell.verified.has_value(); };
    if (!std::ranges::all_of(cluster.cells, known)) return {};
    for (const auto& cell : cluster.cells)
      health.verified = std::min(health.verified.value_or(*cell.verified), *cell.verified);
    return {};
  }

  static std::string missing_words(const store::Cell& cell) {
    auto words = fmt::format("was not read to its end ({})", store::to_string(cell.outcome));
    if (!cell.message.empty()) words += ": " + cell.message;
    auto shown = cell.verified ? "; what is shown is as of " + format_time(*cell.verified) : std::string();
    return words + shown;
  }

  // By the configuration, else as something of it was read last, else the EKS cluster of the same account and name:
  // of then, or when that was not known yet, of now.
  Result<void> join_to_aws(const ExpectedCluster* expected, ClusterHealth& health) {
    if (expected) health.region = expected->cluster.region, health.eks = expected->cluster.eks;
    TRY_ASSIGN(auto rows, store_.clusters().clusters());
    for (const auto& row : rows) {
      if (row.account != health.account || row.name != health.cluster) continue;
      if (health.region.empty()) health.region = row.region;
      if (health.eks.empty()) health.eks = row.eks;
    }
    if (!health.eks.empty()) return {};
    TRY(find_eks(at_, health));
    if (health.eks.empty() && at_) TRY(find_eks(std::nullopt, health));
    return {};
  }

  Result<void> find_eks(std::optional<Time> at, ClusterHealth& health) {
    TRY_ASSIGN(auto found, store_.inventory().lookup(health.cluster, at, {health.account}));
    for (const auto& row : found) {
      if (row.cell.kind != "aws.eks.cluster" || row.deleted) continue;
      if (!health.region.empty() && row.region != health.region) continue;
      health.eks = row.native;
      health.region = row.region;
    }
    return {};
  }

  store::Store& store_;
  std::optional<Time> at_;
  Time now_;
};

Result<ClusterHealth> look_at(const HealthRules& rules, store::Store& store, ClusterCells cluster,
                              const ExpectedCluster* expected, std::optional<Time> at, Time now) {
  TRY_ASSIGN(auto health, Describer(store, at, now).describe(cluster, expected));
  TRY_ASSIGN(auto documents, read_documents(rules, store, cluster, at));
  documents.add(cluster_document(health, cluster.cells));
  auto history = [&](const Document& document, const Holds& holds) {
    return held_since(store, health.as_of, document, holds);
  };
  TRY_ASSIGN(auto examined, examine(rules, documents, health.as_of, history));
  health.worst = std::move(examined.findings);
  health.holds_until = examined.holds_until;
  for (const auto& finding : health.worst) ++health.findings[finding.rule];
  return health;
}

bool asked(const std::vector<std::string>& wanted, const std::string& name) {
  return wanted.empty() || std::ranges::find(wanted, name) != wanted.end();
}

Result<std::vector<ClusterCells>> clusters_asked_for(store::Store& store, const HealthQuestion& question) {
  TRY_ASSIGN(auto cells, store.cells().list());
  auto clusters = with_expected(clusters_of(std::move(cells)), question.expected);
  std::erase_if(clusters, [&](const ClusterCells& cluster) {
    return !asked(question.clusters, cluster.cluster) || !asked(question.accounts, cluster.account);
  });
  return clusters;
}

}  // namespace

Result<std::vector<ClusterHealth>> health_of(const HealthRules& rules, store::Store& store,
                                             const HealthQuestion& question, Time now) {
  TRY_ASSIGN(auto clusters, clusters_asked_for(store, question));
  std::vector<ClusterHealth> all;
  for (auto& cluster : clusters) {
    const auto* expected = expected_of(cluster, question.expected);
    TRY_ASSIGN(auto health, look_at(rules, store, std::move(cluster), expected, question.at, now));
    all.push_back(std::move(health));
  }
  return all;
}

Result<std::optional<ClusterHealth>> later_health(store::Store& store, const HealthQuestion& question, Time now,
                                                  const ClusterHealth& before) {
  TRY_ASSIGN(auto clusters, clusters_asked_for(store, question));
  if (clusters.size() != 1) return std::nullopt;
  const auto* expected = expected_of(clusters.front(), question.expected);
  TRY_ASSIGN(auto health, Describer(store, std::nullopt, now).describe(clusters.front(), expected));
  if (health.as_of < before.as_of || (before.holds_until && health.as_of >= *before.holds_until)) return std::nullopt;
  health.findings = before.findings;
  health.holds_until = before.holds_until;
  health.worst = before.worst;
  for (auto& finding : health.worst) age(finding, health.as_of);
  return health;
}

}  // namespace cadastre::kubernetes
