// What changes the store: versions, the end of runs, retirement.
#include "base/json.h"
#include "store/sqlite/sqlite_inventory.h"

namespace cadastre::store {
namespace {

constexpr int kTombstoneSize = 0;

// When a list last showed a resource that it shows no more: the cell's last proof, or what was stored of it since.
constexpr std::string_view kLastShown =
    "max(coalesce((SELECT verified FROM cell WHERE id = resource.cell), changed), changed)";

}  // namespace

SqliteInventory::SqliteInventory(StoreFile& file)
    : file_(file), mutex_(file.writing), writer_(file.writer.get()), readers_(file.readers), scanners_(file.scanners) {}

Result<int64_t> SqliteInventory::kind_id(const std::string& name) {
  if (auto at = kinds_.find(name); at != kinds_.end()) return at->second;
  TRY_ASSIGN(auto insert, writer_->prepare("INSERT INTO kind (name) VALUES (?) ON CONFLICT (name) DO NOTHING"));
  TRY(insert.bind(name).run());
  TRY_ASSIGN(auto select, writer_->prepare("SELECT id FROM kind WHERE name = ?"));
  TRY(select.bind(name).step());
  return kinds_[name] = select.integer(0);
}

Result<int64_t> SqliteInventory::cell_kind(int64_t cell) {
  if (auto at = cell_kinds_.find(cell); at != cell_kinds_.end()) return at->second;
  TRY_ASSIGN(auto select, writer_->prepare("SELECT kind FROM cell WHERE id = ?"));
  TRY_ASSIGN(bool found, select.bind(cell).step());
  if (!found) return fail(ErrorCode::internal, fmt::format("the store has no cell {}", cell));
  return cell_kinds_[cell] = select.integer(0);
}

Result<uint32_t> SqliteInventory::epoch(const std::string& kind, const std::string& spec) {
  std::lock_guard lock(mutex_);
  TRY_ASSIGN(auto id, kind_id(kind));
  auto hash = hash128(spec);
  TRY_ASSIGN(auto select, writer_->prepare("SELECT id FROM epoch WHERE kind = ? AND hash = ?"));
  TRY_ASSIGN(bool found, select.bind(id).bind(hash).step());
  if (found) return static_cast<uint32_t>(select.integer(0));
  TRY_ASSIGN(auto insert, writer_->prepare("INSERT INTO epoch (kind, hash, spec) VALUES (?, ?, ?)"));
  TRY(insert.bind(id).bind(hash).blob(fmt::format("{}\n{}", spec.size(), compress(spec, nullptr))).run());
  return static_cast<uint32_t>(writer_->last_insert());
}

Result<std::pair<int64_t, SqliteInventory::DictionaryPtr>> SqliteInventory::writing_dictionary(
    int64_t kind, std::span<const Put> samples) {
  if (auto at = writing_.find(kind); at != writing_.end()) return at->second;
  TRY_ASSIGN(auto select, writer_->prepare("SELECT max(id) FROM dictionary WHERE kind = ?"));
  TRY(select.bind(kind).step());
  if (!select.is_null(0)) {
    auto id = select.integer(0);
    TRY_ASSIGN(auto known, dictionary(*writer_, id));
    return writing_[kind] = {id, known};
  }
  // A few documents of the kind teach most of what is common to all of them; with fewer there is little to gain yet.
  constexpr size_t kFewest = 4;
  if (samples.size() < kFewest) return std::pair<int64_t, DictionaryPtr>{0, nullptr};
  std::string content;
  for (const auto& put : samples) {
    if (content.size() >= kDictionaryBytes) break;
    content += std::string_view(put.document).substr(0, kDictionaryBytes - content.size());
  }
  TRY_ASSIGN(auto insert, writer_->prepare("INSERT INTO dictionary (kind, content) VALUES (?, ?)"));
  TRY(insert.bind(kind).blob(content).run());
  auto id = writer_->last_insert();
  auto made = std::make_shared<const Dictionary>(std::move(content));
  std::lock_guard lock(dictionaries_mutex_);
  dictionaries_[id] = made;
  return writing_[kind] = {id, made};
}

Result<int64_t> SqliteInventory::add_version(int64_t resource, Time from, Cause cause, uint32_t epoch,
                                             int64_t dictionary, size_t size, std::optional<std::string_view> stored) {
  TRY_ASSIGN(auto insert,
             writer_->prepare("INSERT INTO version (resource, \"from\", cause, epoch, dictionary, size, document) "
                              "VALUES (?, ?, ?, ?, ?, ?, ?)"));
  insert.bind(resource).bind(from).bind(static_cast<int64_t>(cause)).bind(static_cast<int64_t>(epoch)).bind(dictionary);
  insert.bind(static_cast<int64_t>(size));
  if (stored)
    insert.blob(*stored);
  else
    insert.null();
  TRY(insert.run());
  versions_written_.fetch_add(1, std::memory_order_relaxed);
  return writer_->last_insert();
}

// The number that the next version of this transaction will have. Known beforehand, a resource is written once, with
// its version.
Result<int64_t> SqliteInventory::next_sequence() {
  TRY_ASSIGN(auto select, writer_->prepare("SELECT seq FROM sqlite_sequence WHERE name = 'version'"));
  TRY_ASSIGN(bool any, select.step());
  return any ? select.integer(0) + 1 : 1;
}

Result<std::vector<PutResult>> SqliteInventory::put(int64_t cell, std::span<const Put> puts, Time now) {
  std::vector<PutResult> results;
  if (puts.empty()) return results;
  std::unique_lock lock(mutex_);
  TRY_ASSIGN(auto kind, cell_kind(cell));
  TRY_ASSIGN(auto dictionary, writing_dictionary(kind, puts));
  // Compressing is most of the work and needs no lock.
  lock.unlock();
  std::vector<std::string> stored;
  stored.reserve(puts.size());
  for (const auto& put : puts) stored.push_back(compress(put.document, dictionary.second.get()));
  lock.lock();
  TRY_ASSIGN(auto transaction, Transaction::begin(*writer_));
  int64_t more = 0;  // live ones
  for (size_t i = 0; i < puts.size(); ++i) {
    TRY_ASSIGN(auto result, put_one(cell, puts[i], stored[i], dictionary.first, now));
    results.push_back(result);
    more += result.opened && !result.replaced;
  }
  TRY_ASSIGN(auto mark, writer_->prepare("UPDATE cell SET resources = resources + ?1, "
                                         "written = max(coalesce(written, ?2), ?2) WHERE id = ?3"));
  TRY(mark.bind(more).bind(now).bind(cell).run());
  TRY(transaction.commit());
  return results;
}

Result<PutResult> SqliteInventory::put_one(int64_t cell, const Put& put, std::string_view stored, int64_t dictionary,
                                           Time now) {
  PutResult result;
  TRY_ASSIGN(auto select, writer_->prepare("SELECT id, incarnation, version, since FROM resource "
                                           "WHERE cell = ? AND native = ? AND deleted IS NULL"));
  TRY_ASSIGN(bool known, select.bind(cell).bind(put.native).step());
  Time from = now;
  int64_t previous = 0;
  if (known) {
    result.resource = select.integer(0);
    previous = select.integer(2);
    from = std::max(now, select.time(3) + Millis(1));
    auto incarnation = select.text(1);
    if (!incarnation.empty() && !put.incarnation.empty() && incarnation != put.incarnation && !put.epoch_only) {
      TRY(close_one(result.resource, Cause::replaced, now, put.history));
      result.replaced = true;
      known = false;
    }
  } else {
    // A name that was used before: the clock may have been set back since, and no instant has two of it.
    TRY_ASSIGN(
        auto last,
        writer_->prepare("SELECT max(deleted) FROM resource WHERE cell = ? AND native = ? AND deleted IS NOT NULL"));
    TRY(last.bind(cell).bind(put.native).step());
    if (!last.is_null(0)) from = std::max(from, last.time(0));
  }
  auto bind_projection = [&](Statement& statement) {
    statement.bind(put.incarnation).bind(put.region).bind(put.arn).bind(put.name).bind(put.state).bind(put.owner);
    statement.bind(put.created)
        .bind(put.tags)
        .bind(put.item_hash)
        .bind(put.document_hash)
        .bind(static_cast<int64_t>(put.epoch));
  };
  auto cause = !known ? Cause::opened : put.epoch_only ? Cause::epoch : Cause::changed;
  TRY_ASSIGN(auto sequence, next_sequence());
  if (known) {
    TRY_ASSIGN(auto update, writer_->prepare("UPDATE resource SET incarnation = ?, region = ?, arn = ?, name = ?, "
                                             "state = ?, owner = ?, created = ?, tags = ?, "
                                             "item_hash = ?, document_hash = ?, epoch = ?, version = ?, missing = "
                                             "NULL, since = ?, changed = CASE WHEN ? THEN changed ELSE ? END "
                                             "WHERE id = ?"));
    bind_projection(update);
    update.bind(sequence).bind(from);
    TRY(update.bind(static_cast<int64_t>(put.epoch_only)).bind(from).bind(result.resource).run());
  } else {
    TRY_ASSIGN(auto insert,
               writer_->prepare(
                   "INSERT INTO resource (incarnation, region, arn, name, state, owner, created, tags, item_hash, "
                   "document_hash, epoch, "
                   "version, cell, native, first_seen, changed, since) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    bind_projection(insert);
    TRY(insert.bind(sequence).bind(cell).bind(put.native).bind(from).bind(from).bind(from).run());
    result.resource = writer_->last_insert();
    result.opened = true;
  }
  TRY_ASSIGN(auto written,
             add_version(result.resource, from, cause, put.epoch, dictionary, put.document.size(), stored));
  if (written != sequence)
    return fail(ErrorCode::internal, "the store numbered a version otherwise than was foreseen; nothing was written");
  if (known && put.history == History::full) {
    TRY_ASSIGN(auto end, writer_->prepare("UPDATE version SET \"to\" = ? WHERE sequence = ?"));
    TRY(end.bind(from).bind(previous).run());
  } else if (known) {
    TRY_ASSIGN(auto drop, writer_->prepare("DELETE FROM version WHERE sequence = ?"));
    TRY(drop.bind(previous).run());
  }
  for (const auto& gap : put.gaps) {
    TRY_ASSIGN(
        auto note,
        writer_->prepare("INSERT INTO gap VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET code = excluded.code, "
                         "message = excluded.message"));
    TRY(note.bind(cell).bind(result.resource).bind(gap.fragment).bind(now).bind(gap.code).bind(gap.message).run());
  }
  resources_written_.fetch_add(1, std::memory_order_relaxed);
  return result;
}

Result<void> SqliteInventory::close_one(int64_t resource, Cause cause, Time now, History history) {
  TRY_ASSIGN(auto select,
             writer_->prepare("SELECT version, since, epoch FROM resource WHERE id = ? AND deleted IS NULL"));
  TRY_ASSIGN(bool found, select.bind(resource).step());
  if (!found) return {};
  auto previous = select.integer(0);
  auto at = std::max(now, select.time(1) + Millis(1));
  auto epoch = static_cast<uint32_t>(select.integer(2));
  TRY_ASSIGN(auto sequence, add_version(resource, at, cause, epoch, 0, kTombstoneSize, std::nullopt));
  if (history == History::none) {
    TRY_ASSIGN(auto drop, writer_->prepare("DELETE FROM version WHERE resource = ? AND sequence < ?"));
    TRY(drop.bind(resource).bind(sequence).run());
    previous = sequence;  // all that is left to show
  } else {
    TRY_ASSIGN(auto end, writer_->prepare("UPDATE version SET \"to\" = ? WHERE sequence = ?"));
    TRY(end.bind(at).bind(previous).run());
  }
  TRY_ASSIGN(auto update, writer_->prepare(fmt::format("UPDATE resource SET deleted = ?, deleted_cause = ?, changed = "
                                                       "?, version = ?, missing = coalesce(missing, {}) WHERE id = ?",
                                                       kLastShown)));
  TRY(update.bind(at).bind(static_cast<int64_t>(cause)).bind(at).bind(previous).bind(resource).run());
  resources_written_.fetch_add(1, std::memory_order_relaxed);
  return {};
}

Result<void> SqliteInventory::finish(const Finish& finish, Time now) {
  std::lock_guard lock(mutex_);
  TRY_ASSIGN(auto transaction, Transaction::begin(*writer_));
  for (auto resource : finish.close) TRY(close_one(resource, Cause::closed, now, finish.history));
  for (auto resource : finish.hold) {
    TRY_ASSIGN(auto mark, writer_->prepare(fmt::format(
                              "UPDATE resource SET missing = {} WHERE id = ? AND missing IS NULL AND deleted IS NULL",
                              kLastShown)));
    TRY(mark.bind(resource).run());
  }
  for (auto resource : finish.found) {
    TRY_ASSIGN(auto mark, writer_->prepare("UPDATE resource SET missing = NULL WHERE id = ? AND deleted IS NULL"));
    TRY(mark.bind(resource).run());
  }
  if (finish.gaps_known) {
    TRY_ASSIGN(auto any, writer_->prepare("SELECT 1 FROM gap WHERE cell = ? LIMIT 1"));
    TRY_ASSIGN(bool had, any.bind(finish.cell).step());
    if (had || !finish.gaps.empty()) {
      // A gap that stays open keeps its date.
      std::map<std::pair<int64_t, std::string>, Time> since;
      TRY_ASSIGN(auto select, writer_->prepare("SELECT resource, fragment, since FROM gap WHERE cell = ?"));
      select.bind(finish.cell);
      for (;;) {
        TRY_ASSIGN(bool row, select.step());
        if (!row) break;
        since[{select.integer(0), select.text(1)}] = select.time(2);
      }
      TRY_ASSIGN(auto clear, writer_->prepare("DELETE FROM gap WHERE cell = ?"));
      TRY(clear.bind(finish.cell).run());
      for (const auto& gap : finish.gaps) {
        auto at = since.find({gap.resource, gap.fragment});
        TRY_ASSIGN(auto insert, writer_->prepare("INSERT OR REPLACE INTO gap VALUES (?, ?, ?, ?, ?, ?)"));
        TRY(insert.bind(finish.cell)
                .bind(gap.resource)
                .bind(gap.fragment)
                .bind(at == since.end() ? now : at->second)
                .bind(gap.code)
                .bind(gap.message)
                .run());
      }
    }
  }
  if (proves_absence(finish.outcome)) {
    TRY_ASSIGN(auto count, writer_->prepare("SELECT count(*) FROM sighting WHERE cell = ?"));
    TRY(count.bind(finish.cell).step());
    if (count.integer(0) > 0 || !finish.sightings.empty()) {
      std::map<std::pair<std::string, std::string>, Time> since;
      TRY_ASSIGN(auto select, writer_->prepare("SELECT owner, native, since FROM sighting WHERE cell = ?"));
      select.bind(finish.cell);
      for (;;) {
        TRY_ASSIGN(bool row, select.step());
        if (!row) break;
        since[{select.text(0), select.text(1)}] = select.time(2);
      }
      bool same =
          since.size() == finish.sightings.size() && std::ranges::all_of(finish.sightings, [&](const auto& sighting) {
            return since.contains({sighting.owner, sighting.native});
          });
      if (!same) {
        TRY_ASSIGN(auto clear, writer_->prepare("DELETE FROM sighting WHERE cell = ?"));
        TRY(clear.bind(finish.cell).run());
        for (const auto& sighting : finish.sightings) {
          auto at = since.find({sighting.owner, sighting.native});
          TRY_ASSIGN(auto insert, writer_->prepare("INSERT OR REPLACE INTO sighting VALUES (?, ?, ?, ?)"));
          TRY(insert.bind(finish.cell)
                  .bind(sighting.owner)
                  .bind(sighting.native)
                  .bind(at == since.end() ? now : at->second)
                  .run());
        }
      }
    }
  }
  std::string enriched = "{}";
  if (!finish.enriched.empty()) {
    json::object object;
    for (const auto& fragment : finish.enriched) object[fragment] = now.time_since_epoch().count();
    enriched = to_json(object);
  }
  bool proven = proves_absence(finish.outcome);
  // Unverified since the last proof, or since the first run when there never was one.
  TRY_ASSIGN(
      auto update,
      writer_->prepare("UPDATE cell SET outcome = ?1, code = ?2, message = ?3, attempted = ?4, "
                       "verified = CASE WHEN ?5 THEN ?4 ELSE verified END, "
                       "unverified_since = CASE WHEN ?5 THEN NULL ELSE coalesce(unverified_since, verified, ?4) END, "
                       "resources = (SELECT count(*) FROM resource WHERE cell = ?8 AND deleted IS NULL), "
                       "held = CASE WHEN ?5 THEN ?6 ELSE held END, enriched = json_patch(enriched, ?7), "
                       "unplanned_since = NULL WHERE id = ?8"));
  TRY(update.bind(static_cast<int64_t>(finish.outcome))
          .bind(finish.code)
          .bind(finish.message)
          .bind(now)
          .bind(static_cast<int64_t>(proven))
          .bind(static_cast<int64_t>(finish.held))
          .bind(enriched)
          .bind(finish.cell)
          .run());
  cells_written_.fetch_add(1, std::memory_order_relaxed);
  return transaction.commit();
}

Result<uint64_t> SqliteInventory::retire(const std::string& account, Time now) {
  std::lock_guard lock(mutex_);
  std::vector<int64_t> resources;
  {
    TRY_ASSIGN(auto select, writer_->prepare("SELECT r.id FROM resource r JOIN cell c ON c.id = r.cell "
                                             "WHERE c.account = ? AND r.deleted IS NULL"));
    select.bind(account);
    for (;;) {
      TRY_ASSIGN(bool row, select.step());
      if (!row) break;
      resources.push_back(select.integer(0));
    }
  }
  TRY_ASSIGN(auto transaction, Transaction::begin(*writer_));
  for (auto resource : resources) TRY(close_one(resource, Cause::retired, now, History::full));
  TRY_ASSIGN(auto cells, writer_->prepare("UPDATE cell SET resources = 0, held = 0 WHERE account = ?"));
  TRY(cells.bind(account).run());
  TRY(transaction.commit());
  return resources.size();
}

Result<std::string> SqliteInventory::redaction_key() {
  std::lock_guard lock(mutex_);
  TRY_ASSIGN(
      auto insert,
      writer_->prepare("INSERT INTO meta (key, value) VALUES ('redaction_key', ?) ON CONFLICT (key) DO NOTHING"));
  TRY(insert.blob(random_bytes(32)).run());
  TRY_ASSIGN(auto select, writer_->prepare("SELECT value FROM meta WHERE key = 'redaction_key'"));
  TRY(select.step());
  return select.text(0);
}

Store::Writes SqliteInventory::writes() const {
  return {versions_written_.load(), resources_written_.load(), cells_written_.load()};
}

}  // namespace cadastre::store
