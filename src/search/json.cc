#include "search/json.h"

#include "base/text.h"

namespace cadastre::search {
namespace {

json::value time_or_null(const std::optional<Time>& time) {
  return time ? json::value(format_time(*time)) : json::value(nullptr);
}

// Stored JSON as it is; null when it is not there or not sound.
json::value stored(const std::string& text, const json::storage_ptr& memory = {}) {
  if (text.empty()) return nullptr;
  auto value = parse_json(text, "a stored document", memory);
  return value ? std::move(*value) : json::value(nullptr);
}

template <typename List>
json::array array_of(const List& list) {
  json::array array;
  array.reserve(list.size());
  for (const auto& element : list) array.push_back(to_json(element));
  return array;
}

json::array differences_of(const std::vector<query::Difference>& differences) { return array_of(differences); }

}  // namespace

std::string facet_text(index::FacetKey key, std::string_view name) {
  if (key == index::FacetKey::tag) return "tag." + std::string(name);
  return std::string(std::ranges::find(kFacets, key, &PlainFacet::first)->second);
}

std::optional<std::pair<index::FacetKey, std::string>> facet_of(std::string_view text) {
  if (text.starts_with("tag.") && text.size() > 4) return std::pair(index::FacetKey::tag, std::string(text.substr(4)));
  auto known = std::ranges::find(kFacets, text, &PlainFacet::second);
  if (known == std::end(kFacets)) return std::nullopt;
  return std::pair(known->first, std::string());
}

std::string no_facet(std::string_view text) {
  std::vector<std::string_view> names;
  for (const auto& [key, name] : kFacets) names.push_back(name);
  return fmt::format("there is no facet '{}'; there are {} and tag.NAME", printable(text), fmt::join(names, ", "));
}

json::object to_json(const Row& row, std::span<const catalog::Column> columns, const json::storage_ptr& memory) {
  constexpr size_t kMembers = 32;  // more than there are
  const auto& resource = row.resource;
  json::object object(kMembers, memory);
  object["id"] = resource.id();
  object["kind"] = resource.cell.kind;
  object["account"] = resource.cell.account;
  object["account_name"] = row.account_name;
  object["region"] = resource.region;
  object["name"] = resource.name;
  object["state"] = resource.state;
  auto tags = stored(resource.tags, memory);
  object["tags"] = tags.is_object() ? std::move(tags) : json::value(json::object(memory));
  object["first_seen"] = format_time(resource.first_seen);
  object["changed_at"] = format_time(resource.changed);
  object["verified_at"] = time_or_null(resource.verified);
  object["deleted_at"] = time_or_null(resource.deleted);
  object["data"] = stored(resource.document, memory);
  object["native_id"] = resource.native;
  object["arn"] = resource.arn;
  object["created_at"] = time_or_null(resource.created);
  object["deleted_cause"] = resource.deleted_cause;
  object["stale"] = row.stale;
  object["unverified_since"] = time_or_null(resource.unverified_since);
  object["outcome"] = store::to_string(resource.outcome);
  object["owner"] = row.owner;
  json::object groups(memory), texts(columns.size(), memory);
  for (const auto& [key, value] : row.groups) groups[key] = value;
  object["groups"] = std::move(groups);
  for (size_t i = 0; i < std::min(columns.size(), row.columns.size()); ++i) texts[columns[i].header] = row.columns[i];
  object["columns"] = std::move(texts);
  return object;
}

json::object to_json(const Detail& detail) {
  auto object = to_json(detail.row, detail.columns);
  json::object units;
  for (const auto& column : detail.columns) {
    if (column.unit != catalog::Unit::none) units[column.header] = catalog::to_string(column.unit);
  }
  object["units"] = std::move(units);
  json::array shared, gaps;
  for (const auto& [account, name] : detail.shared_with)
    shared.push_back(json::object{{"account", account}, {"account_name", name}});
  for (const auto& [gap, since] : detail.gaps) {
    gaps.push_back(json::object{
        {"fragment", gap.fragment}, {"since", format_time(since)}, {"code", gap.code}, {"message", gap.message}});
  }
  object["shared_with"] = std::move(shared);
  object["gaps"] = std::move(gaps);
  object["relations"] = array_of(detail.relations);
  object["console_url"] = detail.console_url;
  object["cli_command"] = detail.cli_command;
  return object;
}

json::object to_json(const ListAnswer& answer, const json::storage_ptr& memory) {
  json::array rows(memory), columns, facets(memory);
  rows.reserve(answer.rows.size());
  for (const auto& row : answer.rows) rows.push_back(to_json(row, answer.columns, memory));
  for (const auto& column : answer.columns)
    columns.push_back(json::object{{"name", column.header}, {"unit", catalog::to_string(column.unit)}});
  for (const auto& facet : answer.facets) facets.push_back(to_json(facet, memory));
  json::object object(memory);
  object["rows"] = std::move(rows);
  object["columns"] = std::move(columns);
  object["next"] = answer.next;
  object["total"] = answer.total;
  object["exact"] = answer.exact;
  object["facets"] = std::move(facets);
  object["coverage"] = to_json(answer.coverage);
  object["as_of"] = format_time(answer.as_of);
  return object;
}

json::object to_json(const Coverage& coverage) {
  json::array troubled;
  for (const auto& cell : coverage.troubled) {
    troubled.push_back(json::object{{"account", cell.key.account},
                                    {"region", cell.key.region},
                                    {"kind", cell.key.kind},
                                    {"outcome", store::to_string(cell.outcome)},
                                    {"code", cell.code},
                                    {"message", cell.message},
                                    {"verified_at", time_or_null(cell.verified)}});
  }
  return {{"cells", coverage.cells},        {"complete", coverage.complete},
          {"stale", coverage.stale},        {"denied", coverage.denied},
          {"never", coverage.never},        {"oldest_verified_at", time_or_null(coverage.oldest)},
          {"troubled", std::move(troubled)}};
}

json::object to_json(const index::Facet& facet, const json::storage_ptr& memory) {
  json::array values(memory);
  values.reserve(facet.values.size());
  for (const auto& [text, count] : facet.values) {
    auto& value = values.emplace_back(json::object_kind).get_object();
    value["value"] = text;
    value["count"] = count;
  }
  json::object object(memory);
  object["key"] = facet_text(facet.key, facet.name);
  object["values"] = std::move(values);
  object["distinct"] = facet.distinct;
  return object;
}

json::object to_json(const query::Difference& difference) {
  json::object object{{"path", difference.path}};
  if (difference.before) object["before"] = *difference.before;
  if (difference.after) object["after"] = *difference.after;
  return object;
}

json::object to_json(const ChangeRow& row) {
  const auto& change = row.change;
  return {{"sequence", change.version.sequence},
          {"at", format_time(change.version.from)},
          {"cause", store::to_string(change.version.cause)},
          {"id", change.cell.kind + "/" + change.cell.account + "/" + change.cell.region + "/" + change.native},
          {"kind", change.cell.kind},
          {"account", change.cell.account},
          {"account_name", row.account_name},
          {"region", change.region},
          {"native_id", change.native},
          {"name", change.name},
          {"state", change.state},
          {"arn", change.arn},
          {"owner", row.owner},
          {"differences", differences_of(row.differences)}};
}

json::object to_json(const ChangesAnswer& answer) { return {{"rows", array_of(answer.rows)}, {"next", answer.next}}; }

json::object to_json(const VersionRow& row) {
  return {{"sequence", row.version.sequence},
          {"from", format_time(row.version.from)},
          {"to", time_or_null(row.version.to)},
          {"cause", store::to_string(row.version.cause)},
          {"differences", differences_of(row.differences)},
          {"data", stored(row.version.document)}};
}

json::object to_json(const Reader::Diff& diff, std::span<const catalog::Column> columns) {
  auto side = [&](const std::optional<Row>& row) {
    return row ? json::value(to_json(*row, columns)) : json::value(nullptr);
  };
  return {{"before", side(diff.before)},
          {"after", side(diff.after)},
          {"differences", differences_of(diff.differences)},
          {"unified", diff.unified}};
}

json::object to_json(const Relation& relation) {
  return {{"kind", relation.kind},       {"id", relation.id},
          {"name", relation.name},       {"state", relation.state},
          {"account", relation.account}, {"account_name", relation.account_name},
          {"known", relation.known},     {"direction", relation.outgoing ? "out" : "in"},
          {"via", relation.via}};
}

json::object to_json(const Suggestion& suggestion) {
  return {{"text", suggestion.text},
          {"label", suggestion.label},
          {"count", suggestion.count},
          {"from", suggestion.from},
          {"to", suggestion.to}};
}

}  // namespace cadastre::search
