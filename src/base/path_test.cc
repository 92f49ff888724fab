#include <doctest/doctest.h>

#include "base/json.h"

namespace cadastre {
namespace {

json::value parsed(std::string_view text) {
  auto value = parse_json(text, "a test's text");
  REQUIRE_MESSAGE(value, text);
  return std::move(*value);
}

Path path(std::string_view text) {
  auto result = Path::parse(text);
  REQUIRE_MESSAGE(result, text);
  return std::move(*result);
}

// All that the path finds, as one list.
std::string found(std::string_view text, std::string_view document) {
  json::array all;
  auto root = parsed(document);
  path(text).each(std::as_const(root), [&](const json::value& value) { all.push_back(value); });
  return to_json(all);
}

constexpr std::string_view kPage = R"({
  "Reservations": [
    {"Owner": "1", "Instances": [{"Id": "a", "Tags": {"app": "x", "k8s.io/name": "n"}}, {"Id": "b"}]},
    {"Owner": "2", "Instances": []},
    {"Owner": "3", "Instances": [{"Id": "c", "State": null}]}],
  "Marker": "", "Contents": [{"Key": "k1"}, {"Key": "k2"}], "dotted.name": {"x": 1}})";

TEST_CASE("members, elements and lists") {
  CHECK(found("Reservations[].Instances[].Id", kPage) == R"(["a","b","c"])");
  CHECK(found("Reservations[0].Instances[1].Id", kPage) == R"(["b"])");
  CHECK(found("Contents[-1].Key", kPage) == R"(["k2"])");
  CHECK(found("Contents[-2].Key", kPage) == R"(["k1"])");
  CHECK(found("Contents[-3].Key", kPage) == "[]");
  CHECK(found("Contents[2].Key", kPage) == "[]");
  CHECK(found("Reservations[0].Instances[0].Tags.*", kPage) == R"(["x","n"])");
  CHECK(found("Reservations[2].Instances[0].State", kPage) == "[null]");
  // A step that does not fit what is there finds nothing.
  CHECK(found("Marker[]", kPage) == "[]");
  CHECK(found("Marker.x", kPage) == "[]");
  CHECK(found("Reservations.Owner", kPage) == "[]");
  CHECK(found("[][].a", R"([[{"a":1}],[{"a":2},{"a":3}]])") == "[1,2,3]");
}

TEST_CASE("quoted steps may hold dots, brackets, bars and stars") {
  CHECK(found(R"("dotted.name".x)", kPage) == "[1]");
  CHECK(found(R"(Reservations[].Instances[].Tags."k8s.io/name")", kPage) == R"(["n"])");
  CHECK(found(R"("a[0]")", R"({"a[0]":1})") == "[1]");
  CHECK(found(R"("*")", R"({"*":1,"b":2})") == "[1]");
  CHECK(found(R"("a||b")", R"({"a||b":1})") == "[1]");
  CHECK(found(R"("a||b" || c)", R"({"c":2})") == "[2]");
  CHECK(found(R"("a"[0])", R"({"a":[7]})") == "[7]");
}

TEST_CASE("the first alternative that finds something counts") {
  CHECK(found("NextMarker || Contents[-1].Key", kPage) == R"(["k2"])");
  CHECK(found("Marker || Contents[-1].Key", kPage) == R"([""])");
  CHECK(found("a[].x || a[].y", R"({"a":[{"y":1},{"y":2}]})") == "[1,2]");
  CHECK(found("a[].x || a[].y", R"({"a":[{"y":1},{"x":2}]})") == "[2]");
  CHECK(found("a || @", R"(5)") == "[5]");
}

TEST_CASE("the empty path is the value itself") {
  for (std::string_view self : {"", "@", "  "}) {
    CHECK(path(self).is_self());
    CHECK(found(self, "7") == "[7]");
  }
  auto root = parsed("[1]");
  CHECK(Path().first(root) == &root);
  CHECK(Path().is_self());
  CHECK_FALSE(path("a").is_self());
  CHECK_FALSE(path("a || @").is_self());
}

TEST_CASE("first gives the first, text its text") {
  auto root = parsed(kPage);
  CHECK(path("Reservations[].Instances[].Id").text(root) == "a");
  CHECK(path("Reservations[].Owner").text(root) == "1");
  CHECK(path("Reservations[].Missing").first(root) == nullptr);
  CHECK(path("Reservations[].Missing").text(root).empty());
}

TEST_CASE("what is found can be changed in place") {
  auto root = parsed(R"({"a":[{"b":1},{"b":2},{"c":3}]})");
  path("a[].b").each(root, [](json::value& value) { value = "x"; });
  CHECK(to_json(root) == R"({"a":[{"b":"x"},{"b":"x"},{"c":3}]})");
}

TEST_CASE("malformed paths say what is wrong, quoting the path") {
  for (auto [text, why] : {std::pair{"a[", "'['"},
                           {"a[x]", "no number"},
                           {"a[1x]", "no number"},
                           {"a.", "ends with"},
                           {"a[].", "ends with"},
                           {".a", "empty step"},
                           {"a..b", "empty step"},
                           {"\"a", "pair"},
                           {"\"a\"b", "after"},
                           {"\"\"", "empty step"},
                           {"a[]b", "after"},
                           {"a[99999999999]", "no number"}}) {
    CAPTURE(text);
    auto result = Path::parse(text);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::invalid);
    CHECK(result.error().message.find(why) != std::string::npos);
    CHECK(result.error().message.find(text) != std::string::npos);
  }
}

TEST_CASE("elements are chosen by a member, members by a glob") {
  constexpr std::string_view kObject = R"({"c": [{"type": "Ready", "s": 1}, {"type": "Other", "s": 2}, 7, {"s": 3}],
                                           "one": {"kind": "Pod", "name": "p"}, "n": [{"at": 5, "is": true}],
                                           "a": {"x/last-applied": "1", "applied-y": "2", "z": "3", "*": "4"}})";
  CHECK(found("c[type=Ready].s", kObject) == "[1]");
  CHECK(found("c[type=None].s", kObject) == "[]");
  CHECK(found("one[kind=Pod].name", kObject) == R"(["p"])");
  CHECK(found("one[kind=Node].name", kObject) == "[]");
  CHECK(found("one[].name", kObject) == "[]");
  CHECK(found("n[at=5].is", kObject) == "[true]");
  CHECK(found(R"(a."*applied*")", kObject) == R"(["1","2"])");
  CHECK(found(R"(a."x/*")", kObject) == R"(["1"])");
  CHECK(found(R"(a."*")", kObject) == R"(["4"])");
  CHECK_FALSE(Path::parse("c[=Ready]"));
}

TEST_CASE("a path is split at the list that encloses its items") {
  auto split = [](std::string_view text) {
    auto root = parsed(kPage);
    std::string out;
    auto [outer, inner] = path(text).split_enclosing();
    outer.each(std::as_const(root), [&](const json::value& enclosing) {
      out += '(';
      inner.each(enclosing, [&](const json::value& item) { out += to_json(item); });
      out += ')';
    });
    return out;
  };
  CHECK(split("Reservations[].Instances[].Id") == R"(("a""b")()("c"))");
  // Without an enclosing list the page itself encloses.
  CHECK(split("Contents[].Key") == R"(("k1""k2"))");
  CHECK(split("Marker") == R"((""))");
  auto [outer, inner] = path("A[].B[].C[]").split_enclosing();
  CHECK(outer.alternatives().front().size() == 4);  // A [] B []
  CHECK(inner.alternatives().front().size() == 2);  // C []
}

}  // namespace
}  // namespace cadastre
