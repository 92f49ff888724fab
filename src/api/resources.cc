// Lists of resources: pages, and the whole of a list as a file.
#include "api/answer.h"
#include "api/export.h"
#include "api/question.h"
#include "base/text.h"
#include "search/json.h"

namespace cadastre::api {
namespace {

using index::FacetKey;

bool is_account_id(std::string_view text) {
  return text.size() == 12 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "prod" → its id. A name that nobody has, or that the asker may not know, finds nothing.
Result<void> name_accounts(const Call& call, std::vector<std::string>& values) {
  if (std::ranges::all_of(values, is_account_id)) return {};
  TRY_ASSIGN(auto accounts, call.services.store.cells().accounts());
  for (auto& value : values) {
    auto known = std::ranges::find(accounts, value, &store::AccountRow::name);
    if (known != accounts.end() && call.scope().sees(known->id)) value = known->id;
  }
  return {};
}

Result<std::vector<index::Filter>> filters_of(const Call& call) {
  std::vector<index::Filter> filters;
  for (const auto& [key, name] : search::kFacets) {
    auto values = list_of(call, name);
    if (values.empty()) continue;
    if (key == FacetKey::account) TRY(name_accounts(call, values));
    for (auto& value : values) {
      if (key == FacetKey::kind && !call.services.catalog.find(value) && call.services.catalog.find("aws." + value))
        value.insert(0, "aws.");
    }
    filters.push_back({key, "", std::move(values)});
  }
  std::map<std::string, std::vector<std::string>> tags;  // a tag's value may hold a comma: parameters are repeated
  for (const auto& [name, value] : call.request.query) {
    if (name.starts_with("tag.")) tags[name.substr(4)].push_back(value);
  }
  for (auto& [name, values] : tags) filters.push_back({FacetKey::tag, name, std::move(values)});
  return filters;
}

Result<search::ListRequest> list_request(const Call& call) {
  constexpr size_t kUsual = 50, kMost = 200;
  search::ListRequest list;
  list.q = text_of(call, "q");
  TRY_ASSIGN(list.filters, filters_of(call));
  TRY_ASSIGN(list.at, time_of(call, "at"));
  TRY_ASSIGN(list.since, time_of(call, "since"));
  TRY_ASSIGN(list.until, time_of(call, "until"));
  if (list.at && (list.since || list.until))
    return fail(ErrorCode::invalid, "'at' is one instant, 'since' and 'until' are a window; give one or the other");
  TRY_ASSIGN(list.deleted, flag_of(call, "deleted"));
  list.sort = text_of(call, "sort");
  list.columns = list_of(call, "cols");
  list.facets = list_of(call, "facets");
  for (const auto& facet : list.facets) {
    if (!search::facet_of(facet)) return fail(ErrorCode::invalid, search::no_facet(facet));
  }
  TRY_ASSIGN(list.limit, limit_of(call, kUsual, kMost));
  list.cursor = text_of(call, "cursor");
  TRY_ASSIGN(list.documents, flag_of(call, "data"));
  return list;
}

Result<ServerResponse> list_resources(const Call& call) {
  TRY_ASSIGN(auto request, list_request(call));
  TRY_ASSIGN(auto format, export_format(call));
  if (format) return export_rows(call, std::move(request), *format);
  TRY_ASSIGN(auto answer, call.services.reader.list(request, call.scope(), call.request.stop));
  json::monotonic_resource memory;
  return json_answer(search::to_json(answer, &memory));
}

Result<ServerResponse> get_resource(const Call& call) {
  TRY_ASSIGN(auto at, time_of(call, "at"));
  TRY_ASSIGN(auto gone_too, flag_of(call, "gone"));
  TRY_ASSIGN(auto detail, call.services.reader.detail(call.captured(), at, call.scope(), gone_too));
  return json_answer(search::to_json(detail));
}

Result<ServerResponse> get_relations(const Call& call) {
  TRY_ASSIGN(auto at, time_of(call, "at"));
  TRY_ASSIGN(auto relations, call.services.reader.relations(call.captured(), at, call.scope()));
  json::array rows;
  for (const auto& relation : relations) rows.push_back(search::to_json(relation));
  return json_answer(json::object{{"rows", std::move(rows)}});
}

}  // namespace

Routes resource_routes() {
  using enum auth::Permission;
  return {{"GET",
           "/api/v1/resources",
           read,
           "resources",
           "listResources",
           "Resources that match, a page at a time",
           {"q",     "kind",  "service", "account", "region", "cluster", "namespace", "state",  "owner", "tag.*", "at",
            "since", "until", "deleted", "sort",    "cols",   "facets",  "limit",     "cursor", "data",  "format"},
           list_resources},
          {"GET",
           "/api/v1/resources/{id...}",
           read,
           "resources",
           "getResource",
           "Everything about one resource",
           {"at", "gone"},
           get_resource},
          {"GET",
           "/api/v1/resources/{id...}/relations",
           read,
           "resources",
           "getRelations",
           "What a resource refers to, and what refers to it",
           {"at"},
           get_relations}};
}

}  // namespace cadastre::api
