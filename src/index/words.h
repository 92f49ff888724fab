// The words of a segment's texts: which texts have a word, and which words have a piece of one.
//
// A text's words are the runs of letters and digits in it. The same words come back in many texts ("prod", "eu"), so a
// common string is found in a few words instead of in every text, and without looking at the texts at all. Words are
// numbered in their order, so those with one beginning are neighbours. Immutable once built, then thread-safe.
#pragma once

#include "index/postings.h"
#include "index/texts.h"

namespace cadastre::index {

class Words {
 public:
  Words() = default;
  // `texts` stays where it is as long as this does.
  explicit Words(const Texts& texts);

  std::string_view operator[](uint32_t word) const { return texts_->arena().substr(begins_[word], lengths_[word]); }
  uint32_t size() const { return static_cast<uint32_t>(begins_.size()); }
  // [first, last) of the words that begin with `prefix`.
  std::pair<uint32_t, uint32_t> with_prefix(std::string_view prefix) const;
  // Words that have the piece in them, ascending. A piece is made of what words are.
  std::vector<uint32_t> containing(std::string_view piece) const;
  // Word → texts that have it.
  const Postings& texts_of() const { return texts_of_; }
  size_t bytes() const;
  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    archive(self.begins_, self.lengths_, self.texts_of_, self.with_trigram_);
  }
  // After reading: the texts that it was made of.
  void over(const Texts& texts) { texts_ = &texts; }

 private:
  uint32_t lower_bound(std::string_view word) const;
  void collect();
  void index_pieces();

  const Texts* texts_ = nullptr;
  std::vector<uint32_t> begins_, lengths_;  // of each word, in the arena of texts
  Postings texts_of_;
  Postings with_trigram_;  // three letters, or the last ones and the end → words
};

}  // namespace cadastre::index
