// What is asked of the store: live entries for a run, resources now and at an instant, versions, changes.
#include "base/json.h"
#include "base/text.h"
#include "store/sqlite/sqlite_inventory.h"

namespace cadastre::store {
namespace {

// The columns that read_resource reads, in its order. What is stored was shown by a list, proven or not; what no list
// shows any more has its own date. At an instant nothing is deleted, for it was live then.
constexpr std::string_view kColumnsBefore =
    "r.id, c.account, c.region, k.name, r.native, r.incarnation, r.region, r.arn, r.name, r.state, r.owner, r.created, "
    "r.tags, "
    "r.first_seen, ";
constexpr std::string_view kColumnsNow = "r.changed, r.deleted, r.deleted_cause, ";
constexpr std::string_view kColumnsAt =
    "coalesce((SELECT max(\"from\") FROM version WHERE resource = r.id AND \"from\" <= ?1 AND cause <> 4), "
    "r.first_seen), NULL, NULL, ";
constexpr std::string_view kColumnsAfter =
    "coalesce(r.missing, max(coalesce(c.verified, r.changed), r.changed)), c.outcome, c.unverified_since, v.sequence, "
    "v.dictionary, "
    "v.size, v.document";
constexpr std::string_view kFrom = " FROM resource r JOIN cell c ON c.id = r.cell JOIN kind k ON k.id = c.kind ";
// The version shown: the current one; of a closed resource the last that has a document; at an instant the one that
// spans it.
constexpr std::string_view kJoinNow =
    "JOIN version v ON v.sequence = CASE WHEN r.deleted IS NULL THEN r.version ELSE coalesce((SELECT max(sequence) "
    "FROM version "
    "WHERE resource = r.id AND document IS NOT NULL), r.version) END ";
constexpr std::string_view kJoinAt =
    "JOIN version v ON v.resource = r.id AND v.\"from\" <= ?1 AND (v.\"to\" IS NULL OR v.\"to\" > ?1) AND v.document "
    "IS NOT NULL ";

static_assert(static_cast<int>(Cause::epoch) == 4);

std::string select_resources(bool at_instant) {
  return fmt::format("SELECT {}{}{}{}{}", kColumnsBefore, at_instant ? kColumnsAt : kColumnsNow, kColumnsAfter, kFrom,
                     at_instant ? kJoinAt : kJoinNow);
}

}  // namespace

ReaderPool::Lease::~Lease() {
  if (!connection_) return;
  std::lock_guard lock(pool_->mutex_);
  pool_->idle_.push_back(std::move(connection_));
}

Result<ReaderPool::Lease> ReaderPool::take() {
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease(this, std::move(connection));
    }
  }
  TRY_ASSIGN(auto opened, Connection::open(path_, false));
  return Lease(this, std::move(opened));
}

Result<SqliteInventory::DictionaryPtr> SqliteInventory::dictionary(Connection& connection, int64_t id) {
  if (id == 0) return DictionaryPtr();
  {
    std::lock_guard lock(dictionaries_mutex_);
    if (auto at = dictionaries_.find(id); at != dictionaries_.end()) return at->second;
  }
  TRY_ASSIGN(auto select, connection.prepare("SELECT content FROM dictionary WHERE id = ?"));
  TRY_ASSIGN(bool found, select.bind(id).step());
  if (!found) return fail(ErrorCode::io, "the store lacks a dictionary that its documents need; restore a backup");
  auto loaded = std::make_shared<const Dictionary>(select.text(0));
  std::lock_guard lock(dictionaries_mutex_);
  return dictionaries_[id] = loaded;
}

// Columns: dictionary, size, document.
Result<std::string> SqliteInventory::read_document(Connection& connection, const Statement& row, int column) {
  if (row.is_null(column + 2)) return std::string();
  TRY_ASSIGN(auto known, dictionary(connection, row.integer(column)));
  return decompress(row.view(column + 2), static_cast<size_t>(row.integer(column + 1)), known.get());
}

