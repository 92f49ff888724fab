#include "search/question.h"

#include "query/parser.h"

namespace cadastre::search {
namespace {

// No name is empty: a filter by "" finds nothing.
void intersect(std::vector<std::string>& bound, const std::vector<std::string>& with) {
  if (bound.empty()) {
    bound = with;
  } else {
    std::erase_if(bound, [&](const std::string& value) { return std::ranges::find(with, value) == with.end(); });
  }
  if (bound.empty()) bound.emplace_back();
}

bool is_deleted(const query::Term& term) {
  return term.key == query::Key::is && term.values.size() == 1 && term.values[0].text == "deleted";
}

// By conjunction.
bool requires_deleted(const query::Expression& expression) {
  if (expression.kind == query::Expression::Kind::term) return is_deleted(expression.term);
  return expression.kind == query::Expression::Kind::all && std::ranges::any_of(expression.parts, requires_deleted);
}

bool asks(const query::Expression& expression, std::string_view state) {
  return query::mentions(expression, [&](const query::Term& term) {
    return term.key == query::Key::is &&
           std::ranges::any_of(term.values, [&](const query::Value& value) { return value.text == state; });
  });
}

}  // namespace

query::Subject Question::subject(const store::Resource& resource, const json::value& document,
                                 std::optional<Time> at) const {
  auto subject = query::subject_of(resource, document, facts->estate);
  // A cell that went stale later was fresh then.
  if (at && resource.unverified_since && *resource.unverified_since > *at) subject.stale = false;
  return subject;
}

Result<Question> understand(std::string_view text, const query::Scope& scope, Facts& facts) {
  Question question;
  question.text = text;
  question.scope = scope;
  TRY_ASSIGN(question.facts, facts.snapshot());
  TRY_ASSIGN(question.expression, query::parse(text));
  query::Names names;
  for (const auto& kind : facts.catalog.kinds()) names.kinds.push_back(kind.name);
  // Kinds that have left the catalogue: of each a cell that the asker may know of.
  std::vector<store::Cell> left;
  for (const auto& cell : question.facts->left) {
    if (!scope.sees(cell.key.account)) continue;
    if (std::ranges::find(names.kinds, cell.key.kind) != names.kinds.end()) continue;
    names.kinds.push_back(cell.key.kind);
    left.push_back(cell);
  }
  for (const auto& [id, account] : question.facts->estate.accounts) {
    if (!scope.sees(id)) continue;
    names.accounts.push_back(id);
    names.accounts.push_back(account.name);
  }
  TRY(query::check_names(question.expression, text, names));
  question.narrowed = query::narrow(question.expression, question.facts->estate, left);
  if (!scope.everything) {
    intersect(question.narrowed.accounts, std::vector<std::string>(scope.accounts.begin(), scope.accounts.end()));
  }
  question.asks_deleted = asks(question.expression, "deleted");
  question.only_deleted = requires_deleted(question.expression);
  question.asks_stale = asks(question.expression, "stale");
  return question;
}

void narrow_by(store::Filter& filter, const index::Filter& chosen) {
  if (chosen.key == index::FacetKey::kind) intersect(filter.kinds, chosen.values);
  if (chosen.key == index::FacetKey::account) intersect(filter.accounts, chosen.values);
  if (chosen.key == index::FacetKey::region) intersect(filter.regions, chosen.values);
}

}  // namespace cadastre::search
