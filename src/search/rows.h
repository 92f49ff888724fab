// Rows of resources that are known by number: as they are, or as they were at the time a list is of.
#pragma once

#include "search/columns.h"
#include "search/gather.h"

namespace cadastre::search {

// With documents, in the order asked; what was closed meanwhile is left out of lists of the present.
Result<std::vector<store::Resource>> load(std::span<const int64_t> resources, const Span& span, const Facts& facts);

// The account's name, owner and groups go with it, and the columns. The document goes when it is not wanted.
Result<Row> make_row(store::Resource resource, const Columns& columns, const Snapshot& snapshot, const Facts& facts,
                     std::optional<Time> at, bool document);

}  // namespace cadastre::search