Result<std::string> SqliteInventory::epoch_spec(uint32_t epoch) {
  TRY_ASSIGN(auto reader, readers_.take());
  TRY_ASSIGN(auto select, reader->prepare("SELECT spec FROM epoch WHERE id = ?"));
  TRY_ASSIGN(bool found, select.bind(static_cast<int64_t>(epoch)).step());
  if (!found) return fail(ErrorCode::internal, fmt::format("the store has no epoch {}", epoch));
  auto stored = select.view(0);
  size_t line = stored.find('\n');
  size_t size = std::stoul(std::string(stored.substr(0, line)));
  return decompress(stored.substr(line + 1), size, nullptr);
}

Result<std::vector<Live>> SqliteInventory::live(int64_t cell) {
  TRY_ASSIGN(auto reader, readers_.take());
  std::vector<Live> entries;
  {
    TRY_ASSIGN(auto count, reader->prepare("SELECT resources FROM cell WHERE id = ?"));
    TRY_ASSIGN(bool found, count.bind(cell).step());
    if (found) entries.reserve(static_cast<size_t>(count.integer(0)));
  }
  TRY_ASSIGN(auto select,
             reader->prepare("SELECT native, item_hash, document_hash, id, epoch, missing IS NOT NULL FROM resource "
                             "WHERE cell = ? AND deleted IS NULL"));
  select.bind(cell);
  for (;;) {
    TRY_ASSIGN(bool row, select.step());
    if (!row) break;
    entries.push_back({hash128(select.view(0)), select.hash(1), select.hash(2), select.integer(3),
                       static_cast<uint32_t>(select.integer(4)), select.integer(5) ? Live::kMissing : 0});
  }
  std::ranges::sort(entries, {}, &Live::key);
  TRY_ASSIGN(auto gaps, reader->prepare("SELECT DISTINCT resource FROM gap WHERE cell = ?"));
  gaps.bind(cell);
  std::unordered_map<int64_t, bool> open;
  for (;;) {
    TRY_ASSIGN(bool row, gaps.step());
    if (!row) break;
    open[gaps.integer(0)] = true;
  }
  if (!open.empty()) {
    for (auto& entry : entries) {
      if (open.contains(entry.resource)) entry.flags |= Live::kGap;
    }
  }
  return entries;
}

Result<std::vector<std::string>> SqliteInventory::documents(std::span<const int64_t> resources) {
  TRY_ASSIGN(auto reader, readers_.take());
  std::vector<std::string> found;
  found.reserve(resources.size());
  for (auto resource : resources) {
    TRY_ASSIGN(auto select,
               reader->prepare("SELECT v.dictionary, v.size, v.document FROM resource r "
                               "JOIN version v ON v.sequence = r.version WHERE r.id = ? AND r.deleted IS NULL"));
    TRY_ASSIGN(bool row, select.bind(resource).step());
    if (!row) {
      found.emplace_back();
      continue;
    }
    TRY_ASSIGN(auto document, read_document(*reader.operator->(), select, 0));
    found.push_back(std::move(document));
  }
  return found;
}

Result<Resource> SqliteInventory::read_resource(Connection& connection, const Statement& row, bool document) {
  Resource resource;
  resource.resource = row.integer(0);
  resource.cell = {row.text(1), row.text(2), row.text(3)};
  resource.native = row.text(4);
  resource.incarnation = row.text(5);
  resource.region = row.text(6);
  resource.arn = row.text(7);
  resource.name = row.text(8);
  resource.state = row.text(9);
  resource.owner = row.text(10);
  resource.created = row.optional_time(11);
  resource.tags = row.text(12);
  resource.first_seen = row.time(13);
  resource.changed = row.time(14);
  resource.deleted = row.optional_time(15);
  if (!row.is_null(16)) resource.deleted_cause = to_string(static_cast<Cause>(row.integer(16)));
  resource.verified = row.optional_time(17);
  resource.outcome = static_cast<Outcome>(row.integer(18));
  resource.unverified_since = row.optional_time(19);
  resource.sequence = row.integer(20);
  if (document) {
    TRY_ASSIGN(resource.document, read_document(connection, row, 21));
  }
  return resource;
}

