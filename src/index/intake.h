// Versions of the store as rows of a view: what changed since, and what was. One writer's.
#pragma once

#include "index/view.h"
#include "store/store.h"

namespace cadastre::index {

class Intake {
 public:
  // All must outlive it.
  Intake(store::Store& store, const query::Estate& estate) : store_(store), estate_(estate) {}

  // The live resources as they are, but for what was written after `upto`. Errors: the store's; cancelled.
  Result<void> add_live(View& view, int64_t upto, std::stop_token stop);
  // What was written after `upto` as it was before, for a view that has all that was not.
  Result<void> add_as_of(View& view, int64_t upto);
  // What ended up to `upto`, back to where there is room for it.
  Result<void> add_past(View& view, int64_t upto, std::stop_token stop);

  // Takes the next changes in, in their order; each has its document. What one of them ends becomes a row of the past,
  // if the store keeps it.
  Result<void> take(View& view, std::span<const store::Change> changes);
  // Reads these resources again, which were not written but have moved.
  Result<void> renew(View& view, std::span<const int64_t> resources);

 private:
  using Rows = std::unordered_map<int64_t, store::Resource>;
  Result<Rows> rows_of(std::span<const store::Change> changes);
  Result<uint32_t> add(TableBuilder& builder, const store::Resource& resource, std::string_view text);
  // The row of a version, current or not. nullopt: it has none, or nothing is known of its resource any more.
  Result<std::optional<uint32_t>> add_version(TableBuilder& builder, const Rows& rows, const store::Change& change);
  // These versions; `each` is told the number of the row.
  Result<void> add_versions(TableBuilder& builder, std::span<const int64_t> sequences,
                            const std::function<void(const store::Version& version, uint32_t row)>& each);

  // Says that a version, which ended then, could not be read.
  Result<void> leave_out(View& view, int64_t sequence, int64_t until, const Error& why);

  store::Store& store_;
  const query::Estate& estate_;
};

}  // namespace cadastre::index
