#include "collect/canonical.h"

#include <doctest/doctest.h>

#include <random>

namespace cadastre::collect {
namespace {

json::value parsed(std::string_view text) {
  auto value = parse_json(text, "a test's text");
  REQUIRE_MESSAGE(value, std::string(text));
  return std::move(*value);
}

struct Paths {
  std::vector<const char*> sets{}, volatile_paths{}, redact{};
  const char* tags = "";
};

catalog::Kind kind_of(const Paths& paths) {
  auto all = [](const std::vector<const char*>& texts) {
    std::vector<Path> compiled;
    for (auto* text : texts) compiled.push_back(*Path::parse(text));
    return compiled;
  };
  catalog::Kind kind;
  kind.sets = all(paths.sets);
  kind.volatile_paths = all(paths.volatile_paths);
  kind.redact = all(paths.redact);
  if (*paths.tags) kind.tags = *Path::parse(paths.tags);
  return kind;
}

struct Read {
  std::string stored, hashed;
  Hash128 hash;
};

Read read(const catalog::Kind& kind, std::string_view text, std::string key = "key") {
  Canonical canonical(kind, std::move(key));
  auto document = parsed(text);
  canonical.normalize(document);
  Read result;
  result.hash = canonical.hash(document, result.hashed);
  result.stored = to_json(document);
  CHECK(canonical.hashes_whole() == kind.volatile_paths.empty());
  if (canonical.hashes_whole()) CHECK(result.hashed == result.stored);
  CHECK(result.hash == hash128(result.hashed));
  // What is stored is canonical already: reading it again changes nothing.
  auto again = parsed(result.stored);
  canonical.normalize(again);
  CHECK(to_json(again) == result.stored);
  std::string text_again;
  CHECK(canonical.hash(again, text_again) == result.hash);
  return result;
}

TEST_CASE("secrets are gone before anything is hashed or stored; that they differ is seen") {
  auto kind = kind_of({.redact = {"Environment.Variables", "Args[].Secret"}});
  constexpr std::string_view kDocument =
      R"({"Environment":{"Variables":{"PASSWORD":"MARKER-1","DEEP":{"x":["MARKER-2",5,true,null]}},"Other":"stays"},
          "Args":[{"Secret":"MARKER-3","Name":"a"},{"Name":"b"}]})";
  auto one = read(kind, kDocument);
  CHECK(one.stored.find("MARKER") == std::string::npos);
  CHECK(one.hashed.find("MARKER") == std::string::npos);
  auto document = parsed(one.stored);
  const auto& variables = document.at("Environment").at("Variables");
  // "hmac:" and the first 16 bytes of HMAC-SHA256, in hex.
  CHECK(variables.at("PASSWORD") == "hmac:abcc79bc1ad8cb52f601689998092b60");
  CHECK(variables.at("DEEP").at("x").at(1).as_string().starts_with("hmac:"));  // numbers and flags are secrets too
  CHECK(variables.at("DEEP").at("x").at(2).as_string().starts_with("hmac:"));
  CHECK(variables.at("DEEP").at("x").at(3).is_null());
  CHECK(document.at("Environment").at("Other") == "stays");
  CHECK(document.at("Args").at(1) == parsed(R"({"Name":"b"})"));

  std::string other(kDocument);
  other.replace(other.find("MARKER-1"), 8, "MARKER-9");
  CHECK(read(kind, other).hash != one.hash);
  CHECK(read(kind, kDocument).stored == one.stored);
  // Another store, another key: the same secret cannot be told across them.
  CHECK(read(kind, kDocument, "another key").stored != one.stored);
}

TEST_CASE("a set's order means nothing, a list's does") {
  auto kind = kind_of({.sets = {"Groups[].Rules", "Groups", "Names"}});
  auto one =
      read(kind, R"({"Groups":[{"Id":"a","Rules":[1,2]},{"Id":"b","Rules":[3]}],"Names":["x","y"],"List":[1,2]})");
  CHECK(read(kind, R"({"Groups":[{"Id":"b","Rules":[3]},{"Id":"a","Rules":[2,1]}],"Names":["y","x"],"List":[1,2]})")
            .hash == one.hash);
  CHECK(read(kind, R"({"Groups":[{"Id":"a","Rules":[1,2]},{"Id":"b","Rules":[3]}],"Names":["x","y"],"List":[2,1]})")
            .hash != one.hash);
  CHECK(read(kind, R"({"Groups":[{"Id":"a","Rules":[1,2]},{"Id":"b","Rules":[4]}],"Names":["x","y"],"List":[1,2]})")
            .hash != one.hash);
  CHECK(read(kind, R"({"Groups":"no list","Names":null})").stored == R"({"Groups":"no list","Names":null})");
}

