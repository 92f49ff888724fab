// The rules against a real cluster's dump, whose truth was written down when the cluster was seeded.
#include "kubernetes/examine.h"

#include "kubernetes/dump_for_tests.h"

namespace cadastre::kubernetes {
namespace {

using planted::must;
using Names = std::set<std::string>;

// What the rules are to find, by the truth's own words; "": nothing in a dump tells it.
const std::multimap<std::string, std::string> kReasons = {{"pod_failed", "Failed"},
                                                          {"pod_evicted", "Evicted"},
                                                          {"pod_unschedulable", "Unschedulable"},
                                                          {"container_crash_loop", "CrashLoopBackOff"},
                                                          {"container_crash_loop", "Init:CrashLoopBackOff"},
                                                          {"image_unavailable", "ErrImagePull"},
                                                          {"image_unavailable", "ImagePullBackOff"},
                                                          {"container_not_created", "CreateContainerConfigError"},
                                                          {"container_stuck_creating", "ContainerCreating"},
                                                          {"container_out_of_memory", "OOMKilled"},
                                                          {"pod_not_ready", "NotReady"},
                                                          {"pod_node_lost", "NodeLost"},
                                                          {"pod_stuck_terminating", "Terminating"},
                                                          {"deployment_unavailable", "DeploymentUnavailable"},
                                                          {"deployment_stuck", "ProgressDeadlineExceeded"},
                                                          {"stateful_set_unready", "StatefulSetNotReady"},
                                                          {"daemon_set_unready", "DaemonSetUnavailable"},
                                                          {"job_failed", "JobFailed"},
                                                          {"cron_job_suspended", "CronJobSuspended"},
                                                          {"node_not_ready", "NodeNotReady"},
                                                          {"node_pressure", "NodeDiskPressure"},
                                                          {"node_cordoned", "NodeCordoned"},
                                                          {"claim_pending", "PVCPending"},
                                                          {"claim_lost", "PVCLost"},
                                                          {"volume_released", "PVReleased"},
                                                          {"service_without_endpoints", "ServiceNoReadyEndpoints"},
                                                          {"load_balancer_pending", "LoadBalancerPending"},
                                                          {"ingress_backend_missing", "IngressBackendMissing"},
                                                          {"autoscaler_at_maximum", "HPAMaxedOut"},
                                                          {"autoscaler_blind", "HPANoMetrics"},
                                                          {"disruption_budget_blocks", "PDBBlocksEviction"},
                                                          {"namespace_stuck_terminating", "NamespaceTerminating"},
                                                          {"certificate_not_ready", "CertificateNotReady"},
                                                          {"application_degraded", "ApplicationOutOfSync"}};
// Secrets are not in a dump.
constexpr const char* kUnknowable = "IngressTLSSecretMissing";

const History kNoHistory = [](const Document&, const Holds&) -> Result<Held> { return Held{}; };

std::map<std::string, Names> found_in(ClusterDocuments& documents, Time as_of) {
  auto rules = must(HealthRules::load(planted::real_catalog()));
  std::map<std::string, Names> found;
  for (const auto& finding : must(examine(rules, documents, as_of, kNoHistory)).findings) {
    CHECK_FALSE(finding.reason.empty());
    CHECK_FALSE(finding.evidence.empty());
    found[finding.rule].insert(finding.native);
  }
  return found;
}

std::map<std::string, Names> wanted_by(const json::value& truth) {
  std::map<std::string, Names> wanted;
  for (const auto& [rule, reason] : kReasons) {
    for (const auto& one : truth.at("unhealthy").at(reason).as_array()) {
      auto space = scalar_text(one.at("namespace")), name = scalar_text(one.at("name"));
      wanted[rule].insert(space.empty() ? name : space + "/" + name);
    }
  }
  return wanted;
}

// The seeder counts the ingress that it broke on purpose; two more lead to services that it never made.
Names dangling_ingresses(const ClusterDocuments& documents) {
  Names services, dangling;
  for (const auto& service : documents.of("k8s.service")) services.insert(service.row.native);
  for (const auto& ingress : documents.of("k8s.ingress")) {
    auto space = ingress.row.native.substr(0, ingress.row.native.find('/'));
    for (const auto& rule : ingress.value.at("spec").at("rules").as_array()) {
      for (const auto& path : rule.at("http").at("paths").as_array()) {
        auto name = scalar_text(path.at("backend").at("service").at("name"));
        if (!services.contains(space + "/" + name)) dangling.insert(ingress.row.native);
      }
    }
  }
  return dangling;
}

std::string difference(const Names& wanted, const Names& found) {
  std::string text;
  for (const auto& name : wanted) text += found.contains(name) ? "" : fmt::format(" -{}", name);
  for (const auto& name : found) text += wanted.contains(name) ? "" : fmt::format(" +{}", name);
  return text;
}

TEST_CASE("the rules find what was planted in a real cluster, and nothing else") {
  auto folder = planted::dump_folder();
  if (const char* other = std::getenv("CADASTRE_DUMP")) folder = other;
  auto truth = planted::truth(folder);
  auto documents = planted::read_dump(folder);
  auto found = found_in(documents, *parse_rfc3339(scalar_text(truth.at("now"))));
  auto wanted = wanted_by(truth);
  REQUIRE(wanted.size() > 30);
  for (const auto& name : dangling_ingresses(documents)) wanted["ingress_backend_missing"].insert(name);
  for (const auto& [rule, names] : wanted) {
    CAPTURE(rule);
    CHECK(difference(names, found[rule]) == "");
  }
  std::set<std::string> known = {kUnknowable};
  for (const auto& [rule, reason] : kReasons) known.insert(reason);
  for (const auto& [reason, list] : truth.at("unhealthy").as_object())
    CHECK_MESSAGE(known.contains(std::string(reason)), std::string(reason) << " is planted, and no rule looks for it");
}

// What `kubectl get pods` prints for what was planted, by the seeder's word for it; "": several, or what it is not for.
const std::multimap<std::string, std::string> kPrinted = {{"CrashLoopBackOff", "CrashLoopBackOff"},
                                                          {"Init:CrashLoopBackOff", "Init:CrashLoopBackOff"},
                                                          {"ErrImagePull", "ErrImagePull"},
                                                          {"ImagePullBackOff", "ImagePullBackOff"},
                                                          {"ContainerCreating", "ContainerCreating"},
                                                          {"CreateContainerConfigError", "CreateContainerConfigError"},
                                                          {"Terminating", "Terminating"},
                                                          {"Unschedulable", "Pending"},
                                                          {"NodeLost", "Running"}};

TEST_CASE("the pods of a real cluster are in the states that kubectl prints") {
  auto truth = planted::truth(planted::dump_folder());
  auto documents = planted::read_dump(planted::dump_folder());
  std::map<std::string, std::string> states;
  std::map<std::string, int64_t> counts;
  const auto& kind = *planted::real_catalog().find("k8s.pod");
  for (const auto& pod : documents.of("k8s.pod")) {
    auto state = catalog::read_row(kind, pod.value, {"111111111111", "eu-west-1", "aws"}).state;
    states[pod.row.native] = state;
    ++counts[state];
  }
  for (const auto& [reason, printed] : kPrinted) {
    for (const auto& one : truth.at("unhealthy").at(reason).as_array()) {
      auto native = scalar_text(one.at("namespace")) + "/" + scalar_text(one.at("name"));
      CHECK_MESSAGE(states[native] == printed, native);
    }
  }
  const auto& planted = truth.at("pods_by_state");
  CHECK(counts["Completed"] == planted.at("succeeded").as_int64());
  CHECK(counts["Error"] + counts["OOMKilled"] == planted.at("failed").as_int64() + planted.at("failed_oom").as_int64());
  CHECK(counts["OOMKilled"] == planted.at("failed_oom").as_int64());
}

}  // namespace
}  // namespace cadastre::kubernetes
