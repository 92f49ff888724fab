// Every example of docs/query.md is a query that can be asked.
#include <doctest/doctest.h>

#include "base/file.h"
#include "base/text.h"
#include "search/world.h"

namespace cadastre::search {
namespace {

TEST_CASE("the examples of docs/query.md are understood") {
  auto page = must(read_file(CADASTRE_SOURCE_DIR "/docs/query.md"));
  testing::RandomEstate random(7, {.accounts = 2});
  World world(random_past(random, 60), random.accounts());
  index::Index index(real_catalog(), owner_tags());
  must(index.build(*world.store, "", {}));
  auto without = world.reader(), with = world.reader(&index);
  size_t examples = 0;
  bool inside = false;
  for (auto line : split(page, '\n')) {
    if (line.starts_with("```")) {
      inside = line == "```query";
      continue;
    }
    if (!inside) continue;
    ListRequest request;
    request.q = trim(line.substr(0, line.find(" # ")));
    CAPTURE(request.q);
    auto answer = without.list(request, {}), indexed = with.list(request, {});
    CHECK_MESSAGE(answer.has_value(), (answer ? "" : answer.error().message));
    REQUIRE(indexed.has_value() == answer.has_value());
    if (answer) CHECK(indexed->total == answer->total);
    ++examples;
  }
  CHECK(examples > 40);
}

}  // namespace
}  // namespace cadastre::search
