// Requests of the query and ec2 protocols: a form in the body.
#pragma once

#include "aws/protocol/protocol.h"

namespace cadastre::aws {

// Fills method, path, headers and body. The input has passed validate_input().
void write_query_request(const Service& service, const Operation& operation, const json::object& input,
                         WireRequest& request);

}  // namespace cadastre::aws
