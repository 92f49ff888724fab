#include "index/index.h"

#include "base/log.h"
#include "index/facets.h"
#include "index/finder.h"
#include "index/intake.h"
#include "index/search.h"
#include "index/snapshot.h"

namespace cadastre::index {
namespace {

constexpr size_t kChangesAtOnce = 1000;  // read from the store together, with their documents

// Everything that a row is made by, besides its document.
Hash128 reading_of(const catalog::Catalog& catalog, const std::vector<std::string>& owner_tags) {
  std::string all;
  auto add = [&](std::string_view text) { all.append(text).push_back('\0'); };
  for (const auto& kind : catalog.kinds()) {
    add(kind.name);
    for (const auto& path : kind.search) add(path.source());
    for (const auto& link : kind.links) {
      add(link.to);
      add(link.path.source());
      add(link.match);
      add(link.as.source());
    }
  }
  for (const auto& tag : owner_tags) add(tag);
  return hash128(all);
}

Result<Hash128> change_at(store::Store& store, int64_t sequence) {
  store::ChangeFilter filter;
  filter.after = sequence - 1;
  filter.before = sequence + 1;
  filter.epochs = true;
  Hash128 hash;
  TRY(store.inventory().changes(filter, [&](const store::Change& change) {
    hash = hash128(fmt::format("{} {} {}", change.version.sequence, change.version.resource,
                               change.version.from.time_since_epoch().count()));
    return true;
  }));
  return hash;
}

Result<Hash128> identity_of(store::Store& store) {
  TRY_ASSIGN(auto key, store.redaction_key());
  return hash128(hmac_sha256(key, "the snapshot of an index"));
}

}  // namespace

Documents stored_documents(store::Inventory& inventory) {
  return [&inventory](std::span<const DocumentOf> wanted) -> Result<std::vector<std::string>> {
    std::vector<std::string> documents(wanted.size());
    if (wanted.empty()) return documents;
    std::unordered_map<int64_t, size_t> places;
    store::ChangeFilter these;
    for (size_t i = 0; i < wanted.size(); ++i) {
      places[wanted[i].version] = i;
      these.sequences.push_back(wanted[i].version);
    }
    these.epochs = these.documents = true;
    TRY(inventory.changes(these, [&](const store::Change& change) {
      documents[places[change.version.sequence]] = change.version.document;
      return true;
    }));
    std::vector<int64_t> lost;
    std::vector<size_t> lost_places;
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (!documents[i].empty() || wanted[i].live == 0) continue;
      lost.push_back(wanted[i].live);
      lost_places.push_back(i);
    }
    if (lost.empty()) return documents;
    TRY_ASSIGN(auto now, inventory.documents(lost));
    for (size_t i = 0; i < lost.size(); ++i) documents[lost_places[i]] = std::move(now[i]);
    return documents;
  };
}

struct Index::State {
  State(const catalog::Catalog& known, std::vector<std::string> tags, uint64_t least)
      : catalog(known), owner_tags(std::move(tags)), least_past(least), reading(reading_of(known, owner_tags)) {}

  const catalog::Catalog& catalog;
  std::vector<std::string> owner_tags;
  uint64_t least_past;
  Hash128 reading, identity;  // identity: of the store that it was built from
  Hash128 last_change;        // at the view's sequence
  std::mutex writing;         // one writer at a time; also guards identity and last_change
  mutable std::mutex publishing;
  ViewPtr published = std::make_shared<const View>();

  ViewPtr view() const {
    std::lock_guard lock(publishing);
    return published;
  }
  void publish(View view) {
    auto next = std::make_shared<const View>(std::move(view));
    std::lock_guard lock(publishing);
    published.swap(next);
    // The old one goes when `next` does: after the lock, or with its last reader.
  }

  query::Estate estate(const View& view) const { return {catalog, view.surroundings.accounts, owner_tags}; }

  // Accounts and cells as they are now. Returns the cells that there are.
  static Result<std::set<store::CellKey>> refresh(View& view, store::Store& store) {
    TRY_ASSIGN(auto accounts, store.cells().accounts());
    TRY_ASSIGN(auto cells, store.cells().list());
    view.surroundings = {};
    for (auto& account : accounts) {
      auto id = account.id;
      view.surroundings.accounts.emplace(std::move(id), std::move(account));
    }
    std::set<store::CellKey> known;
    for (const auto& cell : cells) {
      if (cell.unverified_since) view.surroundings.stale.insert(cell.key);
      known.insert(cell.key);
    }
    return known;
  }

  Result<View> from_store(store::Store& store, std::stop_token stop) const;
  Result<View> from_snapshot(store::Store& store, const std::string& file) const;
  Result<uint64_t> catch_up(View& view, store::Store& store, std::stop_token stop) const;
  // The first view, brought up to date. Returns how many changes that took.
  Result<uint64_t> begin(View view, store::Store& store, std::stop_token stop);
};

