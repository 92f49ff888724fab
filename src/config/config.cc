#include "config/config.h"

#include <cstdlib>
#include <filesystem>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "base/yaml.h"
#include "config/serving.h"

namespace cadastre {
namespace {

class Reader {
 public:
  Reader(const std::string& file, const ConfigEnvironment& environment) : errors_(file), environment_(environment) {
    config_.file = file;
  }

  Result<Config> read(const YamlNode& root) {
    YamlMap map(root, "the configuration", errors_);
    if (auto store = expanded(map, "store"))
      config_.store = store_url(*store);
    else
      config_.store = store_url(config_.store);
    const ServingTexts texts{[this](YamlMap& at, std::string_view key) { return expanded(at, key); },
                             [this](YamlMap& at, std::string_view key) { return secret(at, key); },
                             [this](const std::string& path) { return path.empty() ? path : beside_file(path); }};
    read_serving(map, texts, config_);
    config_.regions = regions(map);
    if (auto* accounts = map.list("accounts")) {
      for (const auto& node : accounts->items) config_.accounts.push_back(account(node));
    }
    check_duplicates(map);
    if (auto* node = map.map("organization")) config_.organization = organization(*node);
    read_kubernetes(map, texts, config_);
    if (config_.accounts.empty() && !config_.organization) {
      errors_.add(root, "no accounts: list them under 'accounts', or let 'organization: {role_name: …}' find them");
    }
    if (auto* schedule = map.map("schedule")) {
      YamlMap each(*schedule, "schedule", errors_);
      for (const auto& [kind, value] : schedule->members) {
        if (auto interval = each.duration(kind.scalar)) {
          if (*interval < std::chrono::seconds(10))
            errors_.add(value, "an interval of less than 10s would only hurt the quotas");
          config_.schedule[kind.scalar] = *interval;
        }
      }
    }
    config_.kinds = map.texts("kinds");
    config_.exclude_kinds = map.texts("exclude_kinds");
    auto files = map.texts("catalog");
    for (size_t i = 0; i < files.size(); ++i) {
      const auto& node = *map.here().find("catalog");
      const auto& at = i < node.items.size() ? node.items[i] : node;
      config_.catalog.push_back(beside_file(files[i]));
      config_.catalog_at.push_back(fmt::format("{}:{}:{}", config_.file, at.line, at.column));
    }
    config_.rate = map.number("rate", 0, 1).value_or(config_.rate);
    config_.concurrency = static_cast<int>(map.integer("concurrency", 1, 512).value_or(config_.concurrency));
    config_.cell_timeout = map.duration("cell_timeout").value_or(config_.cell_timeout);
    if (config_.cell_timeout < std::chrono::seconds(1)) {
      errors_.add(*map.here().find("cell_timeout"),
                  "with a cell_timeout of less than 1s nothing could be read; the default is 15m");
    }
    map.finish();
    if (!errors_.empty()) return std::unexpected(errors_.error());
    return std::move(config_);
  }

 private:
  // ${NAME} and ${file:PATH} inside a text. What comes out empty is complained of: it would silently count as not
  // given.
  std::string expand(std::string_view key, const std::string& text, const YamlNode& at) {
    std::string out;
    bool complained = false;
    auto complain = [&](std::string message) {
      errors_.add(at, std::move(message));
      complained = true;
    };
    std::string_view rest = text;
    for (;;) {
      size_t open = rest.find("${");
      out += rest.substr(0, open);
      if (open == rest.npos) break;
      size_t close = rest.find('}', open);
      if (close == rest.npos) {
        complain(fmt::format("'{}' has a '${{' without its '}}'", key));
        break;
      }
      std::string name(rest.substr(open + 2, close - open - 2));
      if (name.starts_with("file:")) {
        auto path = beside_file(name.substr(5));
        auto content = environment_.file(path);
        if (content)
          out += trim(*content);
        else
          complain(content.error().message + "; correct the path of '" + std::string(key) +
                   "', or who may read the file");
      } else if (const char* value = environment_.variable(name.c_str())) {
        out += value;
      } else {
        complain(fmt::format("the environment variable {} is not set; set it, or write ${{file:PATH}}", name));
      }
      rest.remove_prefix(close + 1);
    }
    if (out.empty() && !complained) complain(fmt::format("'{}' is empty; give it a value, or leave it out", key));
    return out;
  }

