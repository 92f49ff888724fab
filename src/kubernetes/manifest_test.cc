#include <doctest/doctest.h>

#include "base/text.h"
#include "kubernetes/dump.h"

namespace cadastre::kubernetes {
namespace {

const std::string kWhole =
    R"({"format": 1, "tool": "cadastre-dropbox 0.1.0", "cluster": "prod-eu", "dump": "20261121T154000Z-4711",
        "started": "2026-11-21T15:40:00Z", "ended": "2026-11-21T15:40:09Z", "kubectl": "v1.33.4", "server": "v1.32.0",
        "kinds": [
          {"resource": "pods", "version": "v1", "outcome": "complete", "exit": 0, "message": "", "files": [
             {"name": "pods.1.json.gz", "bytes": 81321, "cksum": 4294967295}]},
          {"resource": "ingresses.networking.k8s.io", "version": "v1", "outcome": "denied", "exit": 1,
           "message": "forbidden", "files": []}]})";

}  // namespace

TEST_CASE("a manifest is read as the format says") {
  auto manifest = parse_manifest(kWhole);
  REQUIRE(manifest);
  CHECK(manifest->cluster == "prod-eu");
  CHECK(manifest->dump == "20261121T154000Z-4711");
  CHECK(format_time(manifest->started) == "2026-11-21T15:40:00Z");
  CHECK(format_time(manifest->ended) == "2026-11-21T15:40:09Z");
  CHECK(manifest->server == "v1.32.0");
  REQUIRE(manifest->kinds.size() == 2);
  CHECK(manifest->kinds[0].outcome == Manifest::Outcome::complete);
  REQUIRE(manifest->kinds[0].files.size() == 1);
  CHECK(manifest->kinds[0].files[0].name == "pods.1.json.gz");
  CHECK(manifest->kinds[0].files[0].bytes == 81321);
  CHECK(manifest->kinds[0].files[0].cksum == 4294967295u);
  CHECK(manifest->kinds[1].outcome == Manifest::Outcome::denied);
  CHECK(manifest->kinds[1].exit == 1);
  CHECK(manifest->kinds[1].message == "forbidden");
}

TEST_CASE("what is wrong with a manifest is named") {
  struct Case {
    const char *from, *to, *says;
  };
  for (const auto& [from, to, says] : std::vector<Case>{
           {R"("format": 1)", R"("format": 2)", "format 2"},
           {R"("format": 1, )", "", "lacks 'format'"},
           {R"("cluster": "prod-eu")", R"("cluster": 7)", "'cluster'"},
           {"2026-11-21T15:40:00Z", "yesterday", "'started'"},
           {R"("outcome": "denied")", R"("outcome": "fine")", "kinds 2 has the outcome 'fine'"},
           {R"("resource": "pods")", R"("resource": "")", "kinds 1 has an empty 'resource'"},
           {R"("resource": "pods")", R"("resource": "ingresses.networking.k8s.io")", "again"},
           {"81321", "-1", "'bytes'"},
           {"81321", "\"81321\"", "'bytes'"},
           {"4294967295", "4294967296", "'cksum'"},
           {"pods.1.json.gz", "../pods.1.json.gz", "kinds 1: files 1 has a 'name' that is no file's name"},
           {"pods.1.json.gz", "a/b", "no file's name"},
           {"pods.1.json.gz", "..", "no file's name"},
           {"pods.1.json.gz", "manifest.json", "no file's name"},
           {"pods.1.json.gz", "a\\nb", "no file's name"},
           {R"("files": [])", R"("files": {})", "'files'"},
           {R"("kinds": [)", R"("kinds": [7, )", "kinds 1 is no object"}}) {
    CAPTURE(to);
    auto manifest = parse_manifest(replace_all(kWhole, from, to));
    REQUIRE_FALSE(manifest);
    CHECK(manifest.error().code == ErrorCode::invalid);
    CHECK_MESSAGE(manifest.error().message.find(says) != std::string::npos, manifest.error().message);
  }
}

TEST_CASE("a manifest that is cut anywhere is none") {
  for (size_t cut = 0; cut < kWhole.size(); ++cut) REQUIRE_FALSE(parse_manifest(kWhole.substr(0, cut)));
}

}  // namespace cadastre::kubernetes