Result<std::vector<Resource>> SqliteInventory::lookup(std::string_view id, std::optional<Time> at) {
  TRY_ASSIGN(auto reader, readers_.take());
  std::string sql = select_resources(at.has_value());
  // KIND/ACCOUNT/REGION/NATIVE: the first three have no '/', the fourth may have any.
  std::vector<std::string_view> parts;
  std::string_view rest = id;
  for (int i = 0; i < 3; ++i) {
    size_t slash = rest.find('/');
    if (slash == rest.npos) break;
    parts.push_back(rest.substr(0, slash));
    rest.remove_prefix(slash + 1);
  }
  std::string_view order =
      at ? " ORDER BY r.first_seen DESC, r.id DESC" : " ORDER BY r.deleted IS NOT NULL, r.first_seen DESC, r.id DESC";
  std::vector<Resource> found;
  auto read = [&](std::string_view where, std::initializer_list<std::string_view> values) -> Result<void> {
    TRY_ASSIGN(auto select, reader->prepare(fmt::format("{}WHERE {}{} LIMIT 1000", sql, where, order)));
    select.bind(at.value_or(Time()));
    for (auto value : values) select.bind(value);
    for (;;) {
      TRY_ASSIGN(bool row, select.step());
      if (!row) return {};
      TRY_ASSIGN(auto resource, read_resource(*reader.operator->(), select, true));
      found.push_back(std::move(resource));
    }
  };
  if (parts.size() == 3 && parts[0].find('.') != id.npos && !id.starts_with("arn:")) {
    TRY(read("k.name = ?2 AND c.account = ?3 AND c.region = ?4 AND r.native = ?5",
             {parts[0], parts[1], parts[2], rest}));
  }
  // Native ids may look like ours.
  if (found.empty()) {
    TRY(
        read("r.id IN (SELECT id FROM resource WHERE native = ?2 UNION SELECT id FROM resource WHERE arn = ?2 AND arn "
             "<> '')",
             {id}));
  }
  return found;
}

Result<std::vector<Version>> SqliteInventory::versions(int64_t resource) {
  TRY_ASSIGN(auto reader, readers_.take());
  TRY_ASSIGN(
      auto select,
      reader->prepare("SELECT sequence, resource, \"from\", \"to\", cause, dictionary, size, document FROM version "
                      "WHERE resource = ? ORDER BY sequence"));
  select.bind(resource);
  std::vector<Version> found;
  for (;;) {
    TRY_ASSIGN(bool row, select.step());
    if (!row) return found;
    Version version{select.integer(0),
                    select.integer(1),
                    select.time(2),
                    select.optional_time(3),
                    static_cast<Cause>(select.integer(4)),
                    {}};
    TRY_ASSIGN(version.document, read_document(*reader.operator->(), select, 5));
    if (version.cause == Cause::epoch && !found.empty()) {
      // Only our reading of it changed: the version before goes on, read as we read it now.
      found.back().to = version.to;
      found.back().document = std::move(version.document);
      found.back().sequence = version.sequence;
    } else {
      found.push_back(std::move(version));
    }
  }
}

