// The parts of a term's meaning that do not depend on where the value comes from: one text, one number, one document.
#pragma once

#include "base/address.h"
#include "catalog/catalog.h"
#include "query/expression.h"

namespace cadastre::query {

// Is the text what the value says, without regard to case? Globs count unless it is literal.
bool fits(const Value& value, std::string_view text);
// A link's target: the value itself, or an ARN that ends in it ("vol-1" fits "…:volume/vol-1").
bool fits_link(const Value& value, std::string_view target);
// A text that is a DNS name (folded): it has a dot, and nothing that names lack.
bool is_host(std::string_view text);
// With or without the dot at its end.
bool fits_host(const Value& value, std::string_view host);
// KIND/ACCOUNT/REGION/NATIVE, or a pattern of it: id: looks at the native id only, unless three slashes say otherwise.
bool is_full_id(std::string_view pattern);
bool any_value(const Term& term, const std::function<bool(const Value&)>& test);
// The numbers that a comparison with the value holds for: all from `low` to `high`, both included.
struct Bounds {
  double low, high;
  bool have(double number) const { return number >= low && number <= high; }
};
Bounds bounds_of(const Term& term, const Value& value);
inline bool compares(const Term& term, const Value& value, double number) {
  return bounds_of(term, value).have(number);
}
std::optional<double> number_of(std::string_view text);

// The same network, host bits aside.
inline bool same_network(const Network& a, const Network& b) { return a.bits == b.bits && a.contains(b); }

// data.PATH and size: only the document can tell.
bool reads_document(const Term& term);
// Of such a term. `kind` is nullptr when the catalogue no longer has it.
bool document_matches(const Term& term, const catalog::Kind* kind, const json::value& document,
                      const catalog::Context& context);

}  // namespace cadastre::query
