// One question to one view.
#pragma once

#include "index/index.h"
#include "index/view.h"

namespace cadastre::index {

// As Index::search.
Result<Answer> search_view(const View& view, const catalog::Catalog& catalog, const Request& request,
                           const Documents& documents, std::stop_token stop);

// Rows that `find` adds, of those that are meant.
std::vector<int64_t> rows_among(const View& view, const Among& among,
                                const std::function<void(const Segment& segment, Bits& rows)>& find);

}  // namespace cadastre::index
