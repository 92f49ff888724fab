// JSON and CBOR answers, errors and checks of input, where botocore's suites say nothing.
#include "aws/protocol/cbor_writer.h"
#include "aws/protocol/suite_for_tests.h"

namespace cadastre::aws {
namespace {

constexpr const char* kShapes = R"({
  "In": {"type": "structure", "required": ["Forest"], "members": {
    "Forest": {"shape": "Text", "location": "uri", "locationName": "forest"}, "Since": {"shape": "Time"}, "Deep": {"shape": "Flag"},
    "Kinds": {"shape": "Texts"}, "Limit": {"shape": "Number"}, "Key": {"shape": "Blob"}, "Filter": {"shape": "Filter"}}},
  "Filter": {"type": "structure", "members": {"Name": {"shape": "Text"}, "Labels": {"shape": "Labels"}}},
  "Out": {"type": "structure", "members": {
    "Trees": {"shape": "Trees"}, "Labels": {"shape": "Labels"}, "Count": {"shape": "Number"}, "Weight": {"shape": "Double"},
    "At": {"shape": "Time"}, "Next": {"shape": "Text"}}},
  "Trees": {"type": "list", "member": {"shape": "Tree"}},
  "Tree": {"type": "structure", "members": {"Name": {"shape": "Text"}, "Height": {"shape": "Number"}}},
  "Labels": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
  "Texts": {"type": "list", "member": {"shape": "Text"}},
  "NoForest": {"type": "structure", "exception": true, "members": {"message": {"shape": "Text"}, "Forest": {"shape": "Text"}}},
  "Text": {"type": "string"}, "Number": {"type": "long"}, "Double": {"type": "double"}, "Time": {"type": "timestamp"},
  "Flag": {"type": "boolean"}, "Blob": {"type": "blob"}
})";

std::unique_ptr<Service> forest(std::string_view protocol) {
  auto model = fmt::format(
      R"({{"metadata": {{"protocol": "{}", "targetPrefix": "F", "jsonVersion": "1.1"}}, "shapes": {}, "operations": {{"ListTrees":
          {{"name": "ListTrees", "http": {{"method": "GET", "requestUri": "/forest/{{forest}}/trees"}},
            "input": {{"shape": "In"}}, "output": {{"shape": "Out"}}}}}}}})",
      protocol, kShapes);
  auto service = Service::parse("forest", model);
  REQUIRE(service.has_value());
  return std::move(*service);
}

Result<json::value> answer(const Service& service, std::string body) {
  HttpResponse response;
  response.status = 200;
  response.body = std::move(body);
  return parse_output(service, *service.operation("ListTrees"), response, {});
}

const std::string kTrees =
    R"({"Next": "n", "__type": "x", "Weight": 2, "Trees": [{"Height": 3.0, "Name": "oak", "Age": 7}, null],
  "At": 1398796238.5, "Labels": {"b": "1", "a": null}, "Unknown": {"x": [1]}, "Count": null})";
const std::string kDocument = R"({"Trees":[{"Name":"oak","Height":3},null],"Labels":{"a":null,"b":"1"},"Weight":2.0,)"
                              R"("At":"2014-04-29T18:30:38.500Z","Next":"n"})";

TEST_CASE("a JSON answer is read in the model's order, unknown and null members dropped") {
  for (auto protocol : {"json", "rest-json"}) {
    auto value = answer(*forest(protocol), kTrees);
    REQUIRE(value.has_value());
    CHECK(to_json(*value) == kDocument);
  }
}

// AWS may answer the entries of a map in another order each time; an unchanged resource must not look changed.
TEST_CASE("maps are read in the order of their keys, in every form of answer") {
  auto labels = [](std::string_view protocol, std::string body) {
    auto value = answer(*forest(protocol), std::move(body));
    REQUIRE(value.has_value());
    return to_json(value->at("Labels"));
  };
  const std::string sorted = R"({"a":"2","b":"1","c":"3"})";
  CHECK(labels("json", R"({"Labels": {"b": "1", "c": "3", "a": "2"}})") == sorted);
  CHECK(labels("rest-xml",
               "<Out><Labels><entry><key>b</key><value>1</value></entry><entry><key>c</key><value>3</value></entry>"
               "<entry><key>a</key><value>2</value></entry></Labels></Out>") == sorted);
  // {"Labels": {"b": "1", "c": "3", "a": "2"}} in CBOR (RFC 8949): maps of one and of three, texts by length.
  CHECK(labels("smithy-rpc-v2-cbor",
               "\xa1\x66Labels\xa3\x61"
               "b\x61"
               "1\x61"
               "c\x61"
               "3\x61"
               "a\x61"
               "2") == sorted);
}

