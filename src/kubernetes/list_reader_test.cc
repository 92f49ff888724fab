#include "kubernetes/list_reader.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <random>

#include "support/dumps.h"

namespace cadastre::kubernetes {
namespace {

using testing::TextSource;

struct Listed {
  std::vector<std::string> items;
  Envelope envelope;
  std::string error;
};

Listed read(const std::string& text, size_t step = SIZE_MAX) {
  TextSource source(text, step);
  PlainSource plain(source, 1 << 30);
  ListReader reader(plain);
  Listed listed;
  for (;;) {
    auto item = reader.next();
    if (!item) {
      CHECK(item.error().code == ErrorCode::malformed);
      listed.error = item.error().message;
      break;
    }
    if (!*item) break;
    listed.items.emplace_back(**item);
  }
  listed.envelope = reader.envelope();
  return listed;
}

// Any JSON, with white space where it may be and everything that looks like structure in its strings.
class RandomJson {
 public:
  explicit RandomJson(uint32_t seed) : random_(seed) {}

  std::string value(int depth = 0) {
    switch (below(depth > 4 ? 4 : 6)) {
      case 0:
        return text();
      case 1:
        return std::vector{"0", "-1.5e3", "1234567890123", "true", "false", "null"}[below(6)];
      case 4: {
        std::string all = "[" + space();
        for (size_t i = 0, count = below(4); i < count; ++i)
          all += (i ? "," : "") + space() + value(depth + 1) + space();
        return all + "]";
      }
      case 5:
        return object(depth);
      default:
        return text();
    }
  }

  std::string object(int depth = 0) {
    std::string all = "{" + space();
    for (size_t i = 0, count = below(4); i < count; ++i)
      all += (i ? "," : "") + space() + text() + space() + ":" + space() + value(depth + 1) + space();
    return all + "}";
  }

  std::string space() { return std::vector<std::string>{"", "", " ", "\n    "}[below(4)]; }

 private:
  std::string text() {
    static const std::vector<std::string> kParts = {"a", "\\\"", "\\\\", "{",       "}", "[",
                                                    "]", ",",    ":",    "\\u0041", "ü", " "};
    std::string all = "\"";
    for (size_t i = 0, count = below(6); i < count; ++i) all += kParts[below(kParts.size())];
    return all + "\"";
  }
  size_t below(size_t limit) { return std::uniform_int_distribution<size_t>(0, limit - 1)(random_); }

  std::mt19937 random_;
};

const std::string kList =
    R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7","continue":"abc","remainingItemCount":3},)"
    R"("items":[{"metadata":{"name":"a\"}]"}}, {"metadata":{"name":"b"}}]})";

}  // namespace

TEST_CASE("a list is split into its items, as the parser would") {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    RandomJson random(seed);
    std::string text = R"({"apiVersion":"v1",)" + random.space() + R"("items":[)";
    std::vector<std::string> items;
    for (uint32_t i = 0; i < seed % 7; ++i) {
      items.push_back(seed % 3 ? random.object() : random.value());
      text += (i ? "," : "") + random.space() + items.back() + random.space();
    }
    text += "]" + random.space() + R"(,"other":)" + random.value() + R"(,"kind":"List"})";
    CAPTURE(text);
    auto parsed = parse_json(text, "the test's own list");
    REQUIRE(parsed);
    const auto& array = parsed->at("items").get_array();
    for (size_t step : {SIZE_MAX, size_t{1}, size_t{7}}) {
      auto listed = read(text, step);
      CHECK(listed.error.empty());
      CHECK(listed.items == items);
      REQUIRE(listed.items.size() == array.size());
      for (size_t i = 0; i < array.size(); ++i) CHECK(*parse_json(listed.items[i], "an item") == array[i]);
      CHECK(listed.envelope.kind == "List");
      CHECK(listed.envelope.api_version == "v1");
    }
  }
}

TEST_CASE("the envelope says what the list is, and whether more follows") {
  auto listed = read(kList + "\n");
  CHECK(listed.error.empty());
  CHECK(listed.items.size() == 2);
  CHECK(listed.envelope.kind == "PodList");
  CHECK(listed.envelope.api_version == "v1");
  CHECK(listed.envelope.more == "abc");
  CHECK(listed.envelope.remaining == 3);
}

TEST_CASE("a list that is cut anywhere is never taken for whole") {
  for (size_t cut = 0; cut < kList.size(); ++cut) {
    CAPTURE(cut);
    auto listed = read(kList.substr(0, cut));
    CHECK(listed.error == "it is cut short");
    for (const auto& item : listed.items) CHECK(parse_json(item, "an item"));
  }
}

TEST_CASE("what is no list says so") {
  for (const char* text :
       {"[]", "7", "\"items\"", "{}", "{\"kind\":\"PodList\"}", "{\"items\":{}}", "{\"items\":7}", "{\"items\":[]}{}",
        "{\"items\":[],\"items\":[]}", "{\"items\":[],\"items\":null}", "{\"items\":[{},]}", "{\"items\":[,{}]}",
        "{\"items\":[{} {}]}", "{items:[]}", "{\"items\":[]]", "{\"kind\":{]},\"items\":[]}",
        "error: you must be logged in", "\x01", "{\"metadata\":7,\"items\":[]}"}) {
    CAPTURE(text);
    CHECK_FALSE(read(text).error.empty());
  }
  for (const char* text : {"{\"items\":[]}", "{\"items\":null}", " { \"items\" : [ ] } \n", "{\"items\":[]}"}) {
    CAPTURE(text);
    CHECK(read(text).error.empty());
  }
}

TEST_CASE("an item larger than any object is refused, and takes no more memory than that") {
  auto listed = read("{\"items\":[{\"a\":\"" + std::string(ListReader::kLargestItem + 300'000, 'x') + "\"}]}");
  CHECK(listed.error == "it has a value of more than 16 MiB");
}

TEST_CASE("nesting costs nothing") {
  std::string deep(200'000, '['), shut(200'000, ']');
  auto listed = read("{\"items\":[" + deep + shut + "]}");
  CHECK(listed.error.empty());
  REQUIRE(listed.items.size() == 1);
  CHECK(listed.items[0].size() == 400'000);
}

TEST_CASE("300 MB are read in the memory of an item" * doctest::test_suite("slow")) {
  // Made as it is read: what is measured is the reader.
  class Endless final : public ByteSource {
   public:
    Result<size_t> read(std::span<char> buffer) override {
      if (rest_.empty()) {
        if (left_ == 0) return 0;
        rest_ = --left_ > 0 ? item_ : std::string_view("{}]}");
      }
      size_t count = rest_.copy(buffer.data(), buffer.size());
      rest_.remove_prefix(count);
      return count;
    }

   private:
    std::string item_ = R"({"metadata":{"name":")" + std::string(9'970, 'x') + "\"}},";
    std::string_view rest_ = "{\"kind\":\"PodList\",\"items\":[";
    int left_ = 30'000;
  };
  auto peak = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;  // MiB
  };
  auto before = peak();
  Endless source;
  PlainSource plain(source, uint64_t{1} << 30);
  ListReader reader(plain);
  uint64_t items = 0;
  for (;;) {
    auto item = reader.next();
    REQUIRE(item);
    if (!*item) break;
    ++items;
  }
  CHECK(items == 30'000);
  CHECK(plain.stored().size() > 299'000'000);
  CHECK(peak() - before < 8);
}

}  // namespace cadastre::kubernetes
