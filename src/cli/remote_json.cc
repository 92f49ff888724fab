// The JSON of search/json.h, read back.
#include "cli/remote.h"

namespace cadastre::cli {
namespace {

const json::value* member(const json::object& object, std::string_view name) { return object.if_contains(name); }

std::string text(const json::object& object, std::string_view name) {
  auto* value = member(object, name);
  return value ? scalar_text(*value) : "";
}

std::optional<Time> time(const json::object& object, std::string_view name) {
  return parse_rfc3339(text(object, name));
}

int64_t number(const json::object& object, std::string_view name) {
  auto* value = member(object, name);
  return value && value->is_number() ? value->to_number<int64_t>() : 0;
}

bool flag(const json::object& object, std::string_view name) {
  auto* value = member(object, name);
  return value && value->is_bool() && value->get_bool();
}

const json::object& object_in(const json::object& object, std::string_view name) {
  static const json::object kNone;
  auto* value = member(object, name);
  return value && value->is_object() ? value->get_object() : kNone;
}

// Calls `visit` for every object of an array.
void each_object(const json::object& object, std::string_view name,
                 const std::function<void(const json::object&)>& visit) {
  auto* value = member(object, name);
  if (!value || !value->is_array()) return;
  for (const auto& element : value->get_array()) {
    if (element.is_object()) visit(element.get_object());
  }
}

catalog::Unit unit_of(std::string_view word) {
  for (int i = 0; i <= static_cast<int>(catalog::Unit::usd); ++i) {
    auto unit = static_cast<catalog::Unit>(i);
    if (catalog::to_string(unit) == word) return unit;
  }
  return catalog::Unit::none;
}

store::Cause cause_of(std::string_view word) {
  for (int i = 0; i <= static_cast<int>(store::Cause::retired); ++i) {
    auto cause = static_cast<store::Cause>(i);
    if (store::to_string(cause) == word) return cause;
  }
  return store::Cause::changed;
}

std::vector<query::Difference> differences(const json::object& object) {
  std::vector<query::Difference> found;
  each_object(object, "differences", [&](const json::object& one) {
    query::Difference difference{text(one, "path"), std::nullopt, std::nullopt};
    if (auto* before = member(one, "before")) difference.before = *before;
    if (auto* after = member(one, "after")) difference.after = *after;
    found.push_back(std::move(difference));
  });
  return found;
}

// KIND/ACCOUNT/REGION/NATIVE: the cell's region is in the id, the resource's beside it.
std::string cell_region(const std::string& id, const std::string& otherwise) {
  size_t start = 0;
  for (int i = 0; i < 2; ++i) {
    start = id.find('/', start);
    if (start == id.npos) return otherwise;
    ++start;
  }
  auto end = id.find('/', start);
  return end == id.npos ? otherwise : id.substr(start, end - start);
}

std::string json_or_nothing(const json::value* value) {
  return value && !value->is_null() ? to_json(*value) : std::string();
}

}  // namespace

search::Row row_from_json(const json::object& object) {
  search::Row row;
  auto& resource = row.resource;
  resource.region = text(object, "region");
  resource.cell = {text(object, "account"), cell_region(text(object, "id"), resource.region), text(object, "kind")};
  resource.native = text(object, "native_id");
  resource.name = text(object, "name");
  resource.state = text(object, "state");
  resource.arn = text(object, "arn");
  resource.tags = json_or_nothing(member(object, "tags"));
  resource.first_seen = time(object, "first_seen").value_or(Time());
  resource.changed = time(object, "changed_at").value_or(Time());
  resource.verified = time(object, "verified_at");
  resource.deleted = time(object, "deleted_at");
  resource.created = time(object, "created_at");
  resource.deleted_cause = text(object, "deleted_cause");
  resource.unverified_since = time(object, "unverified_since");
  resource.outcome = store::outcome_of(text(object, "outcome")).value_or(store::Outcome::never);
  resource.document = json_or_nothing(member(object, "data"));
  row.account_name = text(object, "account_name");
  row.owner = text(object, "owner");
  row.stale = flag(object, "stale");
  for (const auto& group : object_in(object, "groups")) row.groups[group.key()] = scalar_text(group.value());
  for (const auto& column : object_in(object, "columns")) row.columns.push_back(scalar_text(column.value()));
  return row;
}

search::Detail detail_from_json(const json::object& object) {
  search::Detail detail;
  detail.row = row_from_json(object);
  const auto& units = object_in(object, "units");
  for (const auto& column : object_in(object, "columns"))
    detail.columns.push_back({std::string(column.key()), {}, unit_of(text(units, column.key()))});
  each_object(object, "shared_with", [&](const json::object& one) {
    detail.shared_with.emplace_back(text(one, "account"), text(one, "account_name"));
  });
  each_object(object, "gaps", [&](const json::object& one) {
    detail.gaps.push_back(
        {{0, text(one, "fragment"), text(one, "code"), text(one, "message")}, time(one, "since").value_or(Time())});
  });
  each_object(object, "relations", [&](const json::object& one) {
    detail.relations.push_back({text(one, "kind"), text(one, "id"), text(one, "name"), text(one, "state"),
                                text(one, "account"), text(one, "account_name"), flag(one, "known"),
                                text(one, "direction") != "in", text(one, "via")});
  });
  detail.console_url = text(object, "console_url");
  detail.cli_command = text(object, "cli_command");
  return detail;
}

search::VersionRow version_from_json(const json::object& object) {
  search::VersionRow row;
  row.version.sequence = number(object, "sequence");
  row.version.from = time(object, "from").value_or(Time());
  row.version.to = time(object, "to");
  row.version.cause = cause_of(text(object, "cause"));
  row.version.document = json_or_nothing(member(object, "data"));
  row.differences = differences(object);
  return row;
}

search::ChangeRow change_from_json(const json::object& object) {
  search::ChangeRow row;
  auto& change = row.change;
  change.version.sequence = number(object, "sequence");
  change.version.from = time(object, "at").value_or(Time());
  change.version.cause = cause_of(text(object, "cause"));
  change.region = text(object, "region");
  change.cell = {text(object, "account"), cell_region(text(object, "id"), change.region), text(object, "kind")};
  change.native = text(object, "native_id");
  change.name = text(object, "name");
  change.state = text(object, "state");
  change.arn = text(object, "arn");
  row.account_name = text(object, "account_name");
  row.owner = text(object, "owner");
  row.differences = differences(object);
  return row;
}

search::Reader::Diff diff_from_json(const json::object& object) {
  search::Reader::Diff diff;
  auto side = [&](std::string_view name, std::optional<search::Row>& row) {
    if (auto* value = member(object, name); value && value->is_object()) row = row_from_json(value->get_object());
  };
  side("before", diff.before);
  side("after", diff.after);
  diff.differences = differences(object);
  diff.unified = text(object, "unified");
  return diff;
}

search::Coverage coverage_from_json(const json::object& object) {
  search::Coverage coverage;
  auto count = [&](std::string_view name) { return static_cast<uint64_t>(number(object, name)); };
  coverage.cells = count("cells");
  coverage.complete = count("complete");
  coverage.stale = count("stale");
  coverage.denied = count("denied");
  coverage.never = count("never");
  coverage.oldest = time(object, "oldest_verified_at");
  each_object(object, "troubled", [&](const json::object& one) {
    store::Cell cell;
    cell.key = {text(one, "account"), text(one, "region"), text(one, "kind")};
    cell.outcome = store::outcome_of(text(one, "outcome")).value_or(store::Outcome::failed);
    cell.code = text(one, "code");
    cell.message = text(one, "message");
    cell.verified = time(one, "verified_at");
    coverage.troubled.push_back(std::move(cell));
  });
  return coverage;
}

std::vector<catalog::Column> columns_from_json(const json::value* columns) {
  std::vector<catalog::Column> found;
  if (!columns || !columns->is_array()) return found;
  for (const auto& column : columns->get_array()) {
    if (!column.is_object()) continue;
    const auto& object = column.get_object();
    found.push_back({text(object, "name"), {}, unit_of(text(object, "unit"))});
  }
  return found;
}

}  // namespace cadastre::cli
