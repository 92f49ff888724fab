// JSON of requests: wire names, blobs as base64, timestamps in the format that the model asks for.
#pragma once

#include "aws/model.h"
#include "base/json.h"

namespace cadastre::aws {

// The value as it travels. It has passed validate_input(). Timestamps without a format of their own are seconds since
// 1970.
json::value wire_json(const Member& use, const json::value& value);
json::object wire_json(const Shape& shape, const json::object& object);

}  // namespace cadastre::aws
