// Rows with how near each is: what an expression becomes. Sets are cumulative, so AND and OR of expressions are AND and
// OR of the sets, level by level, and give each row the nearness that query/evaluate.h means.
#pragma once

#include <array>

#include "index/bits.h"
#include "query/words.h"

namespace cadastre::index {

struct Ranked {
  // within[n]: rows at least as near as n. One set alone: all of its rows are as near as can be.
  std::vector<Bits> within;

  const Bits& all() const { return within.back(); }
  const Bits& at(size_t nearness) const { return within[std::min(nearness, within.size() - 1)]; }

  Ranked& operator&=(const Ranked& other) {
    widen(other);
    for (size_t i = 0; i < within.size(); ++i) within[i] &= other.at(i);
    return *this;
  }
  Ranked& operator|=(const Ranked& other) {
    widen(other);
    for (size_t i = 0; i < within.size(); ++i) within[i] |= other.at(i);
    return *this;
  }

 private:
  void widen(const Ranked& other) {
    while (within.size() < other.within.size()) within.push_back(within.back());
  }
};

// Rows found, each set by its own nearness.
using Found = std::array<Bits, query::kNearnesses>;

}  // namespace cadastre::index
