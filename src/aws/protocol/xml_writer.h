// XML of requests.
#pragma once

#include "aws/model.h"
#include "base/json.h"

namespace cadastre::aws {

// One element named `name` with everything inside. The value has passed validate_input().
std::string write_xml(const Member& use, std::string_view name, const json::value& value);

}  // namespace cadastre::aws
