// The CRC of POSIX `cksum`, which every bastion has: over the bytes and then their count, most significant bit first.
#pragma once

#include <cstdint>
#include <string_view>

namespace cadastre::kubernetes {

// Not thread-safe.
class Cksum {
 public:
  void add(std::string_view bytes);
  uint32_t value() const;  // of all that was added so far
  uint64_t size() const { return size_; }

 private:
  uint32_t crc_ = 0;
  uint64_t size_ = 0;
};

}  // namespace cadastre::kubernetes
