// AWS's protocol compliance suites as botocore carries them, case by case, against our own code. The rules of
// comparison are those of botocore's tests/unit/test_protocols.py; only what its own ignore list names is left out.
#include <pugixml.hpp>

#include "aws/protocol/cbor_reader.h"
#include "aws/protocol/suite_for_tests.h"

namespace cadastre::aws {
namespace {

struct Tally {
  int passed = 0, ignored = 0;
};

// A place in a suite's file, for messages.
struct Case {
  std::string label, protocol;
  const json::object* suite = nullptr;
  const json::object* data = nullptr;
};

bool listed(const json::value& ignore_list, const std::string& path, std::string_view text) {
  auto* list = ignore_list.is_object() ? &ignore_list : nullptr;
  for (auto key : split(path, '/')) {
    if (!list || !list->is_object() || !list->get_object().contains(key)) return false;
    list = &list->get_object().at(key);
  }
  return std::any_of(list->get_array().begin(), list->get_array().end(),
                     [&](const json::value& item) { return scalar_text(item) == text; });
}

bool ignored(const json::value& list, const std::string& file, const std::string& type, const Case& test) {
  for (auto scope : {std::string("general"), "protocols/" + file}) {
    auto base = scope + "/" + type;
    if (listed(list, base + "/suites", text_at(*test.suite, "description"))) return true;
    if (listed(list, base + "/cases", text_at(*test.data, "id"))) return true;
  }
  return false;
}

void each_case(const std::string& type, Tally& tally, const std::function<std::string(const Case&)>& run) {
  auto ignore_list = load_json(botocore_path("tests/unit/protocols/protocol-tests-ignore-list.json"));
  auto has = type == "input" ? "params" : "response";
  for (std::string folder : {"tests/unit/protocols/", "tests/unit/protocols/legacy/"}) {
    for (const auto& path : files_in(botocore_path(folder + type), ".json")) {
      auto suites = load_json(path);
      auto file = std::filesystem::path(path).stem().string();
      for (size_t i = 0; i < suites.get_array().size(); ++i) {
        const auto& suite = suites.get_array()[i].get_object();
        for (size_t j = 0; j < suite.at("cases").get_array().size(); ++j) {
          const auto& data = suite.at("cases").get_array()[j].get_object();
          if (!data.contains(has)) continue;
          Case test{fmt::format("{}{}/{} {}:{} {}", folder, type, file, i, j, text_at(data, "id")),
                    text_at(suite.at("metadata").get_object(), "protocol"), &suite, &data};
          if (ignored(ignore_list, file, type, test)) {
            ++tally.ignored;
            continue;
          }
          auto why = run(test);
          CHECK_MESSAGE(why.empty(), test.label, ": ", why);
          tally.passed += why.empty();
        }
      }
    }
  }
}

// The case's operation as a service of its own.
std::unique_ptr<Service> service_of(const Case& test) {
  json::object model{{"metadata", test.suite->at("metadata")}, {"shapes", test.suite->at("shapes")}};
  auto given = test.data->at("given").get_object();
  auto name = text_at(given, "name");
  if (test.protocol == "query" && given.contains("output")) {
    auto& output = given.at("output").get_object();
    auto& shape = model["shapes"].get_object().at(output.at("shape").get_string()).get_object();
    if (shape.contains("members") && !shape.at("members").get_object().empty())
      output["resultWrapper"] = name + "Result";
  }
  model["operations"] = json::object{{name, given}};
  auto service = Service::parse("suite", json::value(std::move(model)));
  REQUIRE_MESSAGE(service.has_value(), test.label);
  return std::move(*service);
}

const Operation& operation_of(const Service& service) { return service.operations().begin()->second; }

// The suites give blobs as plain text; we take base64.
json::value with_base64(const Member& use, const json::value& value) {
  if (value.is_null() || use.shape->document || use.json_value) return value;
  switch (use.shape->type) {
    case ShapeType::blob:
      return json::value(to_base64(scalar_text(value)));
    case ShapeType::list: {
      json::array list;
      for (const auto& element : value.get_array()) list.push_back(with_base64(use.shape->element, element));
      return list;
    }
    case ShapeType::map:
    case ShapeType::structure: {
      json::object object;
      for (const auto& [key, element] : value.get_object()) {
        auto* member = use.shape->type == ShapeType::map ? &use.shape->value : use.shape->member(key);
        object.emplace(key, member ? with_base64(*member, element) : element);
      }
      return object;
    }
    default:
      return value;
  }
}

bool same_xml(pugi::xml_node a, pugi::xml_node b) {
  auto elements = [](pugi::xml_node node) {
    std::vector<pugi::xml_node> list;
    for (auto child : node.children()) {
      if (child.type() == pugi::node_element) list.push_back(child);
    }
    return list;
  };
  auto attributes = [](pugi::xml_node node) {
    std::map<std::string, std::string> map;
    for (auto attribute : node.attributes()) map[attribute.name()] = attribute.value();
    return map;
  };
  auto x = elements(a), y = elements(b);
  return std::string_view(a.name()) == b.name() && attributes(a) == attributes(b) &&
         trim(a.text().get()) == trim(b.text().get()) && std::equal(x.begin(), x.end(), y.begin(), y.end(), same_xml);
}

std::string body_difference(const Case& test, const std::string& actual, const json::object& expected) {
  if (!expected.contains("body")) return "";
  auto wanted = text_at(expected, "body");
  auto differs = fmt::format("body {} instead of {}", actual, wanted);
  if (test.protocol == "smithy-rpc-v2-cbor" && !actual.empty()) {
    auto a = read_cbor(actual, {}, {}), b = read_cbor(from_base64(wanted).value_or("?"), {}, {});
    return a && b && same_json(*a, *b)
               ? ""
               : "another CBOR body: " + to_json(a.value_or(nullptr)) + " instead of " + to_json(b.value_or(nullptr));
  }
  if (actual == wanted) return "";
  if (test.protocol == "json" || test.protocol == "rest-json") {
    auto a = parse_json(actual, "actual"), b = parse_json(wanted, "expected");
    return a && b && same_json(*a, *b) ? "" : differs;
  }
  if (test.protocol == "rest-xml") {
    pugi::xml_document a, b;
    return a.load_string(actual.c_str()) && b.load_string(wanted.c_str()) &&
                   same_xml(a.document_element(), b.document_element())
               ? ""
               : differs;
  }
  return differs;
}

const std::string* find_header(const WireRequest& request, std::string_view name) {
  for (const auto& header : request.headers) {
    if (iequals(header.name, name)) return &header.value;
  }
  return nullptr;
}

// Lists are joined with "," by us and ", " by the suites.
bool is_list_header(const Operation& operation, std::string_view name) {
  return operation.input &&
         std::any_of(operation.input->members.begin(), operation.input->members.end(), [&](const Member& member) {
           return member.location == Location::header && member.shape->type == ShapeType::list &&
                  member.location_name == name;
         });
}

std::string header_difference(const Case& test, const Operation& operation, const WireRequest& request,
                              const json::object& expected) {
  json::object none;
  auto& wanted = expected.contains("headers") ? expected.at("headers").get_object() : none;
  for (const auto& [name, value] : wanted) {
    auto text = scalar_text(value);
    if (iequals(name, "Content-Type")) {
      if (test.protocol == "rest-xml" || (test.protocol == "rest-json" && text != "application/json")) continue;
      bool form = test.protocol == "query" || test.protocol == "ec2";
      if (form && text.find("charset=utf-8") == std::string::npos) text += "; charset=utf-8";
    }
    auto* found = find_header(request, name);
    if (!found) return fmt::format("lacks the header {}", std::string_view(name));
    bool list = is_list_header(operation, name);
    auto plain = [&](const std::string& from) { return list ? replace_all(from, ", ", ",") : from; };
    if (plain(*found) != plain(text))
      return fmt::format("header {}: {} instead of {}", std::string_view(name), *found, text);
  }
  if (!expected.contains("forbidHeaders")) return "";
  for (const auto& name : expected.at("forbidHeaders").get_array()) {
    if (find_header(request, scalar_text(name))) return "has the header " + scalar_text(name);
  }
  return "";
}

std::string run_input(const Case& test) {
  auto service = service_of(test);
  const Operation& operation = operation_of(*service);
  auto params = test.data->at("params");
  if (operation.input) params = with_base64(operation.input_use, params);
  auto request = serialize(*service, operation, params.get_object());
  if (!request) return request.error().message;
  const auto& expected = test.data->at("serialized").get_object();
  if (auto why = body_difference(test, request->body, expected); !why.empty()) return why;
  if (auto why = header_difference(test, operation, *request, expected); !why.empty()) return why;
  auto uri = request->path + (request->query.empty() ? "" : "?" + request->query);
  if (uri != text_at(expected, "uri")) return fmt::format("URI {} instead of {}", uri, text_at(expected, "uri"));
  if (expected.contains("method") && request->method != text_at(expected, "method")) return "another method";
  if (expected.contains("host")) {
    auto host = text_at(*test.suite, "clientEndpoint");
    host = request->host_prefix + host.substr(host.find("//") + 2);
    if (host != text_at(expected, "host")) return fmt::format("host {} instead of {}", host, text_at(expected, "host"));
  }
  return "";
}

HttpResponse response_of(const Case& test, const Operation& operation) {
  const auto& data = test.data->at("response").get_object();
  HttpResponse response;
  response.status = static_cast<int>(data.at("status_code").to_number<int64_t>());
  if (data.contains("headers")) {
    for (const auto& [name, value] : data.at("headers").get_object())
      response.headers.push_back({std::string(name), scalar_text(value)});
  }
  response.body = data.contains("body") ? text_at(data, "body") : test.protocol == "query" ? "<xml/>" : "";
  bool stream = operation.output && std::any_of(operation.output->members.begin(), operation.output->members.end(),
                                                [](const Member& member) { return member.shape->eventstream; });
  if (stream || test.protocol == "smithy-rpc-v2-cbor") response.body = from_base64(response.body).value_or("");
  return response;
}

std::string run_error(const Case& test, const Service& service, const Operation& operation,
                      const HttpResponse& response) {
  auto error = parse_error(service, &operation, response);
  // Where nothing says what it was, botocore takes the status for a code; we leave the code empty.
  auto code = error.code.empty() ? std::to_string(response.status) : error.code;
  if (code != text_at(*test.data, "errorCode")) return "code " + code;
  if (error.message != text_at(*test.data, "errorMessage")) return "message " + error.message;
  auto* shape = service.error_shape(error.code);
  if (!shape) return error.detail.empty() ? "" : "has detail";
  Member use;
  use.shape = shape;
  return difference(use, json::value(error.detail), test.data->at("error"), "error");
}

std::string run_output(const Case& test) {
  auto service = service_of(test);
  const Operation& operation = operation_of(*service);
  auto response = response_of(test, operation);
  if (test.data->contains("error")) return run_error(test, *service, operation, response);
  auto parsed = parse_output(*service, operation, response, {});
  if (!parsed) return parsed.error().message;
  if (!operation.output) return same_json(*parsed, test.data->at("result")) ? "" : "has an output: " + to_json(*parsed);
  return difference(operation.output_use, *parsed, test.data->at("result"), "output");
}

TEST_CASE("botocore's protocol suites pass") {
  Tally tally;
  each_case("input", tally, run_input);
  int inputs = tally.passed;
  each_case("output", tally, run_output);
  // The suites of 1.44.5 have this many cases; a run that silently found fewer would prove little.
  CHECK(tally.passed + tally.ignored == 1003);
  MESSAGE("protocol conformance: ", tally.passed, " passed (", inputs, " requests, ", tally.passed - inputs,
          " answers), ", tally.ignored, " on botocore's ignore list");
}

}  // namespace
}  // namespace cadastre::aws
