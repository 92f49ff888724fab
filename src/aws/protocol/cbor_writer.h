// CBOR (RFC 8949) of requests.
#pragma once

#include "aws/model.h"
#include "base/json.h"

namespace cadastre::aws {

// The value has passed validate_input().
std::string write_cbor(const Member& use, const json::value& value);

}  // namespace cadastre::aws
