#include "kubernetes/plain_source.h"

#include <doctest/doctest.h>

#include "support/dumps.h"

namespace cadastre::kubernetes {
namespace {

using testing::gzipped;
using testing::TextSource;

Result<std::string> plain(const std::string& stored, size_t step = SIZE_MAX, uint64_t limit = 1 << 30) {
  TextSource source(stored, step);
  PlainSource reader(source, limit);
  std::string text, buffer(1000, '\0');
  for (;;) {
    TRY_ASSIGN(auto count, reader.read(buffer));
    if (count == 0) break;
    text.append(buffer, 0, count);
  }
  CHECK(reader.stored().size() == stored.size());
  Cksum sum;
  sum.add(stored);
  CHECK(reader.stored().value() == sum.value());
  return text;
}

}  // namespace

TEST_CASE("gzip is undone where there is gzip") {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += fmt::format("line {}\n", i * i);
  for (size_t step : {SIZE_MAX, size_t{1}, size_t{100}}) {
    CAPTURE(step);
    CHECK(plain(text, step).value() == text);
    CHECK(plain(gzipped(text), step).value() == text);
    CHECK(plain(gzipped(text) + gzipped("more"), step).value() == text + "more");
    CHECK(plain("", step).value() == "");
    CHECK(plain("\x1f", step).value() == "\x1f");
  }
}

TEST_CASE("gzip that is cut or damaged is an error wherever that is") {
  auto stored = gzipped("a text of some length, with a length and a checksum behind it");
  for (size_t cut = 2; cut < stored.size(); ++cut) {
    CAPTURE(cut);
    auto text = plain(stored.substr(0, cut));
    REQUIRE_FALSE(text);
    CHECK(text.error().code == ErrorCode::malformed);
    CHECK(text.error().message == "its gzip is cut short");
  }
  auto damaged = stored;
  damaged[damaged.size() - 6] ^= 1;  // of the checksum
  CHECK(plain(damaged).error().message == "its gzip is damaged");
}

TEST_CASE("a small file that unfolds without end is refused") {
  auto bomb = gzipped(std::string(20'000'000, ' '));
  CHECK(bomb.size() < 40'000);
  auto text = plain(bomb, SIZE_MAX, 5'000'000);
  REQUIRE_FALSE(text);
  CHECK(text.error().code == ErrorCode::malformed);
  CHECK(text.error().message == "it is larger than 5 MB");
}

}  // namespace cadastre::kubernetes
