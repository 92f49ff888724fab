// The parts of an index in a file, as they lie in memory, so that the next start reads neither documents nor words.
//
// The file says of which store it is, how far it goes and by which catalogue; its blocks carry checksums. What does not
// fit, or is damaged, is no snapshot: the index is built from the store then.
#pragma once

#include "index/view.h"

namespace cadastre::index {

struct SnapshotHead {
  Hash128 store;        // of the store's own secret
  Hash128 reading;      // of everything in catalogue and settings that rows are made by
  Hash128 last_change;  // of the change with this sequence: another store's history has another there
  int64_t sequence = 0, past_from = INT64_MIN;
  uint64_t parts = 0;  // that follow: segment, live rows, their number, those that ended
  bool operator==(const SnapshotHead&) const = default;
};

// Written beside and renamed, for the owner's eyes only. Errors: full; io, also while another process writes it.
Result<void> write_snapshot(const std::string& file, SnapshotHead head, const View& view);

struct Snapshot {
  SnapshotHead head;
  std::map<std::string, int64_t> kinds_from;
  std::vector<Part> parts;
};
// `fits` looks at the head before the rest is read. Errors: its own; not_found; invalid for a damaged file, or one of
// another release's form.
Result<Snapshot> read_snapshot(const std::string& file, const std::function<Result<void>(const SnapshotHead&)>& fits);

}  // namespace cadastre::index
