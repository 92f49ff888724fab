// Texts by what lies across their words: three bytes in a row of which at least one separates ("i-0", "0.1", "s-a").
// Pieces of one word are words.h's matter. Immutable once built, then thread-safe.
#pragma once

#include "index/postings.h"
#include "index/texts.h"

namespace cadastre::index {

class Crossings {
 public:
  Crossings() = default;
  explicit Crossings(const Texts& texts);

  // Texts that may have the piece, ascending; every text that has it is among them. The piece has a separator in it.
  std::vector<uint32_t> candidates(std::string_view piece) const;
  // Pieces of three bytes that so many texts have, sorted.
  std::vector<std::string> common(size_t texts) const;
  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    archive(self.texts_of_, self.size_);
  }
  size_t bytes() const { return texts_of_.bytes(); }

 private:
  Postings texts_of_;  // crossing → texts
  size_t size_ = 0;    // texts
};

}  // namespace cadastre::index
