// The health of every cluster as of now, kept until something of it changes, or enough time passes for a rule that
// waits for time. A dump in which nothing changed moves the ages that are told, and no document is looked at.
// Thread-safe: whoever asks first after a change does the work, and who asks meanwhile waits for it.
#pragma once

#include <atomic>
#include <mutex>

#include "kubernetes/health.h"

namespace cadastre::kubernetes {

struct ClusterCells;

class HealthBoard {
 public:
  using HealthPtr = std::shared_ptr<const ClusterHealth>;

  // Store and clock outlive the board.
  HealthBoard(HealthRules rules, store::Store& store, Clock& clock);

  const HealthRules& rules() const { return rules_; }
  // What the configuration names, from now on.
  void expect(std::vector<ExpectedCluster> expected);

  // By account and name; only clusters of accounts that `sees` lets pass are looked at. Errors: io.
  Result<std::vector<HealthPtr>> all(const std::function<bool(const std::string& account)>& sees);
  // Of one cluster; not_found when there is none.
  Result<HealthPtr> of(const std::string& account, const std::string& cluster);
  // How often the documents of a cluster were looked at, since the start.
  uint64_t looks() const { return looks_; }
  // As it was then; nothing is kept of it.
  Result<std::vector<ClusterHealth>> then(const std::vector<std::string>& accounts,
                                          const std::vector<std::string>& clusters, Time at);

 private:
  struct Kept {
    std::string told;     // all that its cells said when it was made
    std::string content;  // of that, what findings depend on
    HealthPtr health;
  };
  Result<void> renew(Kept& kept, const ClusterCells& cluster, Time now);

  const HealthRules rules_;
  store::Store& store_;
  Clock& clock_;
  std::atomic<uint64_t> looks_{0};
  std::mutex mutex_;  // guards what follows
  std::vector<ExpectedCluster> expected_;
  std::map<std::pair<std::string, std::string>, Kept> kept_;
};

}  // namespace cadastre::kubernetes
