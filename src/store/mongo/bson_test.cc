#include "store/mongo/bson.h"

#include <doctest/doctest.h>

#include "store/mongo/bson_bytes.h"

namespace cadastre::store::mongo {
namespace {

TEST_CASE("values come back as they went in") {
  Document document{{"null", nullptr},
                    {"yes", true},
                    {"number", int64_t{1} << 60},
                    {"minus", -3},
                    {"half", 0.5},
                    {"text", std::string("a\0é", 4)},
                    {"bytes", Binary{std::string("\xff\0\x01", 3)}},
                    {"time", Time(Millis(1'767'225'600'123))},
                    {"inner", Document{{"$in", array_of(std::vector<int64_t>{1, 2, 3})}}},
                    {"texts", array_of(std::vector<std::string>{"a", ""})},
                    {"empty", Document()},
                    {"none", Array()}};
  auto bytes = to_bson(document);
  CHECK(from_bson(bytes.get()) == document);
  CHECK(document.texts("texts") == std::vector<std::string>{"a", ""});
}

// The example of the specification: {"BSON": ["awesome", 5.05, 1986]} (the last one a 32-bit number, which we only
// read).
TEST_CASE("the bytes are those of the specification") {
  Document document{{"hello", "world"}};
  auto bytes = to_bson(document);
  CHECK(std::string(reinterpret_cast<const char*>(bson_get_data(bytes.get())), bytes->len) ==
        std::string("\x16\0\0\0\x02hello\0\x06\0\0\0world\0\0", 22));
  const std::string given(
      "\x31\0\0\0\x04"
      "BSON\0\x26\0\0\0\x02\x30\0\x08\0\0\0awesome\0\x01\x31\0\x33\x33\x33\x33\x33\x33\x14\x40\x10\x32\0\xc2\x07\0\0\0"
      "\0",
      49);
  bson_t view;
  REQUIRE(bson_init_static(&view, reinterpret_cast<const uint8_t*>(given.data()), given.size()));
  CHECK(from_bson(&view) == Document{{"BSON", Array{"awesome", 5.05, 1986}}});
}

TEST_CASE("what is not there, or of another type, reads as nothing") {
  Document document{{"text", "x"}, {"null", nullptr}, {"double", 3.0}};
  CHECK(document.integer("text") == 0);
  CHECK(document.integer("double") == 3);  // servers answer counts as doubles
  CHECK(document.text("null").empty());
  CHECK_FALSE(document.time("missing"));
  CHECK_FALSE(document.has("null"));
  CHECK(document.has("text"));
  CHECK(document.document("text").empty());
  document.set("text", 7).set("new", true);
  CHECK(document.integer("text") == 7);
  CHECK(document.boolean("new"));
}

}  // namespace
}  // namespace cadastre::store::mongo
