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
constexpr std::array<const char*, 6> kMigrations = {
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

    // `since` of a live resource: where its version begins, so that most of what is asked at an instant is answered
    // without the version. `version_ended` finds what an instant showed and today does not; it holds all that is
    // needed to tell.
    R"sql(
ALTER TABLE resource ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
UPDATE resource SET since = coalesce((SELECT "from" FROM version WHERE sequence = resource.version), changed);
CREATE INDEX cell_kind ON cell (kind);
CREATE INDEX version_ended ON version ("to", "from", resource, cause) WHERE "to" IS NOT NULL;
CREATE INDEX version_from ON version ("from");
CREATE TABLE user (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE COLLATE NOCASE, password TEXT NOT NULL,
  provider TEXT NOT NULL, subject TEXT NOT NULL, role TEXT NOT NULL, accounts TEXT NOT NULL, narrowed INTEGER NOT NULL,
  disabled INTEGER NOT NULL, created INTEGER NOT NULL, signed_in INTEGER);
CREATE UNIQUE INDEX user_subject ON user (provider, subject) WHERE provider <> '';
CREATE TABLE session (
  hash TEXT PRIMARY KEY, user INTEGER NOT NULL REFERENCES user, csrf TEXT NOT NULL, created INTEGER NOT NULL,
  used INTEGER NOT NULL, expires INTEGER NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL, refresh TEXT NOT NULL,
  confirmed INTEGER) WITHOUT ROWID;
CREATE INDEX session_user ON session (user);
CREATE TABLE token (
  id INTEGER PRIMARY KEY AUTOINCREMENT, user INTEGER NOT NULL REFERENCES user, name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL, accounts TEXT NOT NULL, narrowed INTEGER NOT NULL,
  created INTEGER NOT NULL, expires INTEGER, used INTEGER, used_from TEXT NOT NULL, UNIQUE (user, name));
CREATE TABLE link (hash TEXT PRIMARY KEY, purpose TEXT NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  object TEXT NOT NULL, detail TEXT NOT NULL, address TEXT NOT NULL, request TEXT NOT NULL);
CREATE INDEX audit_at ON audit (at);
CREATE TABLE saved_view (
  id INTEGER PRIMARY KEY AUTOINCREMENT, user INTEGER NOT NULL REFERENCES user, name TEXT NOT NULL, path TEXT NOT NULL,
  query TEXT NOT NULL, shared INTEGER NOT NULL, changed INTEGER NOT NULL);
CREATE INDEX saved_view_user ON saved_view (user);
)sql",

    // What came from clusters. `state` as in DumpState.
    R"sql(
CREATE TABLE dump (
  cluster TEXT NOT NULL, dump TEXT NOT NULL, place TEXT NOT NULL, state INTEGER NOT NULL, reason TEXT NOT NULL,
  tries INTEGER NOT NULL, seen INTEGER NOT NULL, settled INTEGER, report TEXT NOT NULL,
  PRIMARY KEY (cluster, dump)) WITHOUT ROWID;
CREATE INDEX dump_latest ON dump (dump);
CREATE INDEX dump_unsettled ON dump (state, dump) WHERE state <> 1;
CREATE INDEX dump_settled ON dump (settled) WHERE settled IS NOT NULL;
CREATE TABLE cluster_health (
  account TEXT NOT NULL, cluster TEXT NOT NULL, at INTEGER NOT NULL, counts TEXT NOT NULL,
  PRIMARY KEY (account, cluster, at)) WITHOUT ROWID;
CREATE INDEX cluster_health_at ON cluster_health (at);
)sql",

    // As of when a run wrote last, whether it came to its end or not.
    R"sql(
ALTER TABLE cell ADD COLUMN written INTEGER;
)sql",

    // Where clusters run, and which of AWS's they are.
    R"sql(
CREATE TABLE cluster (
  account TEXT NOT NULL, name TEXT NOT NULL, region TEXT NOT NULL, eks TEXT NOT NULL,
  PRIMARY KEY (account, name)) WITHOUT ROWID;
)sql",

    // Of what was forgotten of a kind: when the last of it ended.
    R"sql(
ALTER TABLE kind ADD COLUMN pruned_until INTEGER;
)sql",
};

Result<int64_t> pragma(Connection& connection, const std::string& name) {
  TRY_ASSIGN(auto statement, connection.prepare("PRAGMA " + name));
  TRY(statement.step());
  return statement.integer(0);
}

}  // namespace

Result<int64_t> known_schema(Connection& connection, const std::string& path) {
  auto version = pragma(connection, "user_version");
  if (!version) return version;
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
  return version;
}

Result<void> migrate(Connection& connection, const std::string& path) {
  auto version = known_schema(connection, path);
  if (!version) return std::unexpected(std::move(version).error());
  // Only now that it is ours may it be changed. Pages that are freed can be given back in small steps; that must be
  // said before there is anything in the file.
  if (*version == 0) TRY(connection.execute("PRAGMA auto_vacuum=INCREMENTAL"));
  TRY(connection.execute("PRAGMA journal_mode=WAL"));
  while (*version < static_cast<int64_t>(kMigrations.size())) {
    TRY_ASSIGN(auto transaction, Transaction::begin(connection));
    TRY(connection.execute(kMigrations[static_cast<size_t>(*version)]));
    ++*version;
    TRY(connection.execute(fmt::format("PRAGMA user_version={}; PRAGMA application_id={}", *version, kApplicationId)));
    TRY(transaction.commit());
  }
  return {};
}

std::span<const char* const> migrations() { return kMigrations; }

}  // namespace cadastre::store
