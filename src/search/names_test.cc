// A DNS name finds all that serves it: records, load balancers, and inside clusters ingresses, services, pods and
// nodes.
#include "base/text.h"
#include "search/joined_world.h"

namespace cadastre::search {
namespace {

// KIND REGION/NATIVE, in the order of the answer.
std::vector<std::string> found(const Reader& reader, const std::string& q, const query::Scope& scope = {},
                               std::optional<Time> at = std::nullopt) {
  ListRequest request;
  request.q = q;
  request.limit = 100;
  request.at = at;
  std::vector<std::string> rows;
  for (const auto& row : must(reader.list(request, scope)).rows) {
    const auto& cell = row.resource.cell;
    rows.push_back(fmt::format("{} {}/{}", cell.kind, cell.region, row.resource.native));
  }
  return rows;
}

using Texts = std::vector<std::string>;

std::string lines(const Texts& texts) { return join(texts, "\n"); }

TEST_CASE("a DNS name finds its records, its load balancer, and what serves it in the clusters") {
  auto story = shop_story();
  World world(story.events(), Story::accounts());
  index::Index index(real_catalog(), owner_tags());
  must(index.build(*world.store, "", {}));
  query::Scope shop{false, {kShop, kNetwork}}, network{false, {kNetwork}}, clusters{false, {kShop}};
  for (auto* used : {static_cast<index::Index*>(nullptr), &index}) {
    auto reader = world.reader(used);
    CAPTURE((used != nullptr));
    Texts all = {"aws.route53.record global/Z1 shop.example.com A",
                 "aws.elbv2.load_balancer eu-west-1/app/web/1",
                 "aws.route53.record global/Z1 www.example.com CNAME",
                 "k8s.ingress prod-eu/shop/web",
                 "k8s.ingress prod-us/shop/web",
                 "k8s.service prod-eu/shop/cart",
                 "k8s.service prod-us/shop/cart",
                 "k8s.node prod-eu/node-1",
                 "k8s.node prod-us/node-1",
                 "k8s.pod prod-eu/shop/cart-1",
                 "k8s.pod prod-us/shop/cart-1",
                 "k8s.endpoint_slice prod-eu/shop/cart-x",
                 "k8s.endpoint_slice prod-us/shop/cart-x"};
    auto sorted = [](Texts texts) {
      std::ranges::sort(texts);
      return texts;
    };
    // The record of that name, and the one that points at it; all else is related.
    CHECK(lines(sorted(found(reader, "shop.example.com", shop))) == lines(sorted(all)));
    CHECK(found(reader, "shop.example.com", shop).front() == all.front());
    CHECK(lines(sorted(found(reader, "dns:SHOP.example.com", shop))) == lines(sorted(all)));
    CHECK(lines(sorted(found(reader, "shop.example.com", shop, world.clock.now()))) == lines(sorted(all)));
    // Through another record, and from the load balancer's own name: only the cluster that it belongs to.
    CHECK(sorted(found(reader, "www.example.com kind:k8s.pod", shop)) ==
          Texts{"k8s.pod prod-eu/shop/cart-1", "k8s.pod prod-us/shop/cart-1"});
    CHECK(found(reader, "K8S-web-1.eu-west-1.elb.amazonaws.com kind:k8s.pod", shop) ==
          Texts{"k8s.pod prod-eu/shop/cart-1"});
    // Who may not see the clusters gets the records; who may not see the zone still has the ingresses of that host.
    CHECK(found(reader, "shop.example.com", network) == Texts{"aws.route53.record global/Z1 shop.example.com A",
                                                              "aws.route53.record global/Z1 www.example.com CNAME"});
    CHECK(found(reader, "shop.example.com kind:elbv2.load_balancer", clusters).empty());
    CHECK(sorted(found(reader, "shop.example.com kind:k8s.pod", clusters)) ==
          Texts{"k8s.pod prod-eu/shop/cart-1", "k8s.pod prod-us/shop/cart-1"});
    CHECK(found(reader, "shop.example.com kind:k8s.node account:333333333333") == Texts{"k8s.node strange/node-1"});
    CHECK(found(reader, "kind:k8s.pod -shop.example.com", shop).size() == 4);
  }
}

}  // namespace
}  // namespace cadastre::search
