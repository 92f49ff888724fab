// Lists of texts in a column: a JSON array.
#pragma once

#include <span>

#include "base/json.h"
#include "store/sqlite/database.h"

namespace cadastre::store {

inline Statement& bind_texts(Statement& statement, std::span<const std::string> texts) {
  json::array array;
  for (const auto& text : texts) array.emplace_back(text);
  return statement.bind(to_json(array));
}

inline std::vector<std::string> read_texts(const Statement& row, int column) {
  std::vector<std::string> texts;
  auto parsed = parse_json(row.view(column), "list");
  if (!parsed || !parsed->is_array()) return texts;
  for (const auto& text : parsed->get_array()) texts.push_back(scalar_text(text));
  return texts;
}

}  // namespace cadastre::store
