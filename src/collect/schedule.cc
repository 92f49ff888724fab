#include "collect/schedule.h"

#include "base/hash.h"
#include "collect/kind_map.h"

namespace cadastre::collect {

Millis Schedule::interval(std::string_view kind) const {
  if (const auto* entry = entry_for(intervals_, kind)) return *entry;
  auto usual = intervals_.find("default");
  return usual == intervals_.end() ? kUsual : usual->second;
}

Time Schedule::due(const store::Cell& cell) const {
  if (!cell.attempted) return Time{};
  auto usual = interval(cell.key.kind);
  auto hash = hash128(cell.key.account + "/" + cell.key.region + "/" + cell.key.kind).low;
  constexpr uint64_t kSteps = 10'000;
  auto spread = usual.count() / 5;  // from a tenth sooner to a tenth later
  auto phase = spread * static_cast<int64_t>(hash % kSteps) / static_cast<int64_t>(kSteps) - spread / 2;
  return *cell.attempted + usual + Millis(phase);
}

bool Schedule::due_in_run(const store::Cell& cell, Time now) const {
  return due(cell) <= now + interval(cell.key.kind) / 10;
}

std::optional<Time> Schedule::next(std::span<const store::Cell> cells, std::optional<Time> planned) const {
  if (!planned) return std::nullopt;
  Time first = *planned + interval("");
  for (const auto& cell : cells) {
    if (!cell.unplanned_since) first = std::min(first, due(cell));
  }
  return first;
}

}  // namespace cadastre::collect
