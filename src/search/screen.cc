#include "search/screen.h"

#include <cstring>

#include "base/text.h"

namespace cadastre::search {
namespace {

bool decided_by_columns(query::Key key) {
  using query::Key;
  switch (key) {
    case Key::word:
    case Key::ip:
    case Key::dns:
    case Key::links:
    case Key::data:
    case Key::size:
      return false;
    default:
      return true;
  }
}

// Stands in the stored JSON as it stands in the value: nothing that is escaped there, nothing whose case is more than
// ASCII's.
bool plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

// Columns of a row of the past that are what they were.
bool never_moves(query::Key key) {
  using query::Key;
  return key == Key::kind || key == Key::service || key == Key::account || key == Key::group || key == Key::region ||
         key == Key::cluster || key == Key::space || key == Key::id || key == Key::is || key == Key::changed;
}

// Does a kind's field stand in the document as it is, or is it put together of several parts?
bool whole(const catalog::Template& field) { return field.pieces().size() <= 1; }

// An ARN is made of what never moves: the account, the region, and the native id.
bool lasting(const catalog::Kind& kind) {
  return std::ranges::all_of(kind.arn.pieces(), [&](const catalog::Template::Piece& piece) {
    using Source = catalog::Template::Source;
    bool id = kind.id.pieces().size() == 1 && piece.path.source() == kind.id.pieces()[0].path.source();
    return piece.source == Source::literal || piece.source == Source::variable || id;
  });
}

// The longest text that whatever matches the value contains; "" when there is none.
std::string certain_part(const query::Value& value) {
  std::string longest;
  if (value.literal) {
    longest = value.text;
  } else {
    for (size_t start = 0; start <= value.text.size();) {
      auto end = std::min(value.text.find_first_of("*?", start), value.text.size());
      if (end - start > longest.size()) longest = value.text.substr(start, end - start);
      start = end + 1;
    }
  }
  return plain(longest) ? lower(longest) : std::string();
}

bool concerns(const Network& wanted, const Network& found) {
  bool everything = found.bits == 0 || found.bits == 96;
  return wanted.contains(found) || (!everything && found.contains(wanted));
}

// Every string of a JSON text that is an address or a network; keys do no harm.
bool has_network(std::string_view text, std::span<const Network> wanted) {
  if (wanted.empty()) return false;
  for (size_t open = text.find('"'); open != text.npos;) {
    size_t close = text.find('"', open + 1);
    if (close == text.npos) return false;
    if (auto network = parse_network(text.substr(open + 1, close - open - 1))) {
      if (std::ranges::any_of(wanted, [&](const auto& one) { return concerns(one, *network); })) return true;
    }
    open = close;  // the closing quote may open the next: a quote inside a string would have put us out of step
  }
  return false;
}

}  // namespace

bool holds(std::string_view text, std::string_view needle) {
  return ::memmem(text.data(), text.size(), needle.data(), needle.size()) != nullptr;
}

// A row under the glass: what several terms ask for is made once.
struct Screen::Row {
  const store::Resource& resource;
  const query::Estate& estate;
  bool stale;
  Time now;
  bool past = false;
  bool lasting = true;  // the texts that words are looked for in are in the columns and the document
  std::optional<query::Subject> columns{};
  std::string haystack{};
  bool beyond_ascii = false;

  const query::Subject& subject() {
    static const json::value kNothing;
    if (!columns) {
      columns = query::subject_of(resource, kNothing, estate);
      columns->stale = stale;
    }
    return *columns;
  }
  bool contains(std::string_view needle) {
    if (haystack.empty()) {
      haystack = resource.id() + '\n';
      for (const auto* text : {&resource.native, &resource.name, &resource.arn, &resource.tags, &resource.document}) {
        haystack += *text;
        haystack += '\n';
      }
      haystack = lower(haystack);
      beyond_ascii = std::ranges::any_of(haystack, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    }
    return beyond_ascii || holds(haystack, needle);
  }
};

Screen::Screen(const query::Expression& expression, const query::Estate& estate)
    : estate_(estate), root_(understand(expression)) {}

Screen::Node Screen::understand(const query::Expression& expression) {
  Node node;
  node.expression = &expression;
  if (expression.kind == query::Expression::Kind::term)
    understand_term(expression.term, node);
  else
    for (const auto& part : expression.parts) node.parts.push_back(understand(part));
  return node;
}

void Screen::understand_term(const query::Term& term, Node& node) {
  node.columns = decided_by_columns(term.key);
  if (node.columns) return;
  documents_ = true;
  if (term.key == query::Key::data && term.comparison != query::Comparison::equal) {
    // Whatever the number is, the member must be there.
    auto step = term.path.empty() ? std::string() : lower(term.path.back());
    node.opaque = step.empty() || step == "*" || !plain(step);
    node.needles.push_back(std::move(step));
    return;
  }
  if (term.key == query::Key::size) node.opaque = true;
  for (const auto& value : term.values) {
    auto needle = certain_part(value);
    bool exists = term.key == query::Key::data && needle.empty() && !term.path.empty() && term.path.back() != "*";
    if (exists && plain(term.path.back())) needle = lower(term.path.back());
    if (needle.empty()) node.opaque = true;
    node.needles.push_back(std::move(needle));
    bool address = term.key == query::Key::word || term.key == query::Key::ip;
    if (auto network = address ? parse_network(value.text) : std::nullopt) node.networks.push_back(*network);
  }
}

Verdict Screen::look(const store::Resource& resource, bool stale, Time now, const catalog::Kind* then) const {
  Row row{resource, estate_, stale, now};
  row.past = then != nullptr;
  row.lasting = !then || ((whole(then->arn) || search::lasting(*then)) && whole(then->item_name));
  return look(root_, row);
}

Verdict Screen::look(const Node& node, Row& row) {
  using Kind = query::Expression::Kind;
  auto kind = node.expression->kind;
  if (kind == Kind::no) {
    auto verdict = look(node.parts.front(), row);
    return verdict == Verdict::maybe ? verdict : verdict == Verdict::no ? Verdict::yes : Verdict::no;
  }
  if (kind != Kind::term) {
    // One `settles` settles it; else it is as sure as its least sure part.
    auto settles = kind == Kind::all ? Verdict::no : Verdict::yes;
    auto verdict = kind == Kind::all ? Verdict::yes : Verdict::no;
    for (const auto& part : node.parts) {
      auto one = look(part, row);
      if (one == settles) return settles;
      if (one == Verdict::maybe) verdict = Verdict::maybe;
    }
    return verdict;
  }
  if (node.columns && row.past && !never_moves(node.expression->term.key)) return Verdict::maybe;
  if (node.columns) return query::matches(*node.expression, row.subject(), row.now) ? Verdict::yes : Verdict::no;
  if (node.opaque || !row.lasting) return Verdict::maybe;
  auto inside = [&](const std::string& needle) { return row.contains(needle); };
  if (std::ranges::any_of(node.needles, inside)) return Verdict::maybe;
  return has_network(row.resource.document, node.networks) ? Verdict::maybe : Verdict::no;
}

}  // namespace cadastre::search
