// What the store can leave out before a query is evaluated.
#include <set>

#include "base/text.h"
#include "query/evaluate.h"
#include "query/parser.h"
#include "query/terms.h"

namespace cadastre::query {
namespace {

// What every match must have, by conjunction: the values of a key's terms, or nothing when the key is not bound.
void required(const Expression& expression, Key key, std::vector<const Term*>& found) {
  if (expression.kind == Expression::Kind::term && expression.term.key == key) found.push_back(&expression.term);
  if (expression.kind == Expression::Kind::all) {
    for (const auto& part : expression.parts) required(part, key, found);
  }
}

}  // namespace

store::Filter narrow(const Expression& expression, const Estate& estate, std::span<const store::Cell> cells) {
  store::Filter filter;
  std::vector<const Term*> terms;
  required(expression, Key::kind, terms);
  if (!terms.empty()) {
    std::set<std::string> names;
    for (const auto& kind : estate.catalog.kinds()) names.insert(kind.name);
    for (const auto& cell : cells) names.insert(cell.key.kind);
    for (const auto& name : names) {
      bool all = std::ranges::all_of(terms, [&](const Term* term) {
        return any_value(*term, [&](const Value& value) { return names_kind(value.text, name); });
      });
      if (all) filter.kinds.push_back(name);
    }
    if (filter.kinds.empty()) filter.kinds.emplace_back();  // no kind is both: nothing matches
  }
  terms.clear();
  required(expression, Key::account, terms);
  if (!terms.empty()) {
    for (const auto& [id, account] : estate.accounts) {
      bool all = std::ranges::all_of(terms, [&](const Term* term) {
        return any_value(*term, [&](const Value& value) { return fits(value, id) || fits(value, account.name); });
      });
      if (all) filter.accounts.push_back(id);
    }
    if (filter.accounts.empty()) filter.accounts.emplace_back();
  }
  terms.clear();
  required(expression, Key::region, terms);
  if (terms.size() == 1) {
    bool plain = std::ranges::all_of(
        terms[0]->values, [](const Value& value) { return value.text.find_first_of("*?") == value.text.npos; });
    if (plain) {
      for (const auto& value : terms[0]->values) filter.regions.push_back(lower(value.text));
    }
  }
  bool closed = mentions(expression, [](const Term& term) {
    return term.key == Key::is && any_value(term, [](const Value& value) { return value.text == "deleted"; });
  });
  filter.closed = closed;
  return filter;
}

}  // namespace cadastre::query
