// Numbers for texts, given out as the texts come by: while a segment is built. Not thread-safe.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace cadastre::index {

// Distinct texts by their hash: open addressing, since there are millions.
class Numbers {
 public:
  // The number given to this text before, or `next`, which is its number from now on.
  template <typename TextOf>
  uint32_t of(std::string_view text, uint32_t next, TextOf&& text_of) {
    if (next * 2 >= slots_.size()) grow();
    auto hash = static_cast<uint32_t>(std::hash<std::string_view>()(text));
    for (size_t i = hash & mask_;; i = (i + 1) & mask_) {
      auto& slot = slots_[i];
      if (slot.number == 0) {
        slot = {hash, next + 1};
        return next;
      }
      if (slot.hash == hash && text_of(slot.number - 1) == text) return slot.number - 1;
    }
  }

 private:
  struct Slot {
    uint32_t hash = 0, number = 0;  // number + 1
  };
  void grow() {
    std::vector<Slot> bigger(std::max<size_t>(1024, slots_.size() * 2));
    mask_ = bigger.size() - 1;
    for (const auto& slot : slots_) {
      if (slot.number == 0) continue;
      size_t i = slot.hash & mask_;
      while (bigger[i].number != 0) i = (i + 1) & mask_;
      bigger[i] = slot;
    }
    slots_ = std::move(bigger);
  }
  std::vector<Slot> slots_;
  size_t mask_ = 0;
};

}  // namespace cadastre::index
