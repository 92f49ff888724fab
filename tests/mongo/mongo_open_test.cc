// Opening, refusing, the lease of a collection, and what a restart of the server keeps.
#include "server.h"
#include "store/mongo/lease.h"

namespace cadastre::store {
namespace {

using cadastre::testing::Databases;
using cadastre::testing::mongo_url;
using conformance::at;
using conformance::Lines;
using conformance::must;
using conformance::put_of;

class Hands final : public Clock {
 public:
  Time now() override { return at(passed); }
  std::chrono::steady_clock::time_point steady() override { return std::chrono::steady_clock::time_point(Millis(0)); }
  std::atomic<int64_t> passed = 0;
};

Error refusal(const std::string& url) {
  auto opened = open_store(url, system_clock());
  REQUIRE_FALSE(opened);
  return opened.error();
}

TEST_CASE("what is not a store of ours is refused, and left as it is") {
  Databases databases;
  auto url = databases.fresh();
  auto raw = databases.raw();
  CHECK(must(raw->insert("recipe", mongo::Document{{"_id", 1}})));
  CHECK(refusal(url).code == ErrorCode::invalid);
  CHECK(refusal(url).message == raw->where() +
                                    " is a database of something else (it has the collection 'recipe'), not a Cadastre "
                                    "store; name another database in 'store'");
  CHECK(must(raw->count("store", {})) == 0);

  url = databases.fresh();
  REQUIRE(open_store(url, system_clock()));
  raw = databases.raw();
  must(raw->update("store", {.filter = {{"_id", "schema"}}, .change = {{"$set", mongo::Document{{"version", 99}}}}}));
  CHECK(refusal(url).message.find("was written by a newer release (schema 99, this one knows 3); use that release") !=
        std::string::npos);
}

TEST_CASE("a store of an older release gets what is new") {
  Databases databases;
  auto url = databases.fresh();
  REQUIRE(open_store(url, system_clock()));
  auto raw = databases.raw();
  must(raw->run({{"dropIndexes", "dump"}, {"index", "key"}}));
  must(raw->update("store", {.filter = {{"_id", "schema"}}, .change = {{"$set", mongo::Document{{"version", 1}}}}}));
  REQUIRE(open_store(url, system_clock()));
  CHECK(must(raw->one({.collection = "store", .filter = {{"_id", "schema"}}}))->integer("version") == 3);
  const mongo::Document row{{"cluster", "a"}, {"dump", "b"}};
  CHECK(must(raw->insert("dump", row)));
  CHECK_FALSE(must(raw->insert("dump", row)));  // its key is unique again
}

TEST_CASE("no message holds a password") {
  auto error = refusal("mongodb://ana:s3cret@127.0.0.1:1/x?serverSelectionTimeoutMS=200");
  CHECK(error.code == ErrorCode::io);
  CHECK(error.message ==
        "cannot reach the store mongodb://127.0.0.1:1/x; check that the server runs and that 'store' names it");
  CHECK(error.cause.find("s3cret") == std::string::npos);
  CHECK(refusal("mongodb://ana:s3cret@/?no").message.find("s3cret") == std::string::npos);
}

TEST_CASE("MongoDB's own tools copy and compact") {
  Databases databases;
  auto store = must(open_store(databases.fresh(), system_clock()));
  for (const auto& refused :
       {store->backup("/nowhere", {}), store->compact({}), restore_store("/nowhere", databases.last(), false)}) {
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::unsupported);
  }
  CHECK(store->backup("/nowhere", {}).error().message.find("mongodump") != std::string::npos);
}

TEST_CASE("a lease is renewed, given back, and lapses with its process") {
  Databases databases;
  must(open_store(databases.fresh(), system_clock()));
  auto raw = databases.raw();
  Hands clock;
  mongo::Lease first(*raw, clock), second(*raw, clock);
  must(first.take());
  auto refused = second.take();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find(fmt::format("another process (pid {} on ", ::getpid())) == 0);
  clock.passed = 59;
  must(first.renew());
  clock.passed = 100;  // past the first lease, within the second
  CHECK_FALSE(second.take());
  clock.passed = 120;  // as if it had died
  must(second.take());
  must(first.renew());  // too late: it is not taken back
  CHECK_FALSE(first.take());
  second.drop();
  must(first.take());
}

