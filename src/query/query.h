// The query language: words and key:value terms, all of which must hold.
//
//   web prod                 each word is in the id, name, ARN or tags, whatever the case
//   "web server"             one text
//   kind:ec2.instance        kinds, with globs: kind:ec2.*, kind:*.instance
//   account:prod region:eu-west-1    by id or name; globs; several terms of one key mean any of them
//   is:deleted               what is gone (otherwise only what is live is found)
#pragma once

#include <string_view>

#include "catalog/catalog.h"
#include "store/store.h"

namespace cadastre::query {

// Errors: invalid; the message ends with the query and a caret under the offending character.
Result<store::Filter> parse(std::string_view text, const catalog::Catalog& catalog, const std::vector<store::AccountRow>& accounts,
                            const std::vector<store::Cell>& cells);

}  // namespace cadastre::query
