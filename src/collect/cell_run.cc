#include "collect/cell_run.h"

namespace cadastre::collect {
namespace {

using store::Live;

constexpr size_t kChunk = 64;     // documents enriched together
constexpr size_t kHopeless = 16;  // resources for which a fragment failed without exception

class CellRun {
 public:
  CellRun(const Aws& aws, const PreparedKind& kind, store::Store& store, const store::Cell& cell, const Place& place,
          const CellOptions& options, Clock& clock, std::stop_token stop)
      : prepared_(kind),
        kind_(*kind.kind),
        store_(store),
        cell_(cell),
        place_(place),
        options_(options),
        clock_(clock),
        stop_(std::move(stop)),
        lister_(aws, kind_, place, stop_),
        scope_(lister_.scope()),
        known_(kind, store, cell, {place.account, place.region, place.partition}, clock) {}

  Result<CellReport> run() {
    auto started = clock_.steady();
    TRY(known_.begin());
    due_.assign(kind_.enrich.size(), false);
    for (size_t f = 0; f < due_.size(); ++f) {
      const auto& spec = kind_.enrich[f];
      auto last = cell_.enriched.find(spec.name);
      due_[f] = options_.full || spec.every.count() == 0 || last == cell_.enriched.end() ||
                clock_.now() - last->second >= spec.every;
    }
    TRY_ASSIGN(auto listed, lister_.run([this](std::span<json::value*> documents) { return page(documents); }));
    TRY(enrich_pending());
    TRY(known_.flush());
    TRY(finish(listed));
    known_.report.took = std::chrono::duration_cast<Millis>(clock_.steady() - started);
    return std::move(known_.report);
  }

 private:
  Result<void> page(std::span<json::value*> documents) {
    for (auto* document : documents) TRY(item(*document));
    return enrich_full_chunks();
  }

  Result<void> item(json::value& document) {
    scope_.document = &document;
    auto native = kind_.id.whole_text(scope_);
    if (native.empty()) {
      ++without_id_;
      return {};
    }
    if (!kind_.owner.empty()) {
      auto owner = kind_.owner.text(scope_);
      if (!owner.empty() && owner != place_.account) {
        sightings_.push_back({std::move(owner), std::move(native)});
        return {};
      }
    }
    prepared_.canonical.normalize(document);
    auto hash = prepared_.canonical.hash(document, text_);
    auto seen = known_.see(native, document, hash);
    if (!seen) return {};
    auto* entry = seen->entry;
    if (entry && seen->same && (seen->again || !wants_fragment(*entry))) return {};
    if (kind_.enrich.empty()) return known_.keep(entry, std::move(native), document, hash, hash, text_);
    return queue(entry, std::move(native), document, hash, !seen->same);
  }

  // An unchanged resource: does any fragment of it have to be read now?
  bool wants_fragment(const Live& entry) const {
    return (entry.flags & Live::kGap) || std::ranges::find(due_, true) != due_.end();
  }

  struct Queued {
    Live* entry;
    std::string native;
    Hash128 item_hash;
  };

  Result<void> queue(Live* entry, std::string native, const json::value& document, const Hash128& hash, bool changed) {
    Enriched item;
    item.document = json::value(document, json::storage_ptr());
    item.wanted = due_;
    if (changed || (entry && entry->flags & Live::kGap)) item.wanted.assign(due_.size(), true);
    auto region = kind_.region.empty() ? std::string() : kind_.region.text(scope_);
    item.region = region.empty() ? place_.call_region : region;
    queue_.push_back({entry, std::move(native), hash});
    pending_.push_back(std::move(item));
    return {};
  }

  Result<void> enrich_full_chunks() { return pending_.size() >= kChunk ? enrich_pending() : Result<void>(); }

  Result<void> enrich_pending() {
    for (size_t at = 0; at < pending_.size(); at += kChunk) {
      auto count = std::min(kChunk, pending_.size() - at);
      std::span<Enriched> chunk(pending_.data() + at, count);
      TRY(load_previous(chunk, at));
      leave_out_given_up(chunk);
      auto as_listed = copies_of(chunk);
      prepared_.enricher.run(place_, chunk, stop_);
      read_made_anew(chunk, as_listed);
      give_up_hopeless(chunk);
      for (size_t i = 0; i < count; ++i) TRY(enriched(queue_[at + i], chunk[i]));
    }
    pending_.clear();
    queue_.clear();
    return {};
  }

