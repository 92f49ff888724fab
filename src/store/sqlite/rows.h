// Rows of `resource` as the contract's Resource, and the cells they lie in.
#pragma once

#include "store/sqlite/database.h"
#include "store/store.h"

namespace cadastre::store {

// What a row needs of its cell.
struct CellFact {
  int64_t id = 0;
  CellKey key;
  std::optional<Time> verified;
  Outcome outcome = Outcome::never;
  std::optional<Time> unverified_since;
};

// An instant is a window of a millisecond: [since, until) is what both mean.
struct Window {
  Time since{}, until{};
  static Window instant(Time at) { return {at, at + Millis(1)}; }
};

// What the versions before the current one are looked up with.
struct AsOf {
  static Result<AsOf> prepare(Connection& connection, const Window& window);
  // When what the version that begins at `from` says became so: a reading of a new release goes back to what it reads.
  Result<Time> changed(const Resource& resource, Time from, Cause cause);

  Connection& connection;
  Window window;
  Statement version;  // by resource and the window's end: sequence, from, to, cause, dictionary, size, document
  Statement change;   // by resource and the beginning of a version
};

// Empty: any.
bool among(const std::vector<std::string>& wanted, const std::string& value);

// The cells of kinds and accounts, ordered by kind, account, region.
Result<std::vector<CellFact>> cells_of(Connection& connection, const std::vector<std::string>& kinds,
                                       const std::vector<std::string>& accounts);

// Cells by number, read when they are first asked for. For one answer; not thread-safe.
class CellFacts {
 public:
  explicit CellFacts(Connection& connection) : connection_(connection) {}
  Result<const CellFact*> find(int64_t id);  // stays where it is

 private:
  Connection& connection_;
  std::unordered_map<int64_t, CellFact> known_;
};

// The columns that read_row reads, of `resource r`; the next one is kRowColumns.
constexpr std::string_view kRow =
    "r.id, r.cell, r.native, r.incarnation, r.region, r.arn, r.name, r.state, r.owner, r.created, r.tags, "
    "r.first_seen, r.changed, r.deleted, r.deleted_cause, r.missing, r.version, r.since";
constexpr int kRowColumns = 18;
constexpr int kRowCell = 1, kRowNative = 2, kRowSince = 17;

// Overwrites all of `into`, as it is now; the document becomes "". Keeps the room that its texts have.
void read_row(const Statement& row, const CellFact& cell, Resource& into);

}  // namespace cadastre::store
