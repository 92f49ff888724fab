// Where the DNS names of a question lead: the records of the asker's accounts say.
#include "query/resolve.h"
#include "query/words.h"
#include "search/rows.h"

namespace cadastre::search {

Result<void> follow_names(Question& question, Facts& facts) {
  auto targets = [&](const std::string& name) -> Result<std::vector<std::string>> {
    Span span;
    span.filter.kinds = {std::string(query::kRecordKind)};
    span.filter.accounts.assign(question.scope.accounts.begin(), question.scope.accounts.end());
    if (!question.scope.everything && span.filter.accounts.empty()) span.filter.accounts.emplace_back();
    span.filter.documents = false;
    std::vector<int64_t> records;
    TRY(facts.inventory().scan(span.filter, std::nullopt, [&](const store::Resource& row) {
      if (query::plain_host(row.name) == name) records.push_back(row.resource);
      return true;
    }));
    TRY_ASSIGN(auto rows, load(records, span, facts));
    std::vector<std::string> found;
    for (const auto& row : rows) {
      TRY_ASSIGN(auto document, parse_json(row.document.empty() ? "{}" : row.document, "a stored document"));
      std::ranges::move(query::record_targets(document), std::back_inserter(found));
    }
    std::ranges::sort(found);
    found.erase(std::ranges::unique(found).begin(), found.end());
    return found;
  };
  TRY_ASSIGN(question.expression, query::resolve(std::move(question.expression), targets));
  return {};
}

}  // namespace cadastre::search
