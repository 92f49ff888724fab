// What is asked of single resources: live entries for a run, documents, versions, gaps. Rows are in sqlite_scan.cc.
#include "store/sqlite/sqlite_inventory.h"

namespace cadastre::store {
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

Result<int64_t> SqliteInventory::sequence() {
  TRY_ASSIGN(auto reader, readers_.take());
  TRY_ASSIGN(auto select, reader->prepare("SELECT seq FROM sqlite_sequence WHERE name = 'version'"));
  TRY_ASSIGN(bool any, select.step());
  return any ? select.integer(0) : 0;
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
