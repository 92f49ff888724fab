// The index beside the store: snapshots and what makes one unfit, scopes, DNS names, and readers while it follows.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "base/text.h"
#include "index/index.h"
#include "query/parser.h"
#include "support/fakes.h"
#include "support/folder.h"
#include "support/random_estate.h"

namespace cadastre::index {
namespace {

using testing::RandomEstate;

const catalog::Catalog& real_catalog() {
  static const aws::Models models;
  static const auto catalog = catalog::Catalog::load(models, catalog::embedded_sources());
  return *catalog;
}

const std::vector<std::string> kOwnerTags = {"owner"};
const char* const kMine = "111111111111";
const char* const kOthers = "222222222222";

class Town {
 public:
  Town() : store_(open(folder_ / "cadastre.db")) {}

  void put(const char* account, const char* region, const char* kind, json::object document) {
    RandomEstate::Made made{{account, region, kind}, std::move(document)};
    auto cell = store_->cells().open(made.cell);
    REQUIRE(cell);
    auto put = testing::put_of(real_catalog(), made);
    REQUIRE(store_->inventory().put(cell->id, std::span(&put, 1), clock_.now()));
    clock_.advance(Millis(1000));
  }
  void instance(const char* account, const std::string& id, const std::string& address) {
    put(account, "eu-west-1", "aws.ec2.instance",
        {{"InstanceId", id},
         {"OwnerId", account},
         {"PrivateIpAddress", address},
         {"VpcId", "vpc-1"},
         {"State", json::object{{"Name", "running"}}},
         {"Tags", json::array{json::object{{"Key", "Name"}, {"Value", "web-" + id}}}}});
  }
  std::unique_ptr<store::Store> open(const std::string& file) {
    auto opened = store::open_store("sqlite:" + file, clock_);
    REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message));
    REQUIRE((*opened)->inventory().epoch("any", "{}"));
    return std::move(*opened);
  }

  // Native ids, in the answer's order.
  std::string find(const Index& index, const std::string& text, const query::Scope& scope = {}) {
    auto expression = query::parse(text);
    REQUIRE(expression);
    Request request;
    request.expression = &*expression;
    request.scope = scope;
    request.now = clock_.now();
    auto answer = index.search(request, stored_documents(store_->inventory()), {});
    REQUIRE_MESSAGE(answer.has_value(), (answer ? "" : answer.error().message));
    CHECK(answer->total == answer->resources.size());
    auto rows = store_->inventory().rows(answer->resources, false);
    REQUIRE(rows);
    std::vector<std::string> natives;
    for (const auto& row : *rows) natives.push_back(row.native);
    return join(natives, " ");
  }

  store::Store& store() { return *store_; }
  std::string file(const char* name) { return folder_ / name; }

 private:
  testing::Folder folder_;
  testing::FakeClock clock_;
  std::unique_ptr<store::Store> store_;
};

query::Scope only(const char* account) { return {false, {account}}; }

TEST_CASE("what is outside the scope is in no count, value or link") {
  Town town;
  town.instance(kMine, "i-mine", "10.0.0.1");
  town.instance(kOthers, "i-theirs", "10.0.0.2");
  Index index(real_catalog(), kOwnerTags);
  REQUIRE(index.build(town.store(), "", {}));
  CHECK(town.find(index, "web", only(kMine)) == "i-mine");
  CHECK(town.find(index, "-web", only(kMine)) == "");
  CHECK(town.find(index, "", query::Scope{false, {}}) == "");
  auto names = index.values(FacetKey::tag, "Name", "WEB", only(kMine), 10);
  REQUIRE(names.size() == 1);
  CHECK(names[0].value == "web-i-mine");
  CHECK(index.values(FacetKey::account, "", "", only(kMine), 10).size() == 1);
  CHECK(index.values(FacetKey::account, "", "", {}, 10).size() == 2);
  CHECK(index.tag_keys("na", only(kOthers), 10)[0].count == 1);
  CHECK(index.tag_keys("na", {}, 10)[0].count == 2);
  CHECK(index.tag_keys("", query::Scope{false, {}}, 10).empty());
  const std::string vpc = "VPC-1";
  auto linking = [&](const query::Scope& scope, size_t limit, std::vector<std::string> kinds = {},
                     std::string account = "", std::string region = "") {
    return index.linking(std::span(&vpc, 1), {std::move(kinds), std::move(account), std::move(region), scope, limit})
        .size();
  };
  CHECK(linking({}, 10) == 2);
  CHECK(linking(only(kMine), 10) == 1);
  CHECK(linking({}, 1) == 1);
  CHECK(linking({}, 10, {"aws.ec2.instance"}) == 2);
  CHECK(linking({}, 10, {"aws.ec2.subnet"}) == 0);
  CHECK(linking({}, 10, {}, kMine) == 1);
  CHECK(linking({}, 10, {}, "", "nowhere") == 0);
}

