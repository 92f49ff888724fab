// IAM sends policies as percent-encoded JSON inside XML texts; boto3 shows them as the objects they are, and so do we.
#pragma once

#include "aws/model.h"
#include "base/json.h"

namespace cadastre::aws {

// Replaces every text of the shape policyDocumentType below `value`, which has the shape `shape`. What is no JSON stays
// text.
void decode_policies(json::value& value, const Shape& shape);

}  // namespace cadastre::aws
