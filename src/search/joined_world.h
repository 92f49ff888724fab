// For tests: a shop. A record in a network account, a load balancer, and a cluster that serves it in another account;
// beside it a second cluster of that account in which everything has the same names, and one of a stranger.
#pragma once

#include "search/world.h"

namespace cadastre::search {

constexpr const char* kShop = "111111111111";      // where the clusters prod-eu and prod-us run
constexpr const char* kNetwork = "222222222222";   // where the zone is
constexpr const char* kStranger = "333333333333";  // whose cluster claims the same host

class Story {
 public:
  void aws(const char* account, const char* region, const char* kind, const std::string& document) {
    happen({account, region, kind}, document, "");
  }
  // Clusters: prod-eu, prod-us, strange. All of them run in eu-west-1.
  void k8s(const char* account, const char* cluster, const char* kind, const std::string& document) {
    happen({account, cluster, kind}, document, "eu-west-1");
  }
  void close(const char* account, const char* region, const char* kind, const char* native) {
    Event event;
    event.later = Millis(1000);
    event.cell = {account, region, kind};
    event.close = native;
    events_.push_back(std::move(event));
  }

  // The same in every cluster: one service behind an ingress, with a pod on a node.
  void cluster(const char* account, const char* name, const char* instance, const char* volume, const char* balancer) {
    k8s(account, name, "k8s.node",
        fmt::format(R"({{"metadata": {{"name": "node-1", "uid": "n"}}, "spec": {{"providerID":
            "aws:///eu-west-1a/{}"}}}})",
                    instance));
    k8s(account, name, "k8s.node", R"({"metadata": {"name": "fargate-1", "uid": "f"}, "spec": {"providerID":
            "aws:///eu-west-1a/0123456789-abcdef/fargate-ip-10-0-0-9.eu-west-1.compute.internal"}})");
    k8s(account, name, "k8s.pod", R"({"metadata": {"namespace": "shop", "name": "cart-1", "uid": "p"},
        "spec": {"nodeName": "node-1", "serviceAccountName": "cart",
                 "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}})");
    k8s(account, name, "k8s.pod",
        R"({"metadata": {"namespace": "shop", "name": "idle", "uid": "q", "labels": {"app": "idle"}}, "spec": {"nodeName": "fargate-1"}})");
    k8s(account, name, "k8s.service",
        R"({"metadata": {"namespace": "shop", "name": "cart", "uid": "s"}, "spec": {"clusterIP": "172.20.0.7"}})");
    k8s(account, name, "k8s.endpoint_slice", R"({"metadata": {"namespace": "shop", "name": "cart-x", "uid": "e",
        "labels": {"kubernetes.io/service-name": "cart"}},
        "endpoints": [{"targetRef": {"kind": "Pod", "namespace": "shop", "name": "cart-1"}}]})");
    k8s(account, name, "k8s.ingress",
        fmt::format(R"({{"metadata": {{"namespace": "shop", "name": "web", "uid": "i"}},
        "spec": {{"rules": [{{"host": "shop.example.com", "http": {{"paths": [{{"path": "/", "backend":
            {{"service": {{"name": "cart"}}}}}}]}}}}]}},
        "status": {{"loadBalancer": {{"ingress": [{{"hostname": "{}"}}]}}}}}})",
                    balancer));
    k8s(account, name, "k8s.service_account", R"({"metadata": {"namespace": "shop", "name": "cart", "uid": "a",
        "annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::111111111111:role/cart"}}})");
    k8s(account, name, "k8s.persistent_volume_claim", R"({"metadata": {"namespace": "shop", "name": "data",
        "uid": "c"}, "spec": {"volumeName": "pv-1"}, "status": {"phase": "Bound"}})");
    k8s(account, name, "k8s.persistent_volume",
        fmt::format(R"({{"metadata": {{"name": "pv-1", "uid": "v"}}, "spec": {{
        "claimRef": {{"namespace": "shop", "name": "data"}},
        "csi": {{"driver": "ebs.csi.aws.com", "volumeHandle": "{}"}}}}}})",
                    volume));
  }

  // Of prod-eu: a pod whose files are in EFS, a volume of the same file system by NFS, and one of FSx with the same
  // handle.
  void shared_files() {
    aws(kShop, "eu-west-1", "aws.efs.file_system", R"({"FileSystemId": "fs-1", "OwnerId": "111111111111"})");
    k8s(kShop, "prod-eu", "k8s.pod", R"({"metadata": {"namespace": "shop", "name": "reports", "uid": "r"}, "spec": {
        "volumes": [{"name": "files", "persistentVolumeClaim": {"claimName": "files"}}]}})");
    k8s(kShop, "prod-eu", "k8s.persistent_volume_claim", R"({"metadata": {"namespace": "shop", "name": "files",
        "uid": "g"}, "spec": {"volumeName": "pv-2"}, "status": {"phase": "Bound"}})");
    auto volume = [&](const std::string& name, const std::string& spec) {
      k8s(kShop, "prod-eu", "k8s.persistent_volume",
          fmt::format(R"({{"metadata": {{"name": "{0}", "uid": "{0}"}}, "spec": {1}}})", name, spec));
    };
    volume("pv-2", R"({"claimRef": {"namespace": "shop", "name": "files"},
        "csi": {"driver": "efs.csi.aws.com", "volumeHandle": "fs-1::fsap-9"}})");
    volume("pv-3", R"({"csi": {"driver": "fsx.csi.aws.com", "volumeHandle": "fs-1"}})");
    volume("pv-4", R"({"nfs": {"server": "fs-1.efs.eu-west-1.amazonaws.com", "path": "/"}})");
  }

  static std::vector<std::string> accounts() { return {kShop, kNetwork, kStranger}; }
  const std::vector<Event>& events() const { return events_; }

 private:
  void happen(store::CellKey cell, const std::string& document, const std::string& region) {
    Event event;
    event.later = Millis(1000);
    event.cell = std::move(cell);
    event.put = testing::put_of(real_catalog(), {event.cell, parse_json(document, "a document")->as_object()});
    if (!region.empty()) event.put->region = region;
    events_.push_back(std::move(event));
  }
  std::vector<Event> events_;
};

