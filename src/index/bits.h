// A set of rows as a flat row of bits: what a query's parts are while they are put together. At a million rows one is
// 125 kB, and two are intersected in a few microseconds. Not thread-safe.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace cadastre::index {

class Bits {
 public:
  Bits() = default;
  explicit Bits(size_t size, bool value = false)
      : size_(size), words_((size + 63) / 64, value ? ~uint64_t{0} : uint64_t{0}) {
    trim();
  }

  size_t size() const { return size_; }
  void set(size_t row) { words_[row / 64] |= uint64_t{1} << row % 64; }
  void reset(size_t row) { words_[row / 64] &= ~(uint64_t{1} << row % 64); }
  bool test(size_t row) const { return words_[row / 64] >> row % 64 & 1; }
  uint64_t* words() { return words_.data(); }
  const uint64_t* words() const { return words_.data(); }

  // [from, to)
  void set_range(size_t from, size_t to) {
    for (; from < to && from % 64 != 0; ++from) set(from);
    for (; from + 64 <= to; from += 64) words_[from / 64] = ~uint64_t{0};
    for (; from < to; ++from) set(from);
  }

  Bits& operator&=(const Bits& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
  }
  Bits& operator|=(const Bits& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  Bits& operator-=(const Bits& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
    return *this;
  }
  void flip() {
    for (auto& word : words_) word = ~word;
    trim();
  }

  size_t count() const {
    size_t sum = 0;
    for (auto word : words_) {
      if (word) sum += static_cast<size_t>(std::popcount(word));  // mostly empty, and counting is a call
    }
    return sum;
  }
  bool any() const {
    for (auto word : words_) {
      if (word) return true;
    }
    return false;
  }

  // Rows in ascending order; `visit` returns false to stop.
  template <typename Visit>
  void each(Visit&& visit) const {
    each_bit(
        size_, [&](size_t word) { return words_[word]; }, 0, visit);
  }
  // The same of a set that exists only word by word: word(i) has the rows from 64 i on.
  template <typename Word, typename Visit>
  static void each_bit(size_t size, Word&& word, size_t from, Visit&& visit) {
    for (size_t i = from / 64; i * 64 < size; ++i) {
      uint64_t bits = word(i);
      if (i == from / 64) bits &= ~uint64_t{0} << from % 64;
      for (; bits; bits &= bits - 1) {
        if (!visit(static_cast<uint32_t>(i * 64 + static_cast<size_t>(std::countr_zero(bits))))) return;
      }
    }
  }

 private:
  void trim() {
    if (size_ % 64) words_.back() &= ~uint64_t{0} >> (64 - size_ % 64);
  }
  size_t size_ = 0;
  std::vector<uint64_t> words_;
};

}  // namespace cadastre::index
