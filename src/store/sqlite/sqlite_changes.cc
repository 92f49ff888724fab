// Changes: versions of the whole estate in the order of their sequences.
#include "store/sqlite/sqlite_inventory.h"

namespace cadastre::store {
namespace {

constexpr std::string_view kChange =
    "SELECT v.sequence, v.resource, v.\"from\", v.\"to\", v.cause, r.cell, r.native, r.name, r.region, r.state, r.arn, "
    "v.dictionary, v.size, v.document FROM version v JOIN resource r ON r.id = v.resource WHERE ";
constexpr int kChangeCell = 5, kChangeDocument = 11;

void read_change(const Statement& row, const CellFact& cell, Change& into) {
  into.version.sequence = row.integer(0);
  into.version.resource = row.integer(1);
  into.version.from = row.time(2);
  into.version.to = row.optional_time(3);
  into.version.cause = static_cast<Cause>(row.integer(4));
  into.version.document.clear();
  into.cell = cell.key;
  into.native = row.view(6);
  into.name = row.view(7);
  into.region = row.view(8);
  into.state = row.view(9);
  into.arn = row.view(10);
  into.before.clear();
  into.previous = 0;
}

}  // namespace

// The sequences to show, ascending, when an index finds them; nullopt: all between `after` and `before` must be read.
Result<std::optional<std::vector<int64_t>>> SqliteInventory::chosen_changes(Connection& connection,
                                                                            const ChangeFilter& filter) {
  bool timed = filter.since || filter.until;
  if (!timed && filter.resources.empty() && filter.sequences.empty()) return std::nullopt;
  std::vector<int64_t> chosen;
  auto since = filter.since.value_or(Time::min()), until = filter.until.value_or(Time::max());
  auto last = filter.before > 0 ? filter.before : INT64_MAX;
  auto gather = [&](std::string_view sql, std::optional<int64_t> resource) -> Result<void> {
    TRY_ASSIGN(auto select, connection.prepare(sql));
    select.bind(since).bind(until);
    if (resource) select.bind(*resource);
    for (;;) {
      TRY_ASSIGN(bool row, select.step());
      if (!row) return {};
      auto sequence = select.integer(0);
      if (sequence > filter.after && sequence < last) chosen.push_back(sequence);
    }
  };
  if (!filter.sequences.empty()) {  // what else is asked of them, their rows tell
    for (auto sequence : std::set<int64_t>(filter.sequences.begin(), filter.sequences.end())) {
      if (sequence > filter.after && sequence < last) chosen.push_back(sequence);
    }
    return chosen;
  }
  if (filter.resources.empty()) {
    TRY(gather("SELECT sequence FROM version INDEXED BY version_from WHERE \"from\" >= ? AND \"from\" < ?", {}));
  }
  for (auto resource : std::set<int64_t>(filter.resources.begin(), filter.resources.end())) {
    TRY(
        gather("SELECT sequence FROM version INDEXED BY version_resource WHERE \"from\" >= ?1 AND \"from\" < ?2 AND "
               "resource = ?3",
               resource));
  }
  std::ranges::sort(chosen);
  return chosen;
}

Result<void> SqliteInventory::changes(const ChangeFilter& filter, const std::function<bool(const Change&)>& visit) {
  bool few = !filter.resources.empty() || !filter.sequences.empty();
  TRY_ASSIGN(auto reader, (few ? readers_ : scanners_).take());
  TRY_ASSIGN(auto snapshot, Snapshot::begin(*reader));
  CellFacts cells(*reader);
  size_t left = filter.limit == 0 ? SIZE_MAX : filter.limit;
  Change change;
  std::optional<Statement> previous;
  if (filter.befores || filter.previous) {
    TRY_ASSIGN(auto select,
               reader->prepare(fmt::format("SELECT sequence, \"to\"{} FROM version WHERE resource = ? AND \"from\" < ? "
                                           "ORDER BY \"from\" DESC LIMIT 1",
                                           filter.befores ? ", dictionary, size, document" : "")));
    previous.emplace(std::move(select));
  }
  auto show = [&](const Statement& row) -> Result<bool> {
    if (!filter.epochs && static_cast<Cause>(row.integer(4)) == Cause::epoch) return true;
    TRY_ASSIGN(const auto* cell, cells.find(row.integer(kChangeCell)));
    if (!among(filter.kinds, cell->key.kind) || !among(filter.accounts, cell->key.account)) return true;
    read_change(row, *cell, change);
    if (!among(filter.regions, change.region)) return true;
    if (!filter.sequences.empty()) {
      const auto& version = change.version;
      bool wanted = (!filter.since || version.from >= *filter.since) && (!filter.until || version.from < *filter.until);
      if (!wanted || !(filter.resources.empty() ||
                       std::ranges::find(filter.resources, version.resource) != filter.resources.end()))
        return true;
    }
    if (filter.documents) {
      TRY_ASSIGN(change.version.document, read_document(*reader, row, kChangeDocument));
    }
    if (previous) {
      auto& before = previous->again().bind(change.version.resource).bind(change.version.from);
      TRY_ASSIGN(bool any, before.step());
      if (any && filter.previous) {
        change.previous = before.integer(0);
        change.previous_to = before.optional_time(1).value_or(change.version.from);
      }
      if (any && filter.befores) {
        TRY_ASSIGN(change.before, read_document(*reader, before, 2));
      }
    }
    return visit(change) && --left > 0;
  };

  TRY_ASSIGN(auto chosen, chosen_changes(*reader, filter));
  if (!chosen) {
    TRY_ASSIGN(auto select, reader->prepare(fmt::format("{}v.sequence > ? AND v.sequence < ? ORDER BY v.sequence{}",
                                                        kChange, filter.newest_first ? " DESC" : "")));
    select.bind(filter.after).bind(filter.before > 0 ? filter.before : INT64_MAX);
    for (;;) {
      TRY_ASSIGN(bool row, select.step());
      if (!row) return {};
      TRY_ASSIGN(bool more, show(select));
      if (!more) return {};
    }
  }
  if (filter.newest_first) std::ranges::reverse(*chosen);
  TRY_ASSIGN(auto select, reader->prepare(fmt::format("{}v.sequence = ?", kChange)));
  for (auto sequence : *chosen) {
    TRY_ASSIGN(bool row, select.again().bind(sequence).step());
    if (!row) continue;
    TRY_ASSIGN(bool more, show(select));
    if (!more) return {};
  }
  return {};
}

}  // namespace cadastre::store
