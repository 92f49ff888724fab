// cadastre.yaml: which accounts and regions, how to get in, where to store. Read strictly; nothing starts
// half-configured.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

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

struct Config {
  std::string file;
  std::string store = "sqlite:./cadastre.db";
  std::string listen = "127.0.0.1:8080";
  std::vector<std::string> regions;  // names, or "enabled"
  std::vector<AccountConfig> accounts;
  std::optional<OrganizationConfig> organization;
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

// "arn:aws:iam::111111111111:role/path/name" → its account id; nullopt when it is no role's ARN.
std::optional<std::string> role_account(std::string_view arn);

}  // namespace cadastre
