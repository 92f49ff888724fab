#include "store/sqlite/rows.h"

namespace cadastre::store {
namespace {

constexpr std::string_view kCell =
    "SELECT c.id, c.account, c.region, k.name, c.verified, c.outcome, c.unverified_since FROM kind k "
    "JOIN cell c ON c.kind = k.id ";

CellFact read_cell(const Statement& row) {
  return {row.integer(0),
          {row.text(1), row.text(2), row.text(3)},
          row.optional_time(4),
          static_cast<Outcome>(row.integer(5)),
          row.optional_time(6)};
}

}  // namespace

bool among(const std::vector<std::string>& wanted, const std::string& value) {
  return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

Result<std::vector<CellFact>> cells_of(Connection& connection, const std::vector<std::string>& kinds,
                                       const std::vector<std::string>& accounts) {
  std::vector<CellFact> found;
  auto read = [&](std::string_view where, const std::string& kind) -> Result<void> {
    TRY_ASSIGN(auto select, connection.prepare(fmt::format("{}{}", kCell, where)));
    if (!where.empty()) select.bind(kind);
    for (;;) {
      TRY_ASSIGN(bool row, select.step());
      if (!row) return {};
      if (accounts.empty() || std::ranges::find(accounts, select.view(1)) != accounts.end())
        found.push_back(read_cell(select));
    }
  };
  if (kinds.empty()) TRY(read("", ""));
  for (const auto& kind : std::set<std::string>(kinds.begin(), kinds.end())) TRY(read("WHERE k.name = ?", kind));
  std::ranges::sort(found, {},
                    [](const CellFact& cell) { return std::tie(cell.key.kind, cell.key.account, cell.key.region); });
  return found;
}

Result<AsOf> AsOf::prepare(Connection& connection, const Window& window) {
  static_assert(static_cast<int>(Cause::epoch) == 4);
  TRY_ASSIGN(auto version,
             connection.prepare("SELECT sequence, \"from\", \"to\", cause, dictionary, size, document FROM version "
                                "WHERE resource = ? AND \"from\" < ? AND document IS NOT NULL "
                                "ORDER BY \"from\" DESC LIMIT 1"));
  TRY_ASSIGN(auto change, connection.prepare("SELECT \"from\" FROM version WHERE resource = ? AND \"from\" <= ? AND "
                                             "cause <> 4 ORDER BY \"from\" DESC LIMIT 1"));
  return AsOf{connection, window, std::move(version), std::move(change)};
}

Result<Time> AsOf::changed(const Resource& resource, Time from, Cause cause) {
  if (cause != Cause::epoch) return from;
  TRY_ASSIGN(bool any, change.again().bind(resource.resource).bind(from).step());
  return any ? change.time(0) : resource.first_seen;
}

Result<const CellFact*> CellFacts::find(int64_t id) {
  if (auto at = known_.find(id); at != known_.end()) return &at->second;
  TRY_ASSIGN(auto select, connection_.prepare(fmt::format("{}WHERE c.id = ?", kCell)));
  TRY_ASSIGN(bool found, select.bind(id).step());
  if (!found)
    return fail(ErrorCode::io, fmt::format("the store lacks cell {}, which resources name; restore a backup", id));
  return &known_.emplace(id, read_cell(select)).first->second;
}

void read_row(const Statement& row, const CellFact& cell, Resource& into) {
  into.resource = row.integer(0);
  if (into.cell != cell.key) into.cell = cell.key;
  into.native = row.view(2);
  into.incarnation = row.view(3);
  into.region = row.view(4);
  into.arn = row.view(5);
  into.name = row.view(6);
  into.state = row.view(7);
  into.owner = row.view(8);
  into.created = row.optional_time(9);
  into.tags = row.view(10);
  into.first_seen = row.time(11);
  into.changed = row.time(12);
  into.deleted = row.optional_time(13);
  into.deleted_cause = row.is_null(14) ? std::string_view() : to_string(static_cast<Cause>(row.integer(14)));
  // What is stored was shown by a list, proven or not; what no list shows any more has its own date.
  into.verified = row.is_null(15) ? std::max(cell.verified.value_or(into.changed), into.changed) : row.time(15);
  into.outcome = cell.outcome;
  into.unverified_since = cell.unverified_since;
  into.sequence = row.integer(16);
  into.from = row.time(kRowSince);
  into.document.clear();
}

}  // namespace cadastre::store
