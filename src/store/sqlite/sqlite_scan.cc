// Rows: by id, of whole kinds, now, at an instant and over a window.
//
// Of most resources an instant shows the version that is current now, which the resource's own row tells (`since`).
// Only for the others is the version looked up.
#include "store/sqlite/sqlite_inventory.h"
#include "store/sqlite/texts.h"

namespace cadastre::store {
namespace {

constexpr std::string_view kStored = ", v.dictionary, v.size, v.document";
constexpr std::string_view kJoinVersion = " JOIN version v ON v.sequence = r.version";

std::string select_rows(bool documents, std::string_view where) {
  return fmt::format("SELECT {}{} FROM resource r{} WHERE {}", kRow, documents ? kStored : "",
                     documents ? kJoinVersion : "", where);
}

// Superseded versions: from so many on, which of them are of the cells asked for is read off the cells' indexes, at a
// tenth of a microsecond a resource, rather than off each resource's row, at ten times that.
constexpr size_t kWorthMembers = 20'000;

// What is live in the cells, or was closed after `since`, in ascending order.
Result<std::vector<int64_t>> members_of(Connection& connection, std::span<const CellFact> cells, Time since) {
  std::vector<int64_t> members;
  auto read = [&](Statement& select) -> Result<void> {
    for (;;) {
      TRY_ASSIGN(bool row, select.step());
      if (!row) return {};
      members.push_back(select.integer(0));
    }
  };
  TRY_ASSIGN(auto live,
             connection.prepare("SELECT id FROM resource INDEXED BY resource_live WHERE cell = ? AND deleted "
                                "IS NULL"));
  TRY_ASSIGN(auto closed, connection.prepare("SELECT id FROM resource INDEXED BY resource_closed WHERE cell = ? AND "
                                             "deleted > ?"));
  for (const auto& cell : cells) {
    TRY(read(live.again().bind(cell.id)));
    TRY(read(closed.again().bind(cell.id).bind(since)));
  }
  std::ranges::sort(members);
  return members;
}

std::optional<Window> window_of(const Filter& filter, std::optional<Time> at) {
  if (at) return Window::instant(*at);
  if (!filter.since && !filter.until) return std::nullopt;
  return Window{filter.since.value_or(Time::min()), filter.until.value_or(Time::max())};
}

}  // namespace

// Turns a row that was read as it is now into what it was at the end of the window.
Result<bool> SqliteInventory::show_as_of(AsOf& as_of, bool document, Resource& into) {
  auto& version = as_of.version.again();
  TRY_ASSIGN(bool found, version.bind(into.resource).bind(as_of.window.until).step());
  if (!found || (!version.is_null(2) && version.time(2) <= as_of.window.since)) return false;
  into.sequence = version.integer(0);
  into.from = version.time(1);
  into.deleted.reset();  // it was live then
  into.deleted_cause.clear();
  TRY_ASSIGN(into.changed, as_of.changed(into, version.time(1), static_cast<Cause>(version.integer(3))));
  if (document) {
    TRY_ASSIGN(into.document, read_document(as_of.connection, version, 4));
  }
  return true;
}

Result<bool> SqliteInventory::read_one(Connection& connection, CellFacts& cells, int64_t id, AsOf* as_of, bool document,
                                       Resource& into) {
  TRY_ASSIGN(auto select, connection.prepare(select_rows(document, "r.id = ?")));
  TRY_ASSIGN(bool found, select.bind(id).step());
  if (!found) return false;
  TRY_ASSIGN(const auto* cell, cells.find(select.integer(kRowCell)));
  read_row(select, *cell, into);
  if (as_of && (into.deleted || select.time(kRowSince) >= as_of->window.until))
    return show_as_of(*as_of, document, into);
  if (document) {
    TRY_ASSIGN(into.document, read_document(connection, select, kRowColumns));
  }
  return true;
}

Result<std::vector<Resource>> SqliteInventory::rows(std::span<const int64_t> resources, bool documents) {
  TRY_ASSIGN(auto reader, readers_.take());
  TRY_ASSIGN(auto snapshot, Snapshot::begin(*reader));
  CellFacts cells(*reader);
  std::vector<Resource> found;
  found.reserve(resources.size());
  for (auto id : resources) {
    Resource one;
    TRY_ASSIGN(bool there, read_one(*reader, cells, id, nullptr, documents, one));
    if (there) found.push_back(std::move(one));
  }
  return found;
}

Result<std::vector<Resource>> SqliteInventory::lookup(std::string_view id, std::optional<Time> at,
                                                      const std::vector<std::string>& accounts) {
  TRY_ASSIGN(auto reader, readers_.take());
  TRY_ASSIGN(auto snapshot, Snapshot::begin(*reader));
  CellFacts cells(*reader);
  TRY_ASSIGN(auto as_of, AsOf::prepare(*reader, Window::instant(at.value_or(Time()))));
  std::vector<Resource> found;
  auto read = [&](std::string_view ids, std::initializer_list<std::string_view> values,
                  const std::vector<std::string>& list) -> Result<void> {
    TRY_ASSIGN(auto select, reader->prepare(ids));
    for (auto value : values) select.bind(value);
    if (!list.empty()) bind_texts(select, list);
    std::set<int64_t> seen;
    for (;;) {
      TRY_ASSIGN(bool row, select.step());
      if (!row) break;
      if (!seen.insert(select.integer(0)).second) continue;
      Resource one;
      TRY_ASSIGN(bool there, read_one(*reader, cells, select.integer(0), at ? &as_of : nullptr, true, one));
      if (there) found.push_back(std::move(one));
    }
    std::ranges::sort(found, [](const Resource& a, const Resource& b) {
      auto rank = [](const Resource& one) {
        return std::tuple(one.deleted.has_value(), -one.first_seen.time_since_epoch(), -one.resource);
      };
      return rank(a) < rank(b);
    });
    return {};
  };
  // KIND/ACCOUNT/REGION/NATIVE: the first three have no '/', the fourth may have any.
  std::vector<std::string_view> parts;
  std::string_view rest = id;
  for (int i = 0; i < 3; ++i) {
    size_t slash = rest.find('/');
    if (slash == rest.npos) break;
    parts.push_back(rest.substr(0, slash));
    rest.remove_prefix(slash + 1);
  }
  bool whole = parts.size() == 3 && parts[0].find('.') != id.npos && !id.starts_with("arn:");
  if (whole && among(accounts, std::string(parts[1]))) {
    constexpr std::string_view kCell =
        "(SELECT c.id FROM cell c JOIN kind k ON k.id = c.kind WHERE k.name = ?1 AND c.account = ?2 AND c.region = ?3)";
    // In two halves, since each has an index of its own.
    TRY(read(fmt::format("SELECT id FROM resource WHERE cell = {0} AND native = ?4 AND deleted IS NULL UNION ALL "
                         "SELECT id FROM (SELECT id FROM resource WHERE cell = {0} AND native = ?4 AND deleted IS NOT "
                         "NULL ORDER BY deleted DESC LIMIT 1000)",
                         kCell),
             {parts[0], parts[1], parts[2], rest}, {}));
  }
  // Native ids may look like ours.
  if (found.empty()) {
    // The accounts are a list in one text, so that there may be any number of them.
    constexpr std::string_view kTheirs =
        "WHERE cell IN (SELECT id FROM cell WHERE account IN (SELECT value FROM json_each(?2))) ";
    auto ids = fmt::format(
        "SELECT id FROM (SELECT id, cell FROM resource WHERE native = ?1 UNION SELECT id, cell FROM resource WHERE "
        "arn = ?1 AND arn <> '') {}ORDER BY id DESC LIMIT 1000",
        accounts.empty() ? "" : kTheirs);
    TRY(read(ids, {id}, accounts));
  }
  return found;
}

// Live and closed resources have an index each that is in the order of native ids; the two are merged.
Result<bool> SqliteInventory::scan_cell(Connection& connection, const CellFact& cell, const Filter& filter, AsOf* as_of,
                                        const Visit& visit) {
  struct Stream {
    std::optional<Statement> rows;
    bool there = false;
    Result<void> next() {
      if (!rows) return {};
      TRY_ASSIGN(there, rows->step());
      return {};
    }
  };
  Stream live, closed;
  if (as_of || filter.live) {
    TRY_ASSIGN(auto select,
               connection.prepare(select_rows(filter.documents, "r.cell = ? AND r.deleted IS NULL ORDER BY r.native")));
    live.rows.emplace(std::move(select)).bind(cell.id);
  }
  if (as_of || filter.closed) {
    TRY_ASSIGN(auto select, connection.prepare(
                                select_rows(filter.documents, "r.cell = ? AND r.deleted > ? ORDER BY r.native, r.id")));
    closed.rows.emplace(std::move(select)).bind(cell.id).bind(as_of ? as_of->window.since : Time::min());
  }
  TRY(live.next());
  TRY(closed.next());
  Resource resource;
  while (live.there || closed.there) {
    bool take_closed = closed.there;
    if (live.there && closed.there) {
      auto order = closed.rows->view(kRowNative) <=> live.rows->view(kRowNative);
      take_closed = order < 0 || (order == 0 && closed.rows->integer(0) < live.rows->integer(0));
    }
    auto& stream = take_closed ? closed : live;
    read_row(*stream.rows, cell, resource);
    bool wanted = among(filter.regions, resource.region);
    if (wanted && as_of && (take_closed || stream.rows->time(kRowSince) >= as_of->window.until)) {
      TRY_ASSIGN(wanted, show_as_of(*as_of, filter.documents, resource));
    } else if (wanted && filter.documents) {
      TRY_ASSIGN(resource.document, read_document(connection, *stream.rows, kRowColumns));
    }
    if (wanted && !visit(resource)) return false;
    TRY(stream.next());
  }
  return true;
}

Result<void> SqliteInventory::scan_superseded(Connection& connection, const Filter& filter, const Window& window,
                                              const Visit& visit) {
  struct Entry {
    int64_t resource, sequence;
    Time from;
    Cause cause;
    size_t cell = 0;  // its place in the order of cells
    std::string native{};
  };
  std::vector<Entry> entries;
  {
    TRY_ASSIGN(auto select, connection.prepare("SELECT resource, sequence, \"from\", cause FROM version INDEXED BY "
                                               "version_ended WHERE \"to\" > ? AND \"from\" < ?"));
    select.bind(window.since).bind(window.until);
    for (;;) {
      TRY_ASSIGN(bool row, select.step());
      if (!row) break;
      entries.push_back({select.integer(0), select.integer(1), select.time(2), static_cast<Cause>(select.integer(3))});
    }
  }
  // Of each resource the last; in the order in which resources lie in the file.
  std::ranges::sort(entries, [](const Entry& a, const Entry& b) {
    return std::tie(a.resource, b.sequence) < std::tie(b.resource, a.sequence);
  });
  auto repeated = std::ranges::unique(entries, {}, &Entry::resource);
  entries.erase(repeated.begin(), repeated.end());

  TRY_ASSIGN(auto cells, cells_of(connection, filter.kinds, filter.accounts));
  if (entries.size() >= kWorthMembers && !(filter.kinds.empty() && filter.accounts.empty())) {
    TRY_ASSIGN(auto members, members_of(connection, cells, window.since));
    auto member = members.begin();
    std::erase_if(entries, [&](const Entry& entry) {
      member = std::lower_bound(member, members.end(), entry.resource);
      return member == members.end() || *member != entry.resource;
    });
  }
  std::unordered_map<int64_t, size_t> places;
  for (size_t i = 0; i < cells.size(); ++i) places[cells[i].id] = i;
  TRY_ASSIGN(auto row, connection.prepare(
                           "SELECT cell, native, region, deleted IS NULL AND since < ? FROM resource WHERE id = ?"));
  for (auto& entry : entries) {
    TRY_ASSIGN(bool found, row.again().bind(window.until).bind(entry.resource).step());
    auto place = found ? places.find(row.integer(0)) : places.end();
    bool current = found && row.integer(3) != 0;
    if (place == places.end() || current || !among(filter.regions, row.text(2))) {
      entry.resource = 0;
      continue;
    }
    entry.cell = place->second;
    entry.native = row.view(1);
  }
  std::erase_if(entries, [](const Entry& entry) { return entry.resource == 0; });
  std::ranges::sort(entries, [](const Entry& a, const Entry& b) {
    return std::tie(a.cell, a.native, a.resource) < std::tie(b.cell, b.native, b.resource);
  });

  TRY_ASSIGN(auto as_of, AsOf::prepare(connection, window));
  TRY_ASSIGN(auto select, connection.prepare(select_rows(false, "r.id = ?")));
  TRY_ASSIGN(auto stored, connection.prepare("SELECT dictionary, size, document FROM version WHERE sequence = ?"));
  Resource resource;
  for (const auto& entry : entries) {
    TRY_ASSIGN(bool found, select.again().bind(entry.resource).step());
    if (!found) continue;
    read_row(select, cells[entry.cell], resource);
    resource.deleted.reset();
    resource.deleted_cause.clear();
    resource.sequence = entry.sequence;
    resource.from = entry.from;
    TRY_ASSIGN(resource.changed, as_of.changed(resource, entry.from, entry.cause));
    if (filter.documents) {
      TRY_ASSIGN(bool any, stored.again().bind(entry.sequence).step());
      if (!any) continue;
      TRY_ASSIGN(resource.document, read_document(connection, stored, 0));
    }
    if (!visit(resource)) return {};
  }
  return {};
}

Result<void> SqliteInventory::scan(const Filter& filter, std::optional<Time> at, const Visit& visit) {
  TRY_ASSIGN(auto reader, scanners_.take());
  TRY_ASSIGN(auto snapshot, Snapshot::begin(*reader));
  size_t left = filter.limit == 0 ? SIZE_MAX : filter.limit;
  Visit counted = [&](const Resource& resource) { return visit(resource) && --left > 0; };
  auto window = window_of(filter, at);
  if (window && window->since >= window->until) return {};
  if (window && filter.superseded) return scan_superseded(*reader, filter, *window, counted);
  TRY_ASSIGN(auto as_of, AsOf::prepare(*reader, window.value_or(Window())));
  TRY_ASSIGN(auto cells, cells_of(*reader, filter.kinds, filter.accounts));
  for (const auto& cell : cells) {
    TRY_ASSIGN(bool more, scan_cell(*reader, cell, filter, window ? &as_of : nullptr, counted));
    if (!more) return {};
  }
  return {};
}

}  // namespace cadastre::store
