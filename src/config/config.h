// cadastre.yaml: which accounts and regions, how to get in, where to store. Read strictly; nothing starts
// half-configured.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/access_portal.h"
#include "base/result.h"
#include "base/time.h"
#include "config/kubernetes.h"

namespace cadastre {

struct AccountConfig {
  std::string id, name;
  std::string role, external_id;  // assume this role…
  std::string profile;            // …with this profile's credentials, or use the profile itself
  std::string access_key_id, secret_access_key, session_token;
  std::map<std::string, std::string> groups;  // client, unit, environment, …
  std::vector<std::string> regions;           // empty: the file's
  int line = 0;
};

struct OrganizationConfig {
  std::string role_name, external_id;
  std::string profile;  // of the management (or a delegated) account; empty: the default chain
  std::string role;     // assumed first, to ask Organizations
  std::string access_key_id, secret_access_key;
  std::vector<std::string> exclude;  // account ids
};

// Sign-in through an identity provider (OpenID Connect).
struct OidcConfig {
  std::string issuer, client_id, client_secret;
  std::vector<std::string> scopes = {"openid", "profile", "email"};
  std::string name_claim = "email", groups_claim = "groups";
  struct Grant {
    std::string group, role;            // viewer, operator, admin
    std::vector<std::string> accounts;  // ids or names; empty: all
  };
  std::vector<Grant> grants;                 // the highest role of a user's groups; their accounts together
  Millis recheck = std::chrono::minutes(5);  // how long a lost group may go unnoticed
};

struct SignInConfig {
  Millis idle = std::chrono::hours(12), longest = std::chrono::days(7);
  std::optional<OidcConfig> oidc;
};

// How much of the past is kept of a kind. Catalogue stanzas may say less ("window").
struct RetentionConfig {
  std::optional<Millis> keep;
  std::optional<size_t> versions;
};

struct Config {
  std::string file;
  std::string store = "sqlite:./cadastre.db";
  std::string listen = "127.0.0.1:8080";
  std::string public_url;  // as people reach the server: "https://cadastre.example.com"; empty: http://listen
  std::string tls_certificate, tls_key;      // PEM files; empty: no TLS
  std::vector<std::string> trusted_proxies;  // addresses or networks
  double requests_per_second = 200;          // of one client
  SignInConfig sign_in;
  AccessPortal access_portal;  // links to AWS's console lead through it; no url: they are plain
  std::vector<std::string> owner_tags = {"owner", "Owner", "team",
                                         "Team"};    // the first that a resource has names its owner
  std::map<std::string, RetentionConfig> retention;  // kind or glob or "default"
  std::vector<std::string> regions;                  // names, or "enabled"
  std::vector<AccountConfig> accounts;
  std::optional<OrganizationConfig> organization;
  KubernetesConfig kubernetes;
  std::map<std::string, Millis> schedule;         // kind or glob or "default" → interval
  std::vector<std::string> kinds, exclude_kinds;  // globs; empty: all
  std::vector<std::string> catalog;               // the user's own catalogue files
  std::vector<std::string> catalog_at;            // where each of them is named: "FILE:LINE:COLUMN"
  double rate = 0.5;                              // share of AWS's published rates; 0: no pacing
  int concurrency = 32;                           // cells at once
  Millis cell_timeout = std::chrono::minutes(15);
  std::vector<std::string> warnings;  // to be shown once: a literal secret in the file

  bool all_enabled_regions() const { return regions.size() == 1 && regions[0] == "enabled"; }
};

// How ${NAME} and ${file:PATH} are answered; injected for tests.
struct ConfigEnvironment {
  std::function<const char*(const char*)> variable;
  std::function<Result<std::string>(const std::string&)> file;
};
ConfigEnvironment process_environment();

// Relative paths in the file (store, catalog) are relative to the file's folder. Errors: invalid, each complaint with
// file, line, column and remedy; not_found when there is no such file, saying how to write one.
Result<Config> load_config(const std::string& path, const ConfigEnvironment& environment);
Result<Config> parse_config(std::string_view text, const std::string& file, const ConfigEnvironment& environment);

bool is_account_id(std::string_view text);      // 12 digits
bool looks_like_region(std::string_view text);  // "us-east-1", "us-gov-west-1"

// "arn:aws:iam::111111111111:role/path/name" → its account id; nullopt when it is no role's ARN.
std::optional<std::string> role_account(std::string_view arn);

}  // namespace cadastre
