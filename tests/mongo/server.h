// Stores in databases of their own on the server that CADASTRE_TEST_MONGODB_URI names; for tests.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>

#include "store/conformance/fixture.h"
#include "store/mongo/mongo_store.h"

namespace cadastre::testing {

// The server's URL with `database` in it.
inline std::string mongo_url(const std::string& database) {
  const char* given = std::getenv("CADASTRE_TEST_MONGODB_URI");
  REQUIRE_MESSAGE(given, "run this through tests/mongo/stand_in.py, or set CADASTRE_TEST_MONGODB_URI");
  std::string url = given;
  size_t slash = url.find('/', url.find("://") + 3);
  size_t options = url.find('?');
  auto hosts = url.substr(0, std::min(slash, options));
  return hosts + "/" + database + (options == url.npos ? "" : url.substr(options));
}

// Databases that nobody else uses, dropped at the end.
class Databases {
 public:
  ~Databases() {
    for (const auto& name : made_) {
      if (auto database = store::mongo::Database::open(mongo_url(name))) (void)(*database)->run({{"dropDatabase", 1}});
    }
  }
  // The URL of a new one, and of the one made last.
  std::string fresh() {
    static std::atomic<int> count = 0;
    made_.push_back(fmt::format("cadastre_test_{}_{}", ::getpid(), ++count));
    return last();
  }
  std::string last() const { return mongo_url(made_.back()); }
  std::unique_ptr<store::mongo::Database> raw() const {
    return store::conformance::must(store::mongo::Database::open(last()));
  }

 private:
  std::vector<std::string> made_;
};

}  // namespace cadastre::testing
