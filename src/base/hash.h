// 128-bit content hashes (XXH3) and the keyed HMAC that stands in for a secret.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace cadastre {

struct Hash128 {
  uint64_t high = 0, low = 0;
  auto operator<=>(const Hash128&) const = default;
  explicit operator bool() const { return high != 0 || low != 0; }
  std::string bytes() const;                          // 16 bytes, big endian
  static Hash128 from_bytes(std::string_view bytes);  // zero unless 16 bytes long
};

Hash128 hash128(std::string_view bytes);

std::string sha256(std::string_view bytes);                             // 32 raw bytes
std::string hmac_sha256(std::string_view key, std::string_view bytes);  // 32 raw bytes
std::string random_bytes(size_t count);                                 // from the operating system

}  // namespace cadastre

template <>
struct std::hash<cadastre::Hash128> {
  size_t operator()(const cadastre::Hash128& hash) const { return static_cast<size_t>(hash.low); }
};
