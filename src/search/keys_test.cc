// cluster:, namespace: and label.: what they find, count and offer, with an index and without.
#include "base/text.h"
#include "search/joined_world.h"

namespace cadastre::search {
namespace {

TEST_CASE("clusters, namespaces and labels are asked for, filtered by, counted and offered") {
  auto story = shop_story();
  story.k8s(kShop, "prod-eu", "k8s.namespace", R"({"metadata": {"name": "shop", "uid": "ns"}})");
  World world(story.events(), Story::accounts());
  index::Index index(real_catalog(), owner_tags());
  must(index.build(*world.store, "", {}));
  query::Scope shop{false, {kShop}};
  for (auto* used : {static_cast<index::Index*>(nullptr), &index}) {
    CAPTURE((used != nullptr));
    auto reader = world.reader(used);
    auto count = [&](const char* q, const query::Scope& scope = {}) {
      ListRequest request;
      request.q = q;
      return must(reader.list(request, scope)).total;
    };
    CHECK(count("cluster:prod-eu") == 11);
    CHECK(count("cluster:PROD-*") == 21);
    CHECK(count("cluster:prod-eu,strange kind:k8s.pod") == 4);
    CHECK(count("region:eu-west-1 kind:k8s.node") == 6);  // where the clusters run
    CHECK(count("cluster:eu-west-1") == 0);
    CHECK(count("namespace:shop kind:k8s.namespace") == 1);
    CHECK(count("namespace:shop cluster:prod-us") == 7);
    CHECK(count("cluster:prod-us -namespace:shop") == 3);  // two nodes and a persistent volume
    CHECK(count("label.app:idle") == 3);
    CHECK(count("tag.app:idle label.app:*") == 3);
    CHECK(count("cluster:strange", shop) == 0);
    ListRequest request;
    request.q = "kind:k8s.pod";
    request.facets = {"cluster", "namespace"};
    request.filters = {{index::FacetKey::cluster, "", {"prod-us"}}};
    auto answer = must(reader.list(request, shop));
    CHECK(answer.total == 2);
    REQUIRE(answer.facets.size() == 2);
    CHECK(answer.facets[0].values.size() == 2);  // its own filter left out
    REQUIRE(answer.facets[1].values.size() == 1);
    CHECK(answer.facets[1].values[0].value == "shop");
    CHECK(answer.facets[1].values[0].count == 2);
    auto offered = [&](const std::string& typed) {
      std::vector<std::string> texts;
      for (const auto& one : must(reader.suggest(typed, typed.size(), shop))) texts.push_back(one.text);
      std::ranges::sort(texts);
      return join(texts, " ");
    };
    CHECK(offered("clu") == "cluster: kind:aws.eks.cluster");
    CHECK(offered("cluster:") == "cluster:prod-eu cluster:prod-us");
    CHECK(offered("cluster:prod-u") == "cluster:prod-us");
    CHECK(offered("namespace:s") == "namespace:shop");
    CHECK(offered("label.ap") == "label.app:");
    CHECK(offered("label.app:") == "label.app:idle");
    request.facets = {"clusters"};
    CHECK(
        reader.list(request, {}).error().message ==
        "there is no facet 'clusters'; there are kind, service, account, region, cluster, namespace, state, owner and "
        "tag.NAME");
  }
}

}  // namespace
}  // namespace cadastre::search
