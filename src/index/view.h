// What readers read: the segments of one moment. Never changed once it is published, so a reader that holds one sees
// one consistent state for as long as it likes, and waits for nobody.
#pragma once

#include "index/evaluator.h"
#include "index/segment.h"
#include "query/scope.h"

namespace cadastre::index {

struct Part {
  std::shared_ptr<const Segment> segment;
  std::shared_ptr<const Bits> live;  // rows that no later part has replaced, and that are not gone
  uint64_t count = 0;                // of them
};

struct View {
  std::vector<Part> parts;  // the oldest and largest first
  Surroundings surroundings;
  int64_t sequence = 0;
  bool ready = false;
};

using ViewPtr = std::shared_ptr<const View>;

// Rows of the part that the asker may see.
Bits visible(const Part& part, const query::Scope& scope);

// Adds the rows of the builder as the newest part, and makes one of parts that have become alike in size, so that there
// are never many: each row is moved a few times while the index doubles.
void add_rows(View& view, TableBuilder builder);
// Takes the resources' rows out, wherever they are.
void remove_rows(View& view, std::span<const int64_t> resources);

}  // namespace cadastre::index
