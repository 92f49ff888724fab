#include "server.h"
#include "store/conformance.h"

namespace cadastre::store {
namespace {

using cadastre::testing::Databases;
using conformance::must;

TEST_CASE("MongoDB passes the store's conformance suite") {
  Databases databases;
  auto open = [](const std::string& url) { return must(open_store(url, system_clock())); };
  // The stand-in looks at every row of a collection for most questions.
  store_conformance({[&] { return open(databases.fresh()); }, [&] { return open(databases.last()); }, 200});
}

}  // namespace
}  // namespace cadastre::store