Result<void> SqliteInventory::scan(const Filter& filter, std::optional<Time> at,
                                   const std::function<bool(const Resource&)>& visit) {
  TRY_ASSIGN(auto reader, readers_.take());
  std::string sql = select_resources(at.has_value()) + "WHERE ?1 IS NOT NULL";
  std::vector<std::string> texts;
  auto any_of = [&](std::string_view column, const std::vector<std::string>& values) {
    if (values.empty()) return;
    sql += fmt::format(" AND {} IN (", column);
    for (const auto& value : values) {
      texts.push_back(value);
      sql += fmt::format("{}?{}", &value == &values.front() ? "" : ", ", texts.size() + 1);
    }
    sql += ")";
  };
  any_of("k.name", filter.kinds);
  any_of("c.account", filter.accounts);
  any_of("r.region", filter.regions);
  if (!at && !filter.closed) sql += " AND r.deleted IS NULL";
  if (!at && !filter.live) sql += " AND r.deleted IS NOT NULL";
  sql += " ORDER BY k.name, c.account, c.region, r.native, r.id";
  if (filter.limit > 0) sql += fmt::format(" LIMIT {}", filter.limit);
  TRY_ASSIGN(auto select, reader->prepare(sql));
  select.bind(at.value_or(Time()));
  for (const auto& text : texts) select.bind(text);
  for (;;) {
    TRY_ASSIGN(bool row, select.step());
    if (!row) return {};
    TRY_ASSIGN(auto resource, read_resource(*reader.operator->(), select, filter.documents));
    if (!visit(resource)) return {};
  }
}

Result<std::vector<Change>> SqliteInventory::changes(int64_t since, size_t limit, bool documents) {
  TRY_ASSIGN(auto reader, readers_.take());
  TRY_ASSIGN(auto select,
             reader->prepare(
                 "SELECT v.sequence, v.resource, v.\"from\", v.\"to\", v.cause, v.dictionary, v.size, v.document, "
                 "c.account, c.region, k.name, "
                 "r.native, r.name FROM version v JOIN resource r ON r.id = v.resource JOIN cell c ON c.id = r.cell "
                 "JOIN kind k ON k.id = c.kind WHERE v.sequence > ? ORDER BY v.sequence LIMIT ?"));
  select.bind(since).bind(static_cast<int64_t>(limit == 0 ? -1 : static_cast<int64_t>(limit)));
  std::vector<Change> found;
  for (;;) {
    TRY_ASSIGN(bool row, select.step());
    if (!row) return found;
    Change change;
    change.version = {select.integer(0),
                      select.integer(1),
                      select.time(2),
                      select.optional_time(3),
                      static_cast<Cause>(select.integer(4)),
                      {}};
    if (documents) {
      TRY_ASSIGN(change.version.document, read_document(*reader.operator->(), select, 5));
    }
    change.cell = {select.text(8), select.text(9), select.text(10)};
    change.native = select.text(11);
    change.name = select.text(12);
    found.push_back(std::move(change));
  }
}

Result<std::vector<OpenGap>> SqliteInventory::gaps(int64_t resource) {
  TRY_ASSIGN(auto reader, readers_.take());
  TRY_ASSIGN(
      auto select,
      reader->prepare("SELECT g.fragment, g.code, g.message, g.since FROM gap g JOIN resource r ON r.cell = g.cell "
                      "AND r.id = g.resource WHERE r.id = ? ORDER BY g.fragment"));
  select.bind(resource);
  std::vector<OpenGap> found;
  for (;;) {
    TRY_ASSIGN(bool row, select.step());
    if (!row) return found;
    found.push_back({{resource, select.text(0), select.text(1), select.text(2)}, select.time(3)});
  }
}

Result<std::vector<std::string>> SqliteInventory::seen_by(const CellKey& owner, const std::string& native) {
  TRY_ASSIGN(auto reader, readers_.take());
  TRY_ASSIGN(auto select,
             reader->prepare(
                 "SELECT DISTINCT c.account FROM sighting s JOIN cell c ON c.id = s.cell JOIN kind k ON k.id = c.kind "
                 "WHERE s.native = ? AND s.owner = ? AND k.name = ? ORDER BY c.account"));
  select.bind(native).bind(owner.account).bind(owner.kind);
  std::vector<std::string> found;
  for (;;) {
    TRY_ASSIGN(bool row, select.step());
    if (!row) return found;
    found.push_back(select.text(0));
  }
}

}  // namespace cadastre::store
