// One run of one cell: list, compare, enrich what needs it, store what changed, and close what is proven absent.
#pragma once

#include "collect/enricher.h"
#include "collect/lister.h"
#include "collect/reconciler.h"
#include "store/store.h"

namespace cadastre::collect {

// A kind made ready for collecting; shared by its cells. Immutable, thread-safe.
struct PreparedKind : KindForm {
  Enricher enricher;
};

struct CellOptions {
  bool full = false;     // read every fragment, whatever its cadence
  bool trusted = false;  // the account's credentials have worked in this run: a refusal in one region is the region's
};

// Runs the cell and records it. An Error is the store's: the run must stop. What AWS refuses is in the report.
Result<CellReport> run_cell(const Aws& aws, const PreparedKind& kind, store::Store& store, const store::Cell& cell,
                            const Place& place, const CellOptions& options, Clock& clock, std::stop_token stop);

// The outcome that an error of the list call means.
store::Outcome outcome_of(const aws::CallError& error, bool trusted);

}  // namespace cadastre::collect