Result<View> Index::State::from_store(store::Store& store, std::stop_token stop) const {
  View view;
  view.least_past = least_past;
  // Read before the rows: what comes in between is followed afterwards.
  TRY_ASSIGN(view.sequence, store.inventory().sequence());
  TRY(refresh(view, store));
  auto known = estate(view);
  Intake intake(store, known);
  TRY(intake.add_live(view, view.sequence, stop));
  TRY(intake.add_as_of(view, view.sequence));
  TRY(intake.add_past(view, view.sequence, stop));
  return view;
}

Result<View> Index::State::from_snapshot(store::Store& store, const std::string& file) const {
  auto fits = [&](const SnapshotHead& head) -> Result<void> {
    TRY_ASSIGN(auto sequence, store.inventory().sequence());
    TRY_ASSIGN(auto change, change_at(store, head.sequence));
    if (head.store != identity) return fail(ErrorCode::invalid, file + " is of another store");
    if (head.reading != reading) return fail(ErrorCode::invalid, file + " is of another catalogue or other owner tags");
    if (head.sequence > sequence || head.last_change != change)
      return fail(ErrorCode::invalid, file + " does not fit the store's history");
    return {};
  };
  TRY_ASSIGN(auto snapshot, read_snapshot(file, fits));
  View view;
  view.sequence = snapshot.head.sequence;
  view.past_from = snapshot.head.past_from;
  view.kinds_from = std::move(snapshot.kinds_from);
  view.least_past = least_past;
  view.parts = std::move(snapshot.parts);
  return view;
}

Result<uint64_t> Index::State::catch_up(View& view, store::Store& store, std::stop_token stop) const {
  TRY_ASSIGN(auto cells, refresh(view, store));
  auto known = estate(view);
  Intake intake(store, known);
  // A kind that took another name makes no change of its resources: their cells are gone.
  std::vector<int64_t> moved;
  bool any = false;
  for (const auto& part : view.parts) {
    std::vector<uint32_t> scratch;
    for (uint32_t cell = 0; cell < part.segment->cells.size(); ++cell) {
      const auto& key = part.segment->cells[cell];
      if (cells.contains(key)) continue;
      any = view.gone.insert(key).second || any;
      for (auto row : part.segment->cell_rows.rows(cell, scratch)) {
        if (part.live->test(row)) moved.push_back(part.segment->resource[row]);
      }
    }
  }
  if (any) {
    forget(view, [&](const Segment& segment, const Ended& ended) {
      return !cells.contains(segment.cells[segment.cell[ended.row]]);
    });
  }
  if (!moved.empty()) TRY(intake.renew(view, moved));
  // What is written while this goes on is followed the next time.
  TRY_ASSIGN(auto upto, store.inventory().sequence());
  uint64_t count = 0;
  std::vector<store::Change> changes;
  do {
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "the index was stopped while it followed the store");
    changes.clear();
    store::ChangeFilter filter;
    filter.after = view.sequence;
    filter.before = upto + 1;
    filter.epochs = filter.previous = filter.documents = true;
    filter.limit = kChangesAtOnce;
    TRY(store.inventory().changes(filter, [&](const store::Change& change) {
      changes.push_back(change);
      return true;
    }));
    if (!changes.empty()) {
      TRY(intake.take(view, changes));
      view.sequence = changes.back().version.sequence;
    }
    count += changes.size();
  } while (changes.size() == kChangesAtOnce);
  // After the changes: of what is forgotten in between, this says so.
  TRY_ASSIGN(view.pruned_until, store.inventory().pruned_until());
  return count;
}

Result<uint64_t> Index::State::begin(View view, store::Store& store, std::stop_token stop) {
  TRY_ASSIGN(auto count, catch_up(view, store, std::move(stop)));
  TRY_ASSIGN(last_change, change_at(store, view.sequence));
  view.ready = true;
  publish(std::move(view));
  return count;
}

Index::Index(const catalog::Catalog& catalog, std::vector<std::string> owner_tags, uint64_t least_past)
    : state_(std::make_unique<State>(catalog, std::move(owner_tags), least_past)) {}
Index::~Index() = default;

Result<uint64_t> Index::load(store::Store& store, const std::string& snapshot) {
  std::lock_guard lock(state_->writing);
  TRY_ASSIGN(state_->identity, identity_of(store));
  TRY_ASSIGN(auto view, state_->from_snapshot(store, snapshot));
  return state_->begin(std::move(view), store, {});
}

