#include "scripted_aws/answers.h"

#include "aws/protocol/json_writer.h"
#include "aws/protocol/xml_writer.h"

namespace cadastre::scripted {
namespace {

using aws::Protocol;

bool is_xml(const aws::Service& service) {
  return service.protocol() == Protocol::query || service.protocol() == Protocol::ec2 ||
         service.protocol() == Protocol::rest_xml;
}

std::string request_id() {
  static std::atomic<uint64_t> number = 0;
  return fmt::format("00000000-0000-4000-8000-{:012x}", ++number);
}

HttpAnswer empty_answer(const aws::Service& service) {
  HttpAnswer answer;
  auto id = request_id();
  switch (service.protocol()) {
    case Protocol::json:
      answer.content_type = "application/x-amz-json-" + service.json_version();
      break;
    case Protocol::rest_json:
      answer.content_type = "application/json";
      break;
    case Protocol::rest_xml:
      answer.content_type = "application/xml";
      break;
    default:
      break;
  }
  answer.headers.emplace_back(service.name() == "s3" ? "x-amz-request-id" : "x-amzn-RequestId", id);
  return answer;
}

// What stands around the members of an XML answer.
struct Around {
  std::string before, after;
};

Around around(const aws::Service& service, const aws::Operation& operation) {
  if (service.protocol() == Protocol::ec2) {
    return {fmt::format(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{}Response xmlns=\"{}\"><requestId>{}</requestId>",
                operation.name,
                service.xml_namespace().empty() ? fmt::format("http://ec2.amazonaws.com/doc/{}/", service.api_version())
                                                : service.xml_namespace(),
                request_id()),
            fmt::format("</{}Response>", operation.name)};
  }
  if (service.protocol() == Protocol::query) {
    auto wrapper = operation.result_wrapper.empty() ? operation.name + "Result" : operation.result_wrapper;
    return {fmt::format("<{}Response xmlns=\"{}\"><{}>", operation.name, service.xml_namespace(), wrapper),
            fmt::format("</{}><ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></{}Response>", wrapper,
                        request_id(), operation.name)};
  }
  std::string root = operation.output ? operation.output->location_name : "";
  if (root.empty()) root = operation.output ? operation.output->name : operation.name + "Result";
  return {fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{} xmlns=\"{}\">", root, service.xml_namespace()),
          fmt::format("</{}>", root)};
}

std::string xml_members(const aws::Shape& shape, const json::object& values) {
  std::string text;
  for (const auto& [name, value] : values) {
    const auto* member = shape.member(name);
    if (member) text += aws::write_xml(*member, member->wire_name, value);
  }
  return text;
}

}  // namespace

std::string write_element(const aws::Service& service, const aws::Operation& operation, std::string_view member,
                          const json::value& element) {
  const auto* list = operation.output ? operation.output->member(member) : nullptr;
  if (!list) return {};
  const auto& use = list->shape->element;
  if (!is_xml(service)) return to_json(aws::wire_json(use, element));
  auto name = list->flattened ? list->wire_name : use.location_name.empty() ? "member" : use.location_name;
  return aws::write_xml(use, name, element);
}

HttpAnswer page_answer(const aws::Service& service, const aws::Operation& operation, std::string_view member,
                       const std::vector<std::string_view>& elements, const json::object& others) {
  auto answer = empty_answer(service);
  const auto* list = operation.output ? operation.output->member(member) : nullptr;
  if (!list) return answer;
  size_t size = 1024;
  for (auto element : elements) size += element.size() + 1;
  auto& body = answer.body;
  body.reserve(size);
  if (is_xml(service)) {
    auto [before, after] = around(service, operation);
    body += before;
    if (!list->flattened) body += fmt::format("<{}>", list->wire_name);
    for (auto element : elements) body += element;
    if (!list->flattened) body += fmt::format("</{}>", list->wire_name);
    body += xml_members(*operation.output, others);
    body += after;
    return answer;
  }
  auto rest = to_json(aws::wire_json(*operation.output, others));
  body += fmt::format("{{\"{}\":[", list->wire_name);
  for (size_t i = 0; i < elements.size(); ++i) {
    if (i > 0) body += ',';
    body += elements[i];
  }
  body += rest == "{}" ? "]}" : "]," + rest.substr(1);
  return answer;
}

HttpAnswer output_answer(const aws::Service& service, const aws::Operation& operation, const json::object& output) {
  auto answer = empty_answer(service);
  static const aws::Shape kNothing;
  const auto& shape = operation.output ? *operation.output : kNothing;
  if (!shape.payload.empty()) {
    const auto* payload = shape.member(shape.payload);
    const auto* given = output.if_contains(shape.payload);
    const json::value value = given ? *given : json::value(json::object());
    answer.body = is_xml(service) ? aws::write_xml(*payload, payload->wire_name, value)
                                  : to_json(aws::wire_json(*payload, value));
    return answer;
  }
  if (is_xml(service)) {
    auto [before, after] = around(service, operation);
    answer.body = before + xml_members(shape, output) + after;
  } else {
    answer.body = to_json(aws::wire_json(shape, output));
  }
  return answer;
}

std::string misfit(const aws::Shape& shape, const json::value& value) {
  if (const auto* object = value.if_object(); object && shape.type == aws::ShapeType::structure) {
    for (const auto& [key, inside] : *object) {
      const auto* member = shape.member(key);
      if (!member) return fmt::format("the member {} of {} is not in the model", std::string_view(key), shape.name);
      if (auto why = misfit(*member->shape, inside); !why.empty()) return why;
    }
    return {};
  }
  if (const auto* array = value.if_array(); array && shape.type == aws::ShapeType::list) {
    for (const auto& element : *array) {
      if (auto why = misfit(*shape.element.shape, element); !why.empty()) return why;
    }
    return {};
  }
  if (const auto* object = value.if_object(); object && shape.type == aws::ShapeType::map) return {};
  bool container = shape.type == aws::ShapeType::structure || shape.type == aws::ShapeType::list ||
                   shape.type == aws::ShapeType::map;
  if (container || value.is_object() || value.is_array())
    return fmt::format("{} is not the {} that the model promises", to_json(value), shape.name);
  return {};
}

}  // namespace cadastre::scripted
