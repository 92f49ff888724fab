#include "index/crossings.h"

#include <algorithm>

#include "query/words.h"

namespace cadastre::index {
namespace {

// Letters, digits and the usual separators have a number each; the rest share some. What this lets through too much is
// looked at before it counts.
constexpr uint32_t kBytes = 48, kEnd = 47;
constexpr std::string_view kUsual = "-.:/_ @";
constexpr uint32_t kUsualFrom = 39;
constexpr uint32_t number(char c) {
  if (c >= 'a' && c <= 'z') return static_cast<uint32_t>(c - 'a');
  if (c >= '0' && c <= '9') return static_cast<uint32_t>(26 + c - '0');
  if (c >= 'A' && c <= 'Z') return 36;
  if (query::in_word(c)) return 37 + (static_cast<unsigned char>(c) & 1);
  auto at = kUsual.find(c);
  return at == kUsual.npos ? 46 : kUsualFrom + static_cast<uint32_t>(at);
}
// The byte that alone has the number; 0: none.
constexpr char byte_of(uint32_t number) {
  if (number < 26) return static_cast<char>('a' + number);
  if (number < 36) return static_cast<char>('0' + number - 26);
  return number >= kUsualFrom && number < kUsualFrom + kUsual.size() ? kUsual[number - kUsualFrom] : '\0';
}
constexpr uint32_t code(uint32_t a, uint32_t b, uint32_t c) { return (a * kBytes + b) * kBytes + c; }
constexpr uint32_t kCodes = kBytes * kBytes * kBytes;

// Calls visit(code) for each crossing of the text; those at its end are filled up.
template <typename Visit>
void each_crossing(std::string_view text, Visit&& visit) {
  for (size_t i = 0; i < text.size(); ++i) {
    bool second = i + 1 < text.size(), third = i + 2 < text.size();
    bool one_word =
        query::in_word(text[i]) && (!second || query::in_word(text[i + 1])) && (!third || query::in_word(text[i + 2]));
    if (one_word) continue;
    visit(code(number(text[i]), second ? number(text[i + 1]) : kEnd, third ? number(text[i + 2]) : kEnd));
  }
}

}  // namespace

Crossings::Crossings(const Texts& texts) {
  Lists texts_of;
  texts_of.ends.assign(kCodes + 1, 0);
  std::vector<uint32_t> last_seen(kCodes);  // the text + 1
  for (uint32_t text = 0; text < texts.size(); ++text) {
    each_crossing(texts[text], [&](uint32_t code) {
      if (std::exchange(last_seen[code], text + 1) != text + 1) ++texts_of.ends[code + 1];
    });
  }
  for (size_t i = 1; i < texts_of.ends.size(); ++i) texts_of.ends[i] += texts_of.ends[i - 1];
  texts_of.values.resize(texts_of.ends.back());
  std::ranges::fill(last_seen, 0);
  for (uint32_t text = 0; text < texts.size(); ++text) {
    each_crossing(texts[text], [&](uint32_t code) {
      if (std::exchange(last_seen[code], text + 1) != text + 1) texts_of.values[texts_of.ends[code]++] = text;
    });
  }
  texts_of.ends.pop_back();
  size_ = texts.size();
  texts_of_ = Postings(std::move(texts_of));
}

std::vector<std::string> Crossings::common(size_t texts) const {
  std::vector<std::string> pieces;
  for (uint32_t at = 0; at < texts_of_.size(); ++at) {
    if (texts_of_.count(at) < texts) continue;
    std::string piece = {byte_of(at / kBytes / kBytes), byte_of(at / kBytes % kBytes), byte_of(at % kBytes)};
    if (!piece.contains('\0')) pieces.push_back(std::move(piece));
  }
  std::ranges::sort(pieces);
  return pieces;
}

std::vector<uint32_t> Crossings::candidates(std::string_view piece) const {
  if (size_ == 0) return {};
  if (piece.size() >= 3) {
    std::vector<uint32_t> codes;
    for (size_t i = 0; i + 3 <= piece.size(); ++i) {
      auto three = piece.substr(i, 3);
      if (!std::ranges::all_of(three, query::in_word))
        codes.push_back(code(number(three[0]), number(three[1]), number(three[2])));
    }
    return texts_of_.in_all(std::move(codes));
  }
  // One or two bytes: all crossings that begin with them, which are neighbours.
  auto from = code(number(piece[0]), piece.size() > 1 ? number(piece[1]) : 0, 0);
  auto to = from + (piece.size() > 1 ? kBytes : kBytes * kBytes);
  Bits bits(size_);
  for (auto at = from; at < to; ++at) texts_of_.add_to(bits, at);
  std::vector<uint32_t> found;
  bits.each([&](uint32_t text) {
    found.push_back(text);
    return true;
  });
  return found;
}

}  // namespace cadastre::index
