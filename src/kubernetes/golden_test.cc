// A whole dump of a real API server (tests/kube/dump), and what it must become, by the word of who filled that cluster.
#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "kubernetes/fixture.h"
#include "kubernetes/folder.h"

namespace cadastre::kubernetes {
namespace {

const std::string kFolder = CADASTRE_SOURCE_DIR "/tests/kube/dump";

// The one dump that is in it.
std::string dump() {
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.is_directory()) return entry.path().string();
  }
  return {};
}

json::value truth() {
  static auto text = must(read_file(kFolder + "/truth.json"));
  return must(parse_json(text, "the truth"));
}

std::string manifest_kind(const std::string& resource) {
  for (const auto& kind : embedded_catalog().kinds()) {
    if (kind.resource == resource) return kind.name;
  }
  return {};
}

// Everything that the store says of a resource, in one text.
std::string all_of(const store::Resource& resource) {
  return fmt::format("{} {} {} {} {} {} {}", resource.native, resource.name, resource.state, resource.arn,
                     resource.owner, resource.tags, resource.document);
}

void decode_words(std::string_view text, std::string& out) {
  for (size_t i = 0; i < text.size();) {
    size_t end = std::min(text.find_first_of("\" ,:\\{}[]", i), text.size());
    if (auto decoded = from_base64(text.substr(i, end - i)); decoded && end - i >= 8) out += *decoded + "\n";
    i = end + 1;
  }
}

class Golden : public World {
 public:
  Golden() { cluster.name = "prod-eu"; }
  DumpReport ingest_folder(const std::string& folder, Time arrived) {
    Ingester ingester(embedded_catalog(), *store, clock);
    Folder files(folder);
    return must(ingester.ingest(cluster, files, arrived, {}));
  }
  Time dumped = must(parse_manifest(must(read_file(dump() + "/manifest.json")))).started;
};

}  // namespace

TEST_CASE("a real cluster's dump is all of it") {
  Golden world;
  auto report = world.ingest_folder(dump(), world.dumped + Millis(60'000));
  CHECK(report.complete());
  CHECK(report.started == world.dumped);
  auto counts = truth().at("counts_live");
  size_t compared = 0;
  for (const auto& kind : report.kinds) {
    CAPTURE(kind.resource);
    CAPTURE(kind.message);
    CHECK(kind.kind == manifest_kind(kind.resource));
    CHECK(kind.outcome == store::Outcome::complete);
    CHECK(kind.opened == world.live(kind.kind).size());
    if (kind.resource == "events") continue;  // only warnings were asked for
    std::string name;
    for (const auto& [native, resource] : world.live(kind.kind))
      name = must(parse_json(resource.document, "a document")).at("kind").as_string().c_str();
    CHECK(counts.at(name).to_number<uint64_t>() == kind.listed);
    ++compared;
  }
  CHECK(compared >= 22);
  std::map<std::string, int64_t> phases;
  for (const auto& [native, pod] : world.live())
    ++phases[must(parse_json(pod.document, "a pod")).at("status").at("phase").as_string().c_str()];
  const auto planted = truth();
  for (const auto& [phase, count] : planted.at("pods_by_phase").as_object()) CHECK(phases[phase] == count.as_int64());

  // A later dump of the same objects: nothing is written but the cells.
  auto writes = world.store->writes().versions;
  testing::Folder later;
  std::filesystem::copy(dump(), later / "dump");
  auto manifest = must(read_file(later / "dump/manifest.json"));
  auto started = world.dumped + Millis(120'000);
  REQUIRE(
      write_file(later / "dump/manifest.json", replace_all(manifest, format_time(world.dumped), format_time(started))));
  auto again = world.ingest_folder(later / "dump", world.dumped + Millis(600'000));
  CHECK(again.started == started);
  CHECK(again.complete());
  for (const auto& kind : again.kinds) CHECK(kind.opened + kind.changed + kind.closed == 0);
  CHECK(world.store->writes().versions == writes);
}

TEST_CASE("none of the planted secrets is anywhere in the store") {
  Golden world;
  auto report = world.ingest_folder(dump(), world.dumped + Millis(60'000));
  std::string everything;
  for (const auto& kind : report.kinds) everything += kind.message + "\n";
  store::Filter filter;
  REQUIRE(world.store->inventory().scan(filter, std::nullopt, [&](const store::Resource& resource) {
    everything += all_of(resource) + "\n";
    return true;
  }));
  CHECK(everything.size() > 1'000'000);
  for (const char* file : {"c.db", "c.db-wal"}) {
    if (auto bytes = read_file(world.folder() / file)) everything += *bytes;
  }
  std::string decoded;
  decode_words(everything, decoded);
  everything += decoded;
  auto markers = truth().at("secret_markers").as_array();
  CHECK(markers.size() >= 198);
  size_t planted = 0;
  for (const auto& marker : markers)
    planted += everything.find(marker.at("marker").as_string().c_str()) != std::string::npos;
  CHECK(planted == 0);
  // Nor what all of them have in common.
  CHECK(everything.find("SECRET-MARKER") == std::string::npos);
  // They were in the dump, and their places are still seen.
  CHECK(everything.find("--db-password=hmac:") != std::string::npos);
}

}  // namespace cadastre::kubernetes
