#include "store/sqlite/sqlite_store.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <barrier>
#include <filesystem>
#include <thread>

#include "base/file.h"
#include "store/conformance.h"
#include "store/sqlite/schema.h"
#include "support/folder.h"

namespace cadastre::store {
namespace {

using cadastre::testing::Folder;
using conformance::at;
using conformance::Lines;
using conformance::must;
using conformance::put_of;

std::unique_ptr<Store> open(const std::string& path) { return must(open_store("sqlite:" + path, system_clock())); }

std::string refusal(const std::string& path) {
  auto opened = open_store(path, system_clock());
  REQUIRE_FALSE(opened);
  return opened.error().message;
}

// The rows of a query, their columns joined by '|'.
Lines rows(const std::string& path, const std::string& sql, int columns) {
  auto connection = must(Connection::open(path, Connection::Mode::reads));
  auto select = must(connection->prepare(sql));
  Lines found;
  while (must(select.step())) {
    std::string line;
    for (int i = 0; i < columns; ++i) line += (i ? "|" : "") + select.text(i);
    found.push_back(line);
  }
  return found;
}

void execute(const std::string& path, const std::string& sql) {
  auto connection = must(Connection::open(path, Connection::Mode::writes));
  must(connection->execute(sql));
}

TEST_CASE("SQLite passes the store's conformance suite") {
  Folder folder;
  int made = 0;
  store_conformance({[&] { return open(folder / fmt::format("{}.db", ++made)); },
                     [&] { return open(folder / fmt::format("{}.db", made)); }});
}

TEST_CASE("the file is its owner's only, and so is what SQLite puts beside it") {
  Folder folder;
  auto store = open(folder / "x.db");
  must(store->cells().open({"1", "r", "k"}));
  must(store->lock_collection());
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    struct stat status {};
    REQUIRE(::stat(entry.path().c_str(), &status) == 0);
    CHECK_MESSAGE((status.st_mode & 0777) == 0600, entry.path().string());
    ++files;
  }
  CHECK(files == 4);  // the file, -wal, -shm, .lock
}

TEST_CASE("a store whose process died loses nothing that was committed") {
  Folder folder;
  auto store = open(folder / "x.db");
  auto cell = must(store->cells().open({"111111111111", "eu-west-1", "aws.ec2.instance"}));
  std::vector<Put> puts;
  for (int i = 0; i < 500; ++i)
    puts.push_back(put_of(fmt::format("i-{}", i), fmt::format(R"({{"n":{},"same":"for all"}})", i)));
  must(store->inventory().put(cell.id, puts, at(10)));
  auto key = must(store->redaction_key());
  // What the disk has while the store is open: what a crash would leave.
  std::filesystem::copy_file(folder / "x.db", folder / "copy.db");
  std::filesystem::copy_file(folder / "x.db-wal", folder / "copy.db-wal");
  auto copy = open(folder / "copy.db");
  size_t found = 0;
  must(copy->inventory().scan({}, {}, [&](const Resource& row) {
    CHECK(row.document == puts[static_cast<size_t>(std::stoi(row.native.substr(2)))].document);
    ++found;
    return true;
  }));
  CHECK(found == 500);
  CHECK(must(copy->redaction_key()) == key);
  CHECK(rows(folder / "copy.db", "PRAGMA integrity_check", 1) == Lines{"ok"});
  // A log that was cut in the middle of its last transaction: the one before it counts.
  auto before = std::filesystem::file_size(folder / "x.db-wal");
  puts.resize(1);
  puts[0].document = "changed";
  must(store->inventory().put(cell.id, puts, at(20)));
  auto after = std::filesystem::file_size(folder / "x.db-wal");
  REQUIRE(after > before);
  std::filesystem::copy_file(folder / "x.db", folder / "cut.db");
  std::filesystem::copy_file(folder / "x.db-wal", folder / "cut.db-wal");
  std::filesystem::resize_file(folder / "cut.db-wal", after - 100);
  auto cut = open(folder / "cut.db");
  CHECK(must(cut->inventory().lookup("i-0", {})).at(0).document == R"({"n":0,"same":"for all"})");
}

TEST_CASE("what is not a store of ours is refused, and left as it is") {
  Folder folder;
  must(write_file(folder / "text", std::string(5000, 'x')));
  CHECK(refusal(folder / "text") ==
        fmt::format("{} is not a Cadastre store (nor any SQLite file); name another path in 'store'", folder / "text"));
  CHECK(*read_file(folder / "text") == std::string(5000, 'x'));

  execute(folder / "foreign.db", "CREATE TABLE recipe (name TEXT)");
  auto before = *read_file(folder / "foreign.db");
  CHECK(refusal(folder / "foreign.db") ==
        fmt::format("{} is an SQLite file, but not a Cadastre store; name another path in 'store'",
                    folder / "foreign.db"));
  CHECK((*read_file(folder / "foreign.db") == before));

  open(folder / "new.db");
  execute(folder / "new.db", "PRAGMA user_version=99");
  CHECK(refusal(folder / "new.db") ==
        fmt::format("the store {} was written by a newer release (schema 99, this one knows {}); use that release",
                    folder / "new.db", migrations().size()));

  CHECK(refusal(folder / "no/such/x.db").starts_with(fmt::format("cannot open the store {}", folder / "no/such/x.db")));
  CHECK(refusal(folder.path()).starts_with("cannot open the store"));
  CHECK(refusal("sqlite:") == "the store has no path; write for example sqlite:./cadastre.db");
  CHECK(refusal("oracle://h/x") ==
        "the store 'oracle://h/x' is of a kind this release does not have; write sqlite:PATH or mongodb://HOST/NAME");
}

TEST_CASE("what was superseded of one kind is what of all kinds is of that kind, when there is very much of it") {
  Folder folder;
  auto store = open(folder / "x.db");
  constexpr int kEach = 11'000;
  for (const char* kind : {"k.a", "k.b"}) {
    auto cell = must(store->cells().open({"1", "r", kind}));
    std::vector<Put> puts;
    for (int i = 0; i < kEach; ++i) puts.push_back(put_of(fmt::format("i-{}", i), "before"));
    auto made = must(store->inventory().put(cell.id, puts, at(1)));
    for (auto& put : puts) put.document = "after", put.item_hash = put.document_hash = hash128(put.document);
    puts.resize(kEach - 100);  // some do not change, and of those some go
    must(store->inventory().put(cell.id, puts, at(20)));
    Finish finish;
    finish.cell = cell.id;
    for (int i = kEach - 100; i < kEach - 50; ++i) finish.close.push_back(made[static_cast<size_t>(i)].resource);
    must(store->inventory().finish(finish, at(21)));
  }
  auto scan = [&](const Filter& filter) {
    std::map<std::string, std::vector<std::string>> found;
    must(store->inventory().scan(filter, at(10), [&](const Resource& one) {
      found[one.cell.kind].push_back(fmt::format("{} {}", one.native, one.document));
      return true;
    }));
    return found;
  };
  auto all = scan({.superseded = true});
  CHECK(all["k.a"].size() == kEach - 50);
  for (const char* kind : {"k.a", "k.b"}) {
    auto one = scan({.kinds = {kind}, .superseded = true});
    CHECK(one.size() == 1);
    CHECK((one[kind] == all[kind]));
  }
  CHECK((scan({.accounts = {"1"}, .superseded = true}) == all));
  CHECK(scan({.accounts = {"2"}, .superseded = true}).empty());
}

TEST_CASE("a damaged document is an error, not an answer") {
  Folder folder;
  {
    auto store = open(folder / "x.db");
    auto cell = must(store->cells().open({"1", "r", "k"}));
    auto put = put_of("a", std::string(1000, 'a'));
    must(store->inventory().put(cell.id, std::span(&put, 1), at(1)));
  }
  execute(folder / "x.db", "UPDATE version SET document = x'00112233445566'");
  auto store = open(folder / "x.db");
  auto found = store->inventory().lookup("a", {});
  REQUIRE_FALSE(found);
  CHECK(found.error().message == "a stored document is damaged; restore a backup of the store");
}

// Every table, index and trigger.
Lines schema_of(const std::string& path) {
  return rows(path, "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name", 4);
}

TEST_CASE("a fresh schema is the sum of the migrations, whichever release made the store") {
  Folder folder;
  open(folder / "fresh.db");
  auto fresh = schema_of(folder / "fresh.db");
  REQUIRE(fresh.size() > 10);
  auto application = rows(folder / "fresh.db", "PRAGMA application_id", 1).at(0);
  for (size_t release = 1; release <= migrations().size(); ++release) {
    auto path = folder / fmt::format("{}.db", release);
    for (size_t i = 0; i < release; ++i) execute(path, migrations()[i]);
    execute(path, fmt::format("PRAGMA user_version={}; PRAGMA application_id={}", release, application));
    for (int again = 0; again < 2; ++again) {
      open(path);
      CHECK(schema_of(path) == fresh);
      CHECK(rows(path, "PRAGMA user_version", 1) == Lines{fmt::format("{}", migrations().size())});
    }
  }
}

TEST_CASE("many may open a new store at once") {
  Folder folder;
  std::vector<std::string> refused(8);
  for (int round = 0; round < 20; ++round) {
    auto path = folder / fmt::format("{}.db", round);
    std::barrier ready(static_cast<std::ptrdiff_t>(refused.size()));
    std::vector<std::jthread> all;
    for (auto& error : refused) {
      all.emplace_back([&] {
        ready.arrive_and_wait();
        auto store = open_store(path, system_clock());
        if (!store) error = store.error().message;
      });
    }
    all.clear();
    for (const auto& error : refused) CHECK(error == "");
  }
}

TEST_CASE("a sighting keeps the date when it was first made") {
  Folder folder;
  auto store = open(folder / "x.db");
  auto cell = must(store->cells().open({"1", "r", "k"}));
  Finish run;
  run.cell = cell.id;
  run.sightings = {{"2", "subnet-1"}, {"3", "subnet-2"}};
  must(store->inventory().finish(run, at(10)));
  run.sightings = {{"2", "subnet-1"}, {"2", "subnet-9"}};
  must(store->inventory().finish(run, at(20)));
  auto millis = [](Time time) { return fmt::format("{}", time.time_since_epoch().count()); };
  CHECK(rows(folder / "x.db", "SELECT owner, native, since FROM sighting ORDER BY 1, 2", 3) ==
        Lines{"2|subnet-1|" + millis(at(10)), "2|subnet-9|" + millis(at(20))});
}

TEST_CASE("what is alike is stored small") {
  Folder folder;
  auto store = open(folder / "x.db");
  auto cell = must(store->cells().open({"1", "r", "k"}));
  std::string common;
  for (int i = 0; i < 40; ++i) common += fmt::format(R"("AMemberOfEveryDocument{}":"{:x}",)", i, i * 7919 + 104729);
  std::vector<Put> puts;
  size_t bytes = 0;
  for (int i = 0; i < 100; ++i) {
    puts.push_back(put_of(fmt::format("i-{}", i), "{" + common + fmt::format("\"Id\":{}}}", i)));
    bytes += puts.back().document.size();
  }
  must(store->inventory().put(cell.id, puts, at(0)));
  auto stored = std::stoul(rows(folder / "x.db", "SELECT sum(length(document)) FROM version", 1).at(0));
  CHECK(stored * 10 < bytes);
}

}  // namespace
}  // namespace cadastre::store
