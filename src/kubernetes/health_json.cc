#include "kubernetes/health_json.h"

#include "kubernetes/rule.h"

namespace cadastre::kubernetes {
namespace {

json::value time_or_null(const std::optional<Time>& time) {
  return time ? json::value(format_time(*time)) : json::value(nullptr);
}

json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

}  // namespace

std::map<Severity, uint64_t> severities_of(const HealthRules& rules, const std::map<std::string, uint64_t>& findings) {
  std::map<Severity, uint64_t> counts;
  for (const auto& [id, count] : findings) {
    if (const auto* rule = rules.find(id)) counts[rule->severity] += count;
  }
  return counts;
}

json::object severities_json(const std::map<Severity, uint64_t>& counts) {
  json::object object;
  for (auto severity : {Severity::critical, Severity::warning, Severity::notice}) {
    auto at = counts.find(severity);
    object[to_string(severity)] = at == counts.end() ? 0 : at->second;
  }
  return object;
}

json::object card_json(const HealthRules& rules, const ClusterHealth& health) {
  json::object resources;
  json::array findings, missing;
  for (const auto& [kind, count] : health.counts) resources[kind] = count;
  for (const auto& rule : rules.rules()) {  // the most severe first
    auto at = health.findings.find(rule.id);
    if (at == health.findings.end()) continue;
    findings.push_back(json::object{
        {"rule", rule.id}, {"title", rule.title}, {"severity", to_string(rule.severity)}, {"count", at->second}});
  }
  for (const auto& sentence : health.missing) missing.emplace_back(sentence);
  return {{"account", health.account},
          {"cluster", health.cluster},
          {"region", text_or_null(health.region)},
          {"eks", text_or_null(health.eks)},
          {"as_of", format_time(health.as_of)},
          {"verified_at", time_or_null(health.verified)},
          {"last_dump_at", time_or_null(health.last_dump)},
          {"late_since", time_or_null(health.late_since)},
          {"resources", std::move(resources)},
          {"severities", severities_json(severities_of(rules, health.findings))},
          {"by_rule", std::move(findings)},
          {"missing", std::move(missing)}};
}

json::object finding_json(const HealthRules& rules, const Finding& finding) {
  json::array evidence;
  for (const auto& [path, value] : finding.evidence) evidence.push_back(json::object{{"path", path}, {"value", value}});
  const auto* rule = rules.find(finding.rule);
  return {{"rule", finding.rule},
          {"title", rule ? rule->title : finding.rule},
          {"severity", to_string(finding.severity)},
          {"kind", finding.kind},
          {"id", text_or_null(finding.id)},
          {"name", finding.name},
          {"namespace", text_or_null(finding.space)},
          {"reason", finding.reason},
          {"since", time_or_null(finding.since)},
          {"evidence", std::move(evidence)}};
}

}  // namespace cadastre::kubernetes
