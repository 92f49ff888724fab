#include "config/serving.h"

#include <arpa/inet.h>

#include "base/text.h"

namespace cadastre {
namespace {

constexpr std::array<std::string_view, 3> kRoles = {"viewer", "operator", "admin"};

std::optional<int> number(std::string_view text, int most) {
  if (text.empty() || text.size() > 5 || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
  int value = std::stoi(std::string(text));
  return value <= most ? std::optional(value) : std::nullopt;
}

bool is_address(std::string_view text, int* bits) {
  unsigned char buffer[16];
  std::string address(text);
  if (inet_pton(AF_INET, address.c_str(), buffer) == 1) return *bits = 32, true;
  if (inet_pton(AF_INET6, address.c_str(), buffer) == 1) return *bits = 128, true;
  return false;
}

// "10.0.0.0/8", "10.0.0.1", "fd00::/8".
bool is_network(std::string_view text) {
  size_t slash = text.find('/');
  int bits = 0;
  if (!is_address(text.substr(0, slash), &bits)) return false;
  return slash == text.npos || number(text.substr(slash + 1), bits).has_value();
}

// "HOST:PORT"; an IPv6 address stands in brackets.
bool is_listen(std::string_view text) {
  size_t colon = text.rfind(':');
  if (colon == text.npos || colon == 0 || !number(text.substr(colon + 1), 65535)) return false;
  auto host = text.substr(0, colon);
  if (!host.starts_with('[')) return host.find(':') == host.npos;
  int bits = 0;
  return host.ends_with(']') && is_address(host.substr(1, host.size() - 2), &bits) && bits == 128;
}

class ServingReader {
 public:
  ServingReader(YamlMap& map, const ServingTexts& texts, Config& config)
      : map_(map), errors_(map.errors()), texts_(texts), config_(config) {}

  void read() {
    if (auto listen = texts_.expanded(map_, "listen")) {
      config_.listen = *listen;
      if (!is_listen(*listen)) {
        complain(map_, "listen", "'{}' is not HOST:PORT; write for example 127.0.0.1:8080, 0.0.0.0:443 or [::1]:8080",
                 *listen);
      }
    }
    if (auto url = texts_.expanded(map_, "public_url")) config_.public_url = public_url(*url);
    if (auto* node = map_.map("tls")) tls(*node);
    proxies();
    config_.requests_per_second =
        map_.number("requests_per_second", 0, 1'000'000).value_or(config_.requests_per_second);
    if (auto* node = map_.map("sign_in")) sign_in(*node);
    if (auto* node = map_.map("access_portal")) access_portal(*node);
    if (map_.here().find("owner_tags")) config_.owner_tags = map_.texts("owner_tags");
    if (auto* node = map_.map("retention")) retention(*node);
  }

 private:
  template <typename... Args>
  void complain(YamlMap& map, std::string_view key, fmt::format_string<Args...> format, Args&&... args) {
    errors_.add(*map.here().find(key), fmt::format(format, std::forward<Args>(args)...));
  }

  std::string public_url(std::string url) {
    bool has_scheme = url.starts_with("https://") || url.starts_with("http://");
    size_t host = url.find("//") + 2;
    while (url.ends_with('/')) url.pop_back();
    if (!has_scheme || url.size() <= host || url.find_first_of("/?#@", host) != url.npos) {
      complain(map_, "public_url",
               "'{}' is not how people reach the server; write for example https://cadastre.example.com", url);
    }
    return url;
  }

  void tls(const YamlNode& node) {
    YamlMap map(node, "tls", errors_);
    config_.tls_certificate = texts_.beside_file(map.required_text("certificate"));
    config_.tls_key = texts_.beside_file(map.required_text("key"));
    map.finish();
  }

  void proxies() {
    config_.trusted_proxies = map_.texts("trusted_proxies");
    for (const auto& proxy : config_.trusted_proxies) {
      if (!is_network(proxy)) {
        complain(map_, "trusted_proxies", "'{}' is no address and no network; write for example 10.0.0.5 or 10.0.0.0/8",
                 proxy);
      }
    }
  }

  void sign_in(const YamlNode& node) {
    YamlMap map(node, "sign_in", errors_);
    auto& sign_in = config_.sign_in;
    sign_in.idle = at_least(map, "idle", sign_in.idle, std::chrono::minutes(1));
    sign_in.longest = at_least(map, "longest", sign_in.longest, std::chrono::minutes(1));
    if (auto* oidc = map.map("oidc")) sign_in.oidc = identity_provider(*oidc);
    map.finish();
  }

  Millis at_least(YamlMap& map, std::string_view key, Millis otherwise, Millis least) {
    auto value = map.duration(key);
    if (value && *value < least) complain(map, key, "'{}' must be at least {}", key, format_duration(least));
    return value.value_or(otherwise);
  }

  OidcConfig identity_provider(const YamlNode& node) {
    YamlMap map(node, "oidc", errors_);
    OidcConfig oidc;
    oidc.issuer = texts_.expanded(map, "issuer").value_or("");
    oidc.client_id = texts_.expanded(map, "client_id").value_or("");
    oidc.client_secret = texts_.secret(map, "client_secret");
    if (oidc.issuer.empty()) errors_.add(node, "oidc needs the 'issuer': the address of the identity provider");
    if (oidc.client_id.empty())
      errors_.add(node, "oidc needs the 'client_id' that the identity provider gave to Cadastre");
    // Without TLS anybody on the way could say who is who; on one's own machine nobody is on the way.
    bool here = oidc.issuer.starts_with("http://127.0.0.1:") || oidc.issuer.starts_with("http://localhost:");
    if (!oidc.issuer.empty() && !oidc.issuer.starts_with("https://") && !here) {
      complain(map, "issuer", "the issuer must be an https:// address");
    }
    if (map.here().find("scopes")) oidc.scopes = map.texts("scopes");
    oidc.name_claim = map.text("name_claim").value_or(oidc.name_claim);
    oidc.groups_claim = map.text("groups_claim").value_or(oidc.groups_claim);
    oidc.recheck = at_least(map, "recheck", oidc.recheck, std::chrono::seconds(10));
    if (auto* grants = map.list("grants")) {
      for (const auto& each : grants->items) oidc.grants.push_back(grant(each));
    }
    if (oidc.grants.empty()) {
      errors_.add(node, "oidc needs 'grants', or nobody may come in: grants: [{group: platform, role: admin}]");
    }
    map.finish();
    return oidc;
  }

  OidcConfig::Grant grant(const YamlNode& node) {
    YamlMap map(node, "grant", errors_);
    OidcConfig::Grant grant;
    grant.group = map.required_text("group");
    auto role = map.choice("role", kRoles);
    grant.role = kRoles[role.value_or(0)];
    if (!map.here().find("role")) errors_.add(node, "a grant needs a 'role': viewer, operator or admin");
    grant.accounts = map.texts("accounts");
    if (map.here().find("accounts") && grant.accounts.empty()) {
      complain(map, "accounts", "no account is named; name some, or leave 'accounts' out for all");
    }
    map.finish();
    return grant;
  }

  void access_portal(const YamlNode& node) {
    YamlMap map(node, "access_portal", errors_);
    auto& portal = config_.access_portal;
    portal.url = map.required_text("url");
    while (portal.url.ends_with('/')) portal.url.pop_back();
    if (map.here().find("url") &&
        (!portal.url.starts_with("https://") || portal.url.find_first_of("?#@ ") != portal.url.npos)) {
      complain(map, "url",
               "'{}' is no access portal; write its address, for example https://d-1234567890.awsapps.com/start",
               portal.url);
    }
    portal.role = permission_set(map, "role");
    if (auto* roles = map.map("roles")) {
      YamlMap each(*roles, "roles", errors_);
      for (const auto& [account, role] : roles->members)
        portal.roles[account.scalar] = permission_set(each, account.scalar);
    }
    if (!map.here().find("role") && portal.roles.empty()) {
      errors_.add(node,
                  "access_portal needs the 'role' to come in with: the name of a permission set, for example ReadOnly");
    }
    map.finish();
  }

  // AWS allows letters, digits and +=,.@-_ in the names of permission sets, 32 of them.
  std::string permission_set(YamlMap& map, std::string_view key) {
    auto name = map.text(key).value_or("");
    bool known = !name.empty() && name.size() <= 32 && std::ranges::all_of(name, [](unsigned char c) {
      return std::isalnum(c) || std::string_view("+=,.@-_").find(static_cast<char>(c)) != std::string_view::npos;
    });
    if (map.here().find(key) && !known)
      complain(map, key, "'{}' is no permission set's name; write for example ReadOnly", printable(name));
    return name;
  }

  // default: 400d, or a map with keep and keep_versions.
  void retention(const YamlNode& node) {
    YamlMap each(node, "retention", errors_);
    for (const auto& [kind, value] : node.members) {
      RetentionConfig kept;
      if (value.kind == YamlNode::Kind::map) {
        each.node(kind.scalar);
        YamlMap map(value, "retention of " + kind.scalar, errors_);
        kept.keep = map.duration("keep");
        if (auto versions = map.integer("keep_versions", 1, 1'000'000)) kept.versions = static_cast<size_t>(*versions);
        if (value.members.empty()) errors_.add(value, "say what is kept: {keep: 400d} or {keep_versions: 100}");
        map.finish();
      } else {
        kept.keep = each.duration(kind.scalar);
      }
      if (kept.keep && *kept.keep < std::chrono::hours(1)) {
        errors_.add(value, "less than 1h would leave nothing to look back to; write for example 90d");
      }
      config_.retention[kind.scalar] = kept;
    }
  }

  YamlMap& map_;
  YamlErrors& errors_;
  const ServingTexts& texts_;
  Config& config_;
};

}  // namespace

void read_serving(YamlMap& map, const ServingTexts& texts, Config& config) { ServingReader(map, texts, config).read(); }

}  // namespace cadastre
