// One resource, by what people write for it.
#pragma once

#include "search/rows.h"

namespace cadastre::search {

// The resource that an id means, with its document, as it is or was then. `gone_too`: also when it is deleted. Errors:
// as Reader::get.
Result<store::Resource> find_one(std::string_view id, std::optional<Time> at, bool gone_too, const query::Scope& scope,
                                 const Facts& facts);

// Whatever is written so, as Inventory::lookup, of the asker's accounts.
Result<std::vector<store::Resource>> look_up(std::string_view id, std::optional<Time> at, const query::Scope& scope,
                                             const Facts& facts);

// What a resource refers to, and what refers to it.
Result<std::vector<Relation>> relations_of(const store::Resource& resource, std::optional<Time> at,
                                           const query::Scope& scope, Facts& facts);

}  // namespace cadastre::search
