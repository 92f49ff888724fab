// Which dump is read next: each once, in order within a cluster, several clusters at once, whatever order and however
// often they are told of. All of it is in the store before it counts, so a crash forgets nothing. Thread-safe.
//
// Order is that of the times dumps began by their names, or arrived, whichever is earlier: a bastion whose clock is
// ahead does not keep out what comes after. A dump that is older than one that was read is left, with that reason.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <stop_token>

#include "store/clusters.h"

namespace cadastre::kubernetes {

// As of when a dump counts.
Time counts_from(const store::DumpRow& dump);

// Puts one that was set aside, or waits for its next try, at the beginning again. Errors: not_found; invalid, when it
// is done.
Result<store::DumpRow> retry_dump(store::Clusters& store, const std::string& cluster, const std::string& dump);

class Ledger {
 public:
  // How a try that failed is repeated: after `pause`, twice that, and so on up to `longest`. Once a dump failed
  // `patience` times, the newer ones of its cluster go before it.
  struct Options {
    Millis pause = std::chrono::seconds(5), longest = std::chrono::minutes(10);
    int patience = 4;
    int crashes = 3;  // tries that ended with the program, before a dump is set aside for it
  };
  Ledger(store::Clusters& store, Clock& clock) : Ledger(store, clock, Options{}) {}
  Ledger(store::Clusters& store, Clock& clock, Options options) : store_(store), clock_(clock), options_(options) {}

  // What was waiting when the program ended. Call it once, before anything else.
  Result<void> resume();
  // Takes note of a dump, for good once it returns. False: it was known. `arrived`: by the bucket's clock, if that is
  // known.
  Result<bool> note(const std::string& cluster, const std::string& dump, const std::string& place,
                    std::optional<Time> arrived);
  // Finds what others put into the store: dumps to be tried again.
  Result<void> refresh();

  // The next dump whose turn it is, of a cluster that is not being read; nullopt when none is, after `patience`. It
  // must be given back by one of the four below.
  std::optional<store::DumpRow> take(Millis patience, std::stop_token stop);
  Result<void> done(store::DumpRow dump, std::string report);
  Result<void> poison(store::DumpRow dump, std::string reason);
  Result<void> again(store::DumpRow dump, std::string reason);  // it may pass
  void give_back(const store::DumpRow& dump);                   // the program stops; nothing was tried

  size_t waiting() const;
  // As of when the newest counts that was noted of a cluster; nullopt: none was.
  Result<std::optional<Time>> newest(const std::string& cluster);

 private:
  using Rank = std::pair<Time, std::string>;  // counts_from, name
  struct Waiting {
    store::DumpRow row;
    std::chrono::steady_clock::time_point due{};
  };
  struct Queue {
    std::map<Rank, Waiting> waiting;
    std::optional<Rank> read;   // the newest that was
    std::optional<Time> noted;  // as of when the newest counts that was
    uint64_t served = 0;        // when it was this cluster's turn last
    bool busy = false;
  };

  Result<Queue*> queue(const std::string& cluster);
  std::map<Rank, Waiting>::iterator next_of(Queue& queue, std::chrono::steady_clock::time_point now);
  std::optional<store::DumpRow> take_now();
  Result<void> settle(store::DumpRow& dump, store::DumpState state, std::string reason);

  store::Clusters& store_;
  Clock& clock_;
  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, Queue> queues_;  // by cluster
  uint64_t turn_ = 0;
};

}  // namespace cadastre::kubernetes
