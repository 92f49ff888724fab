// Roads: chains of kinds that people think of as one thing, though only neighbours refer to each other. A pod runs on a
// node, the node is an instance, the instance is in a subnet; whoever looks at the pod wants to see the subnet, and
// whoever looks at the instance its pods.
#pragma once

#include "search/links.h"

namespace cadastre::search {

constexpr size_t kMostOnARoad = 200;  // at one stop of it

struct Farther {
  store::Resource resource;
  std::string via;    // the kinds on the way: "k8s.node › aws.ec2.instance"; "the cluster prod-eu"
  bool away = false;  // the road leads on from here; false: it leads here
};

// What is two or more links away on a road through the resource, road by road, the nearer first; before that, of a
// cluster and its nodes the EKS cluster that they are of, and the other way round. Errors: as Links.
Result<std::vector<Farther>> beyond(const store::Resource& resource, Links& links);

// What serves a DNS name inside clusters: ingresses and services by that name, services behind the ingresses, their
// pods, and the nodes those run on. The nearest first, each once, at most `most`. `hosts` as plain_host() has them.
Result<std::vector<store::Resource>> serving(const std::vector<std::string>& hosts, Links& links, size_t most);

}  // namespace cadastre::search
