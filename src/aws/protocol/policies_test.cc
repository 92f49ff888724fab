#include "aws/protocol/policies.h"

#include <doctest/doctest.h>

namespace cadastre::aws {
namespace {

TEST_CASE("IAM's policies become objects, percent-encoded or not; what is no JSON stays text") {
  auto shape = [](const char* name, ShapeType type) {
    Shape made;
    made.name = name;
    made.type = type;
    return made;
  };
  auto policy = shape("policyDocumentType", ShapeType::string), text = shape("stringType", ShapeType::string);
  auto role = shape("Role", ShapeType::structure), roles = shape("Roles", ShapeType::list);
  role.members.resize(2);
  role.members[0].name = "Policy";
  role.members[0].shape = &policy;
  role.members[1].name = "Description";
  role.members[1].shape = &text;
  roles.element.shape = &role;

  auto value = parse_json(R"([{"Policy": "%7B%22Version%22%3A%20%222012-10-17%22%7D", "Description": "%7B%7D"},
                              {"Policy": "{\"Version\": \"2012-10-17\"}"}, {"Policy": "100%"}, {}])",
                          "roles");
  REQUIRE(value.has_value());
  decode_policies(*value, roles);
  CHECK(to_json(*value) ==
        R"([{"Policy":{"Version":"2012-10-17"},"Description":"%7B%7D"},{"Policy":{"Version":"2012-10-17"}},)"
        R"({"Policy":"100%"},{}])");
}

}  // namespace
}  // namespace cadastre::aws