  // Was it made anew under its old name? Then nothing of the old one is its own.
  bool made_anew(const Enriched& item) const {
    if (kind_.incarnation.empty() || !item.previous) return false;
    catalog::Scope scope = scope_;
    scope.document = &*item.previous;
    auto before = kind_.incarnation.text(scope);
    scope.document = &item.document;
    auto now = kind_.incarnation.text(scope);
    return !before.empty() && !now.empty() && before != now;
  }

  // The listed documents of those that are known, where only a second call tells that they were made anew.
  std::vector<json::value> copies_of(std::span<Enriched> chunk) const {
    std::vector<json::value> copies(chunk.size());
    for (size_t i = 0; i < chunk.size(); ++i) {
      if (made_anew(chunk[i]))
        chunk[i].previous.reset();
      else if (!kind_.incarnation.empty() && chunk[i].previous)
        copies[i] = chunk[i].document;
    }
    return copies;
  }

  // A second call has shown a new incarnation: of it, everything is asked.
  void read_made_anew(std::span<Enriched> chunk, std::vector<json::value>& as_listed) const {
    std::vector<Enriched> again;
    std::vector<size_t> which;
    for (size_t i = 0; i < chunk.size(); ++i) {
      if (!made_anew(chunk[i])) continue;
      Enriched fresh;
      fresh.document = std::move(as_listed[i]);
      fresh.region = chunk[i].region;
      fresh.wanted.assign(due_.size(), true);
      again.push_back(std::move(fresh));
      which.push_back(i);
    }
    if (again.empty()) return;
    prepared_.enricher.run(place_, again, stop_);
    for (size_t i = 0; i < which.size(); ++i) chunk[which[i]] = std::move(again[i]);
  }

  // A fragment that failed for every resource of a chunk (no permission, a service in trouble) is not asked for the
  // rest of the run.
  void give_up_hopeless(std::span<const Enriched> chunk) {
    given_up_.resize(kind_.enrich.size());
    for (size_t f = 0; f < kind_.enrich.size(); ++f) {
      size_t wanted = 0, failed = 0;
      const store::Gap* last = nullptr;
      for (const auto& item : chunk) {
        wanted += item.wanted[f];
        for (const auto& gap : item.gaps) {
          if (gap.fragment == kind_.enrich[f].name) ++failed, last = &gap;
        }
      }
      if (last && wanted >= kHopeless && failed == wanted) given_up_[f] = *last;
    }
  }

  void leave_out_given_up(std::span<Enriched> chunk) {
    for (size_t f = 0; f < given_up_.size(); ++f) {
      if (!given_up_[f]) continue;
      for (auto& item : chunk) {
        if (!item.wanted[f]) continue;
        item.wanted[f] = false;
        item.gaps.push_back(*given_up_[f]);
      }
    }
  }

  Result<void> load_previous(std::span<Enriched> chunk, size_t at) {
    std::vector<int64_t> known;
    for (size_t i = 0; i < chunk.size(); ++i)
      known.push_back(queue_[at + i].entry ? queue_[at + i].entry->resource : 0);
    TRY_ASSIGN(auto documents, store_.inventory().documents(known));
    for (size_t i = 0; i < chunk.size(); ++i) {
      if (documents[i].empty()) continue;
      TRY_ASSIGN(auto parsed, parse_json(documents[i], "a stored document"));
      chunk[i].previous = std::move(parsed);
    }
    return {};
  }

  Result<void> enriched(Queued& queued, Enriched& item) {
    prepared_.canonical.normalize(item.document);
    auto hash = prepared_.canonical.hash(item.document, text_);
    // Cut short: what is stored would pass for read. The next run finds it as it was.
    if (!item.gaps.empty() && stop_.stop_requested()) return {};
    for (const auto& gap : item.gaps) {
      if (first_gap_.empty()) first_gap_ = gap.message;
      gaps_.push_back({gap, queued.native, queued.entry ? queued.entry->resource : 0});
    }
    if (queued.entry && queued.entry->document_hash == hash) return {};
    return known_.keep(queued.entry, std::move(queued.native), item.document, queued.item_hash, hash, text_,
                       std::move(item.gaps));
  }

