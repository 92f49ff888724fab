#include "auth/secret.h"

#include <doctest/doctest.h>

#include "base/text.h"

using namespace cadastre;
using namespace cadastre::auth;

TEST_CASE("base64url: the vectors of RFC 4648 section 10, and of RFC 7515 appendix C") {
  const std::pair<std::string, std::string> vectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\x03\xec\xff\xe0\xc1", "A-z_4ME"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(to_base64url(bytes) == text);
    CHECK(from_base64url(text) == bytes);
  }
}

TEST_CASE("base64url is read strictly") {
  for (auto text : {"Zg==", "A+z/4ME", "Z", "Zm9v!", "Zm 9v", "Zh", "Zm9", "\xff\xff"}) {
    CAPTURE(text);
    CHECK_FALSE(from_base64url(text));
  }
}

TEST_CASE("a secret is 256 bits, and only its SHA-256 is kept") {
  auto secret = new_secret();
  CHECK(secret.size() == 43);
  CHECK(from_base64url(secret)->size() == 32);
  CHECK(new_secret() != secret);
  // FIPS 180-2, appendix B.1
  CHECK(hash_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(equal_secrets("abc", "abc"));
  CHECK_FALSE(equal_secrets("abc", "abd"));
  CHECK_FALSE(equal_secrets("abc", "abcd"));
  CHECK_FALSE(equal_secrets("abc", ""));
}

TEST_CASE("what is sealed opens with the same key, label and context, unaltered, and with nothing else") {
  auto sealed = seal("store key", "label", "session 1", "a refresh token");
  CHECK(unseal("store key", "label", "session 1", sealed).value() == "a refresh token");
  CHECK(seal("store key", "label", "session 1", "a refresh token") != sealed);
  CHECK(sealed.find("refresh") == sealed.npos);
  CHECK(from_base64url(sealed)->find("refresh") == std::string::npos);

  CHECK_FALSE(unseal("another key", "label", "session 1", sealed));
  CHECK_FALSE(unseal("store key", "another", "session 1", sealed));
  CHECK_FALSE(unseal("store key", "label", "session 2", sealed));
  CHECK_FALSE(unseal("store key", "label", "session 1", ""));
  CHECK_FALSE(unseal("store key", "label", "session 1", sealed.substr(0, 20)));
  auto bytes = *from_base64url(sealed);
  for (size_t i = 0; i < bytes.size(); ++i) {
    auto altered = bytes;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    CAPTURE(i);
    CHECK_FALSE(unseal("store key", "label", "session 1", to_base64url(altered)));
  }
  CHECK(unseal("k", "l", "", seal("k", "l", "", "")).value().empty());
}
