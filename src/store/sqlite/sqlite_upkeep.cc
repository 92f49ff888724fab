#include "store/sqlite/sqlite_upkeep.h"

#include <filesystem>

namespace cadastre::store {
namespace {

Result<int64_t> number(Connection& connection, std::string_view sql) {
  TRY_ASSIGN(auto select, connection.prepare(sql));
  TRY(select.step());
  return select.integer(0);
}

Result<void> give_back(StoreFile& file, std::stop_token stop) {
  // A connection of its own: it waits for others a second at most, since those who write wait for it meanwhile.
  TRY_ASSIGN(auto connection, Connection::open(file.path, Connection::Mode::writes));
  TRY(connection->execute("PRAGMA busy_timeout=1000"));
  // The last pages move into free ones, some megabytes a transaction, and the file ends earlier.
  for (int64_t left = INT64_MAX;;) {
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped; what was given back so far stays so");
    std::lock_guard lock(file.writing);
    TRY_ASSIGN(auto free, number(*connection, "PRAGMA freelist_count"));
    if (free == 0 || free >= left) break;
    left = free;
    TRY(connection->execute("PRAGMA incremental_vacuum(1000)"));
  }
  std::lock_guard lock(file.writing);
  return connection->execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace

Result<void> compact_file(StoreFile& file, std::stop_token stop) {
  auto done = give_back(file, std::move(stop));
  if (done || done.error().code == ErrorCode::cancelled) return done;
  return std::unexpected(std::move(done).error().in("the store could not be compacted"));
}

Result<StoreStats> stats_of(StoreFile& file) {
  TRY_ASSIGN(auto reader, file.readers.take());
  TRY_ASSIGN(auto snapshot, Snapshot::begin(*reader));
  StoreStats stats;
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::error_code error;
    auto size = std::filesystem::file_size(file.path + suffix, error);
    if (!error) stats.bytes += size;
  }
  TRY_ASSIGN(auto free, number(*reader, "PRAGMA freelist_count"));
  TRY_ASSIGN(auto page, number(*reader, "PRAGMA page_size"));
  stats.free_bytes = static_cast<uint64_t>(free * page);
  TRY_ASSIGN(auto cells, number(*reader, "SELECT count(*) FROM cell"));
  stats.cells = static_cast<uint64_t>(cells);
  // In the order of the file; what it adds up is kept by cell.
  struct Sum {
    uint64_t live = 0, closed = 0, versions = 0, bytes = 0;
  };
  std::map<int64_t, Sum> kinds;
  TRY_ASSIGN(auto select,
             reader->prepare("SELECT c.kind, sum(r.deleted IS NULL), count(*) FROM resource r JOIN cell c ON c.id = "
                             "r.cell GROUP BY c.kind"));
  for (;;) {
    TRY_ASSIGN(bool row, select.step());
    if (!row) break;
    auto& sum = kinds[select.integer(0)];
    sum.live = static_cast<uint64_t>(select.integer(1));
    sum.closed = static_cast<uint64_t>(select.integer(2)) - sum.live;
  }
  TRY_ASSIGN(auto versions,
             reader->prepare("SELECT c.kind, count(*), sum(coalesce(length(v.document), 0)) FROM version v "
                             "CROSS JOIN resource r ON r.id = v.resource JOIN cell c ON c.id = r.cell "
                             "GROUP BY c.kind"));
  for (;;) {
    TRY_ASSIGN(bool row, versions.step());
    if (!row) break;
    auto& sum = kinds[versions.integer(0)];
    sum.versions = static_cast<uint64_t>(versions.integer(1));
    sum.bytes = static_cast<uint64_t>(versions.integer(2));
  }
  TRY_ASSIGN(auto names, reader->prepare("SELECT id, name FROM kind ORDER BY name"));
  for (;;) {
    TRY_ASSIGN(bool row, names.step());
    if (!row) return stats;
    auto sum = kinds[names.integer(0)];
    stats.resources += sum.live;
    stats.closed += sum.closed;
    stats.versions += sum.versions;
    stats.kinds.push_back({names.text(1), sum.live, sum.versions, sum.bytes});
  }
}

}  // namespace cadastre::store
