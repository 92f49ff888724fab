#include "kubernetes/cksum.h"

#include <array>

namespace cadastre::kubernetes {
namespace {

constexpr uint32_t kPolynomial = 0x04C11DB7;
using Tables = std::array<std::array<uint32_t, 256>, 8>;

// tables[k][b]: what the byte b does to the remainder when k more bytes follow it, so that eight bytes are eight
// look-ups that do not wait for each other.
constexpr Tables make_tables() {
  Tables tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte << 24;
    for (int bit = 0; bit < 8; ++bit) crc = crc << 1 ^ (crc >> 31 ? kPolynomial : 0);
    tables[0][byte] = crc;
  }
  for (size_t k = 1; k < tables.size(); ++k) {
    for (size_t byte = 0; byte < 256; ++byte) {
      uint32_t before = tables[k - 1][byte];
      tables[k][byte] = before << 8 ^ tables[0][before >> 24];
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();

uint32_t step(uint32_t crc, unsigned char byte) { return crc << 8 ^ kTables[0][crc >> 24 ^ byte]; }

}  // namespace

void Cksum::add(std::string_view bytes) {
  size_ += bytes.size();
  auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  auto* end = at + bytes.size();
  uint32_t crc = crc_;
  for (; end - at >= 8; at += 8) {
    crc = kTables[7][crc >> 24 ^ at[0]] ^ kTables[6][(crc >> 16 & 0xff) ^ at[1]] ^
          kTables[5][(crc >> 8 & 0xff) ^ at[2]] ^ kTables[4][(crc & 0xff) ^ at[3]] ^ kTables[3][at[4]] ^
          kTables[2][at[5]] ^ kTables[1][at[6]] ^ kTables[0][at[7]];
  }
  for (; at != end; ++at) crc = step(crc, *at);
  crc_ = crc;
}

uint32_t Cksum::value() const {
  uint32_t crc = crc_;
  for (auto rest = size_; rest != 0; rest >>= 8) crc = step(crc, static_cast<unsigned char>(rest));
  return ~crc;
}

}  // namespace cadastre::kubernetes
