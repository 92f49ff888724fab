#include "index/view.h"

namespace cadastre::index {
namespace {

Part part_of(TableBuilder builder) {
  Part part;
  part.segment = std::make_shared<const Segment>(builder.take());
  part.live = std::make_shared<const Bits>(part.segment->rows(), true);
  part.count = part.segment->rows();
  return part;
}

// More than half of it is dead: not worth its room.
bool hollow(const Part& part) { return part.count * 2 < part.segment->rows(); }

}  // namespace

Bits visible(const Part& part, const query::Scope& scope) {
  Bits rows = *part.live;
  if (scope.everything) return rows;
  Bits seen(part.segment->rows());
  for (const auto& account : scope.accounts) {
    if (auto at = part.segment->accounts.find(account)) part.segment->accounts.rows.add_to(seen, *at);
  }
  rows &= seen;
  return rows;
}

void add_rows(View& view, TableBuilder builder) {
  auto& parts = view.parts;
  if (builder.rows() > 0) parts.push_back(part_of(std::move(builder)));
  std::erase_if(parts, [](const Part& part) { return part.count == 0; });
  while (parts.size() > 1 && parts.back().count * 2 >= parts[parts.size() - 2].count) {
    TableBuilder both;
    for (auto* part : {&parts[parts.size() - 2], &parts.back()}) both.add(*part->segment, *part->live);
    parts.pop_back();
    parts.back() = part_of(std::move(both));
  }
  for (auto& part : parts) {
    if (!hollow(part)) continue;
    TableBuilder rest;
    rest.add(*part.segment, *part.live);
    part = part_of(std::move(rest));
  }
}

void remove_rows(View& view, std::span<const int64_t> resources) {
  for (auto& part : view.parts) {
    std::shared_ptr<Bits> left;
    for (auto resource : resources) {
      auto row = part.segment->row_of(resource);
      if (!row || !(left ? *left : *part.live).test(*row)) continue;
      if (!left) left = std::make_shared<Bits>(*part.live);
      left->reset(*row);
      --part.count;
    }
    if (left) part.live = std::move(left);
  }
}

}  // namespace cadastre::index
