#include "store/sqlite/sqlite_check.h"

#include <doctest/doctest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>

#include "base/text.h"
#include "store/conformance/fixture.h"
#include "store/conformance/people.h"
#include "support/folder.h"

namespace {
std::atomic<int> syncs = 0;
}

// SQLite finds this one before the C library's: what it takes for being on the disk is counted.
extern "C" int fdatasync(int file) {
  ++syncs;
  return static_cast<int>(::syscall(SYS_fdatasync, file));
}

namespace cadastre::store {
namespace {

using cadastre::testing::Folder;
using conformance::at;
using conformance::Lines;
using conformance::must;
using conformance::put_of;

std::unique_ptr<Store> open(const std::string& path) { return must(open_store(path, system_clock())); }

TEST_CASE("what people did is on the disk before it is acknowledged; what is collected need not be") {
  Folder folder;
  auto store = open(folder / "x.db");
  auto cell = must(store->cells().open({"1", "r", "k"}));
  auto put = [&](int i) {
    auto one = put_of(fmt::format("i-{}", i), "{}");
    must(store->inventory().put(cell.id, std::span(&one, 1), at(i)));
  };
  put(0);
  syncs = 0;
  for (int i = 1; i < 20; ++i) put(i);
  CHECK(syncs == 0);
  auto synced = [&](auto&& act) {
    put(50);  // something is always waiting
    syncs = 0;
    act();
    return syncs > 0;
  };
  auto& identity = store->identity();
  int64_t ana = 0, token = 0, view = 0;
  CHECK(synced([&] { ana = must(identity.add_user(conformance::user_of("ana"))); }));
  CHECK(synced([&] { must(identity.update_user(*must(identity.user(ana)))); }));
  CHECK(synced([&] { must(identity.add_session(conformance::session_of(ana, "s", at(100)))); }));
  CHECK(synced([&] { must(identity.update_session(conformance::session_of(ana, "s", at(200)))); }));
  CHECK(synced([&] { must(identity.remove_session("s")); }));
  CHECK(synced([&] { token = must(identity.add_token(conformance::token_of(ana, "t"))); }));
  CHECK(synced([&] { must(identity.remove_token(token)); }));
  CHECK(synced([&] { must(identity.add_link("l", "x", at(100))); }));
  CHECK(synced([&] { must(identity.take_link("l", at(1))); }));
  CHECK(synced([&] { must(store->journal().audit({})); }));
  CHECK(synced([&] { view = must(store->journal().put_view({0, ana, "v", "/", "", true, at(1)})); }));
  CHECK(synced([&] { must(store->journal().remove_view(view)); }));
  CHECK(synced([&] { must(identity.remove_user(ana)); }));
}

TEST_CASE("a check finds what is amiss, and says what") {
  Folder folder;
  auto found = [&](const std::string& sql) {
    auto path = folder / "x.db";
    std::filesystem::remove(path);
    auto store = open(path);
    auto cell = must(store->cells().open({"111111111111", "eu-west-1", "aws.ec2.instance"}));
    std::vector<Put> puts;
    for (int i = 0; i < 10; ++i) puts.push_back(put_of(fmt::format("i-{}", i), fmt::format(R"({{"n":{}}})", i)));
    auto results = must(store->inventory().put(cell.id, puts, at(10)));
    must(store->inventory().put(cell.id, puts, at(20)));
    Finish finish;
    finish.cell = cell.id;
    finish.close = {results[0].resource};
    must(store->inventory().finish(finish, at(30)));
    auto ana = must(store->identity().add_user(conformance::user_of("ana")));
    must(store->identity().add_session(conformance::session_of(ana, "s", at(100))));
    auto connection = must(Connection::open(path, Connection::Mode::writes));
    must(connection->execute("PRAGMA foreign_keys=OFF; " + sql));
    std::string all;
    for (const auto& sentence : must(store->check({}))) all += sentence + "\n";
    return all;
  };
  auto finds = [&](const std::string& sql, std::string_view sentence) {
    auto all = found(sql);
    CHECK_MESSAGE(all.find(sentence) != std::string::npos, sql, ": ", all);
  };
  CHECK(found("SELECT 1") == "");
  finds("DELETE FROM version WHERE resource = 2", "resource 2 ('i-1'): it has no version");
  finds("UPDATE version SET \"to\" = \"to\" + 1 WHERE resource = 2", "does not begin where version 2 ends");
  finds("UPDATE version SET \"to\" = 5 WHERE sequence = 12", "its last version has an end");
  finds("UPDATE version SET \"to\" = \"from\" WHERE sequence = 3", "version 3 ends before it begins");
  finds("UPDATE resource SET version = 3 WHERE id = 3", "it is live as version 3, which is not its last");
  finds("UPDATE resource SET since = 0 WHERE id = 3", "does not say when its current version began");
  finds("UPDATE version SET document = NULL WHERE sequence = 14", "its last version says that it is gone");
  finds("UPDATE resource SET deleted = deleted + 1 WHERE id = 1", "its last version does not say when it went");
  finds("UPDATE cell SET resources = 7", "says that it has 7 resources, and has 9");
  finds("UPDATE version SET document = x'1234' WHERE sequence = 5",
        "the document of version 5 of 'i-4' cannot be read");
  finds("DELETE FROM dictionary", "needs dictionary 1, which is not there");
  finds("DELETE FROM user", "1 rows of 'session' name a row of 'user' that is not there");
  finds("DELETE FROM cell", "10 rows of 'resource' name a row of 'cell' that is not there");
  finds(
      "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = replace(sql, 'resource, cause', 'cause, resource') "
      "WHERE name = 'version_ended'",
      "the file is damaged");
}

TEST_CASE("a check can be stopped") {
  Folder folder;
  auto store = open(folder / "x.db");
  std::stop_source stopped;
  stopped.request_stop();
  auto result = store->check(stopped.get_token());
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::cancelled);
}

TEST_CASE("space that was freed goes back to the file system, and figures tell") {
  Folder folder;
  auto path = folder / "x.db";
  auto store = open(path);
  auto cell = must(store->cells().open({"111111111111", "eu-west-1", "aws.ec2.instance"}));
  must(store->cells().open({"111111111111", "eu-west-1", "aws.ec2.volume"}));
  std::vector<Put> puts;
  for (int i = 0; i < 300; ++i)
    puts.push_back(put_of(fmt::format("i-{}", i), "{\"x\":\"" + to_hex(random_bytes(2000)) + "\"}"));
  auto results = must(store->inventory().put(cell.id, puts, at(10)));
  must(store->inventory().put(cell.id, puts, at(20)));
  Finish finish;
  finish.cell = cell.id;
  for (int i = 0; i < 200; ++i) finish.close.push_back(results[static_cast<size_t>(i)].resource);
  must(store->inventory().finish(finish, at(30)));
  auto stats = must(store->stats());
  CHECK(stats.resources == 100);
  CHECK(stats.closed == 200);
  CHECK(stats.versions == 800);
  CHECK(stats.cells == 2);
  REQUIRE(stats.kinds.size() == 2);
  CHECK(stats.kinds[0].name == "aws.ec2.instance");
  CHECK(stats.kinds[0].live == 100);
  CHECK(stats.kinds[0].versions == 800);
  CHECK(stats.kinds[0].document_bytes > 600 * 2000);
  CHECK(stats.kinds[1].versions == 0);
  CHECK(must(store->inventory().prune("aws.ec2.instance", {Millis(0), {}}, at(100), {})).resources == 200);
  stats = must(store->stats());
  CHECK(stats.free_bytes > 400 * 2000);
  CHECK(stats.bytes > stats.free_bytes);
  must(store->compact({}));
  auto after = must(store->stats());
  CHECK(after.free_bytes == 0);
  CHECK(after.bytes + stats.free_bytes <= stats.bytes);
  CHECK(after.versions == 100);
  CHECK(must(store->check({})) == Lines{});
}

}  // namespace
}  // namespace cadastre::store
