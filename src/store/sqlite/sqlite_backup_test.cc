#include "store/sqlite/sqlite_backup.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <random>

#include "base/file.h"
#include "store/conformance/fixture.h"
#include "store/conformance/people.h"
#include "store/sqlite/store_lock.h"
#include "support/folder.h"

namespace cadastre::store {
namespace {

using cadastre::testing::Folder;
using conformance::at;
using conformance::Lines;
using conformance::must;
using conformance::put_of;

std::unique_ptr<Store> open(const std::string& path) { return must(open_store("sqlite:" + path, system_clock())); }

// A store with a little of everything.
std::unique_ptr<Store> filled(const std::string& path) {
  auto store = open(path);
  auto cell = must(store->cells().open({"111111111111", "eu-west-1", "aws.ec2.instance"}));
  std::vector<Put> puts;
  for (int i = 0; i < 60; ++i)
    puts.push_back(put_of(fmt::format("i-{}", i), fmt::format(R"({{"n":{},"same":"for all"}})", i)));
  auto results = must(store->inventory().put(cell.id, puts, at(10)));
  must(store->inventory().put(cell.id, std::span(puts).first(20), at(20)));
  Finish finish;
  finish.cell = cell.id;
  finish.close = {results[0].resource, results[59].resource};
  must(store->inventory().finish(finish, at(30)));
  auto ana = must(store->identity().add_user(conformance::user_of("ana")));
  must(store->identity().add_token(conformance::token_of(ana, "ci")));
  return store;
}

// All that a store shows.
Lines content(Store& store) {
  Lines lines;
  must(store.inventory().scan({.closed = true}, {}, [&](const Resource& row) {
    lines.push_back(fmt::format("{} {} {}", row.id(), row.document, row.deleted.has_value()));
    return true;
  }));
  must(store.inventory().changes({.documents = true}, [&](const Change& change) {
    lines.push_back(fmt::format("{} {}", change.version.sequence, change.version.document));
    return true;
  }));
  for (const auto& user : must(store.identity().users())) lines.push_back(user.name);
  return lines;
}

std::string refusal(const Result<void>& result) {
  REQUIRE_FALSE(result);
  return result.error().message;
}

Lines files_in(const Folder& folder) {
  Lines names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

TEST_CASE("a backup is a store as it was, its owner's only, and what it is restored to goes on from there") {
  Folder folder;
  auto store = filled(folder / "x.db");
  auto before = content(*store);
  must(store->backup(folder / "backup", {}));
  struct stat status {};
  REQUIRE(::stat((folder / "backup").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(refusal(store->backup(folder / "backup", {})) == (folder / "backup") + " exists already; name another file");
  CHECK(refusal(store->backup(folder / "no/such/file", {})).starts_with("cannot create"));
  // What came later is not in it.
  auto cell = must(store->cells().open({"111111111111", "eu-west-1", "aws.ec2.instance"}));
  auto late = put_of("late", "{}");
  must(store->inventory().put(cell.id, std::span(&late, 1), at(40)));
  must(restore_store(folder / "backup", "sqlite:" + (folder / "y.db"), false));
  auto restored = open(folder / "y.db");
  CHECK((content(*restored) == before));
  CHECK(must(restored->redaction_key()).size() == 32);
  must(restored->inventory().put(cell.id, std::span(&late, 1), at(40)));
  CHECK((content(*restored) == content(*store)));
  CHECK(must(restored->check({})) == Lines{});
  restored.reset();
  store.reset();
  CHECK(files_in(folder) == Lines{"backup", "x.db", "x.db.lock", "y.db", "y.db.lock"});
}

TEST_CASE("a store is only replaced when it is said, and when nobody has it open") {
  Folder folder;
  auto first = filled(folder / "x.db");
  auto before = content(*first);
  must(first->backup(folder / "backup", {}));
  auto cell = must(first->cells().open({"222222222222", "eu-west-1", "aws.ec2.volume"}));
  CHECK(refusal(restore_store(folder / "backup", folder / "x.db", true)) ==
        fmt::format("the store {} is in use; stop the server, or whatever has it open", folder / "x.db"));
  first.reset();
  CHECK(refusal(restore_store(folder / "backup", folder / "x.db", false)).find("already") != std::string::npos);
  // A log that a killed process left is the old store's; in the new one it would undo the restoring.
  auto second = open(folder / "x.db");
  auto late = put_of("late", "{}");
  must(second->inventory().put(cell.id, std::span(&late, 1), at(40)));
  std::filesystem::copy_file(folder / "x.db-wal", folder / "left-wal");
  second.reset();
  std::filesystem::rename(folder / "left-wal", folder / "x.db-wal");
  must(restore_store(folder / "backup", folder / "x.db", true));
  CHECK_FALSE(std::filesystem::exists(folder / "x.db-wal"));
  CHECK((content(*open(folder / "x.db")) == before));
  // Even one that is too damaged to be opened.
  must(write_file(folder / "x.db", std::string(10'000, 'x')));
  must(restore_store(folder / "backup", folder / "x.db", true));
  CHECK((content(*open(folder / "x.db")) == before));
}

TEST_CASE("a damaged backup is refused, wherever the damage is, and nothing is touched") {
  auto seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  Folder folder;
  auto store = filled(folder / "x.db");
  must(store->backup(folder / "backup", {}));
  store.reset();
  auto whole = *read_file(folder / "backup"), target = *read_file(folder / "x.db");
  auto expect_refused = [&](const std::string& bytes) {
    must(write_file(folder / "damaged", bytes));
    CHECK_FALSE(restore_store(folder / "damaged", folder / "x.db", true));
    CHECK_FALSE(restore_store(folder / "damaged", folder / "new.db", false));
  };
  for (int round = 0; round < 120; ++round) {
    auto bytes = whole;
    // The head, the seal, and anywhere.
    size_t offset = round < 20   ? random() % 100
                    : round < 40 ? whole.size() - 1 - random() % 32
                                 : random() % whole.size();
    CAPTURE(offset);
    bytes[offset] = static_cast<char>(bytes[offset] ^ static_cast<char>(1 << (random() % 8)));
    expect_refused(bytes);
  }
  for (size_t size : {size_t{0}, size_t{1}, size_t{31}, size_t{32}, size_t{100}, size_t{4096}, whole.size() / 2,
                      whole.size() - 4096, whole.size() - 32, whole.size() - 1})
    expect_refused(whole.substr(0, size));
  expect_refused(whole + "x");
  expect_refused(std::string(100'000, 'x'));
  CHECK_FALSE(restore_store(folder / "no such file", folder / "new.db", false));
  CHECK_FALSE(std::filesystem::exists(folder / "new.db"));
  CHECK((*read_file(folder / "x.db") == target));
  must(write_file(folder / "whole", whole));
  must(restore_store(folder / "whole", folder / "new.db", false));
}

TEST_CASE("a sealed file that is no sound store is refused") {
  Folder folder;
  auto sealed = [&](const std::string& sql) {
    auto path = folder / "made.db";
    std::filesystem::remove(path);
    {
      auto store = filled(path);
      must(must(Connection::open(path, Connection::Mode::writes))->execute(sql));
    }
    auto bytes = *read_file(path);
    must(write_file(folder / "sealed", bytes + "Cadastre backup\n" + hash128(bytes).bytes()));
    return refusal(restore_store(folder / "sealed", folder / "new.db", false));
  };
  CHECK(sealed("PRAGMA application_id=1").find("not a Cadastre store") != std::string::npos);
  CHECK(sealed("PRAGMA user_version=99").find("newer release") != std::string::npos);
  CHECK(sealed("UPDATE resource SET version = 1 WHERE id = 5").find("not sound") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(folder / "new.db"));
}

TEST_CASE("a backup is made while another handle collects, and holds one moment") {
  Folder folder;
  auto store = filled(folder / "x.db");
  auto other = open(folder / "x.db");
  auto cell = must(other->cells().open({"222222222222", "eu-west-1", "aws.ec2.volume"}));
  std::atomic<bool> written = false;
  std::jthread writer([&](std::stop_token stop) {
    for (int round = 1; !stop.stop_requested(); ++round) {
      std::vector<Put> puts;
      for (int i = 0; i < 50; ++i)
        puts.push_back(put_of(fmt::format("v-{}", i), fmt::format(R"({{"round":{}}})", round)));
      if (!other->inventory().put(cell.id, puts, at(round))) return;
      written = true;
    }
  });
  while (!written) std::this_thread::yield();
  for (int i = 0; i < 3; ++i) {
    auto backup = folder / fmt::format("backup {}", i), restored = folder / fmt::format("{}.db", i);
    must(store->backup(backup, {}));
    must(restore_store(backup, restored, false));
    auto copy = open(restored);
    std::set<std::string> rounds;
    size_t rows = 0;
    must(copy->inventory().scan({.kinds = {"aws.ec2.volume"}}, {}, [&](const Resource& row) {
      rounds.insert(row.document);
      return ++rows > 0;
    }));
    CHECK(rows == 50);
    CHECK(rounds.size() == 1);  // a put is there whole, or not at all
    CHECK(must(copy->check({})) == Lines{});
  }
}

TEST_CASE("a backup that is stopped, or of a store that is not sound, leaves nothing behind") {
  Folder folder;
  auto store = filled(folder / "x.db");
  auto names = files_in(folder);
  std::stop_source stopped;
  stopped.request_stop();
  auto result = store->backup(folder / "backup", stopped.get_token());
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::cancelled);
  CHECK(files_in(folder) == names);
  must(must(Connection::open(folder / "x.db", Connection::Mode::writes))
           ->execute("UPDATE version SET document = x'00112233' WHERE sequence = 7"));
  auto unsound = store->backup(folder / "backup", {});
  CHECK(refusal(unsound).find("the document of version 7") != std::string::npos);
  CHECK(files_in(folder) == names);
}

TEST_CASE("while a store is restored nobody can open it") {
  Folder folder;
  { filled(folder / "x.db"); }
  auto lock = must(StoreLock::alone(folder / "x.db"));
  auto refused = open_store(folder / "x.db", system_clock());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("is being restored") != std::string::npos);
}

}  // namespace
}  // namespace cadastre::store
