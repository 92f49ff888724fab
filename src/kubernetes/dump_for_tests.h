// For tests: the items of a real cluster's dump (tests/kube/dump), as documents by kind, and the truth that was written
// down when the cluster was seeded.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "kubernetes/cluster_documents.h"
#include "kubernetes/list_reader.h"

namespace cadastre::kubernetes::planted {

template <typename T>
T must(Result<T> result) {
  REQUIRE_MESSAGE(result.has_value(), (result ? std::string() : result.error().message + ": " + result.error().cause));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

inline const catalog::Catalog& real_catalog() {
  static const aws::Models models;
  static const auto catalog = must(catalog::Catalog::load(models, catalog::embedded_sources()));
  return catalog;
}

class FileSource final : public ByteSource {
 public:
  explicit FileSource(const std::filesystem::path& path) : in_(path, std::ios::binary) {}
  Result<size_t> read(std::span<char> buffer) override {
    in_.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    return static_cast<size_t>(in_.gcount());
  }

 private:
  std::ifstream in_;
};

// The folder with the dump and truth.json.
inline std::filesystem::path dump_folder() {
  return std::filesystem::path(CADASTRE_SOURCE_DIR) / "tests" / "kube" / "dump";
}
inline json::value truth(const std::filesystem::path& folder) {
  return must(parse_json(must(read_file((folder / "truth.json").string())), "truth.json"));
}

// "pods.2.json.gz" → the kind of the catalogue whose resource is "pods".
inline const catalog::Kind* kind_of_file(const std::string& name) {
  for (const auto& kind : real_catalog().kinds()) {
    if (!kind.resource.empty() && name.starts_with(kind.resource + ".") &&
        name.find_first_of("0123456789", kind.resource.size()) == kind.resource.size() + 1)
      return &kind;
  }
  return nullptr;
}

inline Document document_of(const catalog::Kind& kind, json::value value) {
  Document document;
  document.row.cell = {"111111111111", "prod-eu", kind.name};
  auto row = catalog::read_row(kind, value, {"111111111111", "eu-west-1", "aws"});
  document.row.native = row.id;
  document.row.name = row.name;
  document.value = std::move(value);
  return document;
}

inline ClusterDocuments read_dump(const std::filesystem::path& folder) {
  ClusterDocuments documents;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    auto name = entry.path().filename().string();
    const auto* kind = kind_of_file(name);
    if (!kind || !name.ends_with(".json.gz")) continue;
    FileSource file(entry.path());
    PlainSource plain(file, uint64_t{1} << 30);
    ListReader list(plain);
    for (auto item = must(list.next()); item; item = must(list.next())) {
      auto value = must(parse_json(*item, name));
      auto& object = value.as_object();
      // A list says of what kind its items are.
      if (!object.contains("kind")) object["kind"] = list.envelope().kind.substr(0, list.envelope().kind.size() - 4);
      documents.add(document_of(*kind, std::move(value)));
    }
  }
  return documents;
}

}  // namespace cadastre::kubernetes::planted
