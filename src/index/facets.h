// Counting rows by their values.
#pragma once

#include "index/index.h"
#include "index/segment.h"

namespace cadastre::index {

// Rows that have one of the values.
Bits rows_with(const Segment& segment, const Filter& filter);

// The counts of one facet over several segments, the largest first; they must outlive it. Not thread-safe.
class FacetCount {
 public:
  // `prefix`: only values that begin with it, without regard to case.
  FacetCount(FacetKey key, std::string name, std::string prefix = {});
  void add(const Segment& segment, const Bits& rows);
  // The most frequent first, then by value; `limit` of them.
  Facet take(size_t limit);

 private:
  // Of a value its number, in whose order values come, and how many rows have it.
  using Counts = std::vector<std::pair<uint32_t, uint64_t>>;
  // The same without its segment. Values of tags are in the order of what they are without regard to case.
  struct Named {
    std::string_view folded, value;
    uint64_t count;
    bool operator<(const Named& other) const { return std::tie(folded, value) < std::tie(other.folded, other.value); }
  };
  Counts count(const Segment& segment, const Bits& rows) const;
  Named named(const Segment& segment, const Counts::value_type& one) const;
  void merge(const Segment& segment, const Counts& counts);
  FacetKey key_;
  std::string name_, prefix_;
  // Texts are looked at only where segments meet, and of what is taken: of the first segment with any there are
  // numbers, of the others what it lacks.
  const Segment* first_ = nullptr;
  Counts counts_;
  std::vector<Named> others_;
};

// How many of the rows have each tag key.
void count_tag_keys(const Segment& segment, const Bits& rows, std::map<std::string, uint64_t>& counts);

}  // namespace cadastre::index
