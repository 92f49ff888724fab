// What rows are ordered by, as keys that compare byte by byte: over the store alone every row gets one, and a cursor is
// the key of the last row shown, so that a page begins where the one before ended, whatever changed between.
#pragma once

#include "search/question.h"

namespace cadastre::search {

struct Order {
  index::SortKey key = index::SortKey::relevance;
  bool descending = false;
  std::string column;  // instead of a key: a column of the one kind asked for
};

// "", "name", "-changed", "-Size". Errors: invalid, with the keys there are.
Result<Order> order_of(std::string_view sort);

// Where a row stands in an order.
struct Position {
  std::string key;
  int64_t resource = 0;
};
bool before(const Position& a, const Position& b, bool descending);

// The key of a row; `column` is the text of the column that is sorted by.
std::string sort_key(const Order& order, const query::Subject& subject, const query::Expression& expression, Time now,
                     const std::string& column);

// Texts that a client keeps and gives back. Errors: invalid.
std::string write_cursor(const Position& position, std::string_view inner);
struct Cursor {
  Position position;
  std::string inner;  // another cursor inside this one
};
Result<Cursor> read_cursor(std::string_view text);

}  // namespace cadastre::search
