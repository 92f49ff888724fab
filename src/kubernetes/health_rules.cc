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

// Of the kinds that a rule is about, those that no cluster has.
class KindCheck {
 public:
  KindCheck(const catalog::Catalog& catalog, YamlErrors& errors) : catalog_(catalog), errors_(errors) {}

  void check(const HealthRules::Rule& rule) {
    check(rule.kind, rule.line);
    each_path(rule, [&](const std::string& kind, const Path&, const Path&) {
      if (kind != rule.kind) check(kind, rule.line);
    });
  }

 private:
  void check(const std::string& kind, int line) {
    auto* known = catalog_.find(kind);
    if (kind.empty() || kind == kCluster || (known && !known->resource.empty())) return;
    YamlNode at;
    at.line = line;
    at.column = 1;
    std::vector<std::string_view> names = {kCluster};
    for (const auto& one : catalog_.kinds()) {
      if (!one.resource.empty()) names.push_back(one.name);
    }
    errors_.add(at, fmt::format("{} '{}'{}; `cadastre kinds 'k8s.*'` lists those that rules can look at",
                                known ? "no cluster has resources of the kind" : "there is no kind", kind,
                                did_you_mean(kind, names)));
  }

  const catalog::Catalog& catalog_;
  YamlErrors& errors_;
};

// The rules of one file, over those that are known so far.
Result<void> add_rules(std::vector<HealthRules::Rule>& rules, RuleFile& file, RuleFile more, YamlErrors& errors) {
  auto take_out = [&](const std::string& id) {
    return std::erase_if(rules, [&](const HealthRules::Rule& known) { return known.id == id; }) > 0;
  };
  for (auto& [id, at] : more.off) {
    std::vector<std::string_view> names;
    for (const auto& rule : rules) names.push_back(rule.id);
    auto hint = did_you_mean(id, names);
    if (!take_out(id))
      errors.add(at, fmt::format("there is no rule '{}' to switch off{}; docs/kubernetes.md names them all", id, hint));
  }
  if (!errors.empty()) return std::unexpected(errors.error());
  for (auto& rule : more.rules) {
    take_out(rule.id);
    rules.push_back(std::move(rule));
  }
  if (more.events) file.events = std::move(more.events);
  return {};
}

}  // namespace

Result<HealthRules> HealthRules::load(const catalog::Catalog& catalog) {
  std::string_view text(cadastre_kubernetes_health_begin,
                        static_cast<size_t>(cadastre_kubernetes_health_end - cadastre_kubernetes_health_begin));
  TRY_ASSIGN(auto root, parse_yaml(text, kFile));
  YamlErrors embedded{std::string(kFile)};
  auto file = read_rules(root, embedded);
  if (!embedded.empty()) return std::unexpected(embedded.error());
  auto rules = std::move(file.rules);
  for (const auto& section : catalog.health()) {
    YamlErrors errors(section.file);
    auto more = read_rules(section.rules, errors);
    KindCheck kinds(catalog, errors);
    for (const auto& rule : more.rules) kinds.check(rule);
    TRY(add_rules(rules, file, std::move(more), errors));
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
