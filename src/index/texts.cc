#include "index/texts.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

namespace cadastre::index {
namespace {

struct Entry {
  uint64_t key;  // eight bytes of the text, as a number that compares as they do
  uint32_t text;
};

uint64_t key_at(std::string_view text, size_t depth) {
  if (text.size() >= depth + 8) {
    uint64_t key = 0;
    std::memcpy(&key, text.data() + depth, 8);
    return __builtin_bswap64(key);
  }
  uint64_t key = 0;
  for (size_t i = depth; i < text.size(); ++i)
    key |= static_cast<uint64_t>(static_cast<unsigned char>(text[i])) << (56 - 8 * (i - depth));
  return key;
}

// Entries that agree in all bytes before `depth`: ordered by the next eight, then those that agree there, too.
void sort_from(Entry* begin, Entry* end, size_t depth, const std::vector<std::string_view>& texts) {
  if (end - begin < 2) return;
  if (end - begin < 12 || depth > 256) {
    std::sort(begin, end, [&](const Entry& a, const Entry& b) {
      return texts[a.text].substr(depth) < texts[b.text].substr(depth);
    });
    return;
  }
  for (auto* entry = begin; entry != end; ++entry) entry->key = key_at(texts[entry->text], depth);
  std::sort(begin, end, [&](const Entry& a, const Entry& b) {
    if (a.key != b.key) return a.key < b.key;
    return std::min(texts[a.text].size(), depth + 9) < std::min(texts[b.text].size(), depth + 9);
  });
  for (auto* from = begin; from != end;) {
    auto* to = from + 1;
    while (to != end && to->key == from->key) ++to;
    // Those that end here stand first, already in order; the longer ones are alike so far.
    auto* longer = std::find_if(from, to, [&](const Entry& entry) { return texts[entry.text].size() > depth + 8; });
    sort_from(longer, to, depth + 8, texts);
    from = to;
  }
}

}  // namespace

std::vector<uint32_t> sorted_order(const std::vector<std::string_view>& texts) {
  std::vector<uint32_t> order(texts.size());
  // Texts of a segment come in order.
  if (std::ranges::is_sorted(texts)) {
    std::iota(order.begin(), order.end(), uint32_t{0});
    return order;
  }
  std::vector<Entry> entries(texts.size());
  for (uint32_t i = 0; i < texts.size(); ++i) entries[i] = {0, i};
  sort_from(entries.data(), entries.data() + entries.size(), 0, texts);
  std::ranges::transform(entries, order.begin(), &Entry::text);
  return order;
}

uint32_t Texts::lower_bound(std::string_view text) const {
  uint32_t low = 0, high = size();
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if ((*this)[middle] < text)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

uint32_t Texts::find(std::string_view text) const {
  auto at = lower_bound(text);
  return at < size() && (*this)[at] == text ? at : size();
}

std::pair<uint32_t, uint32_t> Texts::with_prefix(std::string_view prefix) const {
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

}  // namespace cadastre::index
