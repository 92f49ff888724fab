// One resource, its page, its history and its differences.
#include "search/one.h"

#include "base/text.h"
#include "search/unified.h"

namespace cadastre::search {
namespace {

// The message of an ambiguous id.
std::unexpected<Error> several(std::string_view id, const std::vector<store::Resource>& found) {
  constexpr size_t kNamed = 20;
  std::vector<std::string> ids;
  for (const auto& resource : found) {
    if (std::ranges::find(ids, resource.id()) == ids.end()) ids.push_back(resource.id());
  }
  auto message = fmt::format("'{}' means several; write one of", printable(id));
  for (size_t i = 0; i < std::min(ids.size(), kNamed); ++i) message += "\n  " + printable(ids[i]);
  if (ids.size() > kNamed) message += fmt::format("\n  … and {} more", ids.size() - kNamed);
  return fail(ErrorCode::invalid, std::move(message));
}

bool one_id(const std::vector<store::Resource>& found) {
  return std::ranges::all_of(found, [&](const store::Resource& one) { return one.id() == found.front().id(); });
}

std::unexpected<Error> gone(const store::Resource& resource) {
  return fail(
      ErrorCode::gone,
      fmt::format("{} is gone: it was last seen {} and found {} at {}", printable(resource.id()),
                  resource.verified ? format_time(*resource.verified) : format_time(resource.changed),
                  resource.deleted_cause.empty() ? "deleted" : resource.deleted_cause, format_time(*resource.deleted)));
}

std::unexpected<Error> never_was(std::string_view id) {
  return fail(ErrorCode::not_found,
              fmt::format("there is no '{0}'; `cadastre find {0}` searches for it", printable(id)));
}

Result<json::value> document_of(const store::Resource& resource) {
  return parse_json(resource.document.empty() ? "{}" : resource.document,
                    fmt::format("the stored document of {}", resource.id()));
}

// Every column of the kind.
Columns own_columns(const store::Resource& resource, const Facts& facts) {
  auto* kind = facts.catalog.find(resource.cell.kind);
  return kind ? Columns::of_kind(*kind) : Columns();
}

}  // namespace

Result<std::vector<store::Resource>> look_up(std::string_view id, std::optional<Time> at, const query::Scope& scope,
                                             const Facts& facts) {
  std::vector<std::string> accounts;  // none: all of them
  if (!scope.everything) {
    if (scope.accounts.empty()) return std::vector<store::Resource>();
    accounts.assign(scope.accounts.begin(), scope.accounts.end());
  }
  return facts.inventory().lookup(id, at, accounts);
}

Result<store::Resource> find_one(std::string_view id, std::optional<Time> at, bool gone_too, const query::Scope& scope,
                                 const Facts& facts) {
  TRY_ASSIGN(auto found, look_up(id, at, scope, facts));
  if (at && found.empty()) {
    TRY_ASSIGN(auto others, look_up(id, std::nullopt, scope, facts));
    if (others.empty()) return never_was(id);
    // Of what is known of it, the one that ended last before then.
    for (const auto& other : others) {
      if (other.deleted && *other.deleted <= *at) return gone(other);
    }
    const auto& first = *std::ranges::min_element(others, {}, &store::Resource::first_seen);
    return fail(ErrorCode::not_found, fmt::format("'{}' was not there at {}; it was first seen {}", printable(id),
                                                  format_time(*at), format_time(first.first_seen)));
  }
  if (found.empty()) return never_was(id);
  auto live = std::ranges::count_if(found, [](const auto& resource) { return !resource.deleted; });
  if (live > 1) {
    std::erase_if(found, [](const auto& resource) { return resource.deleted.has_value(); });
    if (!one_id(found)) return several(id, found);
  }
  if (live == 0 && !one_id(found)) return several(id, found);
  if (live == 0 && !gone_too) return gone(found.front());
  auto resource = std::move(found.front());
  if (at) {
    TRY_ASSIGN(auto document, document_of(resource));
    project(resource, document, facts);
  }
  return resource;
}

Result<Row> Reader::get(std::string_view id, std::optional<Time> at, const query::Scope& scope) const {
  TRY_ASSIGN(auto resource, find_one(id, at, false, scope, *facts_));
  TRY_ASSIGN(auto snapshot, facts_->snapshot());
  auto columns = own_columns(resource, *facts_);
  return make_row(std::move(resource), columns, *snapshot, *facts_, at, true);
}

Result<Row> Reader::find_any(std::string_view id, const query::Scope& scope) const {
  TRY_ASSIGN(auto resource, find_one(id, std::nullopt, true, scope, *facts_));
  TRY_ASSIGN(auto snapshot, facts_->snapshot());
  auto columns = own_columns(resource, *facts_);
  return make_row(std::move(resource), columns, *snapshot, *facts_, std::nullopt, true);
}

Result<Detail> Reader::detail(std::string_view id, std::optional<Time> at, const query::Scope& scope,
                              bool gone_too) const {
  TRY_ASSIGN(auto resource, find_one(id, at, gone_too, scope, *facts_));
  TRY_ASSIGN(auto snapshot, facts_->snapshot());
  Detail detail;
  auto columns = own_columns(resource, *facts_);
  detail.columns = columns.columns();
  TRY_ASSIGN(auto others, facts_->inventory().seen_by(resource.cell, resource.native));
  for (const auto& other : others) {
    if (scope.sees(other)) detail.shared_with.emplace_back(other, snapshot->account_name(other));
  }
  TRY_ASSIGN(detail.gaps, facts_->inventory().gaps(resource.resource));
  TRY_ASSIGN(detail.relations, relations_of(resource, at, scope, *facts_));
  if (auto* kind = facts_->catalog.find(resource.cell.kind)) {
    TRY_ASSIGN(auto document, document_of(resource));
    auto context = facts_->context_of(resource);
    catalog::Scope values;
    values.document = &document;
    values.set("account", json::value(context.account));
    values.set("region", json::value(context.region));
    values.set("partition", json::value(context.partition));
    if (!kind->console_url.empty()) {
      detail.console_url = facts_->portal.through(context.account, snapshot->account_name(context.account),
                                                  kind->console_url.text(values));
    }
    if (!kind->cli_command.empty()) detail.cli_command = kind->cli_command.text(values);
  }
  TRY_ASSIGN(detail.row, make_row(std::move(resource), columns, *snapshot, *facts_, at, true));
  return detail;
}

Result<std::vector<VersionRow>> Reader::versions(std::string_view id, const query::Scope& scope) const {
  TRY_ASSIGN(auto resource, find_one(id, std::nullopt, true, scope, *facts_));
  TRY_ASSIGN(auto versions, facts_->inventory().versions(resource.resource));
  std::vector<VersionRow> rows;
  std::optional<json::value> before;
  for (auto& version : versions) {
    VersionRow row;
    std::optional<json::value> after;
    if (!version.document.empty()) {
      TRY_ASSIGN(after, parse_json(version.document, "a stored document"));
      if (before) row.differences = query::diff(*before, *after);
    }
    row.version = std::move(version);
    before = std::move(after);
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<Reader::Diff> Reader::diff(std::string_view id, Time from, Time to, const query::Scope& scope) const {
  if (from >= to) return fail(ErrorCode::invalid, "a difference is from an earlier time to a later one");
  TRY_ASSIGN(auto snapshot, facts_->snapshot());
  Diff diff;
  std::optional<Error> missing;
  auto side = [&](Time at, std::optional<Row>& row) -> Result<void> {
    auto resource = find_one(id, at, true, scope, *facts_);
    if (!resource && (resource.error().code == ErrorCode::gone || resource.error().code == ErrorCode::not_found)) {
      missing = std::move(resource).error();
      return {};
    }
    if (!resource) return std::unexpected(std::move(resource).error());
    auto columns = own_columns(*resource, *facts_);
    TRY_ASSIGN(row, make_row(std::move(*resource), columns, *snapshot, *facts_, at, true));
    return {};
  };
  TRY(side(from, diff.before));
  TRY(side(to, diff.after));
  if (!diff.before && !diff.after) return std::unexpected(std::move(*missing));
  std::string texts[2];
  json::value documents[2];
  for (int i = 0; i < 2; ++i) {
    const auto& row = i == 0 ? diff.before : diff.after;
    if (!row) continue;
    TRY_ASSIGN(documents[i], document_of(row->resource));
    texts[i] = to_pretty_json(documents[i]) + "\n";
  }
  if (diff.before && diff.after) diff.differences = query::diff(documents[0], documents[1]);
  const auto& name = (diff.after ? diff.after : diff.before)->resource;
  diff.unified = unified_diff(texts[0], texts[1], printable(name.id()) + "\t" + format_time(from),
                              printable(name.id()) + "\t" + format_time(to));
  return diff;
}

}  // namespace cadastre::search