  std::optional<std::string> expanded(YamlMap& map, std::string_view key) {
    auto text = map.text(key);
    if (!text) return std::nullopt;
    return expand(key, *text, *map.here().find(key));
  }

  std::string secret(YamlMap& map, std::string_view key) {
    auto text = map.text(key);
    if (!text) return {};
    const auto& at = *map.here().find(key);
    if (text->find("${") == text->npos) {
      config_.warnings.push_back(
          fmt::format("{}:{}:{}: '{}' is written in the file; prefer ${{NAME}} or ${{file:PATH}}", config_.file,
                      at.line, at.column, key));
    }
    return expand(key, *text, at);
  }

  // Of an account or the organization: each key only with what it needs. Keys count as given when they are written, so
  // that a secret that could not be read is complained of once.
  void check_credentials(const YamlNode& node) {
    auto given = [&](std::string_view key) { return node.find(key) != nullptr; };
    if (given("access_key_id") != given("secret_access_key")) {
      errors_.add(node, "access_key_id and secret_access_key go together; one is missing");
    } else if (given("session_token") && !given("access_key_id")) {
      errors_.add(*node.find("session_token"),
                  "session_token belongs to an access_key_id and a secret_access_key, which are missing");
    }
    if (given("access_key_id") && given("profile")) errors_.add(node, "give either a profile or access keys, not both");
  }

  static std::string role_example(std::string_view account) {
    return fmt::format("arn:aws:iam::{}:role/NAME", is_account_id(account) ? account : "ACCOUNT");
  }

  std::string beside_file(const std::string& path) const {
    std::filesystem::path given(expand_home(path));
    if (given.is_absolute()) return given.string();
    return (std::filesystem::path(config_.file).parent_path() / given).lexically_normal().string();
  }

  std::string store_url(const std::string& text) const {
    if (text.find("://") != text.npos) return text;
    return "sqlite:" + beside_file(text.starts_with("sqlite:") ? text.substr(7) : text);
  }

  std::vector<std::string> regions(YamlMap& map) {
    auto names = map.texts("regions");
    auto* node = map.here().find("regions");
    std::set<std::string> seen;
    auto check = [&](const YamlNode& at) {
      const auto& name = at.scalar;
      if (at.kind != YamlNode::Kind::scalar) return;  // complained of already
      if (name == "enabled") {
        if (names.size() > 1)
          errors_.add(at, "'enabled' stands alone: it means every region that an account has enabled");
      } else if (!looks_like_region(name)) {
        errors_.add(at, fmt::format("'{}' is not a region; write for example eu-west-1, or: regions: enabled", name));
      } else if (!seen.insert(name).second) {
        errors_.add(at, fmt::format("the region {} is given twice; keep one", name));
      }
    };
    if (node && node->kind == YamlNode::Kind::list)
      std::ranges::for_each(node->items, check);
    else if (node)
      check(*node);
    return names;
  }

  AccountConfig account(const YamlNode& node) {
    YamlMap map(node, "account", errors_);
    AccountConfig account;
    account.line = node.line;
    account.id = map.required_text("id");
    if (!account.id.empty() && !is_account_id(account.id)) {
      errors_.add(
          *node.find("id"),
          fmt::format("'{}' is not an account id: it has 12 digits; quote it to keep leading zeros: \"012345678901\"",
                      account.id));
    }
    account.name = map.text("name").value_or(account.id);
    account.role = expanded(map, "role").value_or("");
    account.external_id = expanded(map, "external_id").value_or("");
    account.profile = expanded(map, "profile").value_or("");
    account.access_key_id = expanded(map, "access_key_id").value_or("");
    account.secret_access_key = secret(map, "secret_access_key");
    account.session_token = secret(map, "session_token");
    account.regions = regions(map);
    if (auto* groups = map.map("groups")) {
      YamlMap each(*groups, "groups", errors_);
      for (const auto& [key, value] : groups->members) account.groups[key.scalar] = each.text(key.scalar).value_or("");
    }
    if (!account.role.empty()) {
      auto owner = role_account(account.role);
      if (!owner) {
        errors_.add(*node.find("role"),
                    fmt::format("'{}' is not the ARN of a role; write {}", account.role, role_example(account.id)));
      } else if (*owner != account.id && is_account_id(account.id)) {
        errors_.add(*node.find("role"),
                    fmt::format("the role is in account {}, but the entry is for {}; one of them is mistaken", *owner,
                                account.id));
      }
    }
    check_credentials(node);
    if (!account.external_id.empty() && account.role.empty()) {
      errors_.add(*node.find("external_id"), "external_id is for assuming a role, and the account has no 'role'");
    }
    map.finish();
    return account;
  }

