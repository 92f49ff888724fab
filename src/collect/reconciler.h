// Holds what was read of a cell against what the store has live, stores what is new or changed, and at the end settles
// what is no longer there. Whoever reads a cell, by AWS's calls or from a file, does it through this.
#pragma once

#include <unordered_map>

#include "collect/canonical.h"
#include "store/store.h"

namespace cadastre::collect {

// A kind with its way to canonical form; shared by its cells. Immutable, thread-safe.
struct KindForm {
  const catalog::Kind* kind;
  Canonical canonical;
  std::string epoch_spec;
  uint32_t epoch;
};

struct CellReport {
  store::CellKey key;
  std::string account_name;
  store::Outcome outcome = store::Outcome::never;
  std::string code, message;
  std::optional<Time> verified;         // when its list was last read to the end: now, when the outcome proves absence
  std::optional<Time> stale_until_now;  // set when earlier runs had failed since then, and this one did not
  uint64_t listed = 0, opened = 0, changed = 0, closed = 0, held = 0, gaps = 0;
  Millis took{0};
};

// One run of one cell: begin, then items, then finish. What is given by reference must outlive it. `clock` says when
// what is read held. Errors are the store's: the run must stop; what was stored stays. Used by one thread.
class Reconciler {
 public:
  // `context`: where resources live that do not say it themselves.
  Reconciler(const KindForm& form, store::Store& store, const store::Cell& cell, catalog::Context context,
             Clock& clock);

  Result<void> begin();  // loads what is live

  // Is this, word for word, what a live resource was read as? Then it is seen, and nothing needs to be parsed. Only for
  // readers whose item hashes are those of the text as it came.
  bool unchanged(const Hash128& item_hash);

  struct Seen {
    store::Live* entry;  // nullptr: it is new
    bool same;           // its item hash is what it was
    bool again;          // seen before in this run: pages shift under their reader
  };
  // An item of the list, in normalised form. nullopt: there is nothing to do about it.
  std::optional<Seen> see(const std::string& native, const json::value& document, const Hash128& item_hash);

  // Stores a new resource (entry nullptr) or a new version of one. `hashed_text` is what Canonical::hash left.
  Result<void> keep(store::Live* entry, std::string native, const json::value& document, const Hash128& item_hash,
                    const Hash128& document_hash, const std::string& hashed_text, std::vector<store::Gap> gaps = {});
  Result<void> flush();  // what was kept, into the store

  // Ends the run: records the outcome, and closes what was not seen when the outcome proves that it is absent.
  Result<void> finish(store::Finish finish);

  // The resource that stands for `native` after flush(), when this run stored it.
  std::optional<int64_t> stored(const std::string& native) const;

  CellReport report;

 private:
  store::Live* find(const Hash128& key);
  Result<bool> only_epoch_changed(const store::Live& entry, const json::value& document);
  void settle_absent(store::Finish& finish);

  const KindForm& form_;
  const catalog::Kind& kind_;
  store::Store& store_;
  const store::Cell& cell_;
  catalog::Context context_;
  Clock& clock_;
  std::vector<store::Live> live_;
  std::unordered_map<Hash128, store::Live*> by_item_;  // filled by the first unchanged()
  std::unordered_map<Hash128, Hash128> new_;           // seen for the first time in this run: key → item hash
  std::unordered_map<std::string, int64_t> stored_;    // native id → resource, where gaps may have to be noted
  std::vector<store::Put> puts_;
  std::map<uint32_t, std::string> old_epochs_;
};

}  // namespace cadastre::collect
