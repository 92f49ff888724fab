#include "index/finder.h"

#include "base/text.h"
#include "query/terms.h"

namespace cadastre::index {
namespace {

using query::Nearness;

// Calls sink.text(text, nearness) and sink.word(word, nearness) until every text with the piece was named, at its
// nearest at least once.
template <typename Sink>
void each_text_with(const Segment& segment, std::string_view piece, Sink&& sink) {
  const auto& texts = segment.texts;
  auto [first, last] = texts.with_prefix(piece);
  for (auto text = first; text < last; ++text) sink.text(text, Nearness::prefix);
  if (std::ranges::all_of(piece, query::in_word)) {
    auto [from, to] = segment.words.with_prefix(piece);
    for (auto word = from; word < to; ++word) sink.word(word, Nearness::word_start);
    for (auto word : segment.words.containing(piece)) {
      if (word < from || word >= to) sink.word(word, Nearness::inside);
    }
    return;
  }
  // Names of hosts end alike, so a text is tried first where the last one had the piece: so many bytes from its end.
  size_t tail = 0;
  auto at_tail = [&](std::string_view text) {
    if (tail == 0 || tail >= text.size()) return false;
    auto at = text.size() - tail;
    return !query::in_word(text[at - 1]) && text.substr(at).starts_with(piece);
  };
  for (auto number : segment.crossings.candidates(piece)) {
    if (number >= first && number < last) continue;
    auto text = texts[number];
    auto nearness = at_tail(text) ? Nearness::word_start : query::nearness_in(text, piece);
    if (nearness == Nearness::none) continue;
    sink.text(number, nearness);
    if (nearness == Nearness::word_start && !at_tail(text))
      for (tail = piece.size(); !at_tail(text);) ++tail;
  }
}

// Every text once or more.
struct TextSink {
  const Segment& segment;
  const std::function<void(uint32_t)>& visit;
  std::vector<uint32_t> scratch{};
  void text(uint32_t text, Nearness) { visit(text); }
  void word(uint32_t word, Nearness) {
    for (auto text : segment.words.texts_of().rows(word, scratch)) visit(text);
  }
};

struct RowSink {
  const Segment& segment;
  Found& found;
  std::vector<uint32_t> scratch{};
  void text(uint32_t text, Nearness nearness) { segment.text_rows.add_to(found[static_cast<size_t>(nearness)], text); }
  void word(uint32_t word, Nearness nearness) {
    auto& rows = found[static_cast<size_t>(nearness)];
    auto common = std::ranges::lower_bound(segment.common_words, word);
    if (common != segment.common_words.end() && *common == word) {
      segment.common_word_rows.add_to(rows, static_cast<uint32_t>(common - segment.common_words.begin()));
      return;
    }
    for (auto text : segment.words.texts_of().rows(word, scratch)) segment.text_rows.add_to(rows, text);
  }
};

// Adds the rows of a piece that very many texts have across their words. False: it is none of those.
bool find_common_piece(const Segment& segment, std::string_view piece, Found& found) {
  auto at = std::ranges::lower_bound(segment.common_pieces, piece);
  if (at == segment.common_pieces.end() || *at != piece) return false;
  auto list = static_cast<uint32_t>(at - segment.common_pieces.begin()) * uint32_t{kPieceNearness.size()};
  for (auto nearness : kPieceNearness) segment.common_piece_rows.add_to(found[static_cast<size_t>(nearness)], list++);
  return true;
}

// Rows whose ARN has the word across the place where its shared beginning and the native id meet: visit(row, nearness).
template <typename Visit>
void each_across(const Segment& segment, std::string_view word, Visit&& visit) {
  constexpr size_t kFew = 1000;
  std::vector<uint32_t> scratch;
  for (size_t i = 1; i < word.size(); ++i) {
    if (query::in_word(word[i - 1])) continue;
    auto head = word.substr(0, i), tail = word.substr(i);
    auto [first, last] = segment.texts.with_prefix(tail);
    if (first == last) continue;
    auto consider = [&](uint32_t row, std::string_view prefix) {
      auto before = prefix.size() - head.size();
      bool whole = before == 0 && segment.texts[segment.native[row]] == tail;
      visit(row, whole                                 ? Nearness::exact_id
                 : before == 0                         ? Nearness::prefix
                 : !query::in_word(prefix[before - 1]) ? Nearness::word_start
                                                       : Nearness::inside);
    };
    if (last - first <= kFew) {
      for (auto text = first; text < last; ++text) {
        for (auto row : segment.text_rows.rows(text, scratch)) {
          if (segment.native[row] != text || segment.arn_whole.test(row)) continue;
          auto prefix = segment.texts[segment.arn[row]];
          if (prefix.ends_with(head)) consider(row, prefix);
        }
      }
      continue;
    }
    for (auto text : segment.arn_prefixes) {
      auto prefix = segment.texts[text];
      if (!prefix.ends_with(head)) continue;
      for (auto row : segment.text_rows.rows(text, scratch)) {
        bool begins = segment.native[row] >= first && segment.native[row] < last;
        if (begins && segment.arn[row] == text && !segment.arn_whole.test(row)) consider(row, prefix);
      }
    }
  }
}

void find_exact(const Segment& segment, const std::string& word, Found& found) {
  auto& ids = found[static_cast<size_t>(Nearness::exact_id)];
  std::vector<uint32_t> scratch;
  if (auto text = segment.texts.find(word); text < segment.texts.size()) {
    for (auto row : segment.text_rows.rows(text, scratch)) {
      if (segment.native[row] == text || (segment.arn[row] == text && segment.arn_whole.test(row))) ids.set(row);
      if (segment.name[row] == text) found[static_cast<size_t>(Nearness::exact_name)].set(row);
    }
  }
  if (!query::is_full_id(word)) return;
  size_t slash = word.find('/', word.find('/', word.find('/') + 1) + 1);
  auto text = segment.texts.find(std::string_view(word).substr(slash + 1));
  if (text == segment.texts.size()) return;
  for (auto row : segment.text_rows.rows(text, scratch)) {
    const auto& cell = segment.cells[segment.cell[row]];
    bool same = segment.native[row] == text &&
                query::fold(cell.kind + "/" + cell.account + "/" + cell.region) == word.substr(0, slash);
    if (same) ids.set(row);
  }
}

void find_glob(const Segment& segment, const std::string& word, Found& found) {
  auto& rows = found[static_cast<size_t>(Nearness::inside)];
  auto pattern = "*" + word + "*";
  find_pattern(segment, pattern, [&](uint32_t text) { segment.text_rows.add_to(rows, text); });
  // An ARN in two parts: all that have the pattern's longest literal in either, or across.
  auto literal = longest_literal(pattern);
  Bits candidates(segment.rows(), literal.empty());
  if (!literal.empty()) {
    std::vector<uint32_t> scratch;
    std::function<void(uint32_t)> add = [&](uint32_t text) { segment.text_rows.add_to(candidates, text); };
    each_text_with(segment, literal, TextSink{segment, add});
    each_across(segment, literal, [&](uint32_t row, Nearness) { candidates.set(row); });
  }
  candidates -= rows;
  candidates.each([&](uint32_t row) {
    if (!segment.arn_whole.test(row) && glob_match(pattern, segment.arn_of(row))) rows.set(row);
    return true;
  });
}

bool everything(const Network& network) { return network.bits == 0 || network.bits == 96; }

std::optional<uint32_t> network_number(const Segment& segment, const Network& network) {
  auto at = std::ranges::lower_bound(segment.networks, std::tie(network.bytes, network.bits), {},
                                     [](const Network& one) { return std::tie(one.bytes, one.bits); });
  if (at == segment.networks.end() || *at != network) return std::nullopt;
  return static_cast<uint32_t>(at - segment.networks.begin());
}

void find_network(const Segment& segment, const Network& network, Bits& rows) {
  if (auto number = network_number(segment, without_host_bits(network))) segment.network_rows.add_to(rows, *number);
}

}  // namespace

std::string_view longest_literal(std::string_view pattern) {
  std::string_view longest;
  for (size_t begin = 0; begin <= pattern.size();) {
    auto end = std::min(pattern.find_first_of("*?", begin), pattern.size());
    if (end - begin > longest.size()) longest = pattern.substr(begin, end - begin);
    begin = end + 1;
  }
  return longest;
}

void find_pattern(const Segment& segment, std::string_view pattern, const std::function<void(uint32_t text)>& visit) {
  std::function<void(uint32_t)> check = [&](uint32_t text) {
    if (glob_match(pattern, segment.texts[text])) visit(text);
  };
  auto literal = longest_literal(pattern);
  if (!literal.empty()) return each_text_with(segment, literal, TextSink{segment, check});
  for (uint32_t text = 0; text < segment.texts.size(); ++text) check(text);
}

void find_networks(const Segment& segment, const Network& wanted, Bits& rows) {
  find_network(segment, wanted, rows);
  if (everything(wanted)) return;
  auto base = without_host_bits(wanted);
  auto inside = std::ranges::lower_bound(segment.networks, base.bytes, {}, &Network::bytes);
  for (; inside != segment.networks.end(); ++inside) {
    auto address = *inside;
    address.bits = 128;
    if (!wanted.contains(address)) break;
    if (wanted.contains(*inside) && !everything(*inside))
      segment.network_rows.add_to(rows, static_cast<uint32_t>(inside - segment.networks.begin()));
  }
  for (int bits = 1; bits < wanted.bits; ++bits) {
    auto around = wanted;
    around.bits = bits;
    if (!everything(around)) find_network(segment, around, rows);
  }
}

// The row of KIND/ACCOUNT/REGION/NATIVE.
void find_full_id(const Segment& segment, std::string_view id, Bits& rows) {
  auto parts = split(id, '/');
  store::CellKey cell{std::string(parts[1]), std::string(parts[2]), std::string(parts[0])};
  auto native = id.substr(parts[0].size() + parts[1].size() + parts[2].size() + 3);
  auto text = segment.texts.find(query::fold(native));
  if (text == segment.texts.size()) return;
  std::vector<uint32_t> scratch;
  for (auto row : segment.text_rows.rows(text, scratch)) {
    if (segment.native[row] == text && segment.cells[segment.cell[row]] == cell) rows.set(row);
  }
}

void find_target(const Segment& segment, const std::string& target, Bits& rows) {
  if (auto address = parse_network(target)) return find_network(segment, *address, rows);
  if (query::is_full_id(target)) return find_full_id(segment, target, rows);
  for (const auto& form : query::host_forms(target)) {
    auto text = segment.texts.find(form);
    if (text < segment.texts.size() && query::plain_host(form) == target) segment.text_rows.add_to(rows, text);
  }
}

void find_word(const Segment& segment, const query::Value& value, Found& found) {
  auto& related = found[static_cast<size_t>(Nearness::related)];
  if (value.resolved) return find_target(segment, value.text, related);
  auto word = query::fold(value.text);
  if (!value.literal && word.find_first_of("*?") != word.npos) return find_glob(segment, word, found);
  find_exact(segment, word, found);
  if (!find_common_piece(segment, word, found)) each_text_with(segment, word, RowSink{segment, found});
  each_across(segment, word, [&](uint32_t row, Nearness nearness) { found[static_cast<size_t>(nearness)].set(row); });
  if (auto network = parse_network(word)) {
    if (network->is_address()) find_network(segment, *network, found[static_cast<size_t>(Nearness::exact_name)]);
    find_networks(segment, *network, related);
  }
}

}  // namespace cadastre::index
