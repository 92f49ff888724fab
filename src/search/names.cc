// Where the DNS names of a question lead: the records of the asker's accounts say, and the clusters that serve them.
#include "query/resolve.h"
#include "search/question.h"
#include "search/roads.h"

namespace cadastre::search {

Result<void> follow_names(Question& question, Facts& facts) {
  constexpr size_t kMostServing = 300;
  Links links(std::nullopt, question.scope, facts);
  auto targets = [&](const std::string& name) -> Result<std::vector<std::string>> {
    TRY_ASSIGN(auto records, links.named(std::string(query::kRecordKind), name));
    std::vector<std::string> found;
    for (const auto& record : records) {
      TRY_ASSIGN(auto document, parse_json(record.document.empty() ? "{}" : record.document, "a stored document"));
      std::ranges::move(query::record_targets(document), std::back_inserter(found));
    }
    std::ranges::sort(found);
    found.erase(std::ranges::unique(found).begin(), found.end());
    return found;
  };
  auto behind = [&](const std::vector<std::string>& names) -> Result<std::vector<std::string>> {
    TRY_ASSIGN(auto resources, serving(names, links, kMostServing));
    std::vector<std::string> ids;
    for (const auto& resource : resources) ids.push_back(resource.id());
    return ids;
  };
  TRY_ASSIGN(question.expression, query::resolve(std::move(question.expression), targets, behind));
  return {};
}

}  // namespace cadastre::search