// Found by fuzzing: such a document could be stored and never be read again.
TEST_CASE("a CBOR text that is not UTF-8 is an error, as a value and as a key") {
  for (std::string_view body : {"\xa1\x64Next\x61\xe1",
                                "\xa1\x66Labels\xa1\x61\xff\x61"
                                "a"}) {
    auto value = answer(*forest("smithy-rpc-v2-cbor"), std::string(body));
    REQUIRE_FALSE(value.has_value());
    CHECK(value.error().code == ErrorCode::malformed);
  }
}

TEST_CASE("a JSON answer cut short anywhere is an error") {
  for (auto protocol : {"json", "rest-json"}) {
    auto service = forest(protocol);
    for (size_t size = 0; size < kTrees.size(); ++size) {
      auto value = answer(*service, kTrees.substr(0, size));
      REQUIRE_MESSAGE(!value.has_value(), "cut at byte ", size);
      REQUIRE(value.error().code == ErrorCode::malformed);
    }
  }
}

TEST_CASE("a JSON answer of another structure is an error") {
  auto service = forest("json");
  auto says = [&](std::string body) {
    auto value = answer(*service, std::move(body));
    return value ? "no error" : value.error().message;
  };
  CHECK(says("") == "the answer to forest ListTrees is empty");
  CHECK(says("[]") == "the answer to forest ListTrees is no JSON object");
  CHECK(says("null") == "the answer to forest ListTrees is no JSON object");
  CHECK(says("<html></html>").starts_with("the answer to forest ListTrees is cut short or not JSON"));
  CHECK(says("{} {}").starts_with("the answer to forest ListTrees is cut short or not JSON"));
  CHECK(says(R"({"Trees": {"Name": "oak"}})") ==
        "the answer to forest ListTrees has an object for Trees, which is a list");
  CHECK(says(R"({"Trees": ["oak"]})") == "the answer to forest ListTrees has a scalar for Tree, which is an object");
  CHECK(says(R"({"Labels": []})") == "the answer to forest ListTrees has a list for Labels, which is an object");
}

TEST_CASE("a JSON scalar of another type stays as it came") {
  auto value = answer(*forest("json"), R"({"Count": "many", "Next": 5, "At": "yesterday", "Weight": "NaN"})");
  REQUIRE(value.has_value());
  CHECK(to_json(*value) == R"({"Count":"many","Weight":"NaN","At":"yesterday","Next":5})");
}

std::string cbor_trees(const Service& service) {
  auto input =
      parse_json(R"({"Trees": [{"Name": "oak", "Height": -3}], "Labels": {"a": "b"}, "Count": 5000000000, "Weight": 0.5,
                              "At": 1398796238.5, "Next": "n"})",
                 "input");
  return write_cbor(service.operation("ListTrees")->output_use, *input);
}

TEST_CASE("CBOR goes out and comes back") {
  auto service = forest("smithy-rpc-v2-cbor");
  auto value = answer(*service, cbor_trees(*service));
  REQUIRE(value.has_value());
  CHECK(to_json(*value) ==
        R"({"Trees":[{"Name":"oak","Height":-3}],"Labels":{"a":"b"},"Count":5000000000,"Weight":0.5,)"
        R"("At":"2014-04-29T18:30:38.500Z","Next":"n"})");
}

