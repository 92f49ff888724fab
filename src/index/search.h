// One question to one view.
#pragma once

#include "index/index.h"
#include "index/view.h"

namespace cadastre::index {

// As Index::search; the expression's DNS names are resolved already.
Result<Answer> search_view(const View& view, const catalog::Catalog& catalog, const Request& request,
                           const Documents& documents, std::stop_token stop);

// Where the records of that name lead to, of those the asker may see.
Result<std::vector<std::string>> targets_of(const View& view, const std::string& name, const query::Scope& scope,
                                            const Documents& documents);

}  // namespace cadastre::index