  Result<void> finish(const ListResult& listed) {
    store::Finish finish;
    if (stop_.stop_requested()) {
      // What was stored is kept; of the cell as a whole nothing new is known, so its last outcome stands.
      known_.report.outcome = store::Outcome::partial;
      known_.report.code = "stopped";
      known_.report.message = "the run was stopped before this was read to its end";
      return {};
    }
    if (listed.error) {
      finish.outcome = outcome_of(*listed.error, options_.trusted);
      // Where there is but one region for all, it is not the region that is off.
      if (kind_.global && finish.outcome == store::Outcome::region_off) finish.outcome = store::Outcome::denied;
      // Some of it was read: what was seen is fresh, and nothing can be said of the rest.
      if (listed.pages > 0 && finish.outcome != store::Outcome::region_off) finish.outcome = store::Outcome::partial;
      finish.code = listed.error->by_scp ? "scp" : listed.error->service.code;
      if (finish.code.empty()) finish.code = to_string(listed.error->error.code);
      finish.message = listed.error->error.message;
    } else if (without_id_ > 0) {
      finish.outcome = store::Outcome::failed;
      finish.code = "malformed";
      finish.message =
          fmt::format("{} items carry no '{}', so they cannot be told apart", without_id_, kind_.id.source());
    } else {
      finish.sightings = std::move(sightings_);
      finish.gaps_known = true;
      for (auto& [gap, native, resource] : gaps_) {
        gap.resource = known_.stored(native).value_or(resource);  // a replacement has a number of its own
        finish.gaps.push_back(std::move(gap));
      }
      if (!finish.gaps.empty()) {
        finish.outcome = store::Outcome::gaps;
        finish.code = finish.gaps.front().code;
        finish.message = fmt::format("{} second calls failed and keep what was known; the first: {}",
                                     finish.gaps.size(), first_gap_);
      }
      for (size_t f = 0; f < due_.size(); ++f) {
        // An unread fragment is not due sooner for one that failed: that resource is marked and asked again every run.
        if (due_[f]) finish.enriched.push_back(kind_.enrich[f].name);
      }
    }
    return known_.finish(std::move(finish));
  }

  struct OpenGap {
    store::Gap gap;
    std::string native;
    int64_t resource;
  };

  const PreparedKind& prepared_;
  const catalog::Kind& kind_;
  store::Store& store_;
  const store::Cell& cell_;
  const Place& place_;
  CellOptions options_;
  Clock& clock_;
  std::stop_token stop_;
  Lister lister_;
  catalog::Scope scope_;
  Reconciler known_;

  std::vector<bool> due_;                            // by fragment
  std::vector<std::optional<store::Gap>> given_up_;  // by fragment: why it is no longer asked for
  std::vector<Queued> queue_;
  std::vector<Enriched> pending_;  // beside queue_
  std::vector<OpenGap> gaps_;
  std::vector<store::Sighting> sightings_;
  std::string first_gap_, text_;
  uint64_t without_id_ = 0;
};

}  // namespace

store::Outcome outcome_of(const aws::CallError& error, bool trusted) {
  using store::Outcome;
  switch (error.error.code) {
    case ErrorCode::denied: {
      // What AWS answers to good credentials in a region that is not enabled for the account.
      const auto& code = error.service.code;
      bool unknown_there =
          code == "AuthFailure" || code == "UnrecognizedClientException" || code == "InvalidClientTokenId";
      return unknown_there && trusted ? Outcome::region_off : Outcome::denied;
    }
    case ErrorCode::region_off:
      return Outcome::region_off;
    case ErrorCode::throttled:
      return Outcome::throttled;
    case ErrorCode::timeout:
      return Outcome::timeout;
    case ErrorCode::expired:
      return Outcome::expired;
    case ErrorCode::unsupported:
      return Outcome::unsupported;
    default:
      return Outcome::failed;
  }
}

Result<CellReport> run_cell(const Aws& aws, const PreparedKind& kind, store::Store& store, const store::Cell& cell,
                            const Place& place, const CellOptions& options, Clock& clock, std::stop_token stop) {
  return CellRun(aws, kind, store, cell, place, options, clock, std::move(stop)).run();
}

}  // namespace cadastre::collect