TEST_CASE("a CBOR answer cut short anywhere, or that goes on, or that lies about its size, is an error") {
  auto service = forest("smithy-rpc-v2-cbor");
  auto body = cbor_trees(*service);
  for (size_t size = 0; size < body.size(); ++size) {
    auto value = answer(*service, body.substr(0, size));
    REQUIRE_MESSAGE(!value.has_value(), "cut at byte ", size);
    REQUIRE(value.error().code == ErrorCode::malformed);
  }
  auto says = [&](std::string bytes) {
    auto value = answer(*service, std::move(bytes));
    return value ? "no error" : value.error().message;
  };
  CHECK(says(body + "\xF6") == "the answer to forest ListTrees goes on after its end");
  CHECK(says("\x9B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF") ==
        "the answer to forest ListTrees has something else where Out is promised");
  CHECK(says("\xA1\x65Trees\x9B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF") == "the answer to forest ListTrees is cut short");
  CHECK(says(std::string(5000, '\x81')) == "the answer to forest ListTrees has something else where Out is promised");
  CHECK(says("\xA1\x61x" + std::string(5000, '\x81')) == "the answer to forest ListTrees nests too deep");
  CHECK(says("<html>").find("forest ListTrees") != std::string::npos);
}

TEST_CASE("input is checked by name before anything is sent") {
  auto service = forest("rest-json");
  auto says = [&](std::string_view text) {
    auto input = parse_json(text, "input");
    auto request = serialize(*service, *service->operation("ListTrees"), input->get_object());
    if (request) return request->path;
    CHECK(request.error().code == ErrorCode::invalid);
    return request.error().message;
  };
  CHECK(says(R"({"Forest": "black/wood"})") == "/forest/black%2Fwood/trees");
  CHECK(says("{}") == "forest ListTrees: the parameter Forest is missing");
  CHECK(says(R"({"Forest": null})") == "forest ListTrees: the parameter Forest is missing");
  // "/forest//trees" would be another address.
  CHECK(says(R"({"Forest": ""})") == "forest ListTrees: the parameter Forest must not be empty");
  CHECK(says(R"({"Forest": "f", "Limits": 3})") ==
        "forest ListTrees: the parameter Limits is unknown (did you mean 'Limit'?)");
  CHECK(says(R"({"Forest": "f", "Limit": "3"})") == "forest ListTrees: the parameter Limit must be a whole number");
  CHECK(says(R"({"Forest": "f", "Kinds": ["a", 1]})") == "forest ListTrees: the parameter Kinds[1] must be a text");
  CHECK(says(R"({"Forest": "f", "Filter": {"Labels": {"a": true}}})") ==
        "forest ListTrees: the parameter Filter.Labels.a must be a text");
  CHECK(says(R"({"Forest": "f", "Since": "soon"})") ==
        "forest ListTrees: the parameter Since must be a time like 2026-11-21T09:00:00Z");
  CHECK(says(R"({"Forest": "f", "Deep": 1})") == "forest ListTrees: the parameter Deep must be true or false");
  CHECK(says(R"({"Forest": "f", "Key": "not base64!"})") == "forest ListTrees: the parameter Key must be base64 text");
}

ServiceError error_of(std::string_view protocol, int status, std::string body, std::vector<HttpHeader> headers = {}) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.headers = std::move(headers);
  auto service = forest(protocol);
  return parse_error(*service, service->operation("ListTrees"), response);
}

TEST_CASE("an error that says nothing we understand still has its status") {
  for (auto protocol : {"query", "ec2", "rest-xml", "rest-json", "json", "smithy-rpc-v2-cbor"}) {
    for (std::string body :
         {"", "<html><body>Service Unavailable</body></html>", "<Error><Code>Thr", "{\"__type\": "}) {
      auto error = error_of(protocol, 503, body, {{"x-amzn-RequestId", "r1"}});
      CHECK(error.code == "");
      CHECK(error.status == 503);
      CHECK(error.request_id == "r1");
      CHECK(error.message.find("html") == std::string::npos);
    }
  }
}

TEST_CASE("an error has the members of its modelled exception") {
  auto error = error_of("json", 400, R"({"__type": "com.amazonaws#NoForest", "message": "gone", "Forest": "black"})");
  CHECK(error.code == "NoForest");
  CHECK(error.message == "gone");
  CHECK(to_json(json::value(error.detail)) == R"({"message":"gone","Forest":"black"})");

  auto typed =
      error_of("rest-json", 404, R"({"message": "gone"})", {{"X-Amzn-ErrorType", "NoForest:http://internal/"}});
  CHECK(typed.code == "NoForest");
}

}  // namespace
}  // namespace cadastre::aws
