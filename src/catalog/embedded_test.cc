// What was read when the program was built is what the program itself reads in the files.
#include <doctest/doctest.h>

#include "base/file.h"
#include "catalog/catalog.h"

namespace cadastre::catalog {
namespace {

// The first place where the two differ; "" when they are the same.
std::string difference(const YamlNode& ours, const YamlNode& theirs) {
  auto here = fmt::format("{}:{} '{}'", theirs.line, theirs.column, theirs.scalar);
  bool same = ours.kind == theirs.kind && ours.scalar == theirs.scalar && ours.quoted == theirs.quoted &&
              ours.line == theirs.line && ours.column == theirs.column && ours.items.size() == theirs.items.size() &&
              ours.members.size() == theirs.members.size();
  if (!same) return fmt::format("{} is embedded as {}:{} '{}'", here, ours.line, ours.column, ours.scalar);
  for (size_t i = 0; i < ours.items.size(); ++i) {
    if (auto found = difference(ours.items[i], theirs.items[i]); !found.empty()) return found;
  }
  for (size_t i = 0; i < ours.members.size(); ++i) {
    if (auto found = difference(ours.members[i].first, theirs.members[i].first); !found.empty()) return found;
    if (auto found = difference(ours.members[i].second, theirs.members[i].second); !found.empty()) return found;
  }
  return {};
}

TEST_CASE("the embedded catalogue is what stands in the files") {
  auto sources = embedded_sources();
  REQUIRE(sources.size() > 20);
  for (const auto& source : sources) {
    CAPTURE(source.name);
    auto text = read_file(fmt::format("{}/{}", CADASTRE_SOURCE_DIR, source.name));
    REQUIRE(text);
    auto read = parse_yaml(*text, source.name);
    REQUIRE_MESSAGE(read, (read ? "" : read.error().message));
    REQUIRE(source.tree);
    CHECK(difference(*source.tree, *read) == "");
  }
}

}  // namespace
}  // namespace cadastre::catalog
