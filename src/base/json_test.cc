#include "base/json.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace cadastre {
namespace {

json::value parsed(std::string_view text) {
  auto value = parse_json(text, "a test's text");
  REQUIRE_MESSAGE(value, text);
  return std::move(*value);
}

TEST_CASE("documents are written compactly, their members in the order they have") {
  CHECK(to_json(parsed("{ \"b\" : [ 1 , true , null ] ,\n \"a\" : { } , \"c\": [] }")) ==
        R"({"b":[1,true,null],"a":{},"c":[]})");
  CHECK(to_json(json::value("tab\t quote\" back\\ newline\n return\r bell\x07 é")) ==
        "\"tab\\t quote\\\" back\\\\ newline\\n return\\r bell\\u0007 é\"");
  CHECK(to_json(json::value(std::string_view("a\0b", 3))) == "\"a\\u0000b\"");
}

TEST_CASE("doubles stay doubles, in their shortest exact form") {
  CHECK(to_json(json::value(5.0)) == "5.0");
  CHECK(to_json(json::value(0.1)) == "0.1");
  CHECK(to_json(json::value(1e300)) == "1e+300");
  CHECK(to_json(json::value(int64_t{5})) == "5");
  CHECK(to_json(json::value(-9223372036854775807 - 1)) == "-9223372036854775808");
  CHECK(to_json(json::value(uint64_t{18446744073709551615ull})) == "18446744073709551615");
  // JSON has no word for these.
  CHECK(to_json(json::value(std::nan(""))) == "null");
  CHECK(to_json(json::value(std::numeric_limits<double>::infinity())) == "null");
}

TEST_CASE("every finite double comes back as it went in") {
  auto seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 20'000; ++i) {
    uint64_t bits = random();
    double number;
    std::memcpy(&number, &bits, sizeof number);
    if (!std::isfinite(number)) continue;
    auto text = to_json(json::value(number));
    auto back = parsed(text);
    REQUIRE_MESSAGE(back.is_double(), text);
    REQUIRE_MESSAGE(std::memcmp(&back.get_double(), &number, sizeof number) == 0, text);
    REQUIRE(to_json(back) == text);
  }
}

// A document with every type, members and lengths by chance.
json::value random_value(std::mt19937_64& random, int depth) {
  auto text = [&] {
    static constexpr std::string_view kPieces[] = {"a", "Z", "\"", "\\", "\n", "é", "漢", "😀", "\x01", "/", " "};
    std::string out;
    for (auto left = random() % 6; left > 0; --left) out += kPieces[random() % std::size(kPieces)];
    return out;
  };
  switch (random() % (depth > 0 ? 8 : 6)) {
    case 0:
      return nullptr;
    case 1:
      return random() % 2 == 0;
    case 2:
      return static_cast<int64_t>(random() % 5) - 2;
    case 3:
      return random() | (uint64_t{1} << 63);
    case 4:
      return static_cast<double>(static_cast<int64_t>(random() % 2001) - 1000) / 8;
    case 5:
      return json::value(text());
    case 6: {
      json::array array;
      for (auto left = random() % 4; left > 0; --left) array.push_back(random_value(random, depth - 1));
      return array;
    }
    default: {
      json::object object;
      for (auto left = random() % 4; left > 0; --left) object[text()] = random_value(random, depth - 1);
      return object;
    }
  }
}

TEST_CASE("documents survive being written and read") {
  auto seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 2'000; ++i) {
    auto value = random_value(random, 4);
    auto text = to_json(value);
    REQUIRE_MESSAGE(parsed(text) == value, text);
    REQUIRE(to_json(parsed(text)) == text);
    // The pretty form is the same document.
    REQUIRE_MESSAGE(parsed(to_pretty_json(value)) == value, text);
  }
}

TEST_CASE("members can be put in the order of their names") {
  auto sorted = [](std::string_view text) {
    auto value = parsed(text);
    sort_members(value.get_object());
    return to_json(value);
  };
  CHECK(sorted(R"({"b":[1,{"z":1,"y":2}],"a":"x","B":null,"":1})") ==
        R"({"":1,"B":null,"a":"x","b":[1,{"z":1,"y":2}]})");
  CHECK(sorted(R"({"a":1,"b":2})") == R"({"a":1,"b":2})");
  CHECK(sorted("{}") == "{}");
}

