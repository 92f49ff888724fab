#include "collect/accounts.h"

#include <algorithm>

#include "base/text.h"

namespace cadastre::collect {
namespace {

Result<aws::Call> simple_call(const aws::Models& models, std::string_view service, std::string_view operation,
                              std::string region, json::object input = {}) {
  aws::Call call;
  TRY_ASSIGN(call.service, models.service(service));
  TRY_ASSIGN(call.operation, models.operation(service, operation));
  call.region = std::move(region);
  call.input = std::move(input);
  return call;
}

aws::CallError problem_of(Error error) {
  aws::CallError problem;
  problem.error = std::move(error);
  return problem;
}

// The region whose STS and global endpoints serve the account: of its partition.
std::string home_region(const AccountsFrom& from, const std::string& partition) {
  const auto& endpoints = from.models.endpoints();
  for (const auto& region : from.config.regions) {
    if (region != "enabled" && endpoints.partition(region) == partition) return region;
  }
  return std::string(endpoints.global_region(partition));
}

Result<aws::CredentialsPtr> base_credentials(const AccountsFrom& from, const std::string& key_id,
                                             const std::string& secret, const std::string& session_token,
                                             const std::string& profile, const std::string& what) {
  if (!key_id.empty()) {
    return aws::static_credentials({key_id, secret, session_token, std::nullopt},
                                   fmt::format("access key of {}", what));
  }
  if (!profile.empty()) return aws::profile_credentials(from.environment, profile);
  return aws::default_credentials(from.environment);
}

aws::CredentialsPtr through_role(const AccountsFrom& from, aws::CredentialsPtr source, const std::string& role,
                                 const std::string& external_id, const std::string& region) {
  aws::AssumeRole assume;
  assume.role_arn = role;
  assume.external_id = external_id;
  assume.region = region;
  return aws::assume_role_credentials(from.environment, std::move(source), std::move(assume));
}

// Asks AWS Organizations who is in it, and where in its tree.
class Organization {
 public:
  Organization(const AccountsFrom& from, const OrganizationConfig& config, std::stop_token stop)
      : from_(from), config_(config), stop_(std::move(stop)) {}

  Result<void> open() {
    TRY_ASSIGN(auto base, base_credentials(from_, config_.access_key_id, config_.secret_access_key, "", config_.profile,
                                           "the organization"));
    if (!from_.config.regions.empty() && from_.config.regions[0] != "enabled") {
      partition_ = from_.models.endpoints().partition(from_.config.regions[0]);
    }
    region_ = home_region(from_, partition_);
    if (!config_.role.empty()) base = through_role(from_, base, config_.role, config_.external_id, region_);
    session_ = {"organization", base};
    return {};
  }

  // Who asks: the account whose credentials these are needs no role.
  void identify() {
    auto call = simple_call(from_.models, "sts", "GetCallerIdentity", region_);
    if (!call) return;
    if (auto identity = from_.client.call(session_, *call, stop_)) own_id_ = scalar_text(identity->at("Account"));
  }

  Result<std::vector<Account>> accounts() {
    TRY_ASSIGN(auto call, simple_call(from_.models, "organizations", "ListAccounts", global_region()));
    std::vector<Account> found;
    auto done = from_.client.pages(session_, call, stop_, [&](json::value& page) {
      for (const auto& entry : page.at("Accounts").as_array()) {
        auto text = [&](const char* name) {
          auto* member = entry.as_object().if_contains(name);
          return member ? scalar_text(*member) : std::string();
        };
        found.push_back(account(text("Id"), text("Name"), text("Status").empty() ? text("State") : text("Status")));
      }
      return true;
    });
    if (!done) return std::unexpected(std::move(done).error().error);
    return found;
  }

