#include "base/hash.h"

#include <doctest/doctest.h>

#include "base/text.h"

namespace cadastre {
namespace {

TEST_CASE("hash128 is XXH3: its published value of nothing, and spread") {
  CHECK(to_hex(hash128("").bytes()) == "99aa06d3014798d86001c324468d497f");
  CHECK(hash128("a") != hash128("b"));
  CHECK(hash128("a") == hash128(std::string("a")));
}

TEST_CASE("hashes keep their bytes, big end first") {
  Hash128 hash{0x0102030405060708, 0x090a0b0c0d0e0fff};
  CHECK(to_hex(hash.bytes()) == "0102030405060708090a0b0c0d0e0fff");
  CHECK(Hash128::from_bytes(hash.bytes()) == hash);
  CHECK_FALSE(Hash128::from_bytes("short"));
  CHECK_FALSE(Hash128::from_bytes(std::string(17, 'x')));
  CHECK(static_cast<bool>(hash));
  // Ordered as their bytes are.
  CHECK(Hash128{1, 0} > Hash128{0, ~0ull});
}

TEST_CASE("SHA-256 and HMAC give the values of FIPS 180 and RFC 4231") {
  CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  // A key longer than a block is hashed first.
  CHECK(to_hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("random bytes are as many as asked for, and others each time") {
  CHECK(random_bytes(0).empty());
  CHECK(random_bytes(32).size() == 32);
  CHECK(random_bytes(32) != random_bytes(32));
}

}  // namespace
}  // namespace cadastre
