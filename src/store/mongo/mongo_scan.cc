// Rows: by id, of whole kinds, now, at an instant and over a window.
//
// Of most resources a moment shows the version that is current now, which the resource's own row tells. Only for the
// others are their versions looked at.
#include "store/mongo/mongo_inventory.h"

namespace cadastre::store::mongo {
namespace {

// Rows that are joined with their versions and documents at a time.
constexpr size_t kPage = 500;

bool among(const std::vector<std::string>& wanted, const std::string& value) {
  return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

// A resource as it is now, without its document.
Resource shown(const ResourceRow& row, const Cell& cell) {
  Resource one;
  one.resource = row.id;
  one.cell = cell.key;
  one.native = row.place.native;
  one.incarnation = row.facts.incarnation;
  one.region = row.facts.region;
  one.arn = row.facts.arn;
  one.name = row.facts.name;
  one.state = row.facts.state;
  one.owner = row.facts.owner;
  one.created = row.facts.created;
  one.tags = row.facts.tags;
  one.first_seen = row.first_seen;
  one.changed = row.changed;
  // What is stored was shown by a list, proven or not; what no list shows any more has its own date.
  one.verified = row.missing ? *row.missing : std::max(cell.verified.value_or(row.changed), row.changed);
  one.deleted = row.deleted;
  if (row.deleted) one.deleted_cause = to_string(row.deleted_cause);
  one.outcome = cell.outcome;
  one.unverified_since = cell.unverified_since;
  one.sequence = row.version;
  one.from = row.from;
  return one;
}

}  // namespace

std::optional<MongoInventory::Window> MongoInventory::window_of(const Filter& filter, std::optional<Time> at) {
  if (at) return Window{*at, *at + Millis(1)};
  if (!filter.since && !filter.until) return std::nullopt;
  return Window{filter.since.value_or(Time::min()), filter.until.value_or(Time::max())};
}

// A row that has seen more than the reader may is put back; nullopt when it was not there yet.
Result<std::optional<ResourceRow>> MongoInventory::as_visible(ResourceRow row, int64_t visible) {
  if (row.opened == 0) return std::nullopt;  // somebody is about to write it
  if (row.event <= visible) return row;
  if (row.opened > visible) return std::nullopt;
  ResourceRow earlier;
  std::optional<Time> missing;
  TRY(database_.find({.collection = std::string(kVersions),
                      .filter = {{"resource", row.id}, {"_id", Document{{"$lte", visible}}}},
                      .fields = {{"document", 0}},
                      .order = {{"_id", 1}}},
                     [&](Document&& one) -> Result<bool> {
                       apply(earlier, read_version(one));
                       return true;
                     }));
  if (earlier.opened == 0) return row;  // its history is not kept: what is there now is all there is
  earlier.opened = row.opened;
  earlier.first_seen = row.first_seen;
  earlier.missing = row.missing;
  return earlier;
}

// Which version each row had at the end of the window. Those that had none are left out.
Result<std::vector<ResourceRow>> MongoInventory::within(std::vector<ResourceRow> rows, const Window& window,
                                                        bool superseded, int64_t visible) {
  auto current = [&](const ResourceRow& row) { return !row.deleted && row.from < window.until; };
  std::set<int64_t> others;
  for (const auto& row : rows) {
    if (!current(row)) others.insert(row.id);
  }
  std::map<int64_t, std::vector<VersionRow>> versions;
  if (!others.empty()) {
    TRY(database_.find({.collection = std::string(kVersions),
                        .filter = {{"resource", in(others)}, {"_id", Document{{"$lte", visible}}}},
                        .fields = {{"resource", 1}, {"from", 1}, {"cause", 1}, {"bytes", 1}},
                        .order = {{"resource", 1}, {"_id", 1}}},
                       [&](Document&& one) -> Result<bool> {
                         auto version = read_version(one);
                         versions[version.resource].push_back(std::move(version));
                         return true;
                       }));
  }
  std::vector<ResourceRow> found;
  for (auto& row : rows) {
    if (current(row)) {
      if (!superseded) found.push_back(std::move(row));
      continue;
    }
    const auto& all = versions[row.id];
    auto shows = [&](const VersionRow& version) { return version.from < window.until && version.stored.has_value(); };
    auto last = std::find_if(all.rbegin(), all.rend(), shows);
    if (last == all.rend()) continue;
    if (last != all.rbegin() && std::prev(last)->from <= window.since) continue;  // it ended before
    row.version = last->sequence;
    row.from = last->from;
    row.deleted.reset();  // it was live then
    auto real = std::find_if(last, all.rend(), [](const VersionRow& one) { return one.cause != Cause::epoch; });
    row.changed = real == all.rend() ? row.first_seen : real->from;
    found.push_back(std::move(row));
  }
  return found;
}

Result<std::vector<Resource>> MongoInventory::show(std::vector<ResourceRow> rows, const std::optional<Window>& window,
                                                   bool superseded, bool documents, Frame& frame) {
  std::vector<ResourceRow> seen;
  for (auto& row : rows) {
    TRY_ASSIGN(auto visible, as_visible(std::move(row), frame.visible));
    if (visible) seen.push_back(std::move(*visible));
  }
  if (window) {
    TRY_ASSIGN(seen, within(std::move(seen), *window, superseded, frame.visible));
  }
  TRY(fetch_cells(frame, seen));
  std::vector<Resource> found;
  found.reserve(seen.size());
  for (const auto& row : seen) found.push_back(shown(row, frame.cells[row.place.cell]));
  if (documents) TRY(fill_documents(found));
  return found;
}

Result<void> MongoInventory::fill_documents(std::vector<Resource>& rows) {
  std::vector<int64_t> sequences;
  for (const auto& row : rows) sequences.push_back(row.sequence);
  TRY_ASSIGN(auto texts, read_documents(sequences));
  std::map<int64_t, Resource*> lost;
  for (auto& row : rows) {
    if (auto at = texts.find(row.sequence); at != texts.end()) {
      row.document = std::move(at->second);
    } else if (!row.deleted) {
      lost[row.resource] = &row;
    }
  }
  if (lost.empty()) return {};
  // Of a kind without history, and changed since the row was read: what it is now is all there is of it.
  std::vector<int64_t> ids;
  for (const auto& [id, row] : lost) ids.push_back(id);
  TRY_ASSIGN(auto now, this->documents(ids));
  for (size_t i = 0; i < ids.size(); ++i) lost[ids[i]]->document = std::move(now[i]);
  return {};
}

Result<std::vector<ResourceRow>> MongoInventory::read_rows(Find what) {
  std::vector<ResourceRow> rows;
  what.collection = kResources;
  TRY(database_.find(what, [&](Document&& row) -> Result<bool> {
    rows.push_back(read_resource(row));
    return true;
  }));
  return rows;
}

Result<std::vector<Resource>> MongoInventory::rows(std::span<const int64_t> resources, bool documents) {
  Frame frame;
  TRY_ASSIGN(frame.visible, head_.visible());
  std::vector<Resource> found;
  for (size_t from = 0; from < resources.size(); from += kPage) {
    auto some = resources.subspan(from, std::min(kPage, resources.size() - from));
    TRY_ASSIGN(auto read, read_rows({.filter = {{"_id", in(some)}}}));
    TRY_ASSIGN(auto page, show(std::move(read), std::nullopt, false, documents, frame));
    std::map<int64_t, const Resource*> by_id;
    for (const auto& one : page) by_id[one.resource] = &one;
    for (auto id : some) {
      if (auto at = by_id.find(id); at != by_id.end()) found.push_back(*at->second);
    }
  }
  return found;
}

Result<std::vector<Resource>> MongoInventory::lookup(std::string_view id, std::optional<Time> at,
                                                     const std::vector<std::string>& accounts) {
  constexpr size_t kMost = 1000;
  Frame frame;
  TRY_ASSIGN(frame.visible, head_.visible());
  auto window = window_of({}, at);
  std::vector<Resource> found;
  auto read = [&](Document filter) -> Result<void> {
    TRY_ASSIGN(auto rows, read_rows({.filter = std::move(filter), .order = {{"_id", -1}}, .limit = kMost}));
    TRY_ASSIGN(found, show(std::move(rows), window, false, true, frame));
    std::ranges::sort(found, {}, [](const Resource& one) {
      return std::tuple(one.deleted.has_value(), -one.first_seen.time_since_epoch(), -one.resource);
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
    TRY_ASSIGN(auto kind, database_.one({.collection = "kind", .filter = {{"name", parts[0]}}}));
    if (kind) {
      TRY(read({{"kind", kind->integer("_id")}, {"account", parts[1]}, {"asked", parts[2]}, {"native", rest}}));
    }
  }
  // Native ids may look like ours.
  if (found.empty() && !id.empty()) {
    Document filter{{"$or", Array{Document{{"native", id}}, Document{{"arn", id}}}}};
    if (!accounts.empty()) filter.add("account", in(accounts));
    TRY(read(std::move(filter)));
  }
  return found;
}

Result<void> MongoInventory::scan(const Filter& filter, std::optional<Time> at,
                                  const std::function<bool(const Resource&)>& visit) {
  Frame frame;
  TRY_ASSIGN(frame.visible, head_.visible());
  TRY_ASSIGN(frame.kinds, kind_names());
  auto window = window_of(filter, at);
  if (window && window->since >= window->until) return {};  // a window without a moment
  size_t left = filter.limit == 0 ? SIZE_MAX : filter.limit;
  std::vector<ResourceRow> page;
  auto flush = [&]() -> Result<bool> {
    TRY_ASSIGN(auto rows, show(std::exchange(page, {}), window, filter.superseded, filter.documents, frame));
    for (const auto& row : rows) {
      if (!among(filter.regions, row.region)) continue;
      if (!window && !(row.deleted ? filter.closed : filter.live)) continue;
      if (!visit(row) || --left == 0) return false;
    }
    return true;
  };
  std::map<std::string, int64_t> kinds;  // by name
  for (const auto& [id, name] : frame.kinds) {
    if (among(filter.kinds, name)) kinds[name] = id;
  }
  for (const auto& [name, kind] : kinds) {
    Document which{{"kind", kind}};
    if (!filter.accounts.empty()) which.add("account", in(filter.accounts));
    // A row that is ahead of what we may see is put back first, and judged then.
    Array states{Document{{"event", Document{{"$gt", frame.visible}}}}};
    if (window || filter.live) states.emplace_back(Document{{"deleted", nullptr}});
    if (window && window->since != Time::min()) {
      states.emplace_back(Document{{"deleted", Document{{"$gt", window->since}}}});
    } else if (window || filter.closed) {
      states.emplace_back(Document{{"deleted", Document{{"$ne", nullptr}}}});
    }
    which.add("$or", std::move(states));
    bool more = true;
    TRY(database_.find({.collection = std::string(kResources),
                        .filter = std::move(which),
                        .order = {{"account", 1}, {"asked", 1}, {"native", 1}, {"_id", 1}}},
                       [&](Document&& row) -> Result<bool> {
                         page.push_back(read_resource(row));
                         if (page.size() < std::min(kPage, left)) return true;
                         TRY_ASSIGN(more, flush());
                         return more;
                       }));
    if (more) {
      TRY_ASSIGN(more, flush());
    }
    if (!more) return {};
  }
  return {};
}

}  // namespace cadastre::store::mongo
