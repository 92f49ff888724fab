#include "collect/plan.h"

#include <set>

#include "base/text.h"

namespace cadastre::collect {
namespace {

bool matches_any(const std::vector<std::string>& patterns, std::string_view kind) {
  return std::ranges::any_of(patterns, [&](const auto& pattern) {
    return glob_match(pattern, kind) || glob_match("aws." + pattern, kind) || glob_match("aws." + pattern + ".*", kind);
  });
}

// The regions an account is asked for, before asking whether they are on.
std::vector<std::string> wanted_regions(const Config& config, const aws::Endpoints& endpoints, const Account& account) {
  const auto& asked = account.regions.empty() ? config.regions : account.regions;
  bool enabled = asked.empty() || asked[0] == "enabled";
  std::vector<std::string> regions;
  if (!enabled) {
    for (const auto& region : asked) {
      if (endpoints.partition(region) == account.partition) regions.push_back(region);
    }
    return regions;
  }
  for (const auto& [region, on] : account.region_on) {
    if (on) regions.push_back(region);
  }
  if (regions.empty()) regions.emplace_back(endpoints.global_region(account.partition));
  return regions;
}

}  // namespace

Result<std::vector<const catalog::Kind*>> select_kinds(const Config& config, const catalog::Catalog& catalog,
                                                       const Selection& selection) {
  std::vector<const catalog::Kind*> kinds;
  for (const auto& kind : catalog.kinds()) {
    if (kind.lists.empty()) continue;  // comes in dumps
    if (!config.kinds.empty() && !matches_any(config.kinds, kind.name)) continue;
    if (matches_any(config.exclude_kinds, kind.name)) continue;
    if (!selection.kinds.empty() && !matches_any(selection.kinds, kind.name)) continue;
    kinds.push_back(&kind);
  }
  for (const auto& pattern : selection.kinds) {
    bool found = std::ranges::any_of(kinds, [&](const auto* kind) { return matches_any({pattern}, kind->name); });
    if (found) continue;
    std::vector<std::string_view> names;
    for (const auto& kind : catalog.kinds()) names.push_back(kind.name);
    return fail(ErrorCode::invalid, fmt::format("there is no kind or service '{}'{}; `cadastre kinds` lists them",
                                                pattern, did_you_mean("aws." + pattern, names)));
  }
  if (kinds.empty())
    return fail(ErrorCode::invalid, "the configuration's 'kinds' and 'exclude_kinds' leave no kind to collect");
  return kinds;
}

Result<void> select_accounts(AccountSet& set, const Selection& selection) {
  if (selection.accounts.empty()) return {};
  std::vector<std::string_view> names;
  for (const auto& account : set.accounts) {
    names.push_back(account.id);
    names.push_back(account.name);
  }
  for (const auto& wanted : selection.accounts) {
    if (std::ranges::find(names, wanted) == names.end()) {
      return fail(ErrorCode::invalid, fmt::format("there is no account '{}'{}; `cadastre accounts` lists them", wanted,
                                                  did_you_mean(wanted, names)));
    }
  }
  std::erase_if(set.accounts, [&](const Account& account) {
    return std::ranges::find(selection.accounts, account.id) == selection.accounts.end() &&
           std::ranges::find(selection.accounts, account.name) == selection.accounts.end();
  });
  return {};
}

Result<void> check_regions(const Selection& selection, const std::set<std::string>& regions) {
  for (const auto& region : selection.regions) {
    if (region != "global" && !regions.contains(region)) {
      return fail(ErrorCode::invalid,
                  fmt::format("the region '{}' is not among those configured ({})", region, fmt::join(regions, ", ")));
    }
  }
  return {};
}

Plan make_plan(const Config& config, const aws::Endpoints& endpoints, const std::vector<const catalog::Kind*>& kinds,
               const AccountSet& accounts, const Selection& selection) {
  Plan plan;
  for (size_t index = 0; index < accounts.accounts.size(); ++index) {
    const auto& account = accounts.accounts[index];
    if (account.status != "active") continue;
    auto regions = wanted_regions(config, endpoints, account);
    plan.regions.insert(regions.begin(), regions.end());
    auto wanted = [&](std::string_view region) {
      return selection.regions.empty() || std::ranges::find(selection.regions, region) != selection.regions.end();
    };
    for (const auto* kind : kinds) {
      if (kind->global) {
        if (!wanted("global")) continue;
        plan.cells.push_back({{account.id, "global", kind->name},
                              kind,
                              index,
                              std::string(endpoints.global_region(account.partition)),
                              false});
        continue;
      }
      for (const auto& region : regions) {
        if (!wanted(region)) continue;
        if (!endpoints.available(kind->service, region)) {
          ++plan.not_offered;
          continue;
        }
        bool nowhere = std::ranges::all_of(kind->lists, [&](const auto& list) {
          return !list.regions.empty() && std::ranges::find(list.regions, region) == list.regions.end();
        });
        if (nowhere) continue;
        auto on = account.region_on.find(region);
        bool off = on != account.region_on.end() && !on->second;
        plan.cells.push_back({{account.id, region, kind->name}, kind, index, region, off});
      }
    }
  }
  return plan;
}

std::vector<std::string> needed_permissions(const catalog::Catalog& catalog,
                                            std::span<const catalog::Kind* const> kinds) {
  std::set<std::string> actions = {"ec2:DescribeRegions"};
  for (const auto* kind : kinds) {
    auto add = [&](const std::string& call) {
      if (call.empty()) return;
      for (auto& action : catalog.permissions(kind->service, call)) actions.insert(std::move(action));
    };
    for (const auto& list : kind->lists) {
      add(list.call);
      for (const auto& each : list.each) add(each.call);
    }
    for (const auto& enrichment : kind->enrich) add(enrichment.call);
  }
  return {actions.begin(), actions.end()};
}

}  // namespace cadastre::collect
