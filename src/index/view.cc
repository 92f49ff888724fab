#include "index/view.h"

namespace cadastre::index {
namespace {

// As the newest piece; pieces that have become alike in size are made one.
void add_ended(Part& part, std::vector<Ended> ended) {
  part.ended_count += ended.size();
  while (!part.ended.empty() && ended.size() * 2 >= part.ended.back()->size()) {
    ended.insert(ended.end(), part.ended.back()->begin(), part.ended.back()->end());
    part.ended.pop_back();
  }
  if (!ended.empty()) part.ended.push_back(std::make_shared<const std::vector<Ended>>(std::move(ended)));
}

Part part_of(TableBuilder builder) {
  auto table = builder.take();
  Part part;
  part.segment = std::make_shared<const Segment>(table);
  auto live = std::make_shared<Bits>(part.segment->rows(), true);
  for (const auto& ended : table.ended) live->reset(ended.row);
  part.count = part.segment->rows() - table.ended.size();
  part.live = std::move(live);
  // What its end makes no version of: see Ending.
  std::erase_if(table.ended, [](const Ended& ended) { return ended.until == kForgotten; });
  part.set_ended(std::move(table.ended));
  return part;
}

uint64_t kept(const Part& part) { return part.count + part.ended_count; }
// More than a third of it is of no use any more: not worth its room.
bool hollow(const Part& part) { return kept(part) * 3 < uint64_t{part.segment->rows()} * 2; }

void rebuild(Part& part) {
  TableBuilder rest;
  rest.add(*part.segment, *part.live, part.all_ended());
  part = part_of(std::move(rest));
}

// Lets go of the oldest of the past when it has become too much, and of some more, so that it is not soon again.
void keep_within_bounds(View& view) {
  uint64_t ended = 0;
  for (const auto& part : view.parts) ended += part.ended_count;
  auto most = room_for_past(view);
  if (ended <= most) return;
  std::vector<int64_t> ends;
  ends.reserve(ended);
  for (const auto& part : view.parts) {
    for (const auto& one : part.all_ended()) ends.push_back(one.until);
  }
  auto oldest = ends.begin() + static_cast<std::ptrdiff_t>(std::min(ended - (most - most / 16), ended - 1));
  std::ranges::nth_element(ends, oldest);
  auto before = *oldest;
  forget(view, [&](const Segment&, const Ended& one) { return one.until <= before; });
}

}  // namespace

std::vector<Ended> Part::all_ended() const {
  std::vector<Ended> all;
  all.reserve(ended_count);
  for (const auto& piece : ended) all.insert(all.end(), piece->begin(), piece->end());
  return all;
}

void Part::set_ended(std::vector<Ended> all) {
  ended.clear();
  ended_count = all.size();
  if (!all.empty()) ended.push_back(std::make_shared<const std::vector<Ended>>(std::move(all)));
}

uint64_t room_for_past(const View& view) {
  uint64_t live = 0;
  for (const auto& part : view.parts) live += part.count;
  return view.least_past == 0 ? 0 : live / 4 + view.least_past;
}

Bits visible(const Part& part, const query::Scope& scope, const std::optional<Alive>& alive, const Reach& reach) {
  const auto& segment = *part.segment;
  Bits rows = *part.live;
  if (alive) {
    auto since = millis(alive->since), until = millis(alive->until);
    for (uint32_t row = 0; row < segment.rows(); ++row) {
      if (segment.from[row] >= until) rows.reset(row);
    }
    std::vector<bool> lacking;  // by cell
    for (const auto& cell : segment.cells) lacking.push_back(!reach.any || reach.lacking.contains(cell.kind));
    for (const auto& piece : part.ended) {
      for (const auto& one : *piece) {
        // As it was at the last moment of the window: then it holds, or it was the resource's last.
        bool then = one.until >= until || (one.last && one.until > since);
        if (then && segment.from[one.row] < until && !lacking[segment.cell[one.row]]) rows.set(one.row);
      }
    }
  }
  if (scope.everything) return rows;
  Bits seen(segment.rows());
  for (const auto& account : scope.accounts) {
    if (auto at = segment.accounts.find(account)) segment.accounts.rows.add_to(seen, *at);
  }
  rows &= seen;
  return rows;
}

void add_rows(View& view, TableBuilder builder) {
  auto& parts = view.parts;
  if (builder.rows() > 0) parts.push_back(part_of(std::move(builder)));
  keep_within_bounds(view);
  std::erase_if(parts, [](const Part& part) { return kept(part) == 0; });
  while (parts.size() > 1 && kept(parts.back()) * 2 >= kept(parts[parts.size() - 2])) {
    TableBuilder both;
    for (auto* part : {&parts[parts.size() - 2], &parts.back()})
      both.add(*part->segment, *part->live, part->all_ended());
    parts.pop_back();
    parts.back() = part_of(std::move(both));
  }
  for (auto& part : parts) {
    if (hollow(part)) rebuild(part);
  }
}

void end_rows(View& view, std::span<const Ending> endings) {
  for (auto& part : view.parts) {
    std::shared_ptr<Bits> left;
    std::vector<Ended> ended;
    for (const auto& ending : endings) {
      for (auto row : part.segment->rows_of(ending.resource)) {
        if (!(left ? *left : *part.live).test(row)) continue;
        if (!left) left = std::make_shared<Bits>(*part.live);
        left->reset(row);
        --part.count;
        if (part.segment->version[row] == ending.version) ended.push_back({row, ending.last, ending.until});
      }
    }
    if (!ended.empty()) add_ended(part, std::move(ended));
    if (left) part.live = std::move(left);
  }
}

bool has_live(const View& view, int64_t resource) {
  return std::ranges::any_of(view.parts, [&](const Part& part) {
    return std::ranges::any_of(part.segment->rows_of(resource), [&](uint32_t row) { return part.live->test(row); });
  });
}

void limit(View& view, const std::string& kind, int64_t from) {
  auto& known = view.kinds_from.try_emplace(kind, INT64_MIN).first->second;
  known = std::max(known, from);
}

void forget(View& view, const std::function<bool(const Segment& segment, const Ended& ended)>& which) {
  for (auto& part : view.parts) {
    auto all = part.all_ended();
    auto gone = std::ranges::partition(all, [&](const Ended& one) { return !which(*part.segment, one); });
    if (gone.empty()) continue;
    for (const auto& one : gone) view.past_from = std::max(view.past_from, one.until);
    all.erase(gone.begin(), gone.end());
    part.set_ended(std::move(all));
  }
}

}  // namespace cadastre::index