TEST_CASE("an address finds what has it, then what is around it, and nothing by 0.0.0.0/0") {
  Town town;
  town.instance(kMine, "i-1", "10.0.0.1");
  town.instance(kMine, "i-10", "10.0.0.10");
  auto group = [&](const char* id, const char* range) {
    town.put(
        kMine, "eu-west-1", "aws.ec2.security_group",
        {{"GroupId", id},
         {"GroupName", id},
         {"OwnerId", kMine},
         {"IpPermissions", json::array{json::object{{"IpRanges", json::array{json::object{{"CidrIp", range}}}}}}}});
  };
  group("sg-around", "10.0.0.0/24");
  group("sg-it", "10.0.0.1/32");
  group("sg-all", "0.0.0.0/0");
  town.put(kMine, "eu-west-1", "aws.ec2.subnet",
           {{"SubnetId", "subnet-1"}, {"OwnerId", kMine}, {"CidrBlock", "10.0.0.0/20"}, {"State", "available"}});
  Index index(real_catalog(), kOwnerTags);
  REQUIRE(index.build(town.store(), "", {}));
  CHECK(town.find(index, "10.0.0.1") == "i-1 sg-it i-10 sg-around subnet-1");
  CHECK(town.find(index, "ip:10.0.0.1 kind:ec2.security_group") == "sg-around sg-it");
  CHECK(town.find(index, "0.0.0.0/0") == "sg-all");
}

TEST_CASE("a snapshot is taken when it fits, and left alone when it does not") {
  Town town;
  for (int i = 0; i < 20; ++i) town.instance(kMine, fmt::format("i-{}", i), fmt::format("10.0.0.{}", i));
  auto file = town.file("index.snapshot");
  {
    Index index(real_catalog(), kOwnerTags);
    REQUIRE(index.build(town.store(), file, {}));  // there is none yet
    town.instance(kMine, "i-late", "10.0.1.1");
    REQUIRE(index.follow(town.store()));
    REQUIRE(index.save(file));
  }
  town.instance(kMine, "i-later", "10.0.1.2");
  town.instance(kMine, "i-3", "10.0.1.3");
  auto answers = [&](const std::string& from, store::Store& store) {
    Index index(real_catalog(), kOwnerTags);
    REQUIRE(index.build(store, from, {}));
    CHECK(index.ready());
    return fmt::format("{} {}", index.size().resources, index.size().sequence);
  };
  CHECK(answers(file, town.store()) == answers("", town.store()));
  {
    Index index(real_catalog(), kOwnerTags);
    REQUIRE(index.build(town.store(), file, {}));
    CHECK(town.find(index, "10.0.1") == "i-3 i-late i-later");
    CHECK(town.find(index, "10.0.0.3") == "");
  }
  SUBCASE("damaged at any byte") {
    std::string bytes;
    {
      std::ifstream in(file, std::ios::binary);
      bytes.assign(std::istreambuf_iterator<char>(in), {});
    }
    for (size_t at = 0; at < bytes.size(); at += 1 + bytes.size() / 97) {
      CAPTURE(at);
      auto broken = bytes;
      broken[at] = static_cast<char>(broken[at] ^ 0x20);
      std::ofstream(file, std::ios::binary) << (at % 2 ? broken : bytes.substr(0, at));
      CHECK(answers(file, town.store()) == answers("", town.store()));
    }
  }
  SUBCASE("of another store, with as many changes") {
    auto other = town.open(town.file("other.db"));
    CHECK(answers(file, *other) == "0 0");
  }
  SUBCASE("of other owner tags") {
    Index index(real_catalog(), {"team"});
    REQUIRE(index.build(town.store(), file, {}));
    CHECK(index.size().resources == 22);
  }
}

