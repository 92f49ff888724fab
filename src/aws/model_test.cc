#include "aws/model.h"

#include <doctest/doctest.h>

namespace cadastre::aws {
namespace {

constexpr std::string_view kModel = R"({
  "metadata": {"protocol": "smithy-rpc-v2-cbor", "protocols": ["smithy-rpc-v2-cbor", "json"], "jsonVersion": "1.1",
               "targetPrefix": "Trees_2020", "endpointPrefix": "trees", "serviceId": "Tree House", "apiVersion": "2020-01-01"},
  "operations": {
    "ListTrees": {"name": "ListTrees", "http": {"method": "POST", "requestUri": "/"},
      "input": {"shape": "ListTreesRequest"}, "output": {"shape": "ListTreesResponse", "resultWrapper": "ListTreesResult"},
      "errors": [{"shape": "NoForest"}], "authtype": "none",
      "paginator": {"input_token": ["Marker", "Kind"], "output_token": ["NextMarker || Trees[-1].Name", "NextKind"],
                    "limit_key": "MaxItems", "result_key": "Trees", "more_results": "IsTruncated"}}},
  "shapes": {
    "ListTreesRequest": {"type": "structure", "required": ["Forest"], "members": {
      "Forest": {"shape": "Name", "location": "uri", "locationName": "forest"}, "Marker": {"shape": "Name"},
      "MaxItems": {"shape": "Limit"}}},
    "ListTreesResponse": {"type": "structure", "members": {
      "Trees": {"shape": "TreeList", "flattened": true}, "NextMarker": {"shape": "Name", "locationName": "next"},
      "Planted": {"shape": "Day"}, "Dead": {"shape": "Day", "timestampFormat": "iso8601"}}},
    "TreeList": {"type": "list", "member": {"shape": "Tree", "locationName": "Tree"}},
    "Tree": {"type": "structure", "members": {"Name": {"shape": "Name"}, "Parent": {"shape": "Tree"}}},
    "NoForest": {"type": "structure", "members": {}, "exception": true, "error": {"code": "Forest.NotFound"}},
    "Day": {"type": "timestamp", "timestampFormat": "rfc822"},
    "Name": {"type": "string"}, "Limit": {"type": "integer", "min": 1, "max": 50}}
})";

TEST_CASE("a model is read into linked shapes") {
  auto parsed = Service::parse("trees", kModel);
  REQUIRE(parsed.has_value());
  const Service& service = **parsed;
  CHECK(service.protocol() == Protocol::json);  // CBOR is taken only where there is nothing else
  CHECK(service.signing_name() == "trees");
  CHECK(service.json_version() == "1.1");

  const Operation* list = service.operation("ListTrees");
  REQUIRE(list);
  CHECK(service.operation("PlantTree") == nullptr);
  CHECK(list->result_wrapper == "ListTreesResult");
  CHECK(list->no_signing);
  REQUIRE(list->errors.size() == 1);
  CHECK(service.error_shape("Forest.NotFound") == list->errors[0]);
  CHECK(service.error_shape("NoForest") == nullptr);

  const Member* forest = list->input->member("Forest");
  REQUIRE(forest);
  CHECK(forest->location == Location::uri);
  CHECK(forest->location_name == "forest");
  CHECK(list->input->member("forest") == nullptr);

  // Traits of a use go before those of its shape.
  CHECK(list->output->member("Planted")->timestamp_format == TimestampFormat::rfc822);
  CHECK(list->output->member("Dead")->timestamp_format == TimestampFormat::iso8601);

  // A flattened list is found by its elements' name; other members by theirs.
  CHECK(list->output->wire_names.find("Tree") == 0);
  CHECK(list->output->wire_names.find("Trees") == NameTable::kNone);
  CHECK(list->output->wire_names.find("next") == 1);

  const Shape* tree = service.shape("Tree");
  CHECK(tree->member("Parent")->shape == tree);
}

TEST_CASE("paginators are folded in, with the model's largest page") {
  auto parsed = Service::parse("trees", kModel);
  REQUIRE(parsed.has_value());
  const auto& paginator = (*parsed)->operation("ListTrees")->paginator;
  REQUIRE(paginator.has_value());
  REQUIRE(paginator->output_tokens.size() == 2);
  CHECK(paginator->output_tokens[0].source() == "NextMarker || Trees[-1].Name");
  CHECK(paginator->input_tokens == std::vector<std::string>{"Marker", "Kind"});
  CHECK(paginator->limit_key == "MaxItems");
  CHECK(paginator->limit_max == 50);
  CHECK(paginator->has_more_results);
  CHECK(paginator->result_keys.size() == 1);
}

TEST_CASE("a model that cannot be right is an error that names the service") {
  auto says = [](std::string_view model) {
    auto parsed = Service::parse("trees", model);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code == ErrorCode::malformed);
    return parsed.error().message;
  };
  CHECK(says("{}") == "the model of service 'trees' has no metadata");
  CHECK(says(R"({"metadata": {"protocol": "telex"}})") ==
        "the model of service 'trees' speaks the unknown protocol 'telex'");
  CHECK(says(R"({"metadata": {"protocol": "json"}, "shapes": {"A": {"type": "list", "member": {"shape": "B"}}}})") ==
        "the model of service 'trees' lacks the shape 'B' of 'A[]'");
  CHECK(says(R"({"metadata": {"protocol": "json"}, "shapes": {"A": {"type": "tuple"}}})") ==
        "the model of service 'trees' has the shape 'A' of an unknown type");
}

TEST_CASE("names are found however many there are and however alike") {
  std::vector<std::string> names;
  for (int i = 0; i < 300; ++i) names.push_back(fmt::format("member{}Id", i));
  for (std::string name : {"a", "ab", "abc", "abcd", "abcde"}) names.push_back(name);
  NameTable table;
  CHECK(table.find("a") == NameTable::kNone);
  for (uint32_t i = 0; i < names.size(); ++i) table.add(names[i], i);
  table.add(names[7], 999);  // a second of the same name
  for (uint32_t i = 0; i < names.size(); ++i) CHECK(table.find(names[i]) == i);
  for (auto name : {"", "b", "memberId", "member300Id", "member1id"}) CHECK(table.find(name) == NameTable::kNone);
}

}  // namespace
}  // namespace cadastre::aws
