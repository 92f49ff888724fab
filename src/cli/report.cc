// cadastre report k8s: what is wrong in every cluster, the most severe first.
#include "cli/report.h"

#include "base/text.h"
#include "cli/source.h"

namespace cadastre::cli {
namespace {

using Clusters = std::vector<json::object>;

uint64_t count(const json::value* value) { return value && value->is_number() ? value->to_number<uint64_t>() : 0; }

const json::object& object_in(const json::object& object, std::string_view name) {
  static const json::object kNone;
  auto* value = object.if_contains(name);
  return value && value->is_object() ? value->get_object() : kNone;
}

const json::array& list_in(const json::object& object, std::string_view name) {
  static const json::array kNone;
  auto* value = object.if_contains(name);
  return value && value->is_array() ? value->get_array() : kNone;
}

// "k8s.pod shop/cart-1": the id is KIND/ACCOUNT/CLUSTER/NATIVE; of the cluster itself its name.
std::string what_of(const json::object& finding) {
  auto id = member_text(finding, "id");
  size_t at = 0;
  for (int i = 0; i < 3 && at != id.npos; ++i) {
    at = id.find('/', at);
    if (at != id.npos) ++at;
  }
  auto native = id.empty() || at == id.npos ? member_text(finding, "name") : id.substr(at);
  return fmt::format("{} {}", member_text(finding, "kind"), native);
}

std::string severity_count(const json::object& card, std::string_view severity) {
  return thousands(count(object_in(card, "severities").if_contains(severity)));
}

void print_cards(const Clusters& clusters, Time now) {
  Table cards({"cluster", "account", "as of", "resources", "critical", "warning", "notice"});
  for (size_t column = 3; column <= 6; ++column) cards.align_right(column);
  for (const auto& card : clusters) {
    uint64_t resources = 0;
    for (const auto& kind : object_in(card, "resources")) resources += count(&kind.value());
    auto late = member_text(card, "late_since").empty() ? "" : ", late";
    cards.add({member_text(card, "cluster"), member_text(card, "account"),
               ago(parse_rfc3339(member_text(card, "last_dump_at")), now) + late, thousands(resources),
               severity_count(card, "critical"), severity_count(card, "warning"), severity_count(card, "notice")});
  }
  cards.print();
}

void print_findings(const json::object& card) {
  const auto& all = list_in(card, "findings");
  if (all.empty()) return;
  print("\n" +
        bold(fmt::format("{} ({})", printable(member_text(card, "cluster")), printable(member_text(card, "account")))) +
        "\n");
  auto as_of = parse_rfc3339(member_text(card, "as_of")).value_or(Time());
  Table findings({"severity", "rule", "resource", "since", "reason"});
  for (const auto& one : all) {
    if (!one.is_object()) continue;
    const auto& finding = one.get_object();
    auto since = parse_rfc3339(member_text(finding, "since"));
    findings.add({member_text(finding, "severity"), member_text(finding, "rule"), what_of(finding),
                  since ? ago(since, as_of) : "", member_text(finding, "reason")});
  }
  findings.print();
}

void print_json(const Clusters& clusters) {
  json::array list;
  for (const auto& card : clusters) list.push_back(card);
  print(to_pretty_json(json::object{{"clusters", std::move(list)}}) + "\n");
}

Result<int> report(Source& source, const ReportOptions& options) {
  Source::ClustersRequest request{options.clusters, options.accounts, {}};
  TRY_ASSIGN(request.at, instant(options.at));
  TRY_ASSIGN(auto clusters, source.clusters(request));
  if (options.output.format == "json") {
    print_json(clusters);
  } else if (clusters.empty()) {
    std::fputs("no cluster has sent a dump yet; docs/kubernetes.md says how\n", stderr);
  } else {
    print_cards(clusters, request.at.value_or(system_clock().now()));
    for (const auto& card : clusters) print_findings(card);
  }
  bool critical = false;
  for (const auto& card : clusters) {
    critical = critical || count(object_in(card, "severities").if_contains("critical")) > 0;
    for (const auto& sentence : list_in(card, "missing"))
      std::fputs(
          fmt::format("{}: {}\n", printable(member_text(card, "cluster")), printable(scalar_text(sentence))).c_str(),
          stderr);
  }
  return critical ? kCritical : kOk;
}

}  // namespace

int run_report_kubernetes(const GlobalOptions& global, const ReportOptions& options) {
  auto source = open_source(global);
  if (!source) return report_error(source.error(), global.verbose);
  auto code = report(**source, options);
  return code ? *code : report_error(code.error(), global.verbose);
}

}  // namespace cadastre::cli
