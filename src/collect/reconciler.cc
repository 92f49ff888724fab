#include "collect/reconciler.h"

#include "collect/epoch.h"

namespace cadastre::collect {
namespace {

using store::Live;

constexpr uint32_t kSeen = Live::kFree;  // this run's list showed it
constexpr size_t kPutBatch = 256;        // documents a transaction
// The brake: a run that would close more than this share, and more than this many, waits for a second one to agree.
constexpr double kBrakeShare = 0.3;
constexpr uint64_t kBrakeCount = 20;

}  // namespace

Reconciler::Reconciler(const KindForm& form, store::Store& store, const store::Cell& cell, catalog::Context context,
                       Clock& clock)
    : form_(form), kind_(*form.kind), store_(store), cell_(cell), context_(std::move(context)), clock_(clock) {
  report.key = cell.key;
}

Result<void> Reconciler::begin() {
  TRY_ASSIGN(live_, store_.inventory().live(cell_.id));
  return {};
}

bool Reconciler::unchanged(const Hash128& item_hash) {
  if (by_item_.empty() && !live_.empty()) {
    by_item_.reserve(live_.size());
    for (auto& entry : live_) by_item_.emplace(entry.item_hash, &entry);
  }
  auto found = by_item_.find(item_hash);
  // What an earlier release read must be read anew: it may say more, or hide more.
  if (found == by_item_.end() || found->second->epoch != form_.epoch) return false;
  found->second->flags |= kSeen;
  ++report.listed;
  return true;
}

Live* Reconciler::find(const Hash128& key) {
  auto at = std::ranges::lower_bound(live_, key, {}, &Live::key);
  return at != live_.end() && at->key == key ? &*at : nullptr;
}

std::optional<Reconciler::Seen> Reconciler::see(const std::string& native, const json::value& document,
                                                const Hash128& item_hash) {
  auto key = hash128(native);
  auto* entry = find(key);
  if (!entry && kind_.window) {
    catalog::Scope scope;
    scope.document = &document;
    auto created = parse_rfc3339(kind_.created.text(scope));
    if (created && clock_.now() - *created > *kind_.window) return std::nullopt;
  }
  ++report.listed;
  if (entry) {
    bool again = entry->flags & kSeen;
    entry->flags |= kSeen;
    return Seen{entry, entry->item_hash == item_hash, again};
  }
  auto [at, fresh] = new_.try_emplace(key, item_hash);
  if (!fresh) {
    if (at->second == item_hash) return std::nullopt;
    at->second = item_hash;
  }
  return Seen{nullptr, false, !fresh};
}

Result<void> Reconciler::keep(Live* entry, std::string native, const json::value& document, const Hash128& item_hash,
                              const Hash128& document_hash, const std::string& hashed_text,
                              std::vector<store::Gap> gaps) {
  store::Put put;
  put.resource = entry ? entry->resource : 0;
  put.native = std::move(native);
  put.document = form_.canonical.hashes_whole() ? hashed_text : to_json(document);
  put.item_hash = item_hash;
  put.document_hash = document_hash;
  put.epoch = form_.epoch;
  put.history = static_cast<store::History>(kind_.history);
  put.gaps = std::move(gaps);
  if (entry && entry->epoch != form_.epoch) {
    TRY_ASSIGN(put.epoch_only, only_epoch_changed(*entry, document));
  }
  auto row = catalog::read_row(kind_, document, context_);
  put.incarnation = std::move(row.incarnation);
  put.region = std::move(row.region);
  put.arn = std::move(row.arn);
  put.name = std::move(row.name);
  put.state = std::move(row.state);
  put.owner = std::move(row.owner);
  put.created = row.created;
  json::monotonic_resource storage;
  json::object tags(row.tags.size(), &storage);
  for (auto& [key, value] : row.tags) tags[key] = std::move(value);
  put.tags = to_json(tags);
  puts_.push_back(std::move(put));
  return puts_.size() >= kPutBatch ? flush() : Result<void>();
}

Result<bool> Reconciler::only_epoch_changed(const Live& entry, const json::value& document) {
  auto [spec, fresh] = old_epochs_.try_emplace(entry.epoch);
  if (fresh) {
    TRY_ASSIGN(spec->second, store_.inventory().epoch_spec(entry.epoch));
  }
  TRY_ASSIGN(auto stored, store_.inventory().documents(std::array{entry.resource}));
  TRY_ASSIGN(auto before, parse_json(stored.front(), "a stored document"));
  return same_across_epochs(before, spec->second, document, form_.epoch_spec);
}

Result<void> Reconciler::flush() {
  TRY_ASSIGN(auto results, store_.inventory().put(cell_.id, puts_, clock_.now()));
  for (size_t i = 0; i < results.size(); ++i) {
    if (results[i].opened)
      ++report.opened;
    else if (!puts_[i].epoch_only)
      ++report.changed;
    if (!kind_.enrich.empty()) stored_[puts_[i].native] = results[i].resource;
  }
  puts_.clear();
  return {};
}

std::optional<int64_t> Reconciler::stored(const std::string& native) const {
  auto found = stored_.find(native);
  return found == stored_.end() ? std::nullopt : std::optional(found->second);
}

// Which resources are proven absent, and which of them the brake holds back.
void Reconciler::settle_absent(store::Finish& finish) {
  std::vector<const Live*> fresh, held;
  for (const auto& entry : live_) {
    if (entry.flags & kSeen) {
      if (entry.flags & Live::kMissing) finish.found.push_back(entry.resource);
    } else {
      (entry.flags & Live::kMissing ? held : fresh).push_back(&entry);
    }
  }
  // Missing a second time: a second run agrees.
  for (auto* entry : held) finish.close.push_back(entry->resource);
  bool brake = kind_.brake && fresh.size() > kBrakeCount &&
               static_cast<double>(fresh.size()) > kBrakeShare * static_cast<double>(live_.size());
  for (auto* entry : fresh) (brake ? finish.hold : finish.close).push_back(entry->resource);
  finish.held = brake ? fresh.size() : 0;
  if (brake && finish.message.empty()) {
    finish.message = fmt::format("{} of {} are no longer listed; so many at once are kept until the next run agrees",
                                 fresh.size(), live_.size());
  }
}

Result<void> Reconciler::finish(store::Finish finish) {
  TRY(flush());
  finish.cell = cell_.id;
  finish.history = static_cast<store::History>(kind_.history);
  bool proven = store::proves_absence(finish.outcome);
  if (proven) settle_absent(finish);
  report.outcome = finish.outcome;
  report.code = finish.code;
  report.message = finish.message;
  report.closed = finish.close.size();
  report.held = finish.held;
  report.gaps = finish.gaps.size();
  auto now = clock_.now();
  report.verified = proven ? std::optional(now) : cell_.verified;
  if (proven && cell_.outcome != store::Outcome::never) report.stale_until_now = cell_.unverified_since;
  return store_.inventory().finish(finish, now);
}

}  // namespace cadastre::collect