  Account account(std::string id, std::string name, const std::string& status) {
    Account account;
    account.id = std::move(id);
    account.name = std::move(name);
    account.status = status == "SUSPENDED"                               ? "suspended"
                     : status == "CLOSED" || status == "PENDING_CLOSURE" ? "closed"
                                                                         : "active";
    account.partition = partition_;
    auto credentials =
        account.id == own_id_
            ? session_.credentials
            : through_role(from_, session_.credentials,
                           fmt::format("arn:{}:iam::{}:role/{}", partition_, account.id, config_.role_name),
                           config_.external_id, region_);
    account.session = {account.id, credentials};
    return account;
  }

  // Account id → "Root/Workloads/Prod". Accounts that cannot be placed are left out.
  Result<std::map<std::string, std::string>> places() {
    std::map<std::string, std::string> places;
    std::vector<std::pair<std::string, std::string>> parents;  // id, path
    TRY(walk("ListRoots", {}, "Roots", [&](const json::object& root) {
      parents.emplace_back(scalar_text(root.at("Id")), scalar_text(root.at("Name")));
    }));
    while (!parents.empty()) {
      auto [id, path] = parents.back();
      parents.pop_back();
      json::object of{{"ParentId", id}};
      TRY(walk("ListAccountsForParent", of, "Accounts",
               [&](const json::object& entry) { places[scalar_text(entry.at("Id"))] = path; }));
      TRY(walk("ListOrganizationalUnitsForParent", of, "OrganizationalUnits", [&](const json::object& unit) {
        parents.emplace_back(scalar_text(unit.at("Id")), path + "/" + scalar_text(unit.at("Name")));
      }));
    }
    return places;
  }

 private:
  std::string global_region() const { return std::string(from_.models.endpoints().global_region(partition_)); }

  Result<void> walk(std::string_view operation, json::object input, std::string_view items,
                    const std::function<void(const json::object&)>& visit) {
    TRY_ASSIGN(auto call, simple_call(from_.models, "organizations", operation, global_region(), std::move(input)));
    auto done = from_.client.pages(session_, call, stop_, [&](json::value& page) {
      if (auto* list = page.as_object().if_contains(items)) {
        for (const auto& entry : list->as_array()) visit(entry.as_object());
      }
      return true;
    });
    if (!done) return std::unexpected(std::move(done).error().error);
    return {};
  }

