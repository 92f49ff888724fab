// The plan: which cells a run reads, and what that will take.
#pragma once

#include <set>

#include "catalog/catalog.h"
#include "collect/accounts.h"

namespace cadastre::collect {

// What of the whole is wanted; empty: everything.
struct Selection {
  std::vector<std::string> accounts;  // ids or names
  std::vector<std::string> regions;
  std::vector<std::string> kinds;  // "aws.ec2.instance", "ec2.*", a service
  bool everything() const { return accounts.empty() && regions.empty() && kinds.empty(); }
};

struct PlannedCell {
  store::CellKey key;
  const catalog::Kind* kind = nullptr;
  size_t account = 0;  // index into the account set
  std::string call_region;
  bool region_off = false;  // the account has not enabled it: no call is made
};

struct Plan {
  std::vector<PlannedCell> cells;
  std::set<std::string> regions;  // that the accounts have
  uint64_t not_offered = 0;       // (region, kind) pairs that AWS does not offer there
};

// Errors: invalid, when the selection names an account, region or kind that there is not.
Result<std::vector<const catalog::Kind*>> select_kinds(const Config& config, const catalog::Catalog& catalog,
                                                       const Selection& selection);
Result<void> select_accounts(AccountSet& set, const Selection& selection);
Result<void> check_regions(const Selection& selection, const std::set<std::string>& regions);
Plan make_plan(const Config& config, const aws::Endpoints& endpoints, const std::vector<const catalog::Kind*>& kinds,
               const AccountSet& accounts, const Selection& selection);

// The IAM actions that the kinds need, sorted: what `iam-policy` prints.
std::vector<std::string> needed_permissions(const catalog::Catalog& catalog,
                                            std::span<const catalog::Kind* const> kinds);

}  // namespace cadastre::collect
