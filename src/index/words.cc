#include "index/words.h"

#include <algorithm>

#include "index/numbers.h"
#include "query/words.h"

namespace cadastre::index {
namespace {

// Letters and digits have a number each; what lies beyond ASCII shares a few, and so do capitals with their small
// letters: a candidate is looked at before it counts.
constexpr uint32_t kLetters = 41, kEnd = 40;
constexpr uint32_t letter(char c) {
  if (c >= 'a' && c <= 'z') return static_cast<uint32_t>(c - 'a');
  if (c >= 'A' && c <= 'Z') return static_cast<uint32_t>(c - 'A');
  if (c >= '0' && c <= '9') return static_cast<uint32_t>(26 + c - '0');
  return 36 + (static_cast<unsigned char>(c) & 3);
}
constexpr bool own_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
constexpr uint32_t trigram(uint32_t a, uint32_t b, uint32_t c) { return (a * kLetters + b) * kLetters + c; }
constexpr uint32_t kTrigrams = kLetters * kLetters * kLetters;

// Each of a word's trigrams once: "prod" has "pro", "rod", "od$", "d$$".
template <typename Visit>
void each_trigram(std::string_view word, std::vector<uint32_t>& scratch, Visit&& visit) {
  scratch.clear();
  for (size_t i = 0; i < word.size(); ++i) {
    auto code = trigram(letter(word[i]), i + 1 < word.size() ? letter(word[i + 1]) : kEnd,
                        i + 2 < word.size() ? letter(word[i + 2]) : kEnd);
    if (std::ranges::find(scratch, code) != scratch.end()) continue;
    if (scratch.size() < 64) scratch.push_back(code);  // of longer words some come twice, which does no harm
    visit(code);
  }
}

template <typename Visit>
void each_word(std::string_view text, Visit&& visit) {
  for (size_t i = 0; i < text.size();) {
    if (!query::in_word(text[i])) {
      ++i;
      continue;
    }
    size_t begin = i;
    while (i < text.size() && query::in_word(text[i])) ++i;
    visit(begin, i - begin);
  }
}

template <typename T>
void reorder(std::vector<T>& values, const std::vector<uint32_t>& order) {
  std::vector<T> moved(values.size());
  for (size_t i = 0; i < order.size(); ++i) moved[i] = values[order[i]];
  values = std::move(moved);
}

}  // namespace

Words::Words(const Texts& texts) : texts_(&texts) {
  collect();
  index_pieces();
}

void Words::collect() {
  Lists words_of;
  words_of.ends.reserve(texts_->size());
  {
    Numbers numbers;
    std::vector<uint32_t> last_seen;  // of each word, the text + 1
    for (uint32_t text = 0; text < texts_->size(); ++text) {
      auto content = (*texts_)[text];
      each_word(content, [&](size_t begin, size_t length) {
        auto word = numbers.of(content.substr(begin, length), size(), [&](uint32_t known) { return (*this)[known]; });
        if (word == size()) {
          begins_.push_back(texts_->offset(text) + static_cast<uint32_t>(begin));
          lengths_.push_back(static_cast<uint32_t>(length));
          last_seen.push_back(0);
        }
        if (std::exchange(last_seen[word], text + 1) != text + 1) words_of.values.push_back(word);
      });
      words_of.end_list();
    }
  }
  std::vector<std::string_view> views(size());
  for (uint32_t word = 0; word < size(); ++word) views[word] = (*this)[word];
  auto order = sorted_order(views);
  std::vector<uint32_t> place(size());
  for (uint32_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  reorder(begins_, order);
  reorder(lengths_, order);
  for (auto& word : words_of.values) word = place[word];
  texts_of_ = Postings::inverted(words_of, size());
}

void Words::index_pieces() {
  Lists words;
  std::vector<uint32_t> scratch;
  words.ends.assign(kTrigrams + 1, 0);
  for (uint32_t word = 0; word < size(); ++word)
    each_trigram((*this)[word], scratch, [&](uint32_t code) { ++words.ends[code + 1]; });
  for (size_t i = 1; i < words.ends.size(); ++i) words.ends[i] += words.ends[i - 1];
  words.values.resize(words.ends.back());
  for (uint32_t word = 0; word < size(); ++word)
    each_trigram((*this)[word], scratch, [&](uint32_t code) { words.values[words.ends[code]++] = word; });
  words.ends.pop_back();
  with_trigram_ = Postings(std::move(words));
}

uint32_t Words::lower_bound(std::string_view word) const {
  uint32_t low = 0, high = size();
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if ((*this)[middle] < word)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

std::pair<uint32_t, uint32_t> Words::with_prefix(std::string_view prefix) const {
  auto first = lower_bound(prefix);
  uint32_t low = first, high = size();
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if ((*this)[middle].starts_with(prefix))
      low = middle + 1;
    else
      high = middle;
  }
  return {first, low};
}

std::vector<uint32_t> Words::containing(std::string_view piece) const {
  std::vector<uint32_t> found, codes;
  if (size() == 0) return found;
  for (size_t i = 0; i + 3 <= piece.size(); ++i)
    codes.push_back(trigram(letter(piece[i]), letter(piece[i + 1]), letter(piece[i + 2])));
  if (codes.empty()) {
    // One or two letters: all trigrams that begin with them, which are neighbours.
    auto from = trigram(letter(piece[0]), piece.size() > 1 ? letter(piece[1]) : 0, 0);
    auto to = from + (piece.size() > 1 ? kLetters : kLetters * kLetters);
    Bits bits(size());
    for (auto code = from; code < to; ++code) with_trigram_.add_to(bits, code);
    bits.each([&](uint32_t word) {
      found.push_back(word);
      return true;
    });
  } else {
    found = with_trigram_.in_all(codes);
  }
  bool sure = piece.size() <= 3 && std::ranges::all_of(piece, own_letter);
  if (!sure) std::erase_if(found, [&](uint32_t word) { return !(*this)[word].contains(piece); });
  return found;
}

size_t Words::bytes() const {
  return (begins_.capacity() + lengths_.capacity()) * sizeof(uint32_t) + texts_of_.bytes() + with_trigram_.bytes();
}

}  // namespace cadastre::index