TEST_CASE("however a set is shuffled, at every depth, it reads the same") {
  auto seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  auto kind = kind_of({.sets = {"A[].B[].C", "A[].B", "A"}, .volatile_paths = {"A[].Count", "A[].B[].Count"}});
  std::vector<int> outer = {1, 2, 3, 4}, inner = {5, 6, 7};
  std::string first;
  for (int round = 0; round < 200; ++round) {
    json::array a;
    std::ranges::shuffle(outer, random);
    for (int i : outer) {
      json::array b;
      std::ranges::shuffle(inner, random);
      for (int j : inner) {
        json::array c = {3, 1, 2};
        std::ranges::shuffle(c, random);
        b.push_back({{"Count", random() % 100}, {"J", j}, {"C", c}});
      }
      a.push_back({{"Count", random() % 100}, {"B", b}, {"I", i}});
    }
    auto hashed = read(kind, to_json(json::object{{"A", a}})).hashed;
    if (first.empty()) first = hashed;
    REQUIRE(hashed == first);
  }
}

TEST_CASE("tags in lists are a set without saying so; other lists that hold pairs are not") {
  auto kind = kind_of({.tags = "Tags"});
  CHECK(read(kind, R"({"Tags":[{"Key":"b","Value":"1"},{"Key":"a","Value":"2"}]})").hash ==
        read(kind, R"({"Tags":[{"Key":"a","Value":"2"},{"Key":"b","Value":"1"}]})").hash);
  CHECK(read(kind, R"({"Tags":["b","a"]})").stored == R"({"Tags":["b","a"]})");
}

TEST_CASE("what is volatile stays in the document and out of the hash") {
  auto kind = kind_of({.volatile_paths = {"Seen", "Parts[].Percent"}});
  auto one = read(kind, R"({"Id":1,"Seen":"10:00","Parts":[{"Name":"a","Percent":5}]})");
  auto two = read(kind, R"({"Id":1,"Seen":"11:00","Parts":[{"Name":"a","Percent":50}]})");
  CHECK(one.hash == two.hash);
  CHECK(one.stored != two.stored);
  CHECK(two.stored == R"({"Id":1,"Seen":"11:00","Parts":[{"Name":"a","Percent":50}]})");
  CHECK(one.hashed == R"({"Id":1,"Parts":[{"Name":"a"}]})");
  CHECK(read(kind, R"({"Id":1,"Seen":"10:00","Parts":[{"Name":"b","Percent":5}]})").hash != one.hash);
}

TEST_CASE("what is volatile has no say in a set's order") {
  for (auto* path :
       {"Indexes[].Count", "Parts[].Count || Indexes[].Count", "*[].Count", "Indexes[].*.Other || Indexes[].Count"}) {
    CAPTURE(path);
    auto kind = kind_of({.sets = {"Indexes"}, .volatile_paths = {path, "Elsewhere"}});
    auto one = read(kind, R"({"Indexes":[{"Count":1,"Name":"a"},{"Count":2,"Name":"b"}]})");
    auto two = read(kind, R"({"Indexes":[{"Count":9,"Name":"a"},{"Count":3,"Name":"b"}]})");
    CHECK(one.hash == two.hash);
    CHECK(two.stored == R"({"Indexes":[{"Count":9,"Name":"a"},{"Count":3,"Name":"b"}]})");
  }
}

TEST_CASE("a stored replacement is not replaced again, what merely looks like one is") {
  json::value value = "hmac:0123456789abcdef0123456789abcdef";
  redact(value, "key");
  CHECK(value == "hmac:0123456789abcdef0123456789abcdef");
  for (auto* text : {"hmac:short", "hmac:0123456789abcdef0123456789abcdeX", "", "x"}) {
    json::value secret = text;
    redact(secret, "key");
    CHECK(secret != json::value(text));
    CHECK(secret.as_string().size() == 37);
  }
}

}  // namespace
}  // namespace cadastre::collect