Result<Built> Index::build(store::Store& store, const std::string& snapshot, std::stop_token stop) {
  std::lock_guard lock(state_->writing);
  TRY_ASSIGN(state_->identity, identity_of(store));
  std::optional<View> view;
  Built built;
  if (!snapshot.empty()) {
    auto read = state_->from_snapshot(store, snapshot);
    if (read) {
      view = std::move(*read);
      built.anew = false;
    } else if (read.error().code != ErrorCode::not_found) {
      log_warning("the index is built anew: {}", read.error().message);
    }
  }
  if (!view) {
    TRY_ASSIGN(view, state_->from_store(store, stop));
  }
  TRY_ASSIGN(built.changes, state_->begin(std::move(*view), store, stop));
  return built;
}

Result<uint64_t> Index::follow(store::Store& store) {
  std::lock_guard lock(state_->writing);
  View view = *state_->view();
  auto sequence = view.sequence;
  TRY_ASSIGN(auto count, state_->catch_up(view, store, {}));
  if (view.sequence != sequence) {
    TRY_ASSIGN(state_->last_change, change_at(store, view.sequence));
  }
  state_->publish(std::move(view));
  return count;
}

Result<void> Index::save(const std::string& snapshot) const {
  ViewPtr view;
  SnapshotHead head;
  {
    std::lock_guard lock(state_->writing);
    view = state_->view();
    head = {state_->identity, state_->reading, state_->last_change, view->sequence, view->past_from, 0};
  }
  return write_snapshot(snapshot, head, *view);
}

bool Index::ready() const { return state_->view()->ready; }

Reach Index::reach(const Alive& alive, std::span<const std::string> kinds) const {
  auto view = state_->view();
  auto since = millis(alive.since);
  Reach reach;
  reach.any = view->ready && since >= view->past_from;
  if (!reach.any) return reach;
  auto lacks = [&](const std::string& kind) {
    if (kinds.empty() || std::ranges::find(kinds, kind) != kinds.end()) reach.lacking.insert(kind);
  };
  for (const auto& [kind, from] : view->kinds_from) {
    if (since < from) lacks(kind);
  }
  for (const auto& [kind, until] : view->pruned_until) {
    if (alive.since < until) lacks(kind);
  }
  return reach;
}

Result<Answer> Index::search(const Request& request, const Documents& documents, std::stop_token stop) const {
  auto view = state_->view();
  return search_view(*view, state_->catalog, request, documents, std::move(stop));
}

std::vector<int64_t> Index::linking(std::span<const std::string> texts, const Among& among) const {
  std::set<std::string> forms;
  for (const auto& text : texts) {
    forms.insert(query::fold(text));
    if (query::looks_like_host(text)) std::ranges::copy(query::host_forms(text), std::inserter(forms, forms.end()));
  }
  return rows_among(*state_->view(), among, [&](const Segment& segment, Bits& rows) {
    for (const auto& form : forms) {
      auto number = segment.texts.find(form);
      if (number < segment.texts.size()) segment.link_rows.add_to(rows, number);
    }
  });
}

std::vector<int64_t> Index::having(const std::string& host, const Among& among) const {
  return rows_among(*state_->view(), among,
                    [&](const Segment& segment, Bits& rows) { find_target(segment, host, rows); });
}

std::vector<FacetValue> Index::values(FacetKey key, const std::string& name, std::string_view prefix,
                                      const query::Scope& scope, size_t limit) const {
  auto view = state_->view();
  FacetCount count(key, name, std::string(prefix));
  for (const auto& part : view->parts) count.add(*part.segment, visible(part, scope));
  return count.take(limit).values;
}

std::vector<FacetValue> Index::tag_keys(std::string_view prefix, const query::Scope& scope, size_t limit) const {
  auto view = state_->view();
  std::map<std::string, uint64_t> counts;
  for (const auto& part : view->parts) count_tag_keys(*part.segment, visible(part, scope), counts);
  std::vector<FacetValue> keys;
  auto folded = query::fold(prefix);
  for (const auto& [key, count] : counts) {
    if (query::fold(key).starts_with(folded)) keys.push_back({key, count});
  }
  std::ranges::stable_sort(keys, std::ranges::greater(), &FacetValue::count);
  if (keys.size() > limit) keys.resize(limit);
  return keys;
}

IndexSize Index::size() const {
  auto view = state_->view();
  IndexSize size;
  size.sequence = view->sequence;
  if (view->past_from != INT64_MIN) size.from = Time(Millis(view->past_from));
  for (const auto& part : view->parts) {
    size.resources += part.count;
    size.past += part.ended_count;
    size.bytes += part.segment->bytes();
    size.texts += part.segment->texts.bytes();
    size.postings += part.segment->text_rows.bytes() + part.segment->words.bytes();
  }
  return size;
}

}  // namespace cadastre::index
