#include "query/diff.h"

#include <doctest/doctest.h>

namespace cadastre::query {
namespace {

std::vector<std::string> lines(const char* before, const char* after) {
  std::vector<std::string> found;
  for (const auto& difference : diff(*parse_json(before, "before"), *parse_json(after, "after")))
    found.push_back(describe(difference));
  return found;
}
using Lines = std::vector<std::string>;

TEST_CASE("differences are told path by path") {
  CHECK(lines(R"({"a": 1, "b": {"c": true}})", R"({"b": {"c": true}, "a": 1})").empty());
  CHECK(lines(R"({"State": {"Name": "running", "Code": 16}})", R"({"State": {"Name": "stopped", "Code": 80}})") ==
        Lines{"  State.Name: running → stopped", "  State.Code: 16 → 80"});
  CHECK(lines(R"({"a": 1})", R"({"b": "x"})") == Lines{"+ b: x", "- a: 1"});
  CHECK(lines(R"({"a": {"b": 1}})", R"({"a": [1]})") == Lines{R"(  a: {"b":1} → [1])"});
  CHECK(lines(R"({"a": ""})", R"({"a": null})") == Lines{R"(  a: "" → null)"});
}

TEST_CASE("elements of arrays are matched by what identifies them, wherever they stand") {
  CHECK(lines(R"({"Tags": [{"Key": "env", "Value": "dev"}, {"Key": "team", "Value": "a"}]})",
              R"({"Tags": [{"Key": "app", "Value": "x"}, {"Key": "env", "Value": "prod"}]})") ==
        Lines{R"(+ Tags[app]: {"Key":"app","Value":"x"})", "  Tags[env].Value: dev → prod",
              R"(- Tags[team]: {"Key":"team","Value":"a"})"});
  CHECK(lines(R"({"Groups": [{"GroupId": "sg-1"}, {"GroupId": "sg-2"}]})", R"({"Groups": [{"GroupId": "sg-2"}]})") ==
        Lines{R"(- Groups[sg-1]: {"GroupId":"sg-1"})"});
  // Two of the same name cannot be told apart by it.
  CHECK(lines(R"({"x": [{"Name": "a", "v": 1}, {"Name": "a", "v": 2}]})",
              R"({"x": [{"Name": "a", "v": 1}, {"Name": "a", "v": 3}]})") == Lines{"  x[1].v: 2 → 3"});
  CHECK(lines(R"({"x": [{"v": 1}]})", R"({"x": [{"v": 2}, {"v": 3}]})") ==
        Lines{"  x[0].v: 1 → 2", R"(+ x[1]: {"v":3})"});
}

TEST_CASE("arrays of plain values are compared as what is in them; a mere change of order is said") {
  CHECK(lines(R"({"z": ["a", "b", "b"]})", R"({"z": ["b", "c", "a"]})") == Lines{"+ z[]: c", "- z[]: b"});
  CHECK(lines(R"({"z": [1, 2]})", R"({"z": [2, 1]})") == Lines{"  z: [1,2] → [2,1]"});
}

TEST_CASE("a long value is cut between characters") {
  std::string before(119, 'x');
  auto made = lines(("{\"a\": \"" + before + "éé\"}").c_str(), R"({"a": "y"})");
  REQUIRE(made.size() == 1);
  CHECK(made[0] == "  a: " + before + "… → y");
}

}  // namespace
}  // namespace cadastre::query
