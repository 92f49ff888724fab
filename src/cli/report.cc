// cadastre report k8s: what is wrong in every cluster, the most severe first.
#include "cli/report.h"

#include "base/text.h"
#include "cli/source.h"
#include "kubernetes/expected.h"
#include "kubernetes/health_json.h"

namespace cadastre::cli {
namespace {

using kubernetes::ClusterHealth;
using kubernetes::Severity;

// "k8s.pod shop/cart-1"; of the cluster itself its name.
std::string what_of(const kubernetes::Finding& finding) {
  return finding.native.empty() ? fmt::format("{} {}", finding.kind, finding.name)
                                : fmt::format("{} {}", finding.kind, finding.native);
}

void print_tables(const kubernetes::HealthRules& rules, const std::vector<ClusterHealth>& clusters, Time now) {
  Table cards({"cluster", "account", "as of", "resources", "critical", "warning", "notice"});
  for (size_t column = 3; column <= 6; ++column) cards.align_right(column);
  for (const auto& health : clusters) {
    uint64_t resources = 0;
    for (const auto& [kind, count] : health.counts) resources += count;
    auto counts = severities_of(rules, health.findings);
    cards.add({health.cluster, health.account, ago(health.last_dump, now) + (health.late_since ? ", late" : ""),
               thousands(resources), thousands(counts[Severity::critical]), thousands(counts[Severity::warning]),
               thousands(counts[Severity::notice])});
  }
  cards.print();
  for (const auto& health : clusters) {
    if (health.worst.empty()) continue;
    print("\n" + bold(fmt::format("{} ({})", printable(health.cluster), health.account)) + "\n");
    Table findings({"severity", "rule", "resource", "since", "reason"});
    for (const auto& finding : health.worst) {
      findings.add({std::string(to_string(finding.severity)), finding.rule, what_of(finding),
                    finding.since ? ago(finding.since, health.as_of) : "", finding.reason});
    }
    findings.print();
  }
}

void print_json(const kubernetes::HealthRules& rules, const std::vector<ClusterHealth>& clusters) {
  json::array list;
  for (const auto& health : clusters) {
    auto card = card_json(rules, health);
    json::array findings;
    for (const auto& finding : health.worst) findings.push_back(finding_json(rules, finding));
    card["findings"] = std::move(findings);
    list.push_back(std::move(card));
  }
  print(to_pretty_json(json::object{{"clusters", std::move(list)}}) + "\n");
}

// Names to ids, and nothing that is not there.
Result<kubernetes::HealthQuestion> question_of(App& app, const ReportOptions& options) {
  kubernetes::HealthQuestion question;
  question.clusters = options.clusters;
  question.expected = kubernetes::expected_clusters(app.config.kubernetes);
  if (!options.at.empty()) {
    TRY_ASSIGN(question.at, parse_time(options.at, app.clock.now()));
  }
  TRY_ASSIGN(auto accounts, app.store->cells().accounts());
  for (const auto& wanted : options.accounts) {
    auto known =
        std::ranges::find_if(accounts, [&](const auto& row) { return row.id == wanted || row.name == wanted; });
    if (known == accounts.end()) {
      return fail(ErrorCode::invalid,
                  fmt::format("there is no account '{}'; `cadastre accounts` lists them", printable(wanted)));
    }
    question.accounts.push_back(known->id);
  }
  return question;
}

Result<int> report(App& app, const ReportOptions& options) {
  TRY_ASSIGN(auto rules, kubernetes::HealthRules::load(app.catalog));
  TRY_ASSIGN(auto question, question_of(app, options));
  TRY_ASSIGN(auto clusters, health_of(rules, app.catalog, *app.store, question, app.clock.now()));
  for (const auto& wanted : options.clusters) {
    if (std::ranges::find(clusters, wanted, &ClusterHealth::cluster) == clusters.end()) {
      return fail(ErrorCode::invalid,
                  fmt::format("there is no cluster '{}'; `cadastre report k8s` lists them", printable(wanted)));
    }
  }
  bool critical = false;
  for (const auto& health : clusters)
    critical = critical || (!health.worst.empty() && health.worst.front().severity == Severity::critical);
  if (options.output.format == "json") {
    print_json(rules, clusters);
  } else if (clusters.empty()) {
    std::fputs("no cluster has sent a dump yet; docs/kubernetes.md says how\n", stderr);
  } else {
    print_tables(rules, clusters, app.clock.now());
  }
  for (const auto& health : clusters) {
    for (const auto& sentence : health.missing)
      std::fputs(fmt::format("{}: {}\n", printable(health.cluster), printable(sentence)).c_str(), stderr);
  }
  return critical ? kCritical : kOk;
}

}  // namespace

int run_report_kubernetes(const GlobalOptions& global, const ReportOptions& options) {
  auto app = App::open(global);
  if (!app) return report_error(app.error(), global.verbose);
  auto code = report(**app, options);
  return code ? *code : report_error(code.error(), global.verbose);
}

}  // namespace cadastre::cli
