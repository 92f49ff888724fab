// Kubernetes joined to AWS: what hangs together across the border, seen from either side, with an index, without, and
// at an instant.
#include "base/text.h"
#include "search/joined_world.h"

namespace cadastre::search {
namespace {

using Texts = std::set<std::string>;

std::string lines(const Texts& texts) { return join(std::vector<std::string>(texts.begin(), texts.end()), "\n"); }

// "> k8s.node prod-eu/node-1": the cell's region and the native id. What is farther has its road behind it.
Texts shown(const std::vector<Relation>& relations) {
  Texts found;
  for (const auto& relation : relations) {
    if (relation.kind == "k8s.namespace") continue;  // everything is in one
    auto arrow = relation.outgoing ? "> " : "< ";
    bool is_far = relation.via.starts_with("k8s.") || relation.via.starts_with("aws.");
    auto far = is_far ? " far" : relation.via.starts_with("the cluster ") ? " by its cluster" : "";
    if (!relation.known) {
      found.insert(fmt::format("{}{} {} ?", arrow, relation.kind, relation.id));
      continue;
    }
    auto rest = relation.id.substr(relation.kind.size() + 1);  // ACCOUNT/REGION/NATIVE
    found.insert(fmt::format("{}{} {}{}", arrow, relation.kind, rest.substr(rest.find('/') + 1), far));
  }
  return found;
}

struct Asked {
  const char* id;
  Texts relations;
};

const std::vector<Asked>& expected() {
  static const std::vector<Asked> all = {
      {"k8s.node/111111111111/prod-eu/node-1",
       {"> aws.ec2.instance eu-west-1/i-1", "< k8s.pod prod-eu/shop/cart-1", "> aws.ec2.subnet eu-west-1/subnet-1 far",
        "> aws.eks.cluster eu-west-1/prod-eu by its cluster"}},
      {"k8s.node/111111111111/prod-eu/fargate-1",
       {"< k8s.pod prod-eu/shop/idle", "> aws.eks.cluster eu-west-1/prod-eu by its cluster"}},
      {"k8s.node/111111111111/prod-us/node-1",
       {"> aws.ec2.instance eu-west-1/i-2", "< k8s.pod prod-us/shop/cart-1",
        "> aws.eks.cluster eu-west-1/main by its cluster"}},
      {"k8s.node/333333333333/strange/node-1", {"> aws.ec2.instance i-9 ?", "< k8s.pod strange/shop/cart-1"}},
      {"k8s.pod/111111111111/prod-us/shop/cart-1",
       {"> k8s.node prod-us/node-1", "> k8s.persistent_volume_claim prod-us/shop/data",
        "> k8s.service_account prod-us/shop/cart", "< k8s.endpoint_slice prod-us/shop/cart-x",
        "> aws.ec2.instance eu-west-1/i-2 far", "> k8s.persistent_volume prod-us/pv-1 far",
        "> aws.ec2.volume eu-west-1/vol-2 far", "> aws.iam.role global/cart far",
        "< k8s.service prod-us/shop/cart far"}},
      {"i-1",
       {"> aws.ec2.subnet eu-west-1/subnet-1", "> aws.eks.cluster eu-west-1/prod-eu", "< k8s.node prod-eu/node-1",
        "< k8s.pod prod-eu/shop/cart-1 far"}},
      {"subnet-1",
       {"< aws.ec2.instance eu-west-1/i-1", "< k8s.node prod-eu/node-1 far", "< k8s.pod prod-eu/shop/cart-1 far"}},
      {"vol-1",
       {"< k8s.persistent_volume prod-eu/pv-1", "< k8s.persistent_volume_claim prod-eu/shop/data far",
        "< k8s.pod prod-eu/shop/cart-1 far"}},
      {"fs-1",
       {"< k8s.persistent_volume prod-eu/pv-2", "< k8s.persistent_volume prod-eu/pv-4",
        "< k8s.persistent_volume_claim prod-eu/shop/files far", "< k8s.pod prod-eu/shop/reports far"}},
      {"k8s.pod/111111111111/prod-eu/shop/reports",
       {"> k8s.persistent_volume_claim prod-eu/shop/files", "> k8s.persistent_volume prod-eu/pv-2 far",
        "> aws.efs.file_system eu-west-1/fs-1 far"}},
      {"k8s.persistent_volume/111111111111/prod-eu/pv-3", {}},
      {"arn:aws:iam::111111111111:role/cart",
       {"< k8s.service_account prod-eu/shop/cart", "< k8s.service_account prod-us/shop/cart",
        "< k8s.service_account strange/shop/cart", "< k8s.pod prod-eu/shop/cart-1 far",
        "< k8s.pod prod-us/shop/cart-1 far", "< k8s.pod strange/shop/cart-1 far"}},
      {"k8s.ingress/111111111111/prod-eu/shop/web",
       {"> aws.elbv2.load_balancer eu-west-1/app/web/1", "> aws.route53.record global/Z1 shop.example.com A",
        "> k8s.service prod-eu/shop/cart", "> aws.elbv2.target_group eu-west-1/web/9 far"}},
      {"k8s.ingress/111111111111/prod-us/shop/web",
       {"> aws.route53.record global/Z1 shop.example.com A", "> k8s.service prod-us/shop/cart"}},
      {"arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/web/1",
       {"< aws.elbv2.target_group eu-west-1/web/9", "< aws.route53.record global/Z1 shop.example.com A",
        "< k8s.ingress prod-eu/shop/web"}},
      {"Z1 www.example.com CNAME",
       {"> aws.route53.record global/Z1 shop.example.com A", "> aws.route53.hosted_zone Z1 ?"}},
      {"Z1 shop.example.com A",
       {"> aws.elbv2.load_balancer eu-west-1/app/web/1", "> aws.route53.hosted_zone Z1 ?",
        "< aws.route53.record global/Z1 www.example.com CNAME", "< k8s.ingress prod-eu/shop/web",
        "< k8s.ingress prod-us/shop/web", "< k8s.ingress strange/shop/web"}},
      {"aws.eks.cluster/111111111111/eu-west-1/prod-eu",
       {"< aws.ec2.instance eu-west-1/i-1", "< k8s.node prod-eu/node-1 by its cluster",
        "< k8s.node prod-eu/fargate-1 by its cluster"}},
      {"aws.eks.cluster/111111111111/eu-west-1/main",
       {"< k8s.node prod-us/node-1 by its cluster", "< k8s.node prod-us/fargate-1 by its cluster"}},
  };
  return all;
}

TEST_CASE("Kubernetes and AWS hang together, seen from either side, and the same then as now") {
  auto story = shop_story();
  story.shared_files();
  World world(story.events(), Story::accounts());
  world.bind({kShop, "prod-us", "eu-west-1", "main"});
  index::Index index(real_catalog(), owner_tags());
  must(index.build(*world.store, "", {}));
  auto then = world.clock.now();
  auto with = world.reader(&index), without = world.reader();
  for (const auto& [id, wanted] : expected()) {
    CAPTURE(std::string(id));
    CHECK(lines(shown(must(with.relations(id, std::nullopt, {})))) == lines(wanted));
    CHECK(lines(shown(must(without.relations(id, std::nullopt, {})))) == lines(wanted));
    CHECK(lines(shown(must(without.relations(id, then, {})))) == lines(wanted));
    CHECK(lines(shown(must(with.relations(id, then, {})))) == lines(wanted));
  }
}

TEST_CASE("what hung together then is told whatever has become of it since") {
  auto story = shop_story();
  story.shared_files();
  auto then = testing::FakeClock().now() + story.events().size() * Millis(1'000) + Millis(500);
  story.k8s(kShop, "prod-eu", "k8s.pod", R"({"metadata": {"namespace": "shop", "name": "cart-1", "uid": "p"},
      "spec": {"nodeName": "fargate-1"}})");
  story.k8s(kShop, "prod-eu", "k8s.pod", R"({"metadata": {"namespace": "shop", "name": "late", "uid": "l"},
      "spec": {"nodeName": "node-1", "serviceAccountName": "cart"}})");
  story.close(kShop, "prod-eu", "k8s.pod", "shop/idle");
  story.close(kShop, "prod-eu", "k8s.persistent_volume", "pv-2");
  story.close(kShop, "eu-west-1", "aws.elbv2.target_group", "web/9");
  story.aws(kShop, "eu-west-1", "aws.ec2.instance", R"({"InstanceId": "i-1", "OwnerId": "111111111111"})");
  story.aws(kNetwork, "global", "aws.route53.record", R"({"Name": "shop.example.com.", "Type": "A", "ZoneId": "Z1",
      "TypeAndSet": "A ", "ResourceRecords": [{"Value": "192.0.2.1"}]})");
  World world(story.events(), Story::accounts());
  world.bind({kShop, "prod-us", "eu-west-1", "main"});
  index::Index index(real_catalog(), owner_tags());
  must(index.build(*world.store, "", {}));
  auto with = world.reader(&index), without = world.reader();
  for (const auto& [id, wanted] : expected()) {
    CAPTURE(std::string(id));
    CHECK(lines(shown(must(with.relations(id, then, {})))) == lines(wanted));
    CHECK(lines(shown(must(without.relations(id, then, {})))) == lines(wanted));
  }
  CHECK(shown(must(with.relations("subnet-1", std::nullopt, {}))).empty());
}

TEST_CASE("what an asker may not see lends nothing to what hangs together") {
  auto story = shop_story();
  World world(story.events(), Story::accounts());
  index::Index index(real_catalog(), owner_tags());
  must(index.build(*world.store, "", {}));
  query::Scope scope{false, {kNetwork}}, shop{false, {kShop}};
  for (auto* used : {static_cast<index::Index*>(nullptr), &index}) {
    auto reader = world.reader(used);
    auto of = [&](const char* id, const query::Scope& who) {
      return shown(must(reader.relations(id, std::nullopt, who)));
    };
    CHECK(of("Z1 shop.example.com A", scope) ==
          Texts{"> aws.route53.hosted_zone Z1 ?", "< aws.route53.record global/Z1 www.example.com CNAME"});
    CHECK(of("arn:aws:iam::111111111111:role/cart", shop).contains("< k8s.pod prod-us/shop/cart-1 far"));
    CHECK_FALSE(of("arn:aws:iam::111111111111:role/cart", shop).contains("< k8s.pod strange/shop/cart-1 far"));
  }
}

}  // namespace
}  // namespace cadastre::search
