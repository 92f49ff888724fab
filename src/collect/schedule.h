// When a cell is due: `schedule:` of the configuration, spread out so that not everything is asked at once. Values;
// thread-safe.
#pragma once

#include <map>

#include "store/store.h"

namespace cadastre::collect {

class Schedule {
 public:
  static constexpr Millis kUsual = std::chrono::minutes(15);  // of kinds that no entry names

  // Kinds ("aws.ec2.instance", "ec2.instance"), globs of them ("ec2.*") or "default" → interval.
  explicit Schedule(std::map<std::string, Millis> intervals = {}) : intervals_(std::move(intervals)) {}

  // An entry for the very kind counts before globs, and of globs the longest.
  Millis interval(std::string_view kind) const;
  // When the cell is to be read again: an interval after it was last tried, a tenth sooner or later, always the same
  // for one cell. What was never tried is due since ever.
  Time due(const store::Cell& cell) const;
  // Cells that come due within a tenth of their interval are read in the run that begins now, so that a few runs do
  // for all of an interval's cells.
  bool due_in_run(const store::Cell& cell, Time now) const;
  // When the next run must begin: with the earliest of what is planned, or the default interval after `planned` (the
  // last run, which looked for new accounts, regions and kinds too). nullopt: at once.
  std::optional<Time> next(std::span<const store::Cell> cells, std::optional<Time> planned) const;

 private:
  std::map<std::string, Millis> intervals_;
};

}  // namespace cadastre::collect
