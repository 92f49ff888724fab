#include "serve/reload.h"

#include <tuple>

namespace cadastre::serve {
namespace {

// All of an account but where it stands in the file.
auto content(const AccountConfig& account) {
  return std::tie(account.id, account.name, account.role, account.external_id, account.profile, account.access_key_id,
                  account.secret_access_key, account.session_token, account.groups, account.regions);
}

auto content(const OrganizationConfig& organization) {
  return std::tie(organization.role_name, organization.external_id, organization.profile, organization.role,
                  organization.access_key_id, organization.secret_access_key, organization.exclude);
}

auto content(const OidcConfig::Grant& grant) { return std::tie(grant.group, grant.role, grant.accounts); }

bool same(const OrganizationConfig& a, const OrganizationConfig& b) { return content(a) == content(b); }

bool same(const OidcConfig& a, const OidcConfig& b) {
  return a.issuer == b.issuer && a.client_id == b.client_id && a.client_secret == b.client_secret &&
         a.scopes == b.scopes && a.name_claim == b.name_claim && a.groups_claim == b.groups_claim &&
         a.recheck == b.recheck &&
         std::ranges::equal(a.grants, b.grants, [](const auto& x, const auto& y) { return content(x) == content(y); });
}

template <typename T>
bool same(const std::optional<T>& a, const std::optional<T>& b) {
  return a.has_value() == b.has_value() && (!a || same(*a, *b));
}

bool same_retention(const Config& a, const Config& b) {
  return std::ranges::equal(a.retention, b.retention, [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.keep == y.second.keep && x.second.versions == y.second.versions;
  });
}

void compare_accounts(const Config& before, const Config& after, std::vector<std::string>& said) {
  auto name = [](const AccountConfig& account) { return account.name.empty() ? account.id : account.name; };
  for (const auto& account : after.accounts) {
    auto old = std::ranges::find(before.accounts, account.id, &AccountConfig::id);
    if (old == before.accounts.end())
      said.push_back(fmt::format("account {} added", name(account)));
    else if (content(*old) != content(account))
      said.push_back(fmt::format("account {} changed", name(account)));
  }
  for (const auto& account : before.accounts) {
    if (std::ranges::find(after.accounts, account.id, &AccountConfig::id) == after.accounts.end())
      said.push_back(fmt::format("account {} removed", name(account)));
  }
}

}  // namespace

Differences differences(const Config& before, const Config& after) {
  Differences found;
  auto live = [&](const char* what, bool equal) {
    if (!equal) found.applied.emplace_back(what);
  };
  auto later = [&](const char* what, bool equal) {
    if (!equal) found.waiting.emplace_back(what);
  };
  compare_accounts(before, after, found.applied);
  live("organization", same(before.organization, after.organization));
  live("kubernetes", before.kubernetes == after.kubernetes);
  live("regions", before.regions == after.regions);
  live("kinds", before.kinds == after.kinds);
  live("exclude_kinds", before.exclude_kinds == after.exclude_kinds);
  live("schedule", before.schedule == after.schedule);
  live("retention", same_retention(before, after));
  live("concurrency", before.concurrency == after.concurrency);
  live("cell_timeout", before.cell_timeout == after.cell_timeout);
  later("store", before.store == after.store);
  later("listen", before.listen == after.listen);
  later("public_url", before.public_url == after.public_url);
  later("tls", before.tls_certificate == after.tls_certificate && before.tls_key == after.tls_key);
  later("trusted_proxies", before.trusted_proxies == after.trusted_proxies);
  later("requests_per_second", before.requests_per_second == after.requests_per_second);
  later("sign_in", before.sign_in.idle == after.sign_in.idle && before.sign_in.longest == after.sign_in.longest &&
                       same(before.sign_in.oidc, after.sign_in.oidc));
  later("owner_tags", before.owner_tags == after.owner_tags);
  later("access_portal", before.access_portal == after.access_portal);
  later("catalog", before.catalog == after.catalog);
  later("rate", before.rate == after.rate);
  return found;
}

}  // namespace cadastre::serve
