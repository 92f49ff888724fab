// Where rows stand in the order of a list: as the index has it (index/order.h), so that rows of the store and of the
// index make one list, and a cursor of one is a cursor of the other. A page begins where the one before ended, whatever
// changed between.
#pragma once

#include "index/order.h"
#include "search/question.h"

namespace cadastre::search {

struct Order {
  index::SortKey key = index::SortKey::relevance;
  bool descending = false;
  std::string column;  // instead of a key: a column of the one kind asked for
};

// "", "name", "-changed", "-Size": what is no key is a column.
Order order_of(std::string_view sort);
std::string sort_keys();  // for errors: "relevance, id, name, …"

// A place that owns its texts.
struct Position {
  size_t nearness = 0;
  std::string major, text;
  int64_t number = 0, resource = 0;
  index::Place place() const { return {nearness, major, text, number, resource}; }
};

// `column`: the text of the column that is sorted by.
Position position_of(const Order& order, const store::Resource& resource, const query::Subject& subject,
                     const query::Expression& expression, Time now, const std::string& column);

struct Before {
  const Order& order;
  bool operator()(const Position& a, const Position& b) const;
};

std::string write_cursor(const Order& order, const Position& position);
// Errors: invalid.
Result<Position> read_cursor(const Order& order, const std::string& text);

}  // namespace cadastre::search
