// Text to expression.
#pragma once

#include "base/result.h"
#include "query/expression.h"

namespace cadastre::query {

// Errors: invalid; the sentence, the query, and a caret under the offending character. Nesting and length are bounded.
Result<Expression> parse(std::string_view text);

// Holds the kinds, services and accounts that the query names against those there are. Errors: as parse, with a
// suggestion.
struct Names {
  std::vector<std::string_view> kinds, accounts;  // full names; ids and names
};
Result<void> check_names(const Expression& expression, std::string_view text, const Names& names);

// The sentence, the query and a caret under its byte `at`.
std::unexpected<Error> point_at(std::string_view text, size_t at, std::string message);

// Does the pattern of a kind: term ("ec2.instance", "aws.ec2.*") name this kind?
bool names_kind(std::string_view pattern, std::string_view kind);

// The keys that stand before a colon, for suggestions and completion: "kind", "tag.", "is", …
std::vector<std::string_view> keys();

}  // namespace cadastre::query
