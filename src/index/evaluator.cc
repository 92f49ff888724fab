#include "index/evaluator.h"

#include "index/finder.h"
#include "query/terms.h"

namespace cadastre::index {
namespace {

void collect_documentary(const query::Expression& expression,
                         std::vector<std::pair<const query::Term*, std::vector<uint32_t>>>& terms) {
  if (expression.kind == query::Expression::Kind::term && query::reads_document(expression.term))
    terms.push_back({&expression.term, {}});
  for (const auto& part : expression.parts) collect_documentary(part, terms);
}

Ranked plain(Bits bits) {
  Ranked ranked;
  ranked.within.push_back(std::move(bits));
  return ranked;
}

}  // namespace

Evaluator::Evaluator(const Segment& segment, const Surroundings& surroundings, const catalog::Catalog& catalog,
                     const query::Expression& expression, Time now)
    : segment_(segment), surroundings_(surroundings), catalog_(catalog), expression_(expression), now_(now) {
  collect_documentary(expression, documentary_);
}

Bits Evaluator::undecided() {
  auto fewest = evaluate(expression_, Mode::fewest), most = evaluate(expression_, Mode::most);
  auto rows = empty();
  for (size_t i = 0; i < std::max(fewest.within.size(), most.within.size()); ++i) {
    auto between = most.at(i);
    between -= fewest.at(i);
    rows |= between;
  }
  return rows;
}

void Evaluator::decide(uint32_t row, const json::value& document) {
  const auto& cell = segment_.cells[segment_.cell[row]];
  const auto* kind = catalog_.find(cell.kind);
  const auto& region = segment_.regions.names[segment_.region[row]];
  for (auto& [term, rows] : documentary_) {
    if (query::document_matches(*term, kind, document, {cell.account, region, ""})) rows.push_back(row);
  }
}

Ranked Evaluator::rows() { return evaluate(expression_, Mode::decided); }

Ranked Evaluator::evaluate(const query::Expression& expression, Mode mode) {
  switch (expression.kind) {
    case query::Expression::Kind::all: {
      auto result = plain(Bits(segment_.rows(), true));
      for (const auto& part : expression.parts) result &= evaluate(part, mode);
      return result;
    }
    case query::Expression::Kind::any: {
      auto result = plain(empty());
      for (const auto& part : expression.parts) result |= evaluate(part, mode);
      return result;
    }
    case query::Expression::Kind::no: {
      auto opposite = mode == Mode::fewest ? Mode::most : mode == Mode::most ? Mode::fewest : mode;
      auto rows = evaluate(expression.parts.front(), opposite).all();
      rows.flip();
      return plain(std::move(rows));
    }
    case query::Expression::Kind::term:
      return term(expression.term, mode);
  }
  return plain(empty());
}

Ranked Evaluator::term(const query::Term& term, Mode mode) {
  if (term.key == query::Key::word) return words(term);
  if (query::reads_document(term)) return plain(documentary(term, mode));
  return plain(plain_term(term));
}

Ranked Evaluator::words(const query::Term& term) const {
  Found found;
  for (auto& rows : found) rows = empty();
  for (const auto& value : term.values) find_word(segment_, value, found);
  Ranked ranked;
  for (auto& rows : found) {
    if (!ranked.within.empty()) rows |= ranked.within.back();
    ranked.within.push_back(std::move(rows));
  }
  return ranked;
}

Bits Evaluator::documentary(const query::Term& term, Mode mode) const {
  if (mode == Mode::fewest) return empty();
  if (mode == Mode::most) return Bits(segment_.rows(), true);
  auto rows = empty();
  for (const auto& [known, found] : documentary_) {
    if (known != &term) continue;
    for (auto row : found) rows.set(row);
  }
  return rows;
}

Bits Evaluator::dictionary(const Dictionary& dictionary, const query::Term& term,
                           const std::function<bool(const query::Value&, const std::string&)>& fits) const {
  auto rows = empty();
  for (uint32_t i = 0; i < dictionary.names.size(); ++i) {
    if (query::any_value(term, [&](const query::Value& value) { return fits(value, dictionary.names[i]); }))
      dictionary.rows.add_to(rows, i);
  }
  return rows;
}

Bits Evaluator::states(const query::Term& term) const {
  auto rows = empty();
  int64_t recently = (now_ - query::kRecently).time_since_epoch().count();
  for (const auto& value : term.values) {
    if (value.text == "stale") {
      for (uint32_t i = 0; i < segment_.cells.size(); ++i) {
        if (surroundings_.stale.contains(segment_.cells[i])) segment_.cell_rows.add_to(rows, i);
      }
    } else if (value.text != "deleted") {  // what is deleted is not here
      bool fresh = value.text == "new";
      for (uint32_t row = 0; row < segment_.rows(); ++row) {
        bool holds = fresh ? segment_.first_seen[row] >= recently
                           : segment_.changed[row] >= recently && segment_.changed[row] != segment_.first_seen[row];
        if (holds) rows.set(row);
      }
    }
  }
  return rows;
}

Bits Evaluator::ages(const query::Term& term, const std::vector<int64_t>& column) const {
  constexpr double kLongest = 4e18;  // milliseconds: longer than any age, and no sum overflows; kNoTime is farther
  auto rows = empty();
  int64_t now = now_.time_since_epoch().count();
  for (const auto& value : term.values) {
    auto [low, high] = query::bounds_of(term, value);
    if (!(low <= kLongest && high >= -kLongest && low <= high)) continue;
    // An age from low to high is a time from now - high to now - low.
    auto from = now - static_cast<int64_t>(std::floor(std::min(high, kLongest)));
    auto to = now - static_cast<int64_t>(std::ceil(std::max(low, -kLongest)));
    if (from > to) continue;
    auto length = static_cast<uint64_t>(to - from);
    for (size_t begin = 0; begin < column.size(); begin += 64) {
      uint64_t found = 0;
      auto size = std::min<size_t>(64, column.size() - begin);
      for (size_t i = 0; i < size; ++i)
        found |= uint64_t{static_cast<uint64_t>(column[begin + i]) - static_cast<uint64_t>(from) <= length} << i;
      rows.words()[begin / 64] |= found;
    }
  }
  return rows;
}

}  // namespace cadastre::index
