// Checks an operation's input against its model before anything is written, so that the writers can trust it.
#pragma once

#include "aws/model.h"
#include "base/json.h"
#include "base/result.h"

namespace cadastre::aws {

// Errors: invalid, naming service, operation and parameter ("ec2 DescribeInstances: the parameter Filters[0].Name must
// be a text"): unknown, missing, of the wrong type, or empty where it is part of a URI.
Result<void> validate_input(const Service& service, const Operation& operation, const json::object& input);

}  // namespace cadastre::aws