TEST_CASE("check tells what is amiss, and stats what there is") {
  Databases databases;
  auto store = must(open_store(databases.fresh(), system_clock()));
  auto cell = must(store->cells().open({"111111111111", "eu-west-1", "aws.ec2.instance"}));
  std::vector<Put> puts = {put_of("a", R"({"n":1})"), put_of("b", R"({"n":2})")};
  auto results = must(store->inventory().put(cell.id, puts, at(10)));
  Finish finish;
  finish.cell = cell.id;
  finish.close = {results[1].resource};
  must(store->inventory().finish(finish, at(20)));
  CHECK(must(store->check({})) == Lines{});
  auto stats = must(store->stats());
  CHECK(stats.resources == 1);
  CHECK(stats.closed == 1);
  CHECK(stats.versions == 3);
  CHECK(stats.cells == 1);
  REQUIRE(stats.kinds.size() == 1);
  CHECK(stats.kinds[0].name == "aws.ec2.instance");
  CHECK(stats.kinds[0].live == 1);
  CHECK(stats.kinds[0].versions == 3);
  CHECK(stats.kinds[0].document_bytes > 0);

  auto raw = databases.raw();
  auto damage = [&](const std::string& collection, int64_t id, mongo::Document change) {
    must(raw->update(collection, {.filter = {{"_id", id}}, .change = {{"$set", std::move(change)}}}));
  };
  damage("version", 1, {{"document", mongo::Binary{"nonsense"}}});
  damage("cell", cell.id, {{"resources", 7}});
  must(raw->remove("version", {{"_id", 3}}));
  auto amiss = must(store->check({}));
  auto b = results[1].resource;
  CHECK(amiss == Lines{fmt::format("resource {} ('a'): the document of version 1 cannot be read", results[0].resource),
                       fmt::format("resource {} ('b'): its last version is 2, and it has seen 3", b),
                       fmt::format("resource {} ('b'): it is gone, but its last version has a document", b),
                       "the cell aws.ec2.instance/111111111111/eu-west-1 says that it has 7 resources, and has 1"});
  std::stop_source stopped;
  stopped.request_stop();
  CHECK(store->check(stopped.get_token()).error().code == ErrorCode::cancelled);
}

// Two halves of one test: tests/mongo/stand_in.py restarts the server between them, on the same file.
std::string restarted() { return mongo_url("cadastre_test_restart"); }

TEST_SUITE("before") {
  TEST_CASE("a store is filled, and its process dies in the middle of a batch") {
    std::atomic<bool> dead = false;
    auto store = must(mongo::open_mongo_store(restarted(), system_clock(),
                                              [&](std::string_view command, bool answered) -> Result<void> {
                                                // The batch's versions are written by then, and not committed.
                                                if (dead && command == "update" && !answered)
                                                  return fail(ErrorCode::io, "dead");
                                                return {};
                                              }));
    auto cell = must(store->cells().open({"111111111111", "eu-west-1", "aws.ec2.instance"}));
    auto put = put_of("a", R"({"n":1})");
    must(store->inventory().put(cell.id, std::span(&put, 1), at(10)));
    User user;
    user.name = "ana";
    must(store->identity().add_user(user));
    must(store->redaction_key());
    dead = true;
    put = put_of("b", R"({"n":2})");
    CHECK_FALSE(store->inventory().put(cell.id, std::span(&put, 1), at(20)));
  }
}

TEST_SUITE("after") {
  TEST_CASE("what was acknowledged is there after a restart, and nothing else") {
    Hands later;
    later.passed = 400LL * 24 * 3600 * 1000;  // any turn has lapsed
    auto store = must(open_store(restarted(), later));
    CHECK(must(store->check({})) == Lines{});
    auto found = must(store->inventory().lookup("a", {}));
    REQUIRE(found.size() == 1);
    CHECK(found[0].document == R"({"n":1})");
    CHECK(must(store->inventory().lookup("b", {})).empty());
    CHECK(must(store->identity().user_named("ANA")));
    CHECK(must(store->redaction_key()).size() == 32);
    auto cell = must(store->cells().open({"111111111111", "eu-west-1", "aws.ec2.instance"}));
    auto put = put_of("b", R"({"n":2})");
    must(store->inventory().put(cell.id, std::span(&put, 1), at(30)));
    CHECK(must(store->check({})) == Lines{});
  }
}

}  // namespace
}  // namespace cadastre::store
