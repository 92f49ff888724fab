#include "search/facts.h"

#include "base/text.h"

namespace cadastre::search {
namespace {

// What another process writes shows after this long; what this one writes, after a second, or later when reading takes
// so long (tens of thousands of cells: a tenth of a second) that it would be more than a fiftieth of the time.
constexpr auto kOthersWrites = std::chrono::seconds(10), kOwnWrites = std::chrono::seconds(1);
constexpr int kShare = 50;
constexpr size_t kRemembered = 1000, kNamed = 20;

bool asked(const std::vector<std::string>& wanted, const std::string& value) {
  return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

Coverage count(const store::Filter& filter, const std::vector<store::Cell>& cells) {
  Coverage coverage;
  std::vector<const store::Cell*> troubled;
  for (const auto& cell : cells) {
    if (!asked(filter.kinds, cell.key.kind) || !asked(filter.accounts, cell.key.account)) continue;
    // A bucket lives in a region, and is asked for in `global`.
    if (!asked(filter.regions, cell.key.region) && cell.key.region != "global") continue;
    if (cell.outcome == store::Outcome::region_off || cell.unplanned_since) continue;
    ++coverage.cells;
    if (cell.verified && (!coverage.oldest || *cell.verified < *coverage.oldest)) coverage.oldest = cell.verified;
    if (store::proves_absence(cell.outcome)) {
      ++coverage.complete;
      continue;
    }
    if (cell.outcome == store::Outcome::denied)
      ++coverage.denied;
    else if (cell.verified)
      ++coverage.stale;
    else
      ++coverage.never;
    troubled.push_back(&cell);
  }
  // Worst first: what was never read, then what was read longest ago.
  auto worse = [](const store::Cell* a, const store::Cell* b) {
    auto of_a = a->verified.value_or(Time()), of_b = b->verified.value_or(Time());
    return of_a != of_b ? of_a < of_b : a->key < b->key;
  };
  std::ranges::sort(troubled, worse);
  for (size_t i = 0; i < std::min(troubled.size(), kNamed); ++i) coverage.troubled.push_back(*troubled[i]);
  return coverage;
}

}  // namespace

const std::string& Snapshot::account_name(const std::string& id) const {
  auto at = estate.accounts.find(id);
  return at == estate.accounts.end() ? id : at->second.name;
}

Coverage Snapshot::coverage(const store::Filter& filter) const {
  std::string key;
  // With counts and lengths, so that no two questions have one key: what one user may see is never another's answer.
  for (const auto* part : {&filter.kinds, &filter.accounts, &filter.regions}) {
    key += fmt::format("{}|", part->size());
    for (const auto& value : *part) key += fmt::format("{}:{}", value.size(), value);
  }
  {
    std::lock_guard lock(mutex_);
    if (auto at = coverages_.find(key); at != coverages_.end()) return at->second;
  }
  auto counted = count(filter, cells);
  std::lock_guard lock(mutex_);
  if (coverages_.size() >= kRemembered) coverages_.clear();
  return coverages_[key] = std::move(counted);
}

Result<SnapshotPtr> Facts::snapshot() {
  auto now = clock.steady();
  auto writes = store.writes().cells;
  std::unique_lock reading(reading_, std::defer_lock);
  {
    std::lock_guard lock(mutex_);
    auto age = now - read_;
    bool fresh = age < kOthersWrites && (writes == cell_writes_ || age < std::max<Age>(kOwnWrites, kShare * took_));
    // While one thread reads it anew, the others go on with what there is.
    if (snapshot_ && (fresh || !reading.try_lock())) return snapshot_;
  }
  if (!reading.owns_lock()) reading.lock();
  auto fresh = std::make_shared<Snapshot>(catalog);
  fresh->estate.owner_tags = owner_tags_;
  TRY_ASSIGN(auto accounts, store.cells().accounts());
  for (auto& account : accounts) {
    auto id = account.id;
    fresh->estate.accounts.emplace(std::move(id), std::move(account));
  }
  TRY_ASSIGN(fresh->cells, store.cells().list());
  std::ranges::copy_if(fresh->cells, std::back_inserter(fresh->left),
                       [&](const store::Cell& cell) { return !knows_kind(cell.key.kind); });
  std::lock_guard lock(mutex_);
  snapshot_ = fresh;
  read_ = now;
  took_ = clock.steady() - now;
  cell_writes_ = writes;
  return snapshot_;
}

}  // namespace cadastre::search
