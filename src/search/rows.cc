#include "search/rows.h"

namespace cadastre::search {
namespace {

// The version of then, of each of these resources.
struct Then {
  int64_t sequence = 0;
  std::optional<Time> changed;  // versions that only read it anew are no change
};

Result<std::vector<store::Resource>> load_past(std::span<const int64_t> resources, const Span& span,
                                               const Facts& facts) {
  std::unordered_map<int64_t, Then> then;
  store::ChangeFilter versions;
  versions.resources.assign(resources.begin(), resources.end());
  versions.newest_first = true;
  versions.epochs = true;
  auto end = span.at ? std::optional(*span.at + Millis(1)) : span.filter.until;
  versions.until = end;
  TRY(facts.inventory().changes(versions, [&](const store::Change& change) {
    const auto& version = change.version;
    if (store::is_end(version.cause)) return true;
    auto& found = then[version.resource];
    if (found.sequence == 0) found.sequence = version.sequence;
    if (!found.changed && version.cause != store::Cause::epoch) found.changed = version.from;
    return true;
  }));
  TRY_ASSIGN(auto rows, facts.inventory().rows(resources, false));
  std::erase_if(rows, [&](const store::Resource& row) { return !then.contains(row.resource); });
  std::vector<index::DocumentOf> wanted;
  for (const auto& row : rows) wanted.push_back({then[row.resource].sequence, 0});
  TRY_ASSIGN(auto documents, index::stored_documents(facts.inventory())(wanted));
  for (size_t i = 0; i < rows.size(); ++i) {
    auto& row = rows[i];
    row.document = std::move(documents[i]);
    row.sequence = wanted[i].version;
    row.changed = then[row.resource].changed.value_or(row.first_seen);
    row.deleted.reset();  // it was there then
    row.deleted_cause.clear();
    json::monotonic_resource memory;
    TRY_ASSIGN(auto document, parse_json(row.document.empty() ? "{}" : row.document, "a stored document", &memory));
    project(row, document, facts);
  }
  return rows;
}

}  // namespace

Result<std::vector<store::Resource>> load(std::span<const int64_t> resources, const Span& span, const Facts& facts) {
  if (resources.empty()) return std::vector<store::Resource>();
  if (span.past()) return load_past(resources, span, facts);
  TRY_ASSIGN(auto rows, facts.inventory().rows(resources, true));
  if (!span.filter.closed) std::erase_if(rows, [](const store::Resource& row) { return row.deleted.has_value(); });
  return rows;
}

Result<Row> make_row(store::Resource resource, const Columns& columns, const Snapshot& snapshot, const Facts& facts,
                     std::optional<Time> at, bool with_document) {
  auto tags = query::tags_of(resource);
  Row row;
  TRY_ASSIGN(row.columns, columns.texts(resource, tags, facts));
  row.owner = query::owner_of(tags, snapshot.estate);
  const auto& accounts = snapshot.estate.accounts;
  if (auto account = accounts.find(resource.cell.account); account != accounts.end()) {
    row.groups = account->second.groups;
  }
  row.account_name = snapshot.account_name(resource.cell.account);
  row.stale = query::is_stale(resource) && (!at || *resource.unverified_since <= *at);
  if (!with_document) resource.document.clear();
  row.resource = std::move(resource);
  return row;
}

}  // namespace cadastre::search
