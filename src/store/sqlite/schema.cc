#include "store/sqlite/schema.h"

#include <fmt/format.h>

#include <array>

namespace cadastre::store {
namespace {

// "Cdst": marks the file as ours (PRAGMA application_id).
constexpr int64_t kApplicationId = 0x43647374;

// Each runs once, in order, in a transaction of its own; never edited after a release, only added to.
// Times are milliseconds since 1970 UTC. Hashes are 16 bytes. A version's document is zstd; dictionary 0 is none.
// `missing` of a resource that the brake holds, or that is closed: when a list last showed it.
constexpr std::array<const char*, 1> kMigrations = {
    R"sql(
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE kind (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE epoch (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL REFERENCES kind, hash BLOB NOT NULL, spec BLOB NOT NULL,
                    UNIQUE (kind, hash));
CREATE TABLE dictionary (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL REFERENCES kind, content BLOB NOT NULL);
CREATE TABLE cell (
  id INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, kind INTEGER NOT NULL REFERENCES kind,
  outcome INTEGER NOT NULL DEFAULT 0, code TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '',
  attempted INTEGER, verified INTEGER, unverified_since INTEGER, unplanned_since INTEGER,
  resources INTEGER NOT NULL DEFAULT 0, held INTEGER NOT NULL DEFAULT 0, enriched TEXT NOT NULL DEFAULT '{}',
  UNIQUE (account, region, kind));
CREATE TABLE resource (
  id INTEGER PRIMARY KEY, cell INTEGER NOT NULL REFERENCES cell, native TEXT NOT NULL, incarnation TEXT NOT NULL,
  region TEXT NOT NULL, arn TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, owner TEXT NOT NULL, created INTEGER,
  tags TEXT NOT NULL, first_seen INTEGER NOT NULL, changed INTEGER NOT NULL, missing INTEGER, deleted INTEGER,
  deleted_cause INTEGER, version INTEGER NOT NULL, item_hash BLOB NOT NULL, document_hash BLOB NOT NULL, epoch INTEGER NOT NULL);
CREATE UNIQUE INDEX resource_live ON resource (cell, native) WHERE deleted IS NULL;
CREATE INDEX resource_closed ON resource (cell, native, deleted) WHERE deleted IS NOT NULL;
CREATE INDEX resource_native ON resource (native);
CREATE INDEX resource_arn ON resource (arn) WHERE arn <> '';
CREATE TABLE version (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, resource INTEGER NOT NULL REFERENCES resource, "from" INTEGER NOT NULL,
  "to" INTEGER, cause INTEGER NOT NULL, epoch INTEGER NOT NULL, dictionary INTEGER NOT NULL, size INTEGER NOT NULL,
  document BLOB);
CREATE INDEX version_resource ON version (resource, "from");
CREATE TABLE gap (cell INTEGER NOT NULL REFERENCES cell, resource INTEGER NOT NULL, fragment TEXT NOT NULL,
                  since INTEGER NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL,
                  PRIMARY KEY (cell, resource, fragment)) WITHOUT ROWID;
CREATE TABLE sighting (cell INTEGER NOT NULL REFERENCES cell, owner TEXT NOT NULL, native TEXT NOT NULL,
                       since INTEGER NOT NULL, PRIMARY KEY (cell, owner, native)) WITHOUT ROWID;
CREATE INDEX sighting_native ON sighting (native);
CREATE TABLE account (id TEXT PRIMARY KEY, name TEXT NOT NULL, status TEXT NOT NULL, groups TEXT NOT NULL,
                      since INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE run (id INTEGER PRIMARY KEY AUTOINCREMENT, started INTEGER NOT NULL, finished INTEGER, summary TEXT);
)sql",
};

Result<int64_t> pragma(Connection& connection, const std::string& name) {
  TRY_ASSIGN(auto statement, connection.prepare("PRAGMA " + name));
  TRY(statement.step());
  return statement.integer(0);
}

}  // namespace

Result<void> migrate(Connection& connection, const std::string& path) {
  auto version = pragma(connection, "user_version");
  if (!version) return std::unexpected(std::move(version).error());
  TRY_ASSIGN(auto application, pragma(connection, "application_id"));
  TRY_ASSIGN(auto pages, pragma(connection, "schema_version"));
  if (application != kApplicationId && (application != 0 || *version != 0 || pages != 0)) {
    return fail(ErrorCode::invalid,
                fmt::format("{} is an SQLite file, but not a Cadastre store; name another path in 'store'", path));
  }
  if (*version > static_cast<int64_t>(kMigrations.size())) {
    return fail(ErrorCode::invalid,
                fmt::format("the store {} was written by a newer release (schema {}, this one knows {}); "
                            "use that release",
                            path, *version, kMigrations.size()));
  }
  // Only now that it is ours may it be changed.
  TRY(connection.execute("PRAGMA journal_mode=WAL"));
  while (*version < static_cast<int64_t>(kMigrations.size())) {
    TRY_ASSIGN(auto transaction, Transaction::begin(connection));
    // Asked again under the lock: another process may have opened the same new file.
    TRY_ASSIGN(auto next, pragma(connection, "user_version"));
    if (next >= static_cast<int64_t>(kMigrations.size())) return {};
    TRY(connection.execute(kMigrations[static_cast<size_t>(next)]));
    TRY(connection.execute(fmt::format("PRAGMA user_version={}; PRAGMA application_id={}", next + 1, kApplicationId)));
    TRY(transaction.commit());
    *version = next + 1;
  }
  return {};
}

std::span<const char* const> migrations() { return kMigrations; }

}  // namespace cadastre::store
