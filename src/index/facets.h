// Counting rows by their values.
#pragma once

#include "index/index.h"
#include "index/segment.h"

namespace cadastre::index {

// Rows that have one of the values.
Bits rows_with(const Segment& segment, const Filter& filter);

// The counts of one facet over several segments. Not thread-safe.
class FacetCount {
 public:
  // `prefix`: only values that begin with it, without regard to case.
  FacetCount(FacetKey key, std::string name, std::string prefix = {});
  void add(const Segment& segment, const Bits& rows);
  // The most frequent first, then by value; `limit` of them.
  Facet take(size_t limit);

 private:
  void add(std::string_view value, uint64_t count);
  FacetKey key_;
  std::string name_, prefix_;
  std::unordered_map<std::string_view, uint64_t> counts_;
};

// How many of the rows have each tag key.
void count_tag_keys(const Segment& segment, const Bits& rows, std::map<std::string, uint64_t>& counts);

}  // namespace cadastre::index
