#include "search/facts.h"

#include "base/text.h"

namespace cadastre::search {
namespace {

// Tens of thousands of cells take a tenth of a second to read. While a collection runs they move all the time, and an
// answer's coverage may be a second old; what another process writes shows a little later.
constexpr auto kOwnWrites = std::chrono::seconds(1), kOthersWrites = std::chrono::seconds(10);
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
  for (const auto* part : {&filter.kinds, &filter.accounts, &filter.regions}) key += join(*part, "\x1f") + "\x1e";
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
  std::lock_guard lock(mutex_);
  auto now = clock.steady();
  auto writes = store.writes().cells;
  auto age = now - read_;
  if (snapshot_ && age < kOthersWrites && (writes == cell_writes_ || age < kOwnWrites)) return snapshot_;
  auto fresh = std::make_shared<Snapshot>(catalog);
  fresh->estate.owner_tags = owner_tags_;
  TRY_ASSIGN(auto accounts, store.cells().accounts());
  for (auto& account : accounts) {
    auto id = account.id;
    fresh->estate.accounts.emplace(std::move(id), std::move(account));
  }
  TRY_ASSIGN(fresh->cells, store.cells().list());
  snapshot_ = fresh;
  read_ = now;
  cell_writes_ = writes;
  return snapshot_;
}

}  // namespace cadastre::search
