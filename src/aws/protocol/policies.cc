#include "aws/protocol/policies.h"

#include "base/text.h"

namespace cadastre::aws {

void decode_policies(json::value& value, const Shape& shape) {
  switch (shape.type) {
    case ShapeType::structure:
      if (auto* object = value.if_object()) {
        for (const auto& member : shape.members) {
          if (auto* found = object->if_contains(member.name)) decode_policies(*found, *member.shape);
        }
      }
      break;
    case ShapeType::list:
      if (auto* array = value.if_array()) {
        for (auto& element : *array) decode_policies(element, *shape.element.shape);
      }
      break;
    case ShapeType::string:
      if (shape.name != "policyDocumentType" || !value.is_string()) break;
      if (auto policy = parse_json(percent_decode(value.get_string()), "a policy", value.storage());
          policy && policy->is_object()) {
        value = std::move(*policy);
      }
      break;
    default:
      break;
  }
}

}  // namespace cadastre::aws
