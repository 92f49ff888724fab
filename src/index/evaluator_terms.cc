// Terms of a query whose values are looked up: names, ids, ARNs, tags, hosts, addresses, links.
#include "base/text.h"
#include "index/evaluator.h"
#include "index/finder.h"
#include "query/parser.h"
#include "query/terms.h"

namespace cadastre::index {
namespace {

using query::Key;
using query::Value;

bool is_glob(const Value& value) { return !value.literal && value.text.find_first_of("*?") != std::string::npos; }

// Texts that are exactly the value, or that its pattern matches.
void each_fitting(const Segment& segment, const Value& value, const std::function<void(uint32_t)>& visit) {
  auto pattern = query::fold(value.text);
  if (is_glob(value)) return find_pattern(segment, pattern, visit);
  auto text = segment.texts.find(pattern);
  if (text < segment.texts.size()) visit(text);
}

}  // namespace

Bits Evaluator::plain_term(const query::Term& term) {
  auto fits = [](const Value& value, const std::string& name) { return query::fits(value, name); };
  switch (term.key) {
    case Key::kind:
      return dictionary(segment_.kinds, term, [](const Value& value, const std::string& kind) {
        return query::names_kind(value.text, kind);
      });
    case Key::service:
      return dictionary(segment_.kinds, term, [](const Value& value, const std::string& kind) {
        auto parts = split(kind, '.');
        return parts.size() > 1 && query::fits(value, parts[1]);
      });
    case Key::account:
      return dictionary(segment_.accounts, term, [&](const Value& value, const std::string& id) {
        auto account = surroundings_.accounts.find(id);
        std::string_view name = account == surroundings_.accounts.end() ? "" : std::string_view(account->second.name);
        return query::fits(value, id) || query::fits(value, name);
      });
    case Key::group:
      return dictionary(segment_.accounts, term, [&](const Value& value, const std::string& id) {
        auto account = surroundings_.accounts.find(id);
        if (account == surroundings_.accounts.end()) return false;
        return std::ranges::any_of(account->second.groups, [&](const auto& group) {
          return (term.name.empty() || term.name == group.first) && query::fits(value, group.second);
        });
      });
    case Key::region:
      return dictionary(segment_.regions, term, fits);
    case Key::cluster:
      return dictionary(segment_.clusters, term, fits);
    case Key::space:
      return dictionary(segment_.spaces, term, fits);
    case Key::state:
      return dictionary(segment_.states, term, fits);
    case Key::owner:
      return dictionary(segment_.owners, term, fits);
    case Key::name:
      return column(segment_.name, term, false);
    case Key::id:
      return column(segment_.native, term, true);
    case Key::arn:
      return arns(term);
    case Key::tag:
      return tags(term);
    case Key::ip:
      return addresses(term);
    case Key::dns:
      return hosts(term);
    case Key::links:
      return links(term);
    case Key::is:
      return states(term);
    case Key::age:
    case Key::created:
      return ages(term, segment_.created);
    case Key::changed:
      return ages(term, segment_.changed);
    case Key::word:
    case Key::data:
    case Key::size:
      break;
  }
  return empty();
}

Bits Evaluator::column(const std::vector<uint32_t>& column, const query::Term& term, bool full_ids) const {
  auto rows = empty();
  std::vector<uint32_t> scratch;
  for (const auto& value : term.values) {
    each_fitting(segment_, value, [&](uint32_t text) {
      if (segment_.texts[text].empty()) {  // no row says that it lacks a name
        for (uint32_t row = 0; row < segment_.rows(); ++row) {
          if (column[row] == text) rows.set(row);
        }
        return;
      }
      for (auto row : segment_.text_rows.rows(text, scratch)) {
        if (column[row] == text) rows.set(row);
      }
    });
    if (!full_ids || !query::is_full_id(value.text)) continue;
    // KIND/ACCOUNT/REGION/ are the cell's; the pattern's part for the native id narrows first when it is plain.
    auto pattern = query::fold(value.text);
    auto native = pattern.substr(pattern.rfind('/') + 1);
    bool narrow = !is_glob(value);
    auto check = [&](uint32_t row) {
      const auto& cell = segment_.cells[segment_.cell[row]];
      auto id = fmt::format("{}/{}/{}/{}", cell.kind, cell.account, cell.region, segment_.texts[segment_.native[row]]);
      if (query::fits(value, id)) rows.set(row);
    };
    if (narrow) {
      // A native id may have slashes: it ends as the pattern does.
      for (size_t slash = pattern.find('/'); slash != pattern.npos; slash = pattern.find('/', slash + 1)) {
        auto text = segment_.texts.find(std::string_view(pattern).substr(slash + 1));
        if (text == segment_.texts.size()) continue;
        for (auto row : segment_.text_rows.rows(text, scratch)) {
          if (segment_.native[row] == text) check(row);
        }
      }
    } else {
      for (uint32_t row = 0; row < segment_.rows(); ++row) check(row);
    }
  }
  return rows;
}

Bits Evaluator::arns(const query::Term& term) const {
  auto rows = empty();
  std::vector<uint32_t> scratch;
  for (const auto& value : term.values) {
    auto pattern = query::fold(value.text);
    // ARNs that are one text, and rows that have none.
    each_fitting(segment_, value, [&](uint32_t text) {
      if (segment_.texts[text].empty()) {
        for (uint32_t row = 0; row < segment_.rows(); ++row) {
          if (segment_.arn[row] == text && segment_.arn_whole.test(row)) rows.set(row);
        }
        return;
      }
      for (auto row : segment_.text_rows.rows(text, scratch)) {
        if (segment_.arn[row] == text && segment_.arn_whole.test(row)) rows.set(row);
      }
    });
    // ARNs in two parts: only where the first agrees with what the pattern begins with.
    auto begin = std::string_view(pattern).substr(0, is_glob(value) ? pattern.find_first_of("*?") : pattern.size());
    bool open = is_glob(value) && begin.size() + 1 == pattern.size() && pattern.back() == '*';
    for (auto text : segment_.arn_prefixes) {
      auto prefix = segment_.texts[text];
      auto common = std::min(prefix.size(), begin.size());
      if (prefix.substr(0, common) != begin.substr(0, common)) continue;
      bool all = open && prefix.starts_with(begin);
      for (auto row : segment_.text_rows.rows(text, scratch)) {
        if (segment_.arn[row] != text || segment_.arn_whole.test(row)) continue;
        if (all || query::fits(value, segment_.arn_of(row))) rows.set(row);
      }
    }
  }
  return rows;
}

Bits Evaluator::tags(const query::Term& term) const {
  auto rows = empty();
  for (uint32_t key = 0; key < segment_.tag_keys.names.size(); ++key) {
    if (!iequals(segment_.tag_keys.names[key], term.name)) continue;
    uint32_t begin = key == 0 ? 0 : segment_.tags_end[key - 1], end = segment_.tags_end[key];
    bool equal = term.comparison == query::Comparison::equal;
    bool any = equal &&
               std::ranges::any_of(term.values, [](const Value& value) { return is_glob(value) && value.text == "*"; });
    if (any) {
      segment_.tag_keys.rows.add_to(rows, key);
      continue;
    }
    if (!equal) {
      for (auto tag = begin; tag < end; ++tag) {
        auto number = query::number_of(segment_.texts[segment_.tags[tag].value]);
        if (number && query::any_value(term, [&](const Value& value) { return query::compares(term, value, *number); }))
          segment_.tag_rows.add_to(rows, tag);
      }
      continue;
    }
    auto first = segment_.tags.begin() + begin, last = segment_.tags.begin() + end;
    for (const auto& value : term.values) {
      each_fitting(segment_, value, [&](uint32_t text) {
        auto [from, to] = std::equal_range(first, last, Tag{key, 0, text},
                                           [](const Tag& a, const Tag& b) { return a.folded < b.folded; });
        for (; from != to; ++from) segment_.tag_rows.add_to(rows, static_cast<uint32_t>(from - segment_.tags.begin()));
      });
    }
  }
  return rows;
}

Bits Evaluator::hosts(const query::Term& term) const {
  auto rows = empty();
  for (const auto& value : term.values) {
    if (value.resolved) {
      find_target(segment_, value.text, rows);
      continue;
    }
    auto add = [&](uint32_t text) {
      auto host = segment_.texts[text];
      if (query::is_host(host) && query::fits_host(value, host)) segment_.text_rows.add_to(rows, text);
    };
    each_fitting(segment_, value, add);
    auto dotted = value;
    dotted.text += ".";
    each_fitting(segment_, dotted, add);
  }
  return rows;
}

Bits Evaluator::addresses(const query::Term& term) const {
  auto rows = empty();
  for (const auto& value : term.values) {
    if (auto network = parse_network(value.text)) {
      find_networks(segment_, *network, rows);
      continue;
    }
    find_pattern(segment_, query::fold(value.text) + "*", [&](uint32_t text) {
      if (parse_network(segment_.texts[text])) segment_.text_rows.add_to(rows, text);
    });
  }
  return rows;
}

Bits Evaluator::links(const query::Term& term) const {
  auto rows = empty();
  for (const auto& value : term.values) {
    each_fitting(segment_, value, [&](uint32_t text) { segment_.link_rows.add_to(rows, text); });
    for (char separator : {'/', ':'}) {
      // Not as a pattern: what a target ends in is taken as it is written.
      auto literal = separator + query::fold(value.text);
      find_pattern(segment_, "*" + std::string(longest_literal(literal)) + "*", [&](uint32_t text) {
        if (segment_.texts[text].ends_with(literal)) segment_.link_rows.add_to(rows, text);
      });
    }
  }
  return rows;
}

}  // namespace cadastre::index
