// Forgetting: which versions of a kind may go, and letting go of them in small transactions.
#include "store/sqlite/sqlite_inventory.h"

namespace cadastre::store {
namespace {

// Resources a transaction. Those who collect wait for one of them at most: some milliseconds.
constexpr size_t kBatch = 100;

struct Row {
  int64_t sequence;
  std::optional<Time> to;
  Cause cause;
  bool document;
};

// How many of a resource's versions, from the oldest on, may go. A version that only reads anew what another says stays
// or goes with it: the one before tells since when it held. The tombstone and what is current always stay.
size_t may_go(const std::vector<Row>& rows, std::optional<Time> edge, std::optional<size_t> keep) {
  std::vector<size_t> starts;  // of the versions that were changes, and have a document
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].document && (starts.empty() || rows[i].cause != Cause::epoch)) starts.push_back(i);
  }
  size_t gone = 0;
  for (size_t i = 0; i + 1 < starts.size(); ++i) {
    const auto& end = rows[starts[i + 1] - 1].to;
    bool ended = edge && end && *end <= *edge;
    bool beyond = keep && starts.size() - i > std::max<size_t>(*keep, 1);
    if (ended || beyond) gone = starts[i + 1];
  }
  return gone;
}

}  // namespace

Result<void> SqliteInventory::prune_some(const std::string& kind, std::span<const int64_t> resources,
                                         std::optional<Time> edge, std::optional<size_t> versions, Pruned& pruned) {
  std::lock_guard lock(mutex_);
  TRY_ASSIGN(auto transaction, Transaction::begin(*writer_));
  Pruned here;
  auto last = Time::min();  // when the last of what goes ended
  for (auto resource : resources) {
    TRY_ASSIGN(auto closed, writer_->prepare("SELECT 1 FROM resource WHERE id = ? AND deleted <= ?"));
    bool vanishes = false;
    if (edge) {
      TRY_ASSIGN(vanishes, closed.bind(resource).bind(*edge).step());
    }
    if (vanishes) {
      for (std::string_view what :
           {"DELETE FROM version WHERE resource = ?1",
            "DELETE FROM gap WHERE cell = (SELECT cell FROM resource WHERE id = ?1) AND resource = ?1",
            "DELETE FROM resource WHERE id = ?1"}) {
        TRY_ASSIGN(auto remove, writer_->prepare(what));
        TRY(remove.bind(resource).run());
        if (what.find("FROM version") != what.npos) here.versions += static_cast<uint64_t>(writer_->changes());
      }
      ++here.resources;
      last = std::max(last, *edge);
      continue;
    }
    std::vector<Row> rows;
    TRY_ASSIGN(auto select, writer_->prepare("SELECT sequence, \"to\", cause, document IS NOT NULL FROM version "
                                             "WHERE resource = ? ORDER BY \"from\""));
    select.bind(resource);
    for (;;) {
      TRY_ASSIGN(bool row, select.step());
      if (!row) break;
      rows.push_back(
          {select.integer(0), select.optional_time(1), static_cast<Cause>(select.integer(2)), select.integer(3) != 0});
    }
    auto gone = may_go(rows, edge, versions);
    for (size_t i = 0; i < gone; ++i) {
      TRY_ASSIGN(auto remove, writer_->prepare("DELETE FROM version WHERE sequence = ?"));
      TRY(remove.bind(rows[i].sequence).run());
      last = std::max(last, rows[i].to.value_or(last));
    }
    here.versions += gone;
  }
  if (last != Time::min()) {
    TRY_ASSIGN(auto note, writer_->prepare("UPDATE kind SET pruned_until = max(coalesce(pruned_until, ?1), ?1) "
                                           "WHERE name = ?2"));
    TRY(note.bind(last).bind(kind).run());
  }
  TRY(transaction.commit());
  pruned.versions += here.versions;
  pruned.resources += here.resources;
  return {};
}

Result<Pruned> SqliteInventory::prune(const std::string& kind, const Retention& retention, Time now,
                                      std::stop_token stop) {
  Pruned pruned;
  if (!retention.keep && !retention.versions) return pruned;
  std::optional<Time> edge;
  if (retention.keep) edge = now - *retention.keep;
  // Candidates are found beside the writers: what has more than one version, or is closed.
  std::vector<int64_t> candidates;
  {
    TRY_ASSIGN(auto reader, readers_.take());
    TRY_ASSIGN(auto snapshot, Snapshot::begin(*reader));
    TRY_ASSIGN(auto cells, cells_of(*reader, {kind}, {}));
    for (const auto& cell : cells) {
      for (std::string_view which :
           {"SELECT id FROM resource WHERE cell = ? AND deleted IS NULL AND since > first_seen",
            "SELECT id FROM resource WHERE cell = ? AND deleted IS NOT NULL"}) {
        TRY_ASSIGN(auto select, reader->prepare(which));
        select.bind(cell.id);
        for (;;) {
          TRY_ASSIGN(bool row, select.step());
          if (!row) break;
          candidates.push_back(select.integer(0));
        }
      }
    }
  }
  for (size_t i = 0; i < candidates.size(); i += kBatch) {
    if (stop.stop_requested()) break;  // the rest goes the next time
    TRY(prune_some(kind, std::span(candidates).subspan(i, std::min(kBatch, candidates.size() - i)), edge,
                   retention.versions, pruned));
  }
  return pruned;
}

Result<std::map<std::string, Time>> SqliteInventory::pruned_until() {
  TRY_ASSIGN(auto reader, readers_.take());
  TRY_ASSIGN(auto select, reader->prepare("SELECT name, pruned_until FROM kind WHERE pruned_until IS NOT NULL"));
  std::map<std::string, Time> found;
  for (;;) {
    TRY_ASSIGN(bool row, select.step());
    if (!row) return found;
    found.emplace(select.text(0), select.time(1));
  }
}

}  // namespace cadastre::store
