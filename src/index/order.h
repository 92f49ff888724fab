// The orders of an answer, and where a page begins in them.
//
// Every order is total: what is equal is ordered by name, then by the number of the resource. Within a segment rows are
// compared by numbers; across segments, and with a cursor, by what the numbers stand for.
#pragma once

#include "index/index.h"
#include "index/ranked.h"
#include "index/segment.h"

namespace cadastre::index {

// Where a row stands. What an order does not look at is empty.
struct Place {
  size_t nearness = 0;
  std::string_view major;  // kind, account, region, state or owner
  std::string_view text;   // name or native id
  int64_t number = 0;      // a time; of relevance the change, negative: the latest first
  int64_t resource = 0;
};

// A row of an answer.
struct Hit {
  const Segment* segment = nullptr;
  uint32_t row = 0;
  size_t nearness = 0;
  int64_t resource() const { return segment->resource[row]; }
};

Place place_of(const Hit& hit, SortKey sort);
// Does `a` come before `b`? Relevance is never turned around.
bool before(const Place& a, const Place& b, SortKey sort, bool descending);

// A place as a text, and back. `storage` holds the texts of the place. Errors: invalid, for another order's cursor too.
struct Cursor {
  std::string major, text;
  Place place;
};
std::string write_cursor(const Place& place, SortKey sort, bool descending);
Result<std::unique_ptr<Cursor>> read_cursor(const std::string& text, SortKey sort, bool descending);

// The first `count` of `rows` that come after the cursor (nullptr: all), in order. `ranked` says how near they are.
std::vector<Hit> first_rows(const Segment& segment, const Ranked& ranked, const Bits& rows, SortKey sort,
                            bool descending, const Cursor* after, size_t count);

}  // namespace cadastre::index
