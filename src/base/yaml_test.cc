#include "base/yaml.h"

#include <doctest/doctest.h>

namespace cadastre {
namespace {

YamlNode parsed(std::string_view text) {
  auto node = parse_yaml(text, "f.yaml");
  REQUIRE_MESSAGE(node, text);
  return std::move(*node);
}

// What is complained of when `read` asks for the keys it knows.
std::string complaints(std::string_view text, const std::function<void(YamlMap&)>& read) {
  auto node = parsed(text);
  YamlErrors errors("f.yaml");
  YamlMap map(node, "thing", errors);
  read(map);
  map.finish();
  return errors.empty() ? "" : errors.error().message;
}

std::string refusal(std::string_view text) {
  auto node = parse_yaml(text, "f.yaml");
  REQUIRE_FALSE_MESSAGE(node, text);
  CHECK(node.error().code == ErrorCode::invalid);
  return node.error().message;
}

TEST_CASE("nodes know where they stand") {
  auto root = parsed("a: 1\nlist:\n  - x\n  - {k: 'v'}\n");
  CHECK(root.kind == YamlNode::Kind::map);
  CHECK(root.members[1].first.line == 2);
  const auto* list = root.find("list");
  REQUIRE(list);
  CHECK(list->items[0].line == 3);
  CHECK(list->items[0].column == 5);
  const auto* quoted = list->items[1].find("k");
  REQUIRE(quoted);
  CHECK(quoted->line == 4);
  CHECK(quoted->column == 9);
  CHECK(quoted->quoted);
  CHECK_FALSE(list->items[0].quoted);
  CHECK(root.find("b") == nullptr);
}

TEST_CASE("a key that is given twice is an error at the second") {
  CHECK(refusal("a: 1\nb: 2\na: 3\n") == "f.yaml:3:1: the key 'a' is given twice; keep one");
  CHECK(refusal("x:\n  - k: 1\n    k: 2\n") == "f.yaml:3:5: the key 'k' is given twice; keep one");
}

TEST_CASE("text that is no YAML is an error with its place") {
  CHECK(refusal("a: [1, 2\nb: 3\n").starts_with("f.yaml:"));
  CHECK(refusal("a:\n\t- b\n").starts_with("f.yaml:2:"));
  CHECK(refusal("a: *nowhere\n").starts_with("f.yaml:1:"));
  CHECK(refusal("[1]: x\n").starts_with("f.yaml:1:1: a key must be a plain word"));
}

TEST_CASE("a file is one document: what follows a second --- would be lost silently") {
  CHECK(refusal("a: 1\n---\nb: 2\n") == "f.yaml:2:1: a second document begins here; keep one, without the '---'");
  CHECK(parsed("---\na: 1\n").find("a"));
  CHECK(parsed("a: 1\n...\n").find("a"));
}

TEST_CASE("brackets and commas that belong to nothing end the reading") {
  for (auto text : {",", "]", "a: 1\n]\n", "\"x\" , y", "[a] ]", "}{"}) {
    CAPTURE(text);
    CHECK(refusal(text).starts_with("f.yaml:"));
  }
}

TEST_CASE("aliases work, but cannot multiply without end") {
  CHECK(parsed("a: &x {k: 1}\nb: *x\n").find("b")->find("k"));
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    bomb += fmt::format("a{0}: &a{0} [", i);
    for (int j = 0; j < 10; ++j) bomb += fmt::format("{}*a{}", j ? ", " : "", i - 1);
    bomb += "]\n";
  }
  CHECK(refusal(bomb).find("too large") != std::string::npos);
  CHECK(refusal("a: &a [*a]\n").starts_with("f.yaml:1:"));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "[";
  deep += std::string(100, ']');
  CHECK(refusal(deep).find("nested too deeply") != std::string::npos);
}

TEST_CASE("an empty file is nothing, on its first line") {
  for (std::string_view text : {"", "\n", "# only a comment\n", "---\n"}) {
    auto node = parsed(text);
    CHECK(node.kind == YamlNode::Kind::null);
    YamlErrors errors("f.yaml");
    YamlMap map(node, "the file", errors);
    CHECK(errors.error().message == "f.yaml:1:1: the file must be a map of 'key: value', not nothing");
  }
}

TEST_CASE("values become JSON; quotes make a text of anything") {
  auto json = [](std::string_view text) { return to_json(yaml_to_json(parsed(text))); };
  CHECK(json("[1, -2, 1.5, true, false, null, ~, word, '1', \"true\", 'null', '']") ==
        R"([1,-2,1.5,true,false,null,null,"word","1","true","null",""])");
  CHECK(json("{a: {b: []}, 1: x}") == R"({"a":{"b":[]},"1":"x"})");
  CHECK(json("t: |\n  5\n") == R"({"t":"5\n"})");
  // Words, not numbers.
  CHECK(json("[inf, nan, infinity, 1x, 1.2.3, 0x10, yes]") == R"(["inf","nan","infinity","1x","1.2.3","0x10","yes"])");
}

TEST_CASE("an unknown key is an error at the key, suggesting the one that was meant") {
  auto read = [](YamlMap& map) {
    map.text("name");
    map.list("regions");
  };
  CHECK(complaints("name: x\nregoins: [a]\n", read) ==
        "f.yaml:2:1: unknown key 'regoins' in thing (did you mean 'regions'?)");
  CHECK(complaints("colour: red\n", read) == "f.yaml:1:1: unknown key 'colour' in thing (known: name, regions)");
  CHECK(complaints("name: x\nregions:\n", read).empty());
}

TEST_CASE("each type is insisted on, saying where and what to write") {
  CHECK(complaints("a: [1]", [](YamlMap& m) { CHECK_FALSE(m.text("a")); }) ==
        "f.yaml:1:4: 'a' of thing must be a single text, not a list");
  CHECK(complaints("a: x", [](YamlMap& m) { CHECK_FALSE(m.list("a")); }) ==
        "f.yaml:1:4: 'a' of thing must be a list, not a single value");
  CHECK(complaints("a: [1]", [](YamlMap& m) { CHECK_FALSE(m.map("a")); }) ==
        "f.yaml:1:4: 'a' of thing must be a map of 'key: value', not a list");
  CHECK(complaints("a: maybe", [](YamlMap& m) { CHECK_FALSE(m.boolean("a")); }) ==
        "f.yaml:1:4: 'a' of thing must be true or false, not 'maybe'");
  CHECK(complaints("a: 11", [](YamlMap& m) { CHECK_FALSE(m.integer("a", 1, 10)); }) ==
        "f.yaml:1:4: 'a' of thing must be a whole number from 1 to 10, not '11'");
  CHECK(complaints("a: 1.5", [](YamlMap& m) { CHECK_FALSE(m.integer("a", 1, 10)); }) != "");
  CHECK(complaints("a: nan", [](YamlMap& m) { CHECK_FALSE(m.number("a", 0, 1)); }) ==
        "f.yaml:1:4: 'a' of thing must be a number from 0 to 1, not 'nan'");
  CHECK(complaints("a: 5x", [](YamlMap& m) {
          CHECK_FALSE(m.duration("a"));
        }).starts_with("f.yaml:1:4: 'a' of thing: '5x' is not a duration"));
  CHECK(complaints("a: b[", [](YamlMap& m) {
          CHECK_FALSE(m.path("a"));
        }).starts_with("f.yaml:1:4: 'a' of thing: the path 'b['"));
  constexpr std::array<std::string_view, 2> kWords = {"full", "latest"};
  CHECK(complaints("a: lates", [&](YamlMap& m) { CHECK_FALSE(m.choice("a", kWords)); }) ==
        "f.yaml:1:4: 'a' of thing must be one of full, latest, not 'lates' (did you mean 'latest'?)");
  CHECK(complaints("a: {b: c}", [](YamlMap& m) { CHECK(m.texts("a").empty()); }) ==
        "f.yaml:1:4: 'a' of thing must be a list of texts, not a map");
  CHECK(complaints("a: [x, [y], z]", [](YamlMap& m) {
          CHECK(m.texts("a") == std::vector<std::string>{"x", "z"});
        }) == "f.yaml:1:8: 'a' of thing must hold plain texts, not a list");
  CHECK(complaints("- 1", [](YamlMap&) {}) == "f.yaml:1:1: thing must be a map of 'key: value', not a list");
}

TEST_CASE("required texts are there and not empty") {
  auto read = [](YamlMap& map) { map.required_text("id"); };
  CHECK(complaints("{}", read) == "f.yaml:1:1: thing lacks 'id'");
  CHECK(complaints("id:\n", read) == "f.yaml:1:1: thing lacks 'id'");
  CHECK(complaints("id: ''\n", read) == "f.yaml:1:5: 'id' of thing is empty");
  CHECK(complaints("id: x\n", read).empty());
}

TEST_CASE("good values are read") {
  CHECK(complaints("{t: 012, b: on, i: 5, n: 0.25, d: 1h30m, p: 'a.b', one: x, many: [x, y]}", [](YamlMap& m) {
          CHECK(m.text("t") == "012");  // the digits as written, not the number
          CHECK(m.boolean("b") == true);
          CHECK(m.integer("i", 1, 10) == 5);
          CHECK(m.number("n", 0, 1) == 0.25);
          CHECK(m.duration("d") == std::chrono::minutes(90));
          CHECK(m.path("p")->source() == "a.b");
          CHECK(m.texts("one") == std::vector<std::string>{"x"});
          CHECK(m.texts("many") == std::vector<std::string>{"x", "y"});
          CHECK_FALSE(m.text("absent"));
        }).empty());
}

TEST_CASE("all complaints come at once, in the order of the file") {
  auto read = [](YamlMap& map) {
    map.integer("z", 0, 9);
    map.boolean("a");
    map.required_text("id");
  };
  CHECK(complaints("a: x\nunknown: 1\nz: 10\n", read) ==
        "f.yaml:1:1: thing lacks 'id'\n"
        "f.yaml:1:4: 'a' of thing must be true or false, not 'x'\n"
        "f.yaml:2:1: unknown key 'unknown' in thing (known: z, a, id)\n"
        "f.yaml:3:4: 'z' of thing must be a whole number from 0 to 9, not '10'");
}

}  // namespace
}  // namespace cadastre
