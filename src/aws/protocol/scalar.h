// Scalars between the wire and documents: what a shape's type makes of a text or a number, and the text that a request
// carries.
//
// A scalar that is not what the model says stays as it came (a word where a number was promised is a text): models are
// late, services are right, and a whole page must not be lost for one of its fields.
#pragma once

#include "aws/model.h"
#include "base/json.h"
#include "base/time.h"

namespace cadastre::aws {

bool is_scalar(ShapeType type);

inline json::value text_value(std::string_view text, const json::storage_ptr& storage) {
  return json::value(json::string_view(text.data(), text.size()), storage);
}

// From XML, headers, and JSON texts where the model promises another type.
json::value scalar_from_text(const Member& use, std::string_view text, const json::storage_ptr& storage);
// From JSON and CBOR numbers.
json::value scalar_from_number(const Member& use, int64_t number, const json::storage_ptr& storage);
json::value scalar_from_number(const Member& use, uint64_t number, const json::storage_ptr& storage);
json::value scalar_from_number(const Member& use, double number, const json::storage_ptr& storage);

// For query strings, forms, headers, URIs and XML. The value has passed validate(). `fallback`: the protocol's
// timestamp format where the model gives none.
std::string scalar_to_text(const Member& use, const json::value& value, TimestampFormat fallback);

// A number of a request: its instant, when it is a timestamp's number of seconds or RFC 3339 text.
std::optional<Time> input_time(const json::value& value);
// A float of a request, "NaN" and the infinities among them.
std::optional<double> input_double(const json::value& value);

}  // namespace cadastre::aws
