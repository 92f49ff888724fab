#include "kubernetes/cksum.h"

#include <doctest/doctest.h>

#include <string>

namespace cadastre::kubernetes {

TEST_CASE("the checksum is that of POSIX cksum") {
  auto of = [](std::string_view text) {
    Cksum sum;
    sum.add(text);
    return sum.value();
  };
  // `printf '…' | cksum` on any system; the first two are the published check values of CRC-32/CKSUM.
  CHECK(of("123456789") == 930766865u);
  CHECK(of("") == 4294967295u);
  CHECK(of("The quick brown fox jumps over the lazy dog\n") == 2382472371u);
}

TEST_CASE("the checksum does not depend on how the bytes come") {
  std::string text;
  for (int i = 0; i < 300; ++i) text += static_cast<char>(i * 37);
  Cksum whole;
  whole.add(text);
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    Cksum parts;
    parts.add(std::string_view(text).substr(0, cut));
    parts.add(std::string_view(text).substr(cut));
    REQUIRE(parts.value() == whole.value());
  }
  CHECK(whole.size() == text.size());
}

}  // namespace cadastre::kubernetes
