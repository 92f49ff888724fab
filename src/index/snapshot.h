// The rows of an index in a file, so that the next start need not read every document again.
//
// The file says of which store it is, how far it goes and by which catalogue; its parts carry checksums. What does not
// fit, or is damaged, is no snapshot: the index is built from the store then.
#pragma once

#include "index/table.h"

namespace cadastre::index {

struct SnapshotHead {
  Hash128 store;        // of the store's own secret
  Hash128 reading;      // of everything in catalogue and settings that rows are made by
  Hash128 last_change;  // of the change with this sequence: another store's history has another there
  int64_t sequence = 0;
  bool operator==(const SnapshotHead&) const = default;
};

// Written beside and renamed. Errors: io, full.
Result<void> write_snapshot(const std::string& file, const SnapshotHead& head, const Table& table);

struct Snapshot {
  SnapshotHead head;
  Table table;
};
// Errors: not_found; invalid for a damaged file, or one of another release's form.
Result<Snapshot> read_snapshot(const std::string& file);

}  // namespace cadastre::index
