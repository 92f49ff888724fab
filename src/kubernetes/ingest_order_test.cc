// Dumps in the wrong order, and dumps whose reading breaks off: what is newer stays, and what was begun is taken up
// again.
#include "kubernetes/fixture.h"
#include "kubernetes/ingest.h"

namespace cadastre::kubernetes {
namespace {

using store::Outcome;
using testing::MemoryDump;

// A source that breaks off for reasons that may pass.
class Breaking final : public ByteSource {
 public:
  Breaking(std::string text, ErrorCode code) : text_(std::move(text)), code_(code) {}
  Result<size_t> read(std::span<char> buffer) override {
    if (at_ == text_.size()) return fail(code_, "the connection broke");
    size_t count = text_.copy(buffer.data(), std::min(buffer.size(), size_t{100}), at_);
    at_ += count;
    return count;
  }

 private:
  std::string text_;
  ErrorCode code_;
  size_t at_ = 0;
};

class BreakingDump final : public DumpFiles {
 public:
  BreakingDump(MemoryDump& dump, size_t cut, ErrorCode code) : dump_(dump), cut_(cut), code_(code) {}
  Result<std::unique_ptr<ByteSource>> open(const std::string& name) override {
    if (name == kManifest) return dump_.open(name);
    return std::make_unique<Breaking>(dump_.files.at(name).substr(0, cut_), code_);
  }

 private:
  MemoryDump& dump_;
  size_t cut_;
  ErrorCode code_;
};

}  // namespace

TEST_CASE("an older dump never overwrites a newer one") {
  World world;
  world.pods_at(0, {list_of("Pod", {{"shop", "a", R"("spec":{"nodeName":"new"})"}})});
  auto report = world.pods_at(-300, {list_of("Pod", {{"shop", "a", R"("spec":{"nodeName":"old"})"}, {"shop", "b"}})});
  CHECK(report.code == "older");
  CHECK(report.listed == 0);
  CHECK(world.names() == "shop/a");
  CHECK(world.live()["shop/a"].document.find("new") != std::string::npos);
  // The same dump again changes nothing.
  CHECK(world.pods_at(0, {list_of("Pod", {})}).code == "older");
}

TEST_CASE("an older dump never overwrites what a newer one wrote before it broke off") {
  World world;
  MemoryDump first(world.cluster.name, world.at(-600)), older(world.cluster.name, world.at(-300)),
      newer(world.cluster.name, world.at(0));
  auto at_node = [](std::vector<Object> objects, const char* node) {
    for (auto& object : objects) object.rest = fmt::format(R"("spec":{{"nodeName":"{}"}})", node);
    return list_of("Pod", objects);
  };
  auto deployment = [](const char* name) { return list_of("Deployment", {{"shop", name}}, {}, 0, "apps/v1"); };
  first.add("pods", {at_node(pods(0, 400), "first")});
  older.add("pods", {at_node(pods(0, 400), "older")}).add("deployments.apps", {deployment("older")});
  newer.add("pods", {at_node(pods(0, 500), "newer")}).add("deployments.apps", {deployment("newer")});
  must(world.ingest(first));
  // As a process that ends in the middle of the pods leaves them: some of what it read is stored.
  BreakingDump killed(newer, newer.files["pods.1.json"].size() * 3 / 4, ErrorCode::io);
  Ingester ingester(embedded_catalog(), *world.store, world.clock);
  REQUIRE_FALSE(ingester.ingest(world.cluster, killed, world.clock.now(), {}));
  auto on = [&](const char* node) {
    size_t count = 0;
    for (const auto& [native, pod] : world.live()) count += pod.document.find(node) != std::string::npos;
    return count;
  };
  auto stored = on("\"newer\"");
  REQUIRE(stored > 0);
  REQUIRE(on("\"first\"") > 0);

  auto report = must(world.ingest(older));
  CHECK(report.kinds.at(0).code == "older");
  CHECK(report.kinds.at(0).message.find(world.at(0)) != std::string::npos);
  CHECK(on("\"newer\"") == stored);
  CHECK(on("\"older\"") == 0);
  CHECK(report.kinds.at(1).outcome == Outcome::complete);  // of this the newer one had written nothing yet
  CHECK(world.names("k8s.deployment") == "shop/older");

  CHECK(must(world.ingest(newer)).complete());
  CHECK(on("\"newer\"") == 500);
  CHECK(world.names("k8s.deployment") == "shop/newer");
}

TEST_CASE("a dump that was broken off is read again") {
  World world;
  MemoryDump dump(world.cluster.name, world.at(0));
  dump.add("pods", {list_of("Pod", pods(0, 2))});
  auto text = std::exchange(dump.files["pods.1.json"], "{");
  CHECK(must(world.ingest(dump)).kinds.at(0).outcome == Outcome::failed);
  dump.files["pods.1.json"] = text;
  CHECK(must(world.ingest(dump)).kinds.at(0).outcome == Outcome::complete);
}

TEST_CASE("reading that breaks off anywhere is an error, closes nothing, and is taken up again") {
  World world;
  world.pods_at(-600, {list_of("Pod", pods(0, 3))});
  MemoryDump dump(world.cluster.name, world.at(0));
  dump.add("pods", {list_of("Pod", pods(2, 6))});
  Ingester ingester(embedded_catalog(), *world.store, world.clock);
  for (size_t cut = 0; cut <= dump.files["pods.1.json"].size(); cut += 20) {
    for (auto code : {ErrorCode::io, ErrorCode::timeout, ErrorCode::network, ErrorCode::throttled}) {
      BreakingDump broken(dump, cut, code);
      auto report = ingester.ingest(world.cluster, broken, world.clock.now(), {});
      REQUIRE_FALSE(report);
      CHECK(report.error().code == code);
    }
  }
  std::stop_source stopped;
  stopped.request_stop();
  CHECK(ingester.ingest(world.cluster, dump, world.clock.now(), stopped.get_token()).error().code ==
        ErrorCode::cancelled);
  CHECK(world.cell().outcome == Outcome::complete);
  CHECK(world.cell().verified == must(parse_time(world.at(-600), {})));
  CHECK(world.live().size() >= 3);
  CHECK(must(world.ingest(dump)).kinds.at(0).closed == 2);
  CHECK(world.names() == "shop/pod-2 shop/pod-3 shop/pod-4 shop/pod-5");
}

TEST_CASE("a dump of the future counts as of its arrival") {
  World world;
  auto arrived = world.clock.now();
  MemoryDump dump(world.cluster.name, world.at(86'400));
  dump.add("pods", {list_of("Pod", pods(0, 1))});
  auto report = must(world.ingest(dump, arrived));
  CHECK(report.started == arrived);
  CHECK(world.live()["shop/pod-0"].first_seen == arrived);
  // So that the right ones that follow are not older than it.
  world.clock.advance(Millis(60'000));
  CHECK(world.pods_at(60, {list_of("Pod", {})}).code.empty());
  CHECK(world.live().empty());
}

}  // namespace cadastre::kubernetes