inline Story shop_story() {
  Story story;
  story.aws(kShop, "eu-west-1", "aws.ec2.subnet", R"({"SubnetId": "subnet-1", "OwnerId": "111111111111"})");
  story.aws(kShop, "eu-west-1", "aws.ec2.instance", R"({"InstanceId": "i-1", "OwnerId": "111111111111",
      "SubnetId": "subnet-1", "Tags": [{"Key": "aws:eks:cluster-name", "Value": "prod-eu"}]})");
  story.aws(kShop, "eu-west-1", "aws.ec2.instance", R"({"InstanceId": "i-2", "OwnerId": "111111111111"})");
  story.aws(kShop, "eu-west-1", "aws.ec2.volume", R"({"VolumeId": "vol-1"})");
  story.aws(kShop, "eu-west-1", "aws.ec2.volume", R"({"VolumeId": "vol-2"})");
  story.aws(
      kShop, "global", "aws.iam.role",
      R"({"RoleName": "cart", "RoleId": "AROAEXAMPLE", "Path": "/", "Arn": "arn:aws:iam::111111111111:role/cart"})");
  story.aws(kShop, "eu-west-1", "aws.eks.cluster",
            R"({"name": "prod-eu", "arn": "arn:aws:eks:eu-west-1:111111111111:cluster/prod-eu", "status": "ACTIVE"})");
  story.aws(kShop, "eu-west-1", "aws.eks.cluster",
            R"({"name": "main", "arn": "arn:aws:eks:eu-west-1:111111111111:cluster/main", "status": "ACTIVE"})");
  story.aws(kShop, "eu-west-1", "aws.elbv2.load_balancer",
            R"({"LoadBalancerName": "web", "DNSName": "K8s-Web-1.eu-west-1.elb.amazonaws.com", "LoadBalancerArn":
            "arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/web/1"})");
  story.aws(kShop, "eu-west-1", "aws.elbv2.target_group",
            R"({"TargetGroupName": "web", "TargetGroupArn":
            "arn:aws:elasticloadbalancing:eu-west-1:111111111111:targetgroup/web/9", "LoadBalancerArns":
            ["arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/web/1"]})");
  story.aws(kNetwork, "global", "aws.route53.record", R"({"Name": "shop.example.com.", "Type": "A", "ZoneId": "Z1",
      "TypeAndSet": "A ", "AliasTarget": {"DNSName": "dualstack.k8s-web-1.eu-west-1.elb.amazonaws.com."}})");
  story.aws(kNetwork, "global", "aws.route53.record", R"({"Name": "www.example.com.", "Type": "CNAME", "ZoneId": "Z1",
      "TypeAndSet": "CNAME ", "ResourceRecords": [{"Value": "shop.example.com"}]})");
  story.cluster(kShop, "prod-eu", "i-1", "vol-1", "k8s-web-1.eu-west-1.elb.amazonaws.com");
  story.cluster(kShop, "prod-us", "i-2", "vol-2", "k8s-other-2.eu-west-1.elb.amazonaws.com");
  story.cluster(kStranger, "strange", "i-9", "vol-9", "k8s-strange-3.eu-west-1.elb.amazonaws.com");
  return story;
}

}  // namespace cadastre::search
