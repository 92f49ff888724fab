// The store: the truth about what was seen, when. Narrow interfaces, implemented over SQLite (sqlite/) and, later,
// MongoDB.
//
// A resource is one incarnation of one thing; its versions are immutable half-open intervals [from, to) of whole
// documents. A cell is one (account, region, kind): the unit of collection, of freshness and of truth. Every write of a
// run is committed as it is made; only `finish` closes resources, in one transaction with the cell's outcome. All
// interfaces are thread-safe. Errors: io, full (no space left; what was committed stays readable), invalid (not a store
// of ours, or of a newer release).
//
// What a time means. A version's `from` is when a run first observed what it says: never when it happened, which was at
// some moment after the last run that still saw the version before. `to` is when something else was observed, and
// belongs to what follows: at that very instant the next version holds. `verified` is when the last list that showed a
// resource was read to its end; up to then the current version is known to have held. What happened between two runs
// and was undone before the second was never seen. All times are the collecting machine's clock, to the millisecond;
// the order of what happened is that of the sequences, even when that clock was set back.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "base/time.h"
#include "store/clusters.h"
#include "store/identity.h"
#include "store/journal.h"

namespace cadastre::store {

struct CellKey {
  std::string account, region, kind;
  auto operator<=>(const CellKey&) const = default;
};

enum class Outcome {
  never,
  complete,
  gaps,
  partial,
  denied,
  region_off,
  throttled,
  timeout,
  expired,
  unsupported,
  failed
};
std::string_view to_string(Outcome outcome);
std::optional<Outcome> outcome_of(std::string_view word);
// By the account's own word it has not enabled the region: there is nothing to read, and nothing is amiss.
constexpr std::string_view kNotOptedIn = "not-opted-in";
inline bool as_it_should_be(Outcome outcome, std::string_view code) {
  return outcome == Outcome::complete || (outcome == Outcome::region_off && code == kNotOptedIn);
}
// Complete and gaps: every list page was read, so what was not in them is not there.
inline bool proves_absence(Outcome outcome) { return outcome == Outcome::complete || outcome == Outcome::gaps; }

struct Cell {
  int64_t id = 0;
  CellKey key;
  Outcome outcome = Outcome::never;
  std::string code;                      // the peer's word for why: "AccessDenied", "scp"
  std::string message;                   // one outward sentence; "" when complete
  std::optional<Time> attempted;         // the last run's end
  std::optional<Time> written;           // the latest of any put, of runs that broke off, too
  std::optional<Time> verified;          // the last run that proved absence
  std::optional<Time> unverified_since;  // set while runs fail: what is shown is as of `verified`
  std::optional<Time> unplanned_since;   // the config or the catalogue no longer asks for this cell
  uint64_t resources = 0;                // live, at any time
  uint64_t held = 0;                     // resources the brake keeps open
  std::map<std::string, Time> enriched;  // fragment → the last run that read it for every resource
};

// What a run must remember of each live resource: 64 bytes.
struct Live {
  Hash128 key;            // hash128 of the native id
  Hash128 item_hash;      // of the canonical list item
  Hash128 document_hash;  // of the canonical document, enrichment included
  int64_t resource = 0;
  uint32_t epoch = 0;
  uint32_t flags = 0;  // kMissing, kGap; the rest is the run's own
  static constexpr uint32_t kMissing = 1, kGap = 2, kFree = 16;
};
static_assert(sizeof(Live) == 64);

enum class Cause { opened, changed, closed, replaced, epoch, retired };
std::string_view to_string(Cause cause);
// A version with such a cause is a tombstone: it has no document.
inline bool is_end(Cause cause) {
  return cause == Cause::closed || cause == Cause::replaced || cause == Cause::retired;
}

enum class History { full, latest, none };

// A part of a document that a second call failed to bring.
struct Gap {
  int64_t resource = 0;
  std::string fragment, code, message;
};

// A document to store: a new resource, or a new version of one.
struct Put {
  int64_t resource = 0;  // 0: not known to be live
  std::string native, incarnation, region, arn, name, state, owner;
  std::optional<Time> created;
  std::string tags;      // a JSON object of texts, sorted by key
  std::string document;  // JSON
  Hash128 item_hash, document_hash;
  uint32_t epoch = 0;
  bool epoch_only = false;  // only our reading of it changed: no change to show
  History history = History::full;
  std::vector<Gap>
      gaps{};  // of this document, `resource` left 0: noted with it, so that a run that breaks off forgets none
};

struct PutResult {
  int64_t resource = 0;
  bool opened = false, replaced = false;
};

struct OpenGap {
  Gap gap;
  Time since{};
};

struct Sighting {
  std::string owner, native;  // a resource of another account that this cell's account can see
};

struct Finish {
  int64_t cell = 0;
  Outcome outcome = Outcome::complete;
  std::string code, message;
  std::vector<int64_t> close;        // proven absent
  std::vector<int64_t> hold, found;  // newly missing but held by the brake; held earlier and seen again
  uint64_t held = 0;                 // held after this run
  std::vector<Gap> gaps;             // all that remain open in this cell
  bool gaps_known = false;           // false: leave the stored gaps as they are
  std::vector<Sighting> sightings;
  std::vector<std::string> enriched;  // fragments read for every resource
  History history = History::full;
};

// A row. At an instant, or over a window, `changed`, `from`, `sequence` and `document` are of then, and nothing is
// deleted, for it was live; all else is as it was last seen. Who wants the name or the state of then reads it off the
// document.
struct Resource {
  int64_t resource = 0;
  CellKey cell;  // where it was asked
  std::string native, incarnation, region, arn, name, state, owner;
  std::optional<Time> created;
  std::string tags;  // JSON object
  Time first_seen{}, changed{};
  Time from{};  // of the version shown, unless it is gone: after `changed` when a new release has read it anew since
  std::optional<Time> verified;  // when a list last showed it
  std::optional<Time> deleted;
  std::string deleted_cause;
  Outcome outcome = Outcome::never;  // of its cell's last run
  std::optional<Time> unverified_since;
  std::string document;  // "" unless asked for
  int64_t sequence = 0;  // of the version shown
  std::string id() const { return cell.kind + "/" + cell.account + "/" + cell.region + "/" + native; }
};

struct Version {
  int64_t sequence = 0;
  int64_t resource = 0;
  Time from{};
  std::optional<Time> to;
  Cause cause = Cause::opened;
  std::string document;  // "" for the tombstone of a closed resource
};

struct Change {
  Version version;
  CellKey cell;
  std::string native, name;
  std::string region, state, arn;  // of the resource as it is now
  std::string before;              // the document of the version before; "" unless asked for, or when there is none
  // Of the version before, if there is one: its sequence, and when it ended, which is earlier than this one began when
  // what was in between has been forgotten. Only when asked for.
  int64_t previous = 0;
  Time previous_to{};
};

// Which changes. Without bounds: all of them.
struct ChangeFilter {
  int64_t after = 0, before = 0;         // sequences, both exclusive; 0: no bound
  std::optional<Time> since{}, until{};  // versions that begin in [since, until)
  std::vector<std::string> kinds{}, accounts{}, regions{};
  std::vector<int64_t> resources{}, sequences{};
  bool newest_first = false;
  bool epochs = false;  // epoch-only versions as well: for whoever keeps a copy
  bool previous = false;
  bool documents = false, befores = false;
  size_t limit = 0;  // 0: all
};

// What may be forgotten of a kind: what either of them lets go. What is current, and that something is gone, always
// stay, but for resources that closed before the edge of `keep`.
struct Retention {
  // Versions that ended at the edge, so long ago, or earlier go. What was live at the edge stays: the answers at any
  // instant from the edge on are the same as before.
  std::optional<Millis> keep;
  // Of a resource only so many versions stay, the newest, at least one; a reading of a new release counts as one with
  // what it reads. Instants before the oldest that stays show nothing of it.
  std::optional<size_t> versions;
};

struct Pruned {
  uint64_t versions = 0, resources = 0;  // resources: those closed before the edge, gone altogether
};

struct Filter {
  std::vector<std::string> kinds{}, accounts{}, regions{};  // empty: any
  bool live = true, closed = false;                         // of now
  // At an instant, or over a window: only rows whose version of then is not the current one of a live resource. What an
  // index of the live rows lacks. Without either it means nothing.
  bool superseded = false;
  // When no instant is asked for: what was live at some moment of [since, until), as it was at the last such moment.
  // One of them may be missing: from the beginning, or until now.
  std::optional<Time> since{}, until{};
  size_t limit = 0;  // 0: all
  bool documents = true;
};

class Inventory {
 public:
  virtual ~Inventory() = default;

