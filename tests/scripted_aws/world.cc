#include "scripted_aws/world.h"

#include "base/text.h"

namespace cadastre::scripted {
namespace {

constexpr std::string_view kRegions[] = {
    "us-east-1",      "eu-west-1",      "us-west-2", "eu-central-1", "ap-southeast-1", "ap-northeast-1",
    "us-east-2",      "us-west-1",      "eu-west-2", "eu-west-3",    "eu-north-1",     "ap-south-1",
    "ap-southeast-2", "ap-northeast-2", "sa-east-1", "ca-central-1", "ap-northeast-3"};

double weight_of(const WorldOptions& options, const KindFacts& kind) {
  if (options.mix.empty()) return kind.weight;
  if (auto at = options.mix.find(kind.name); at != options.mix.end()) return at->second;
  auto at = options.mix.find(kind.service);
  return at == options.mix.end() ? 0 : at->second * kind.weight;
}

}  // namespace

Entry* WorldCell::find(std::string_view native) {
  auto at = by_native_.find(native);
  return at == by_native_.end() ? nullptr : &entries[at->second];
}

void WorldCell::index() {
  by_native_.clear();
  for (size_t i = 0; i < entries.size(); ++i) by_native_.emplace(entries[i].native, i);
}

World::World(const WorldOptions& options) : options_(options) {
  for (int i = 0; i < options.accounts; ++i) {
    accounts_.push_back({.id = fmt::format("{:012}", 100'000'000'000 + static_cast<int64_t>(i) * 1'000'003),
                         .name = fmt::format("account-{:02}", i + 1)});
  }
  for (int i = 0; i < std::min(options.regions, static_cast<int>(std::size(kRegions))); ++i)
    regions_.emplace_back(kRegions[i]);
  populate();
}

void World::populate() {
  double total = 0;
  for (const auto& kind : all_kinds()) total += weight_of(options_, kind);
  for (const auto& account : accounts_) {
    for (const auto& kind : all_kinds()) {
      std::vector<std::string> regions = regions_;
      if (kind.global) regions = {"global"};
      bool is_parent = std::ranges::any_of(
          all_kinds(), [&](const auto& child) { return child.parent == kind.name && weight_of(options_, child) > 0; });
      for (const auto& region : regions) {
        auto key = std::tuple(account.id, region, std::string(kind.name));
        auto& cell = cells_[key];
        cell.kind = &kind;
        cell.account = account.id;
        cell.region = region;
        // A cell is up to a quarter larger or smaller than the mean.
        Dice dice(mix(options_.seed, account.id, region, kind.name, 0x5EED));
        double mean = static_cast<double>(options_.resources) * weight_of(options_, kind) / total /
                      static_cast<double>(accounts_.size() * regions.size());
        auto count = static_cast<uint32_t>(mean * (0.75 + 0.5 * dice.share()) + dice.share());
        if (weight_of(options_, kind) > 0 && kind.weight >= 1) count = std::max(count, 1u);
        if (is_parent) count = kParents;
        add(cell, count);
      }
    }
  }
}

WorldAccount* World::account(std::string_view id) {
  auto found = std::ranges::find(accounts_, id, &WorldAccount::id);
  return found == accounts_.end() ? nullptr : &*found;
}

WorldCell* World::cell(std::string_view account, std::string_view region, std::string_view kind) {
  auto at = cells_.find(std::tuple(std::string(account), std::string(region), std::string(kind)));
  return at == cells_.end() ? nullptr : &at->second;
}

uint64_t World::size() const {
  uint64_t count = 0;
  for (const auto& [key, cell] : cells_) count += cell.kind->in_truth ? cell.entries.size() : 0;
  return count;
}

Subject World::subject(const WorldCell& cell, const Entry& entry) const {
  return {.seed = options_.seed,
          .account = cell.account,
          .region = cell.region,
          .kind = cell.kind->name,
          .number = entry.number,
          .revision = entry.revision,
          .detail = entry.detail,
          .incarnation = entry.incarnation};
}

Telling World::tell(const WorldCell& cell, const Entry& entry) const { return cell.kind->tell(subject(cell, entry)); }

std::string World::region_of(const WorldCell& cell, const json::object& document) const {
  if (auto* region = document.if_contains("BucketRegion")) return scalar_text(*region);
  return cell.region;
}

void World::add(WorldCell& cell, uint32_t count) {
  cell.entries.reserve(cell.entries.size() + count);
  for (uint32_t i = 0; i < count; ++i) {
    Entry entry{.native = {}, .number = cell.next_number++};
    entry.native = cell.kind->native(subject(cell, entry));
    cell.entries.push_back(std::move(entry));
  }
  cell.index();
}

void World::remove(WorldCell& cell, size_t at) {
  cell.entries.erase(cell.entries.begin() + static_cast<std::ptrdiff_t>(at));
  cell.index();
}

Changes World::mutate(uint64_t round, double rate, bool together) {
  Changes changes;
  for (auto& [key, cell] : cells_) {
    if (!cell.kind->in_truth) continue;
    bool is_parent =
        std::ranges::any_of(all_kinds(), [&](const auto& child) { return child.parent == cell.kind->name; });
    Dice dice(mix(options_.seed, cell.account, cell.region, cell.kind->name, 0xC0FFEE + round));
    size_t before = cell.entries.size();
    if (!is_parent) {
      changes.removed += std::erase_if(cell.entries, [&](const Entry&) { return dice.chance(rate * 0.2); });
    }
    uint32_t come = 0;
    for (auto& entry : cell.entries) {
      if (!dice.chance(rate * 0.6)) continue;
      if (cell.kind->named && dice.chance(0.1)) {
        ++entry.incarnation;
        ++changes.replaced;
      } else {
        bool detail = !cell.kind->seconds.empty() && dice.chance(0.5);
        entry.detail += detail;
        entry.revision += together || !detail;
        ++changes.changed;
      }
      entry.wire.clear();
    }
    for (size_t i = 0; i < before && !is_parent; ++i) come += dice.chance(rate * 0.2);
    changes.added += come;
    add(cell, come);
  }
  return changes;
}

void World::write_truth(std::string& out, bool documents) const {
  for (const auto& [key, cell] : cells_) {
    if (!cell.kind->in_truth) continue;
    for (const auto& entry : cell.entries) {
      auto telling = tell(cell, entry);
      auto document = telling.document();
      json::object line{{"id", fmt::format("{}/{}/{}/{}", cell.kind->name, cell.account, cell.region, entry.native)},
                        {"account", cell.account},
                        {"cell_region", cell.region},
                        {"region", region_of(cell, document)},
                        {"kind", cell.kind->name},
                        {"native", entry.native},
                        {"digest", document_digest(*cell.kind, document)},
                        {"said_twice", cell.kind->said_twice},
                        {"listed_digest", content_digest(telling.item)}};
      json::array listed;
      for (const auto& member : telling.item) listed.emplace_back(member.key());
      line["listed"] = std::move(listed);
      if (documents) line["document"] = std::move(document);
      write_json(line, out);
      out += '\n';
    }
  }
}

}  // namespace cadastre::scripted