TEST_CASE("json_less orders totally, and agrees with the compact text about what is equal") {
  auto seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  std::vector<json::value> values;
  for (int i = 0; i < 60; ++i) values.push_back(random_value(random, 2));
  // What is easily taken for equal, or is unordered by itself.
  for (double number : {0.0, -0.0, std::nan(""), -std::numeric_limits<double>::infinity(), 5.0})
    values.emplace_back(number);
  values.emplace_back(int64_t{5});
  values.emplace_back(uint64_t{5});
  values.emplace_back(nullptr);
  for (const auto& a : values) {
    for (const auto& b : values) {
      bool equal = !json_less(a, b) && !json_less(b, a);
      REQUIRE_MESSAGE(equal == (to_json(a) == to_json(b)), to_json(a), " and ", to_json(b));
      REQUIRE_FALSE((json_less(a, b) && json_less(b, a)));
      for (const auto& c : values) {
        if (json_less(a, b) && json_less(b, c)) REQUIRE_MESSAGE(json_less(a, c), to_json(a), to_json(b), to_json(c));
      }
    }
  }
}

TEST_CASE("json_less orders numbers by value, texts by bytes, lists by element") {
  auto less = [](std::string_view a, std::string_view b) { return json_less(parsed(a), parsed(b)); };
  CHECK(less("9", "10"));
  CHECK(less("-1", "0"));
  CHECK(less("9223372036854775807", "9223372036854775808"));
  CHECK(less("1.5", "10.25"));
  CHECK(less(R"("B")", R"("a")"));
  CHECK(less(R"("a")", R"("aa")"));
  CHECK(less("[1]", "[1,0]"));
  CHECK(less("[1,9]", "[2]"));
  CHECK(less(R"({"a":1})", R"({"a":2})"));
  CHECK(less(R"({"a":2})", R"({"b":1})"));
}

TEST_CASE("values can be left out by address, with their keys and commas") {
  auto value = parsed(R"({"a":1,"b":{"c":2,"d":[3,4,5]},"e":6})");
  auto without = [&](std::vector<const json::value*> parts) {
    std::string out;
    write_json_without(value, parts, out);
    return out;
  };
  const auto& b = value.at("b");
  CHECK(without({}) == to_json(value));
  CHECK(without({&value.at("a")}) == R"({"b":{"c":2,"d":[3,4,5]},"e":6})");
  CHECK(without({&value.at("e"), &b.at("c")}) == R"({"a":1,"b":{"d":[3,4,5]}})");
  CHECK(without({&b.at("d").at(0), &b.at("d").at(2)}) == R"({"a":1,"b":{"c":2,"d":[4]},"e":6})");
  CHECK(without({&b.at("c"), &b.at("d"), &value.at("a"), &value.at("e")}) == R"({"b":{}})");
}

TEST_CASE("of an object only some members are read, of what is in them everything") {
  std::vector<std::string_view> some = {"b", "none"};
  auto read = [&](std::string_view text) { return to_json(parse_json(text, "x", {}, some).value()); };
  CHECK(read(R"({"a":1,"b":{"a":[{"c":2}]},"c":3})") == R"({"b":{"a":[{"c":2}]}})");
  CHECK(read(R"({"a":1})") == "{}");
  CHECK(read(R"([{"a":1}])") == R"([{"a":1}])");
  CHECK_FALSE(parse_json(R"({"b":1,"a":})", "x", {}, some));
}

TEST_CASE("where a path looks for values is known when it begins with a member") {
  auto members = [](std::string_view text) {
    std::vector<std::string_view> found;
    auto path = Path::parse(text).value();
    if (!path.add_members(found)) found = {"any"};
    return fmt::format("{}", fmt::join(found, " "));
  };
  CHECK(members("State.Name") == "State");
  CHECK(members("a[].b || c.d") == "a c");
  CHECK(members("@") == "any");
  CHECK(members("*.a") == "any");
  CHECK(members("a || @") == "any");
}

TEST_CASE("what is no JSON is an error that names it") {
  for (std::string_view text :
       {"", "   ", "{", "[1,", "{\"a\" 1}", "nul", "1 2", "{} x", "\"open", "\"\xff\"", "[1]]", "01", "+1"}) {
    CAPTURE(text);
    auto value = parse_json(text, "page 3 of ec2");
    REQUIRE_FALSE(value);
    CHECK(value.error().code == ErrorCode::malformed);
    CHECK(value.error().message.find("page 3 of ec2") != std::string::npos);
  }
  CHECK(parse_json(" \n{} \t\r\n", "x"));
  // Nested without end is refused, not followed until the stack is gone.
  CHECK_FALSE(parse_json(std::string(100'000, '['), "x"));
}

TEST_CASE("scalars have a text, the rest has none") {
  CHECK(scalar_text(json::value("x\ny")) == "x\ny");
  CHECK(scalar_text(json::value(12)) == "12");
  CHECK(scalar_text(json::value(true)) == "true");
  CHECK(scalar_text(json::value(0.5)) == "0.5");
  CHECK(scalar_text(nullptr).empty());
  CHECK(scalar_text(parsed("[1]")).empty());
  CHECK(scalar_text(parsed("{}")).empty());
}

}  // namespace
}  // namespace cadastre
