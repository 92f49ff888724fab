// Which accounts there are, how to get into each, and which regions each has on.
#pragma once

#include "aws/client.h"
#include "aws/models.h"
#include "config/config.h"
#include "store/store.h"

namespace cadastre::collect {

struct Account {
  std::string id, name, status = "active";  // status: as in store::AccountRow
  std::map<std::string, std::string> groups;
  std::vector<std::string> regions;  // asked for; empty: those of the config
  aws::Session session;              // credentials null when `problem` is set
  std::string partition = "aws";

  std::optional<aws::CallError> problem;  // why nothing of it can be read
  std::string arn;                        // who we are there
  std::map<std::string, bool> region_on;  // what the account says; empty: not known
  Millis clock_skew{0};                   // AWS's clock minus ours, when known
};

struct AccountSet {
  std::vector<Account> accounts;      // sorted by id
  std::vector<std::string> warnings;  // what could not be asked, one sentence each
  bool organization_read = false;
};

// What resolving needs of the program. References outlive the call.
struct AccountsFrom {
  const Config& config;
  const aws::Environment& environment;
  aws::Client& client;
  const aws::Models& models;
  store::Cells& cells;  // accounts known from earlier runs: used when the organization cannot be asked
};

// The accounts of the config and of the organization, with their credentials, not yet tried. Errors: as calls, when the
// organization cannot be read and nothing is known of it from earlier runs.
Result<AccountSet> resolve_accounts(const AccountsFrom& from, std::stop_token stop);

// One account of them, not yet tried. Errors: as above; not_found.
Result<Account> resolve_account(const AccountsFrom& from, const std::string& id, std::stop_token stop);

// An account as an entry of the configuration says how to get in. A malformed profile is its `problem`.
Account configured_account(const AccountsFrom& from, const AccountConfig& config);

// Tries an account: gets credentials, checks that they are of this very account, and asks which regions are on.
void try_account(Account& account, const AccountsFrom& from, std::stop_token stop);

}  // namespace cadastre::collect