  // The number of a kind's epoch: how documents are brought to canonical form. The same spec has the same number for
  // ever.
  virtual Result<uint32_t> epoch(const std::string& kind, const std::string& spec) = 0;
  virtual Result<std::string> epoch_spec(uint32_t epoch) = 0;

  // Every live resource of a cell, ordered by key.
  virtual Result<std::vector<Live>> live(int64_t cell) = 0;
  // Stored documents of live resources, in the order asked; "" for what is gone.
  virtual Result<std::vector<std::string>> documents(std::span<const int64_t> resources) = 0;
  // Opens or versions. `from` is max(now, previous from + 1 ms). Results in the order given. One transaction.
  virtual Result<std::vector<PutResult>> put(int64_t cell, std::span<const Put> puts, Time now) = 0;
  // Ends a run: closes, marks and records the outcome, in one transaction. `now` as in put.
  virtual Result<void> finish(const Finish& finish, Time now) = 0;

  // By "KIND/ACCOUNT/REGION/NATIVE", ARN or native id; live ones first, then the latest, of these accounts (empty:
  // any), at most 1,000. At an instant: as it was then.
  virtual Result<std::vector<Resource>> lookup(std::string_view id, std::optional<Time> at,
                                               const std::vector<std::string>& accounts = {}) = 0;
  virtual Result<std::vector<Version>> versions(int64_t resource) = 0;  // oldest first, without epoch-only ones
  // Visits rows ordered by kind, account, region, native; `visit` returns false to stop. At an instant: what was live
  // then.
  virtual Result<void> scan(const Filter& filter, std::optional<Time> at,
                            const std::function<bool(const Resource&)>& visit) = 0;
  // The rows of these resources, live or closed, in the order asked; those that are not there are left out.
  virtual Result<std::vector<Resource>> rows(std::span<const int64_t> resources, bool documents) = 0;
  // The sequence that was given last, whether that version is still there or not; 0 in an empty store.
  virtual Result<int64_t> sequence() = 0;
  // In the order of sequences. `visit` returns false to stop.
  virtual Result<void> changes(const ChangeFilter& filter, const std::function<bool(const Change&)>& visit) = 0;
  // Fragments of a resource that could not be read, with the date since when.
  virtual Result<std::vector<OpenGap>> gaps(int64_t resource) = 0;
  // Other accounts that can see a resource of this kind, owner and native id.
  virtual Result<std::vector<std::string>> seen_by(const CellKey& owner, const std::string& native) = 0;
  // Closes every live resource of an account, with the cause "retired". Returns how many.
  virtual Result<uint64_t> retire(const std::string& account, Time now) = 0;
  // Forgets what is older than asked, in small transactions, so that collecting goes on beside it. Stopped, it says
  // what was forgotten so far. Sequences are not given again, and nobody who follows changes is told.
  virtual Result<Pruned> prune(const std::string& kind, const Retention& retention, Time now, std::stop_token stop) = 0;
  // Of the kinds of which something was forgotten, when the last of it ended: from then on nothing is missing.
  virtual Result<std::map<std::string, Time>> pruned_until() = 0;
};

struct AccountRow {
  std::string id, name, status;  // status: active, suspended, closed, left, removed
  std::map<std::string, std::string> groups;
  Time since{};  // of the status
};

struct Run {
  int64_t id = 0;
  Time started{};
  std::optional<Time> finished;
  std::string summary;  // JSON
};

class Cells {
 public:
  virtual ~Cells() = default;
  virtual Result<Cell> open(const CellKey& key) = 0;  // made when it is new
  virtual Result<std::vector<Cell>> list() = 0;       // ordered by account, region, kind
  // Marks the cells that are not in `planned` as unplanned since now, and those that are in it as planned again.
  virtual Result<void> plan(std::span<const CellKey> planned, Time now) = 0;
  // A kind took another name: its cells and resources go with it. Nothing happens when there is no `from`, or already a
  // `to`.
  virtual Result<void> rename_kind(const std::string& from, const std::string& to) = 0;
  virtual Result<void> put_account(const AccountRow& account,
                                   Time now) = 0;  // `since` moves only when the status changes
  virtual Result<std::vector<AccountRow>> accounts() = 0;
  virtual Result<int64_t> start_run(Time now) = 0;
  virtual Result<void> end_run(int64_t run, Time now, const std::string& summary) = 0;
  virtual Result<std::vector<Run>> runs(size_t limit) = 0;  // newest first
};

// What a store is made of, for `cadastre store stats` and /metrics. Bytes are those of the files.
struct StoreStats {
  uint64_t bytes = 0, free_bytes = 0;
  uint64_t resources = 0, closed = 0, versions = 0, cells = 0;
  struct Kind {
    std::string name;
    uint64_t live = 0, versions = 0, document_bytes = 0;  // document_bytes: as stored
  };
  std::vector<Kind> kinds;  // by name
};

class Store {
 public:
  virtual ~Store() = default;
  virtual Inventory& inventory() = 0;
  virtual Cells& cells() = 0;
  virtual Identity& identity() = 0;
  virtual Journal& journal() = 0;
  virtual Clusters& clusters() = 0;

