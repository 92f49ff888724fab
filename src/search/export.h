// A row as a line of a table file: the fields that a spreadsheet gets, for API and command line alike. base/csv.h makes
// them harmless.
#pragma once

#include "search/reader.h"

namespace cadastre::search {

std::vector<std::string> csv_header(std::span<const catalog::Column> columns);
std::vector<std::string> csv_row(const Row& row);

}  // namespace cadastre::search
