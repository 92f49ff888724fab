// Finds a member by its name at the rate that answers are parsed: an open-addressed table over a hash of the name's
// length and both ends, one comparison for nearly every hit. It looks at the strings it was given, which must outlive
// it and stay where they are. Immutable once filled, hence thread-safe.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace cadastre::aws {

class NameTable {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  // Of two equal names the first one wins.
  void add(std::string_view name, uint32_t index);

  // kNone when there is no such name.
  uint32_t find(std::string_view name) const {
    if (slots_.empty()) return kNone;
    size_t mask = slots_.size() - 1;
    for (size_t at = hash(name) & mask;; at = (at + 1) & mask) {
      const Slot& slot = slots_[at];
      if (slot.index == kNone || slot.name == name) return slot.index;
    }
  }

 private:
  struct Slot {
    std::string_view name;
    uint32_t index = kNone;
  };

  // Names differ in their ends ("instanceId", "imageId", "instanceState"); reading all of a name would cost more than
  // it parts.
  static size_t hash(std::string_view name) {
    uint32_t head = 0, tail = 0;
    if (name.size() >= 4) {
      std::memcpy(&head, name.data(), 4);
      std::memcpy(&tail, name.data() + name.size() - 4, 4);
    } else {
      for (char c : name) head = head << 8 | static_cast<unsigned char>(c);
    }
    uint64_t mixed = (head ^ (uint64_t{tail} << 17) ^ (name.size() << 53)) * 0x9E3779B97F4A7C15u;
    return static_cast<size_t>(mixed >> 40);
  }

  std::vector<Slot> slots_;  // a power of two, at most half full
  size_t count_ = 0;
};

}  // namespace cadastre::aws
