// What every read needs beside the rows: the accounts and the cells, read at most once a second, and who the parts are.
// Thread-safe; a snapshot is immutable.
#pragma once

#include <unordered_map>
#include <unordered_set>

#include "query/evaluate.h"
#include "search/reader.h"

namespace cadastre::search {

// Accounts and cells as of one moment.
struct Snapshot {
  query::Estate estate;
  std::vector<store::Cell> cells;
  std::vector<store::Cell> left;  // those of kinds that the catalogue no longer has

  explicit Snapshot(const catalog::Catalog& catalog) : estate{catalog, {}} {}
  const std::string& account_name(const std::string& id) const;

  // Coverage of what a filter asks for; remembered, for most questions ask for the same few.
  Coverage coverage(const store::Filter& filter) const;

 private:
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, Coverage> coverages_;
};
using SnapshotPtr = std::shared_ptr<const Snapshot>;

class Facts {
 public:
  Facts(store::Store& store, const catalog::Catalog& catalog, const aws::Endpoints& endpoints,
        std::vector<std::string> owner_tags, Clock& clock, const index::Index* index, AccessPortal portal)
      : store(store),
        catalog(catalog),
        endpoints(endpoints),
        clock(clock),
        index(index),
        portal(std::move(portal)),
        owner_tags_(std::move(owner_tags)) {
    for (const auto& kind : catalog.kinds()) kinds_.insert(kind.name);
  }

  // Errors: the store's.
  Result<SnapshotPtr> snapshot();
  store::Inventory& inventory() const { return store.inventory(); }
  catalog::Context context_of(const store::Resource& resource) const {
    return {resource.cell.account, resource.region, std::string(endpoints.partition(resource.region))};
  }
  bool knows_kind(const std::string& name) const { return kinds_.contains(name); }
  // The index, when there is one and it is built.
  const index::Index* ready_index() const { return index && index->ready() ? index : nullptr; }

  store::Store& store;
  const catalog::Catalog& catalog;
  const aws::Endpoints& endpoints;
  Clock& clock;
  const index::Index* index;
  const AccessPortal portal;

 private:
  std::vector<std::string> owner_tags_;
  std::unordered_set<std::string> kinds_;
  using Age = std::chrono::steady_clock::duration;
  std::mutex reading_;  // held by the thread that reads anew; taken before mutex_, or tried
  std::mutex mutex_;
  SnapshotPtr snapshot_;
  Age took_{};
  std::chrono::steady_clock::time_point read_{};
  uint64_t cell_writes_ = 0;
};

}  // namespace cadastre::search
