// What can be collected, with how many of each there are in the asker's accounts.
#include "api/answer.h"
#include "api/question.h"
#include "search/json.h"

namespace cadastre::api {
namespace {

using Counts = std::map<std::string, uint64_t>;

Result<Counts> counts_of(const Call& call) {
  Counts counts;
  TRY_ASSIGN(auto cells, call.services.store.cells().list());
  for (const auto& cell : cells) {
    if (call.scope().sees(cell.key.account)) counts[cell.key.kind] += cell.resources;
  }
  return counts;
}

json::object kind_json(const catalog::Kind& kind, const Counts& counts) {
  json::array columns;
  for (const auto& column : kind.columns)
    columns.push_back(json::object{{"name", column.header}, {"unit", catalog::to_string(column.unit)}});
  json::array links;
  for (const auto& link : kind.links) links.emplace_back(link.to);
  auto count = counts.find(kind.name);
  return {{"name", kind.name},
          {"service", kind.service},
          {"title", kind.title},
          {"global", kind.global},
          {"columns", std::move(columns)},
          {"links", std::move(links)},
          {"count", count == counts.end() ? 0 : count->second}};
}

Result<ServerResponse> list_kinds(const Call& call) {
  TRY_ASSIGN(auto counts, counts_of(call));
  json::array rows;
  for (const auto& kind : call.services.catalog.kinds()) rows.push_back(kind_json(kind, counts));
  return json_answer(json::object{{"rows", std::move(rows)}});
}

Result<ServerResponse> get_kind(const Call& call) {
  TRY_ASSIGN(auto kinds, call.services.catalog.select(call.captured()));
  if (kinds.size() != 1)
    return fail(ErrorCode::not_found, fmt::format("'{}' is no one kind; /api/v1/kinds has them all", call.captured()));
  TRY_ASSIGN(auto counts, counts_of(call));
  return json_answer(kind_json(*kinds.front(), counts));
}

}  // namespace

Routes kind_routes() {
  using enum auth::Permission;
  return {{"GET", "/api/v1/kinds", read, "kinds", "listKinds", "What can be collected, with counts", {}, list_kinds},
          {"GET",
           "/api/v1/kinds/{kind}",
           read,
           "kinds",
           "getKind",
           "One kind: title, service, columns, count",
           {},
           get_kind}};
}

}  // namespace cadastre::api
