// The distinct texts of a segment, sorted: a text's number is its place in the order of texts, so numbers compare as
// the texts do, and texts with one beginning are neighbours. Immutable once built, then thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cadastre::index {

class Texts {
 public:
  Texts() = default;
  uint32_t size() const { return static_cast<uint32_t>(ends_.size()); }
  std::string_view operator[](uint32_t text) const {
    uint32_t begin = text == 0 ? 0 : ends_[text - 1];
    return {arena_.data() + begin, ends_[text] - begin};
  }
  uint32_t offset(uint32_t text) const { return text == 0 ? 0 : ends_[text - 1]; }
  std::string_view arena() const { return arena_; }
  void add(std::string_view text) {
    arena_ += text;
    ends_.push_back(static_cast<uint32_t>(arena_.size()));
  }
  void reserve(size_t texts, size_t bytes) {
    ends_.reserve(texts);
    arena_.reserve(bytes);
  }

  // The first text that is not less.
  uint32_t lower_bound(std::string_view text) const;
  // size() when it is none of them.
  uint32_t find(std::string_view text) const;
  // [first, last): those that begin with `prefix`.
  std::pair<uint32_t, uint32_t> with_prefix(std::string_view prefix) const;
  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    archive(self.arena_, self.ends_);
  }
  size_t bytes() const { return arena_.capacity() + ends_.capacity() * sizeof(uint32_t); }

 private:
  std::string arena_;
  std::vector<uint32_t> ends_;
};

// The order of many texts by their bytes: numbers into `texts`. Eight bytes are compared at a time.
std::vector<uint32_t> sorted_order(const std::vector<std::string_view>& texts);

}  // namespace cadastre::index
