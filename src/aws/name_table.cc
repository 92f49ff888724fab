#include "aws/name_table.h"

#include <utility>

namespace cadastre::aws {

void NameTable::add(std::string_view name, uint32_t index) {
  if (find(name) != kNone) return;
  if ((count_ + 1) * 2 > slots_.size()) {
    auto old = std::exchange(slots_, std::vector<Slot>(slots_.empty() ? 4 : slots_.size() * 2));
    count_ = 0;
    for (const auto& slot : old) {
      if (slot.index != kNone) add(slot.name, slot.index);
    }
  }
  size_t mask = slots_.size() - 1, at = hash(name) & mask;
  while (slots_[at].index != kNone) at = (at + 1) & mask;
  slots_[at] = {name, index};
  ++count_;
}

}  // namespace cadastre::aws
