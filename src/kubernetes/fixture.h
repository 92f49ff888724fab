// A store with the embedded catalogue, and a cluster whose dumps are ingested into it. For tests.
#pragma once

#include <doctest/doctest.h>

#include "aws/models.h"
#include "kubernetes/ingest.h"
#include "support/dumps.h"
#include "support/fakes.h"
#include "support/folder.h"

namespace cadastre::kubernetes {

template <typename T>
T must(Result<T> result) {
  REQUIRE_MESSAGE(result, (result ? std::string() : result.error().message));
  return std::move(*result);
}

inline const catalog::Catalog& embedded_catalog() {
  static aws::Models models;
  static auto catalog = must(catalog::Catalog::load(models, catalog::embedded_sources()));
  return catalog;
}

// A list as the API server prints it, of objects named one by one: the rest of each after its name.
struct Object {
  std::string space, name, rest = R"("spec":{})";
  std::string metadata{};  // further members of it: ,"labels":{}
  std::string text() const {
    auto where = space.empty() ? "" : fmt::format(R"(,"namespace":"{}")", space);
    return fmt::format(
        R"({{"metadata":{{"name":"{}"{},"uid":"u-{}","creationTimestamp":"2026-01-01T00:00:00Z"{}}},{}}})", name, where,
        name, metadata, rest);
  }
};

inline std::string list_of(const std::string& kind, const std::vector<Object>& objects, const std::string& more = {},
                           uint64_t remaining = 0, const std::string& version = "v1") {
  std::string items;
  for (const auto& object : objects) items += (items.empty() ? "" : ",") + object.text();
  auto following = more.empty() ? "" : fmt::format(R"(,"continue":"{}","remainingItemCount":{})", more, remaining);
  return fmt::format(R"({{"kind":"{}List","apiVersion":"{}","metadata":{{"resourceVersion":"7"{}}},"items":[{}]}})",
                     kind, version, following, items);
}

inline std::vector<Object> pods(int from, int to) {
  std::vector<Object> all;
  for (int i = from; i < to; ++i) all.push_back({"shop", fmt::format("pod-{}", i)});
  return all;
}

class World {
 public:
  World() : store(must(store::open_store("sqlite:" + (folder_ / "c.db"), clock))) {}

  Result<DumpReport> ingest(testing::MemoryDump& dump, std::optional<Time> arrived = {}) {
    Ingester ingester(embedded_catalog(), *store, clock);
    return ingester.ingest(cluster, dump, arrived.value_or(clock.now()), {});
  }
  // A dump of pods alone, made so many seconds after the clock's beginning.
  KindReport pods_at(int seconds, const std::vector<std::string>& pages, const std::string& outcome = "complete") {
    testing::MemoryDump dump(cluster.name, at(seconds));
    dump.add("pods", pages, outcome);
    return must(ingest(dump)).kinds.at(0);
  }
  std::string at(int seconds) { return format_time(testing::FakeClock().now() + Millis(seconds * 1000)); }

  // The live resources of the cluster by native id, with their documents.
  std::map<std::string, store::Resource> live(const std::string& kind = "k8s.pod") {
    std::map<std::string, store::Resource> found;
    store::Filter filter;
    filter.kinds = {kind};
    filter.regions = {};
    REQUIRE(store->inventory().scan(filter, std::nullopt, [&](const store::Resource& resource) {
      if (resource.cell.region == cluster.name) found[resource.native] = resource;
      return true;
    }));
    return found;
  }
  std::string names(const std::string& kind = "k8s.pod") {
    std::string all;
    for (const auto& [native, resource] : live(kind)) all += (all.empty() ? "" : " ") + native;
    return all;
  }
  store::Cell cell(const std::string& kind = "k8s.pod") {
    return must(store->cells().open({cluster.account, cluster.name, kind}));
  }

  const testing::Folder& folder() const { return folder_; }

  testing::FakeClock clock;
  Cluster cluster{"prod-eu", "111111111111", "eu-west-1", {}};

 private:
  testing::Folder folder_;  // before the store, which is in it

 public:
  std::unique_ptr<store::Store> store;
};

}  // namespace cadastre::kubernetes
