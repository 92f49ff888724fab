// The box that everything is found from: the best hits grouped by kind, and what may come next in a query.
#include <charconv>

#include "api/answer.h"
#include "api/question.h"
#include "search/json.h"

namespace cadastre::api {
namespace {

// Kinds in the order of their best hit; each with its count over all hits, not only those shown.
Result<ServerResponse> search_everything(const Call& call) {
  constexpr size_t kUsual = 20, kMost = 100;
  search::ListRequest request;
  request.q = text_of(call, "q");
  TRY_ASSIGN(request.at, time_of(call, "at"));
  TRY_ASSIGN(request.limit, limit_of(call, kUsual, kMost));
  request.facets = {"kind"};
  TRY_ASSIGN(auto answer, call.services.reader.list(request, call.scope(), call.request.stop));
  std::map<std::string, uint64_t> counts;
  for (const auto& facet : answer.facets) {
    for (const auto& value : facet.values) counts[value.value] = value.count;
  }
  std::vector<std::string> order;
  std::map<std::string, json::array> groups;
  for (const auto& row : answer.rows) {
    const auto& kind = row.resource.cell.kind;
    if (!groups.contains(kind)) order.push_back(kind);
    groups[kind].push_back(search::to_json(row, answer.columns));
  }
  json::array list;
  for (const auto& name : order) {
    const auto* kind = call.services.catalog.find(name);
    list.push_back(json::object{{"kind", name},
                                {"title", kind ? kind->title : name},
                                {"count", std::max<uint64_t>(counts[name], groups[name].size())},
                                {"rows", std::move(groups[name])}});
  }
  return json_answer(json::object{{"groups", std::move(list)},
                                  {"total", answer.total},
                                  {"exact", answer.exact},
                                  {"coverage", search::to_json(answer.coverage)},
                                  {"as_of", format_time(answer.as_of)}});
}

Result<ServerResponse> suggest(const Call& call) {
  auto q = text_of(call, "q"), at = text_of(call, "caret");
  size_t caret = q.size();
  if (!at.empty()) {
    auto [end, error] = std::from_chars(at.data(), at.data() + at.size(), caret);
    if (error != std::errc() || end != at.data() + at.size() || caret > q.size())
      return fail(ErrorCode::invalid, "'caret' must be a byte of the query, counted from 0");
  }
  TRY_ASSIGN(auto suggestions, call.services.reader.suggest(q, caret, call.scope()));
  json::array rows;
  for (const auto& suggestion : suggestions) rows.push_back(search::to_json(suggestion));
  return json_answer(json::object{{"rows", std::move(rows)}});
}

}  // namespace

Routes search_routes() {
  using enum auth::Permission;
  return {{"GET",
           "/api/v1/search",
           read,
           "search",
           "search",
           "The best hits of all kinds, grouped by kind",
           {"q", "at", "limit"},
           search_everything},
          {"GET",
           "/api/v1/suggest",
           read,
           "search",
           "suggest",
           "What may stand at the caret of a query",
           {"q", "caret"},
           suggest}};
}

}  // namespace cadastre::api
