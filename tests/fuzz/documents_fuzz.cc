#include "aws/protocol/eventstream.h"
#include "aws/protocol/protocol.h"
#include "must.h"

using namespace cadastre;

namespace {

// A service of every protocol, with a shape of every sort.
constexpr const char* kShapes = R"({
  "Out": {"type": "structure", "members": {
    "Trees": {"shape": "Trees"}, "Flat": {"shape": "Flat"}, "Labels": {"shape": "Labels"}, "Count": {"shape": "Number"},
    "Weight": {"shape": "Double"}, "At": {"shape": "Time"}, "Next": {"shape": "Text"}, "Key": {"shape": "Blob"},
    "Deep": {"shape": "Flag"}, "Any": {"shape": "Choice"}}},
  "Choice": {"type": "structure", "union": true, "members": {"A": {"shape": "Text"}, "B": {"shape": "Number"}}},
  "Trees": {"type": "list", "member": {"shape": "Tree"}},
  "Flat": {"type": "list", "member": {"shape": "Text"}, "flattened": true},
  "Tree": {"type": "structure", "members": {"Name": {"shape": "Text"}, "Height": {"shape": "Number"},
    "Branches": {"shape": "Trees"}}},
  "Labels": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
  "NoForest": {"type": "structure", "exception": true, "members": {"message": {"shape": "Text"}, "Forest": {"shape": "Text"}}},
  "Text": {"type": "string"}, "Number": {"type": "long"}, "Double": {"type": "double"}, "Time": {"type": "timestamp"},
  "Flag": {"type": "boolean"}, "Blob": {"type": "blob"}
})";

const aws::Service& forest(size_t which) {
  static const auto services = [] {
    std::vector<std::unique_ptr<aws::Service>> made;
    for (auto protocol : {"json", "rest-json", "rest-xml", "query", "ec2", "smithy-rpc-v2-cbor"}) {
      auto model = fmt::format(
          R"({{"metadata": {{"protocol": "{}", "targetPrefix": "F", "jsonVersion": "1.1"}}, "shapes": {}, "operations": {{
              "ListTrees": {{"name": "ListTrees", "http": {{"method": "GET", "requestUri": "/"}},
              "output": {{"shape": "Out", "resultWrapper": "ListTreesResult"}}, "errors": [{{"shape": "NoForest"}}]}}}}}})",
          protocol, kShapes);
      auto service = aws::Service::parse("forest", model);
      MUST(service.has_value());
      made.push_back(std::move(*service));
    }
    return made;
  }();
  return *services[which % services.size()];
}

// What has been read can be written, and read again as the same.
void check_round_trip(const json::value& value) {
  auto text = to_json(value);
  auto again = parse_json(text, "what was written");
  MUST(again.has_value());
  MUST(to_json(*again) == text);
}

}  // namespace

// The first byte chooses the protocol, and an answer or an error; the rest is the body.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string body(reinterpret_cast<const char*>(data + 1), size - 1);
  if (data[0] % 8 == 6) {
    if (auto value = parse_json(body, "the text")) check_round_trip(*value);
    return 0;
  }
  const auto& service = forest(data[0] % 8);
  const auto& operation = *service.operation("ListTrees");
  if (data[0] % 8 == 7) {
    (void)aws::read_event_stream(service, *operation.output, body, {});
    return 0;
  }
  HttpResponse response;
  response.status = data[0] & 0x80 ? 400 : 200;
  response.body = std::move(body);
  if (response.status == 400) {
    aws::parse_error(service, &operation, response);
  } else if (auto value = aws::parse_output(service, operation, response, {})) {
    MUST(value->is_object());
    check_round_trip(*value);
  } else {
    MUST(!value.error().message.empty());
  }
  return 0;
}
