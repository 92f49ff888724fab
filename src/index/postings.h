// Which rows have a value: of each of many values the ascending rows, small ones as plain numbers side by side, large
// ones as roaring bitmaps. Immutable once built, then thread-safe.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "index/bits.h"

namespace cadastre::index {

// Of each of many items a few numbers, side by side: the values of a row, the rows of a value.
struct Lists {
  std::vector<uint32_t> ends, values;  // ends[i]: where the list of item i ends
  void end_list() { ends.push_back(static_cast<uint32_t>(values.size())); }
  size_t size() const { return ends.size(); }
  std::span<const uint32_t> operator[](size_t i) const {
    auto begin = i == 0 ? 0 : ends[i - 1];
    return {values.data() + begin, ends[i] - begin};
  }
  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    archive(self.ends, self.values);
  }
};

class Postings {
 public:
  Postings() = default;
  // `rows_of`: of each value its rows, ascending.
  explicit Postings(Lists rows_of);
  // Turns "the values of each row" around; there are `values` of them.
  static Postings inverted(const Lists& values_of, size_t values);
  // The same for a column: one value a row.
  static Postings of_column(std::span<const uint32_t> column, size_t values);

  size_t size() const { return lists_.size(); }
  size_t count(uint32_t value) const { return count_in(value, nullptr); }
  size_t count(uint32_t value, const Bits& among) const { return count_in(value, &among); }
  void add_to(Bits& bits, uint32_t value) const;
  // The rows; `scratch` holds them when they are not stored as they are.
  std::span<const uint32_t> rows(uint32_t value, std::vector<uint32_t>& scratch) const;
  // Rows that have all of the values, ascending.
  std::vector<uint32_t> in_all(std::vector<uint32_t> values) const;
  // The other way round again: the values of each row.
  Lists values_of(size_t rows) const;
  size_t bytes() const;
  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    archive(self.lists_, self.sizes_, self.frozen_);
    if constexpr (Archive::kReads) {
      if (!self.look()) archive.damaged();
    }
  }

 private:
  size_t count_in(uint32_t value, const Bits* among) const;
  struct Large;
  const Large* large(uint32_t value) const;
  // Makes large_ of what is frozen. False: it is not what was frozen.
  bool look();

  Lists lists_;  // the list of a large value is one number: kLarge and which
  // The large ones, frozen: roaring bitmaps that are looked at where they lie, in memory as in a file.
  struct alignas(32) Chunk {
    char bytes[32];
  };
  std::vector<uint32_t> sizes_;  // in bytes; each begins a chunk of its own
  std::vector<Chunk> frozen_;
  struct Deleter {
    void operator()(Large* large) const;
  };
  std::vector<std::unique_ptr<Large, Deleter>> large_;
};

Lists inverted_lists(const Lists& values_of, size_t values);

}  // namespace cadastre::index
