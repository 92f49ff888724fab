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
    auto far = relation.via.find("k8s.") == 0 || relation.via.find("aws.") == 0 ? " far" : "";
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
        "> aws.eks.cluster eu-west-1/prod-eu far"}},
      {"k8s.node/111111111111/prod-eu/fargate-1", {"< k8s.pod prod-eu/shop/idle"}},
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
       {"< aws.ec2.instance eu-west-1/i-1", "< k8s.node prod-eu/node-1 far"}},
  };
  return all;
}

TEST_CASE("Kubernetes and AWS hang together, seen from either side, and the same then as now") {
  auto story = shop_story();
  World world(story.events(), Story::accounts());
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
