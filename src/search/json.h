// The answers of reader.h as JSON: the one shape that the API sends, `-o json` prints and a client reads back.
//
//   Row       {"id", "kind", "account", "account_name", "region", "name", "state", "tags", "first_seen", "changed_at",
//              "verified_at", "deleted_at", "data",                   data: null unless documents were asked for
//              "native_id", "arn", "created_at", "deleted_cause", "stale", "unverified_since", "outcome",
//              "owner", "groups", "columns": {HEADER: text, …}}
//   Detail    a Row with "units": {HEADER: unit}, "shared_with", "gaps", "relations", "console_url", "cli_command"
//   List      {"rows", "columns": [{"name", "unit"}], "next", "total", "exact", "facets", "coverage", "as_of"}
//   Change    {"sequence", "at", "cause", "id", "kind", "account", …, "differences": [{"path", "before", "after"}]}
//
// Times are RFC 3339 or null. All text in them is collected text, as it was: whoever shows it makes it harmless.
#pragma once

#include "search/reader.h"

namespace cadastre::search {

// `memory` holds what is large, and must outlive it.
json::object to_json(const Row& row, std::span<const catalog::Column> columns, const json::storage_ptr& memory = {});
json::object to_json(const Detail& detail);
json::object to_json(const ListAnswer& answer, const json::storage_ptr& memory = {});
json::object to_json(const Coverage& coverage);
json::object to_json(const index::Facet& facet, const json::storage_ptr& memory = {});
json::object to_json(const query::Difference& difference);  // no "before" of what was added, no "after" of what went
json::object to_json(const ChangeRow& change);
json::object to_json(const ChangesAnswer& answer);
json::object to_json(const VersionRow& version);
json::object to_json(const Reader::Diff& diff, std::span<const catalog::Column> columns = {});
json::object to_json(const Relation& relation);
json::object to_json(const Suggestion& suggestion);

// "kind", "tag.team": how a facet or a filter is written. facet_of: nullopt when it is none.
using PlainFacet = std::pair<index::FacetKey, std::string_view>;
constexpr PlainFacet kFacets[] = {{index::FacetKey::kind, "kind"},       {index::FacetKey::service, "service"},
                                  {index::FacetKey::account, "account"}, {index::FacetKey::region, "region"},
                                  {index::FacetKey::cluster, "cluster"}, {index::FacetKey::space, "namespace"},
                                  {index::FacetKey::state, "state"},     {index::FacetKey::owner, "owner"}};
// The sentence about a text that is none.
std::string no_facet(std::string_view text);
std::string facet_text(index::FacetKey key, std::string_view name);
std::optional<std::pair<index::FacetKey, std::string>> facet_of(std::string_view text);

}  // namespace cadastre::search