  // A copy of the whole as of one moment, while others read and collect; checked, with a seal over all of its bytes,
  // readable by its owner only. `file` is there when it is whole, and not before. Errors: invalid when `file` exists,
  // or this store is not sound; cancelled.
  virtual Result<void> backup(const std::string& file, std::stop_token stop) = 0;
  // Reads everything and holds it against what must be true. A sentence for each thing amiss; empty: sound.
  virtual Result<std::vector<std::string>> check(std::stop_token stop) = 0;
  // Gives space that was freed back to the file system, bit by bit, while others read and collect. Errors: full;
  // cancelled (what was given back stays so).
  virtual Result<void> compact(std::stop_token stop) = 0;
  virtual Result<StoreStats> stats() = 0;  // reads a little of every version: about a second for a million
  // The key of the HMAC that stands in for secrets: made once, kept for ever.
  virtual Result<std::string> redaction_key() = 0;
  // Only one process collects into a store at a time. Errors: io, naming the other process.
  virtual Result<void> lock_collection() = 0;
  virtual void unlock_collection() = 0;  // another may; nothing happens when it was not locked here
  // Rows written since it was opened: what "an unchanged run writes nothing" is held to.
  struct Writes {
    uint64_t versions = 0, resources = 0, cells = 0;
  };
  virtual Writes writes() const = 0;
};

// Puts a backup in the place of a store. Errors: invalid when the backup is damaged or no store of ours (nothing is
// touched then), or when a store is there already and `replace` is false, or when a process has it open.
Result<void> restore_store(const std::string& file, const std::string& url, bool replace);

// "sqlite:PATH", a plain path, or "mongodb://…". Creates the file (mode 0600) and brings its schema up to date.
Result<std::unique_ptr<Store>> open_store(const std::string& url, Clock& clock);

}  // namespace cadastre::store
