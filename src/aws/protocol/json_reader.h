// JSON answers into documents, led by the model: each object is walked once, in the order it came.
#pragma once

#include "aws/model.h"
#include "base/json.h"
#include "base/result.h"

namespace cadastre::aws {

// The body as `use` says. The buffer may grow (the parser reads past its end). Errors: malformed, a clause that
// continues "the answer …": cut short, not JSON, or not the structure that the model promises.
Result<json::value> read_json(std::string& body, const Member& use, const json::storage_ptr& storage);

}  // namespace cadastre::aws