  const AccountsFrom& from_;
  const OrganizationConfig& config_;
  std::stop_token stop_;
  aws::Session session_;
  std::string partition_ = "aws", region_, own_id_;
};

Result<void> add_organization(const AccountsFrom& from, AccountSet& set, std::stop_token stop) {
  const auto& config = *from.config.organization;
  Organization organization(from, config, stop);
  TRY(organization.open());
  organization.identify();
  auto found = organization.accounts();
  if (!found) {
    // The organization does not answer: those who were in it when it last did are still asked.
    TRY_ASSIGN(auto known, from.cells.accounts());
    std::erase_if(known, [](const auto& row) { return row.status != "active"; });
    if (known.empty()) return std::unexpected(std::move(found).error().in("cannot list the organization's accounts"));
    set.warnings.push_back(
        fmt::format("the organization cannot be asked ({}); going on with the {} accounts known from earlier runs",
                    found.error().message, known.size()));
    found = std::vector<Account>();
    for (const auto& row : known) {
      found->push_back(organization.account(row.id, row.name, ""));
      found->back().groups = row.groups;
    }
  } else {
    set.organization_read = true;
    if (auto places = organization.places()) {
      for (auto& account : *found) {
        if (auto at = places->find(account.id); at != places->end()) account.groups["ou"] = at->second;
      }
    } else {
      set.warnings.push_back(fmt::format("the organization's units cannot be read, so accounts carry no 'ou' group: {}",
                                         places.error().message));
    }
  }
  for (auto& account : *found) {
    bool excluded = std::ranges::find(config.exclude, account.id) != config.exclude.end();
    bool configured_too = std::ranges::find(set.accounts, account.id, &Account::id) != set.accounts.end();
    if (configured_too) {
      auto& mine = *std::ranges::find(set.accounts, account.id, &Account::id);
      if (auto unit = account.groups.find("ou"); unit != account.groups.end()) mine.groups.emplace("ou", unit->second);
      mine.status = account.status;
    } else if (!excluded) {
      set.accounts.push_back(std::move(account));
    }
  }
  return {};
}

}  // namespace

Account configured_account(const AccountsFrom& from, const AccountConfig& config) {
  Account account;
  account.id = config.id;
  account.name = config.name;
  account.groups = config.groups;
  account.regions = config.regions;
  account.session.account = config.id;
  if (!config.role.empty())
    account.partition = split(config.role, ':')[1];
  else if (const auto& regions = config.regions.empty() ? from.config.regions : config.regions;
           !regions.empty() && regions[0] != "enabled") {
    account.partition = from.models.endpoints().partition(regions[0]);
  }
  auto base = base_credentials(from, config.access_key_id, config.secret_access_key, config.session_token,
                               config.profile, fmt::format("account {}", config.name));
  if (!base) {
    account.problem = problem_of(std::move(base).error().in(fmt::format("account {} ({})", config.id, config.name)));
    return account;
  }
  account.session.credentials = config.role.empty() ? *base
                                                    : through_role(from, *base, config.role, config.external_id,
                                                                   home_region(from, account.partition));
  return account;
}

Result<AccountSet> resolve_accounts(const AccountsFrom& from, std::stop_token stop) {
  AccountSet set;
  for (const auto& config : from.config.accounts) set.accounts.push_back(configured_account(from, config));
  if (from.config.organization) TRY(add_organization(from, set, stop));
  std::ranges::sort(set.accounts, {}, &Account::id);
  return set;
}

Result<Account> resolve_account(const AccountsFrom& from, const std::string& id, std::stop_token stop) {
  for (const auto& config : from.config.accounts) {
    if (config.id == id) return configured_account(from, config);
  }
  TRY_ASSIGN(auto set, resolve_accounts(from, stop));
  auto at = std::ranges::find(set.accounts, id, &Account::id);
  if (at != set.accounts.end()) return std::move(*at);
  return fail(ErrorCode::not_found,
              fmt::format("the account {} is not one of {}, nor of the organization", id, from.config.file));
}

void try_account(Account& account, const AccountsFrom& from, std::stop_token stop) {
  if (account.problem) return;
  auto region = home_region(from, account.partition);
  auto where = fmt::format("account {} ({})", account.id, account.name);
  if (auto credentials = account.session.credentials->get(stop); !credentials) {
    account.problem = problem_of(std::move(credentials).error().in(where));
    return;
  }
  auto call = simple_call(from.models, "sts", "GetCallerIdentity", region);
  if (!call) {
    account.problem = problem_of(std::move(call).error());
    return;
  }
  auto identity = from.client.call(account.session, *call, stop);
  if (!identity) {
    account.problem = std::move(identity).error();
    return;
  }
  auto id = scalar_text(identity->at("Account"));
  account.arn = scalar_text(identity->at("Arn"));
  if (id != account.id) {
    account.problem = problem_of({ErrorCode::invalid,
                                  fmt::format("{}: its credentials ({}) are of account {}; nothing is filed under a "
                                              "wrong account: mend the id or the credentials in {}",
                                              where, account.session.credentials->describe(), id, from.config.file),
                                  {}});
    return;
  }
  auto regions = simple_call(from.models, "ec2", "DescribeRegions", region, {{"AllRegions", true}});
  if (!regions) return;
  auto answer = from.client.call(account.session, *regions, stop);
  if (!answer) return;  // not known: regions are then taken as asked
  if (auto* list = answer->as_object().if_contains("Regions"); list && list->is_array()) {
    for (const auto& entry : list->get_array()) {
      auto* name = entry.as_object().if_contains("RegionName");
      auto* status = entry.as_object().if_contains("OptInStatus");
      if (name) account.region_on[scalar_text(*name)] = !status || scalar_text(*status) != "not-opted-in";
    }
  }
}

}  // namespace cadastre::collect
