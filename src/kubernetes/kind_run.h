// One kind of one cluster, from lists of its objects: they are held against what is live, and at the end the cell says
// how far they can be trusted.
#pragma once

#include "collect/reconciler.h"
#include "kubernetes/ingest.h"
#include "kubernetes/list_reader.h"

namespace cadastre::kubernetes {

// A clock that stands: what a dump says held when it was made, not when it is read.
class AsOf final : public Clock {
 public:
  AsOf(Time time, Clock& clock) : time_(time), clock_(clock) {}
  Time now() override { return time_; }
  std::chrono::steady_clock::time_point steady() override { return clock_.steady(); }

 private:
  Time time_;
  Clock& clock_;
};

// begin, then items, then finish. Used by one thread. Errors are the store's.
class KindRun {
 public:
  // What is given by reference must outlive it.
  KindRun(const catalog::Kind& kind, const Cluster& cluster, store::Store& store, AsOf& as_of);

  // false: a newer dump was there first, and nothing is to be read. `closes`: may this dump close anything?
  Result<bool> begin(bool closes);
  // An item that cannot be read is no error: it is counted, and keeps the cell from being complete.
  Result<void> item(std::string_view text, const Envelope& envelope);
  // `complaint`: why not all of it was read; "": it was, if every item could be.
  Result<void> finish(std::string code, std::string complaint);
  // Ends a run in which nothing was read, and says why.
  Result<void> refuse(store::Outcome outcome, std::string code, std::string message);

  KindReport report;

 private:
  Result<void> end(store::Outcome outcome, std::string code, std::string message);
  Result<void> read(std::string_view text, const Envelope& envelope, const Hash128& text_hash);

  const catalog::Kind& kind_;
  const Cluster& cluster_;
  store::Store& store_;
  AsOf& as_of_;
  store::Cell cell_;
  std::optional<collect::KindForm> form_;
  std::optional<collect::Reconciler> known_;
  std::string text_;  // scratch space of hashing
  uint64_t items_ = 0, unreadable_ = 0;
  std::string first_unreadable_;
};

}  // namespace cadastre::kubernetes