TEST_CASE("a snapshot holds the parts of an index as they are, bitmaps and all") {
  Town town;
  constexpr int kMany = 260;  // rows of one value are a bitmap then
  for (int i = 0; i < kMany; ++i) town.instance(kMine, fmt::format("i-{}", 1000 + i), fmt::format("10.0.{}.1", i));
  auto file = town.file("index.snapshot");
  Index kept(real_catalog(), kOwnerTags);
  CHECK(kept.load(town.store(), file).error().code == ErrorCode::not_found);
  REQUIRE(kept.build(town.store(), file, {}));
  for (int i = 0; i < 5; ++i) town.instance(kMine, fmt::format("i-{}", 1000 + i), fmt::format("10.9.{}.1", i));
  REQUIRE(kept.follow(town.store()));
  REQUIRE(kept.save(file));
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);  // it says as much as the store does

  town.instance(kMine, "i-1007", "10.9.7.1");
  Index loaded(real_catalog(), kOwnerTags), fresh(real_catalog(), kOwnerTags);
  auto followed = loaded.load(town.store(), file);
  REQUIRE(followed);
  CHECK(*followed == 1);
  REQUIRE(fresh.build(town.store(), "", {}));
  CHECK(loaded.size().resources == kMany);
  for (const std::string text : {"web-i-1007", "web-i-100", "eb-i-120", "10.9", "10.0.3.1", "10.0.33.1",
                                 "i-1007 10.9.7.1", "state:running 10.0.20", "-web-i-1 kind:ec2.instance"}) {
    CAPTURE(text);
    CHECK(town.find(loaded, text) == town.find(fresh, text));
  }
  CHECK(town.find(loaded, "10.9.7.1") == "i-1007");
  Index other(real_catalog(), {"team"});
  CHECK(other.load(town.store(), file).error().code == ErrorCode::invalid);

  SUBCASE("written by one at a time") {
    int held = ::open((file + ".new").c_str(), O_RDWR | O_CREAT, 0600);
    REQUIRE(::flock(held, LOCK_EX) == 0);
    CHECK_FALSE(loaded.save(file));
    ::close(held);
    CHECK(loaded.save(file));
  }
}

TEST_CASE("cursors are of one order, and none else's") {
  Town town;
  for (int i = 0; i < 5; ++i) town.instance(kMine, fmt::format("i-{}", i), "10.0.0.1");
  Index index(real_catalog(), kOwnerTags);
  REQUIRE(index.build(town.store(), "", {}));
  Request request;
  request.limit = 2;
  request.sort = SortKey::id;
  auto page = index.search(request, {}, {});
  REQUIRE(page);
  request.cursor = page->next;
  // What comes and goes before the cursor moves nothing behind it.
  town.instance(kMine, "i-00", "10.0.0.2");
  REQUIRE(index.follow(town.store()));
  auto next = index.search(request, {}, {});
  REQUIRE(next);
  CHECK(next->resources.size() == 2);
  CHECK(next->resources[0] == page->resources[1] + 1);
  CHECK(next->total == 6);
  for (auto sort : {SortKey::name, SortKey::relevance}) {
    request.sort = sort;
    CHECK(index.search(request, {}, {}).error().code == ErrorCode::invalid);
  }
  request.sort = SortKey::id;
  request.descending = true;
  CHECK(index.search(request, {}, {}).error().code == ErrorCode::invalid);
  for (const char* bad : {"x", "AAAA", "W10=", "!"}) {
    request.cursor = bad;
    CHECK(index.search(request, {}, {}).error().code == ErrorCode::invalid);
  }
}

TEST_CASE("a stop is honoured, and readers see whole moments while the index follows") {
  Town town;
  for (int i = 0; i < 30; ++i) town.instance(kMine, fmt::format("i-{:02}", i), "10.0.0.1");
  Index index(real_catalog(), kOwnerTags);
  std::stop_source stopped;
  stopped.request_stop();
  CHECK(index.build(town.store(), "", stopped.get_token()).error().code == ErrorCode::cancelled);
  CHECK_FALSE(index.ready());
  REQUIRE(index.build(town.store(), "", {}));
  CHECK(index.search({}, {}, stopped.get_token()).error().code == ErrorCode::cancelled);

  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::vector<std::jthread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      auto expression = *query::parse("web");
      while (!done) {
        Request request;
        request.expression = &expression;
        request.limit = 1000;
        request.facets = {{FacetKey::kind, ""}};
        auto answer = index.search(request, {}, {});
        bool whole = answer && answer->total == answer->resources.size() && answer->total >= 30 &&
                     answer->facets[0].values[0].count == answer->total;
        if (!whole) ++wrong;
      }
    });
  }
  for (int i = 0; i < 40; ++i) {
    town.instance(kMine, fmt::format("i-{:02}", i), fmt::format("10.0.1.{}", i));
    REQUIRE(index.follow(town.store()));
  }
  done = true;
  readers.clear();
  CHECK(wrong == 0);
  CHECK(index.size().resources == 40);
}

}  // namespace
}  // namespace cadastre::index
