#include "search/roads.h"

#include <set>

#include "base/text.h"

namespace cadastre::search {
namespace {

using Road = std::vector<std::string>;

const std::vector<Road>& roads() {
  static const std::vector<Road> all = {
      {"k8s.pod", "k8s.node", "aws.ec2.instance", "aws.ec2.subnet"},
      {"k8s.pod", "k8s.persistent_volume_claim", "k8s.persistent_volume", "aws.ec2.volume"},
      {"k8s.pod", "k8s.persistent_volume_claim", "k8s.persistent_volume", "aws.efs.file_system"},
      {"k8s.ingress", "aws.elbv2.load_balancer", "aws.elbv2.target_group"},
      {"k8s.service", "aws.elbv2.load_balancer", "aws.elbv2.target_group"},
      {"k8s.ingress", "aws.elbv2.load_balancer", "aws.route53.record"},
      {"k8s.service", "aws.elbv2.load_balancer", "aws.route53.record"},
      {"k8s.service", "aws.elb.load_balancer", "aws.route53.record"},
      {"k8s.service", "k8s.endpoint_slice", "k8s.pod"},
      {"k8s.pod", "k8s.service_account", "aws.iam.role"},
      {"k8s.node", "aws.ec2.instance", "aws.eks.cluster"},
  };
  return all;
}

using Resources = std::vector<store::Resource>;

// One stop farther: of all of them, each once, without those that were passed.
Result<Resources> step(const Resources& from, const std::string& kind, std::set<int64_t>& passed, size_t most,
                       Links& links) {
  Resources next;
  for (const auto& one : from) {
    TRY_ASSIGN(auto neighbours, links.neighbours(one, kind));
    for (auto& neighbour : neighbours) {
      if (next.size() >= most) return next;
      if (passed.insert(neighbour.resource).second) next.push_back(std::move(neighbour));
    }
  }
  return next;
}

}  // namespace

Result<std::vector<Farther>> beyond(const store::Resource& resource, Links& links) {
  std::vector<Farther> found;
  auto walk = [&](std::span<const std::string> stops, bool away) -> Result<void> {
    Resources here = {resource};
    std::set<int64_t> passed = {resource.resource};
    for (size_t i = 0; i < stops.size() && !here.empty(); ++i) {
      TRY_ASSIGN(here, step(here, stops[i], passed, kMostOnARoad, links));
      if (i == 0) continue;
      auto via = join(std::vector<std::string>(stops.begin(), stops.begin() + static_cast<ptrdiff_t>(i)), " › ");
      for (const auto& one : here) found.push_back({one, via, away});
    }
    return {};
  };
  auto of_cluster = [](const std::string& name) { return fmt::format("the cluster {}", name); };
  if (stands_for_cluster(resource.cell.kind)) {
    TRY_ASSIGN(auto eks, links.eks_of(resource));
    if (eks) found.push_back({std::move(*eks), of_cluster(resource.cell.region), true});
  } else if (resource.cell.kind == kEksCluster) {
    TRY_ASSIGN(auto inside, links.inside_of(resource));
    for (auto& one : inside) {
      auto via = of_cluster(one.cell.region);
      found.push_back({std::move(one), std::move(via), false});
    }
  }
  for (const auto& road : roads()) {
    auto at = std::ranges::find(road, resource.cell.kind);
    if (at == road.end()) continue;
    Road before(std::make_reverse_iterator(at), road.rend());
    TRY(walk(std::span(at + 1, road.end()), true));
    TRY(walk(before, false));
  }
  return found;
}

Result<Resources> serving(const std::vector<std::string>& hosts, Links& links, size_t most) {
  Resources found;
  std::set<int64_t> passed;
  auto naming = [&](const std::string& kind) -> Result<Resources> {
    Resources all;
    for (const auto& host : hosts) {
      TRY_ASSIGN(auto rows, links.naming(kind, host));
      for (auto& row : rows) {
        if (passed.insert(row.resource).second) all.push_back(std::move(row));
      }
    }
    return all;
  };
  TRY_ASSIGN(auto ingresses, naming("k8s.ingress"));
  TRY_ASSIGN(auto here, naming("k8s.service"));
  TRY_ASSIGN(auto services, step(ingresses, "k8s.service", passed, most, links));
  std::ranges::move(services, std::back_inserter(here));
  found = std::move(ingresses);
  std::ranges::copy(here, std::back_inserter(found));
  for (const char* kind : {"k8s.endpoint_slice", "k8s.pod", "k8s.node"}) {
    TRY_ASSIGN(here, step(here, kind, passed, most, links));
    std::ranges::copy(here, std::back_inserter(found));
  }
  if (found.size() > most) found.resize(most);
  return found;
}

}  // namespace cadastre::search
