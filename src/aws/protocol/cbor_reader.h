// CBOR answers (RFC 8949) into documents, led by the model.
#pragma once

#include "aws/model.h"
#include "base/json.h"
#include "base/result.h"

namespace cadastre::aws {

// The body as `use` says; without a shape (nullptr) as it came. Errors: malformed, a clause that continues "the answer
// …": cut short, followed by more, or not the structure that the model promises.
Result<json::value> read_cbor(std::string_view body, const Member& use, const json::storage_ptr& storage);

}  // namespace cadastre::aws
