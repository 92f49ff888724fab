// The embedded rules, and those of the user.
#include "base/text.h"
#include "kubernetes/rule.h"

extern "C" {
extern const char cadastre_kubernetes_health_begin[];
extern const char cadastre_kubernetes_health_end[];
}

namespace cadastre::kubernetes {
namespace {

constexpr std::string_view kFile = "catalog/kubernetes-health.yaml";

// `catalog`: what kinds must be known; nullptr: not checked (of the embedded file a test does it).
Result<RuleFile> rules_of(const YamlNode& root, std::string_view file, const catalog::Catalog* catalog) {
  YamlErrors errors{std::string(file)};
  auto read = read_rules(root, errors);
  auto check_kind = [&](const std::string& kind, int line) {
    if (!catalog || kind.empty() || kind == kCluster || catalog->find(kind)) return;
    YamlNode at;
    at.line = line;
    at.column = 1;
    std::vector<std::string_view> names;
    for (const auto& known : catalog->kinds()) names.push_back(known.name);
    errors.add(at, fmt::format("there is no kind '{}'{}", kind, did_you_mean(kind, names)));
  };
  for (const auto& rule : read.rules) {
    check_kind(rule.kind, rule.line);
    each_path(rule, [&](const std::string& kind, const Path&, const Path&) {
      if (kind != rule.kind) check_kind(kind, rule.line);
    });
  }
  if (!errors.empty()) return std::unexpected(errors.error());
  return read;
}

}  // namespace

Result<HealthRules> HealthRules::load(const catalog::Catalog& catalog, const std::vector<catalog::Source>& mine) {
  std::string_view text(cadastre_kubernetes_health_begin,
                        static_cast<size_t>(cadastre_kubernetes_health_end - cadastre_kubernetes_health_begin));
  TRY_ASSIGN(auto root, parse_yaml(text, kFile));
  TRY_ASSIGN(auto file, rules_of(root, kFile, nullptr));
  auto rules = std::move(file.rules);
  for (const auto& source : mine) {
    TRY_ASSIGN(auto theirs, parse_yaml(source.text, source.name));
    const auto* health = theirs.find("health");
    if (!health) continue;
    TRY_ASSIGN(auto more, rules_of(*health, source.name, &catalog));
    for (auto& rule : more.rules) {
      std::erase_if(rules, [&](const Rule& known) { return known.id == rule.id; });  // theirs takes its place
      rules.push_back(std::move(rule));
    }
    if (more.events) file.events = std::move(more.events);
  }
  std::ranges::stable_sort(rules, [](const Rule& a, const Rule& b) {
    return std::tuple(b.severity, std::string_view(a.id)) < std::tuple(a.severity, std::string_view(b.id));
  });
  HealthRules loaded;
  loaded.rules_ = std::make_shared<const std::vector<Rule>>(std::move(rules));
  if (file.events) loaded.events_ = std::make_shared<const EventRule>(std::move(*file.events));
  return loaded;
}

const HealthRules::Rule* HealthRules::find(std::string_view id) const {
  auto at = std::ranges::find(*rules_, id, &Rule::id);
  return at == rules_->end() ? nullptr : &*at;
}

}  // namespace cadastre::kubernetes