  OrganizationConfig organization(const YamlNode& node) {
    YamlMap map(node, "organization", errors_);
    OrganizationConfig organization;
    organization.role_name = map.required_text("role_name");
    if (organization.role_name.starts_with("arn:")) {
      errors_.add(*node.find("role_name"),
                  "role_name is the role's name in every account, not an ARN; write for example cadastre-read");
    }
    organization.external_id = expanded(map, "external_id").value_or("");
    organization.profile = expanded(map, "profile").value_or("");
    organization.role = expanded(map, "role").value_or("");
    organization.access_key_id = expanded(map, "access_key_id").value_or("");
    organization.secret_access_key = secret(map, "secret_access_key");
    check_credentials(node);
    if (!organization.role.empty() && !role_account(organization.role)) {
      errors_.add(*node.find("role"),
                  fmt::format("'{}' is not the ARN of a role; write {}", organization.role, role_example("")));
    }
    organization.exclude = map.texts("exclude");
    for (const auto& id : organization.exclude) {
      if (is_account_id(id)) continue;
      errors_.add(*node.find("exclude"),
                  fmt::format("'{}' is not an account id: it has 12 digits; quote it to keep leading zeros: "
                              "\"012345678901\"",
                              id));
    }
    map.finish();
    return organization;
  }

  void check_duplicates(YamlMap& map) {
    auto* accounts = map.here().find("accounts");
    if (!accounts) return;
    std::map<std::string, int> ids, names;
    for (size_t i = 0; i < config_.accounts.size(); ++i) {
      const auto& account = config_.accounts[i];
      if (auto [at, fresh] = ids.try_emplace(account.id, account.line); !fresh && !account.id.empty()) {
        errors_.add(accounts->items[i],
                    fmt::format("the account {} is given twice, first on line {}; keep one", account.id, at->second));
      } else if (auto [named, new_name] = names.try_emplace(account.name, account.line); !new_name) {
        errors_.add(accounts->items[i],
                    fmt::format("the name '{}' is given twice, first on line {}; names tell accounts apart",
                                account.name, named->second));
      }
    }
  }

  YamlErrors errors_;
  const ConfigEnvironment& environment_;
  Config config_;
};

}  // namespace

bool is_account_id(std::string_view text) {
  return text.size() == 12 && text.find_first_not_of("0123456789") == text.npos;
}

// Words joined by '-', the last a number.
bool looks_like_region(std::string_view text) {
  auto parts = split(text, '-');
  if (parts.size() < 3) return false;
  for (size_t i = 0; i < parts.size(); ++i) {
    bool number = !parts[i].empty() && parts[i].find_first_not_of("0123456789") == std::string_view::npos;
    if (parts[i].empty() || number != (i + 1 == parts.size())) return false;
  }
  return true;
}

std::optional<std::string> role_account(std::string_view arn) {
  auto parts = split(arn, ':');
  if (parts.size() != 6 || parts[0] != "arn" || !parts[1].starts_with("aws") || parts[2] != "iam" ||
      !parts[3].empty() || !is_account_id(parts[4]) || !parts[5].starts_with("role/") || parts[5].size() < 6) {
    return std::nullopt;
  }
  return std::string(parts[4]);
}

ConfigEnvironment process_environment() {
  return {[](const char* name) { return std::getenv(name); }, read_file};
}

Result<Config> parse_config(std::string_view text, const std::string& file, const ConfigEnvironment& environment) {
  TRY_ASSIGN(auto root, parse_yaml(text, file));
  return Reader(file, environment).read(root);
}

Result<Config> load_config(const std::string& path, const ConfigEnvironment& environment) {
  auto text = environment.file(path);
  if (!text && text.error().code == ErrorCode::not_found) {
    return fail(ErrorCode::not_found,
                fmt::format("there is no configuration {}; write one (see README.md), or name it with -c FILE or "
                            "CADASTRE_CONFIG",
                            path));
  }
  if (!text) return std::unexpected(std::move(text).error());
  return parse_config(*text, path, environment);
}

}  // namespace cadastre
