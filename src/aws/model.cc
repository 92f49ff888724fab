#include "aws/model.h"

#include <fmt/format.h>

namespace cadastre::aws {
namespace {

const json::value* find(const json::object& object, std::string_view key) {
  auto at = object.find(key);
  return at == object.end() ? nullptr : &at->value();
}

const json::object* find_object(const json::object& object, std::string_view key) {
  auto* value = find(object, key);
  return value ? value->if_object() : nullptr;
}

std::string find_text(const json::object& object, std::string_view key) {
  auto* value = find(object, key);
  return value ? scalar_text(*value) : std::string();
}

bool find_flag(const json::object& object, std::string_view key) {
  auto* value = find(object, key);
  return value && value->is_bool() && value->get_bool();
}

// A text, or a list of texts.
std::vector<std::string> find_texts(const json::object& object, std::string_view key) {
  std::vector<std::string> texts;
  auto* value = find(object, key);
  if (!value) return texts;
  if (auto* array = value->if_array()) {
    for (const auto& element : *array) texts.push_back(scalar_text(element));
  } else {
    texts.push_back(scalar_text(*value));
  }
  return texts;
}

std::optional<ShapeType> shape_type(std::string_view name) {
  static constexpr std::pair<std::string_view, ShapeType> kTypes[] = {
      {"structure", ShapeType::structure}, {"list", ShapeType::list},           {"map", ShapeType::map},
      {"string", ShapeType::string},       {"character", ShapeType::character}, {"boolean", ShapeType::boolean},
      {"integer", ShapeType::integer},     {"long", ShapeType::long_},          {"float", ShapeType::float_},
      {"double", ShapeType::double_},      {"blob", ShapeType::blob},           {"timestamp", ShapeType::timestamp}};
  for (const auto& [type_name, type] : kTypes) {
    if (type_name == name) return type;
  }
  return std::nullopt;
}

TimestampFormat timestamp_format(std::string_view name) {
  if (name == "iso8601") return TimestampFormat::iso8601;
  if (name == "unixTimestamp" || name == "unixtimestamp") return TimestampFormat::unix_timestamp;
  if (name == "rfc822") return TimestampFormat::rfc822;
  return TimestampFormat::unset;
}

Location location(std::string_view name) {
  if (name == "uri") return Location::uri;
  if (name == "querystring") return Location::querystring;
  if (name == "header") return Location::header;
  if (name == "headers") return Location::headers;
  if (name == "statusCode") return Location::status_code;
  return Location::body;
}

std::optional<Protocol> protocol_of(std::string_view name) {
  if (name == "query") return Protocol::query;
  if (name == "ec2") return Protocol::ec2;
  if (name == "rest-xml") return Protocol::rest_xml;
  if (name == "rest-json") return Protocol::rest_json;
  if (name == "json") return Protocol::json;
  if (name == "smithy-rpc-v2-cbor") return Protocol::cbor;
  return std::nullopt;
}

void read_xml_namespace(const json::object& traits, std::string& prefix, std::string& uri) {
  auto* value = find(traits, "xmlNamespace");
  if (!value) return;
  if (auto* object = value->if_object()) {
    prefix = find_text(*object, "prefix");
    uri = find_text(*object, "uri");
  } else {
    uri = scalar_text(*value);
  }
}

// Lays the traits given in `traits` over those that `use` has.
void apply_traits(const json::object& traits, Member& use) {
  for (const auto& [key, value] : traits) {
    auto flag = value.is_bool() && value.get_bool();
    if (key == "locationName")
      use.location_name = scalar_text(value);
    else if (key == "queryName")
      use.query_name = scalar_text(value);
    else if (key == "location")
      use.location = location(scalar_text(value));
    else if (key == "timestampFormat")
      use.timestamp_format = timestamp_format(scalar_text(value));
    else if (key == "flattened")
      use.flattened = flag;
    else if (key == "xmlAttribute")
      use.xml_attribute = flag;
    else if (key == "hostLabel")
      use.host_label = flag;
    else if (key == "idempotencyToken")
      use.idempotency_token = flag;
    else if (key == "jsonvalue")
      use.json_value = flag;
    else if (key == "sensitive")
      use.sensitive = flag;
    else if (key == "eventpayload")
      use.event_payload = flag;
    else if (key == "eventheader")
      use.event_header = flag;
  }
  read_xml_namespace(traits, use.xml_prefix, use.xml_uri);
}

}  // namespace

// Reads the shapes first by name, then their uses, since shapes may point at each other in circles.
class ModelLoader {
 public:
  ModelLoader(Service& service, const json::object& model) : service_(service), model_(model) {}

  Result<void> load() {
    TRY(load_metadata());
    static const json::object kEmpty;
    auto* shapes = find_object(model_, "shapes");
    shape_models_ = shapes ? shapes : &kEmpty;
    for (const auto& [name, value] : *shape_models_) TRY(load_shape(name, value));
    for (const auto& [name, value] : *shape_models_)
      TRY(link_shape(service_.shapes_.find(name)->second, value.get_object()));
    for (auto& [name, shape] : service_.shapes_) index_shape(shape);
    if (auto* operations = find_object(model_, "operations")) {
      for (const auto& [name, value] : *operations) TRY(load_operation(name, value));
    }
    return {};
  }

 private:
  std::unexpected<Error> bad(std::string message) const {
    return fail(ErrorCode::malformed, fmt::format("the model of service '{}' {}", service_.name_, message));
  }

  Result<void> load_metadata() {
    auto* metadata = find_object(model_, "metadata");
    if (!metadata) return bad("has no metadata");
    // Of several protocols CBOR comes last: JSON and query are older, and the same answers can be read by people.
    std::string chosen = find_text(*metadata, "protocol");
    for (const auto& name : find_texts(*metadata, "protocols")) {
      if (name == "smithy-rpc-v2-cbor" || !protocol_of(name)) continue;
      chosen = name;
      break;
    }
    auto protocol = protocol_of(chosen);
    if (!protocol) return bad(fmt::format("speaks the unknown protocol '{}'", chosen));
    service_.protocol_ = *protocol;
    service_.json_version_ = find_text(*metadata, "jsonVersion");
    if (service_.json_version_.empty()) service_.json_version_ = "1.0";
    service_.target_prefix_ = find_text(*metadata, "targetPrefix");
    service_.api_version_ = find_text(*metadata, "apiVersion");
    service_.endpoint_prefix_ = find_text(*metadata, "endpointPrefix");
    service_.signing_name_ = find_text(*metadata, "signingName");
    if (service_.signing_name_.empty()) service_.signing_name_ = service_.endpoint_prefix_;
    service_.service_id_ = find_text(*metadata, "serviceId");
    service_.xml_namespace_ = find_text(*metadata, "xmlNamespace");
    service_.query_compatible_ = metadata->contains("awsQueryCompatible");
    return {};
  }

  Result<void> load_shape(std::string_view name, const json::value& value) {
    auto* model = value.if_object();
    auto type = model ? shape_type(find_text(*model, "type")) : std::nullopt;
    if (!type) return bad(fmt::format("has the shape '{}' of an unknown type", name));
    Shape& shape = service_.shapes_[std::string(name)];
    shape.name = name;
    shape.type = *type;
    shape.required = find_texts(*model, "required");
    shape.payload = find_text(*model, "payload");
    shape.location_name = find_text(*model, "locationName");
    read_xml_namespace(*model, shape.xml_prefix, shape.xml_uri);
    shape.timestamp_format = timestamp_format(find_text(*model, "timestampFormat"));
    shape.flattened = find_flag(*model, "flattened");
    shape.wrapper = find_flag(*model, "wrapper");
    shape.streaming = find_flag(*model, "streaming");
    shape.sensitive = find_flag(*model, "sensitive");
    shape.eventstream = find_flag(*model, "eventstream");
    shape.document = find_flag(*model, "document");
    shape.tagged_union = find_flag(*model, "union");
    shape.exception = find_flag(*model, "exception");
    if (shape.exception) {
      if (auto* error = find_object(*model, "error")) shape.error_code = find_text(*error, "code");
      if (shape.error_code.empty()) shape.error_code = name;
      service_.errors_.try_emplace(shape.error_code, &shape);
    }
    return {};
  }

  // The shape that `use` refers to, with the traits of both.
  Result<Member> read_use(std::string name, const json::value* value) const {
    auto* use = value ? value->if_object() : nullptr;
    auto shape_name = use ? find_text(*use, "shape") : std::string();
    auto shape = service_.shapes_.find(shape_name);
    if (shape == service_.shapes_.end()) return bad(fmt::format("lacks the shape '{}' of '{}'", shape_name, name));
    Member member;
    member.name = std::move(name);
    member.shape = &shape->second;
    apply_traits(shape_models_->find(shape_name)->value().get_object(), member);
    apply_traits(*use, member);
    return member;
  }

  Result<void> link_shape(Shape& shape, const json::object& model) {
    if (shape.type == ShapeType::structure) {
      auto* members = find_object(model, "members");
      if (!members) return {};
      shape.members.reserve(members->size());
      for (const auto& [name, value] : *members) {
        TRY_ASSIGN(auto member, read_use(std::string(name), &value));
        shape.members.push_back(std::move(member));
      }
    } else if (shape.type == ShapeType::list) {
      TRY_ASSIGN(shape.element, read_use(shape.name + "[]", find(model, "member")));
    } else if (shape.type == ShapeType::map) {
      TRY_ASSIGN(shape.key, read_use(shape.name + " key", find(model, "key")));
      TRY_ASSIGN(shape.value, read_use(shape.name + " value", find(model, "value")));
    }
    return {};
  }

  // An answer has no URI: what a request carries there comes back in the body.
  static bool in_answer_body(const Member& member) {
    bool elsewhere = member.location == Location::header || member.location == Location::headers ||
                     member.location == Location::status_code || member.event_header;
    return !elsewhere;
  }

  static void index_shape(Shape& shape) {
    for (uint32_t i = 0; i < shape.members.size(); ++i) {
      Member& member = shape.members[i];
      // A flattened list has no element of its own: what repeats is its elements, under their name.
      bool flat = member.shape->type == ShapeType::list && member.flattened;
      member.wire_name = flat && !member.shape->element.location_name.empty() ? member.shape->element.location_name
                         : !member.location_name.empty()                      ? member.location_name
                                                                              : member.name;
      shape.names.add(member.name, i);
      shape.has_attributes |= member.xml_attribute;
      if (in_answer_body(member)) shape.wire_names.add(member.wire_name, i);
      shape.all_in_body &= in_answer_body(member) || member.event_header;
    }
  }

  Result<void> load_operation(std::string_view key, const json::value& value) {
    auto* model = value.if_object();
    if (!model) return bad(fmt::format("has an operation '{}' that is no object", key));
    Operation& operation = service_.operations_[std::string(key)];
    // boto3's name: CloudFront's "ListDistributions", whose "name" says ListDistributions2020_05_31.
    operation.name = key;
    operation.method = "POST";
    operation.request_uri = "/";
    if (auto* http = find_object(*model, "http")) {
      if (http->contains("method")) operation.method = find_text(*http, "method");
      if (http->contains("requestUri")) operation.request_uri = find_text(*http, "requestUri");
    }
    if (auto* endpoint = find_object(*model, "endpoint")) operation.host_prefix = find_text(*endpoint, "hostPrefix");
    if (auto* use = find(*model, "input")) {
      TRY_ASSIGN(operation.input_use, read_use(operation.name, use));
      operation.input = operation.input_use.shape;
      // Seen in no service of today: the use says which member is the body. No shape is used both ways.
      if (auto payload = find_text(use->get_object(), "payload"); !payload.empty()) {
        service_.shapes_.find(operation.input->name)->second.payload = payload;
      }
    }
    if (auto* use = find(*model, "output")) {
      TRY_ASSIGN(operation.output_use, read_use(operation.name, use));
      operation.output = operation.output_use.shape;
      operation.result_wrapper = find_text(use->get_object(), "resultWrapper");
    }
    if (auto* errors = find(*model, "errors"); errors && errors->is_array()) {
      for (const auto& use : errors->get_array()) {
        TRY_ASSIGN(auto member, read_use(operation.name, &use));
        operation.errors.push_back(member.shape);
      }
    }
    if (auto* checksum = find_object(*model, "httpChecksum")) {
      operation.content_md5_or_checksum = find_text(*checksum, "requestAlgorithmMember");
    }
    if (operation.content_md5_or_checksum.empty() && find_flag(*model, "httpChecksumRequired")) {
      operation.content_md5_or_checksum = "md5";
    }
    auto authtype = find_text(*model, "authtype");
    operation.unsigned_body = authtype == "v4-unsigned-body";
    operation.no_signing = authtype == "none";
    if (auto* context = find_object(*model, "staticContextParams")) operation.static_context = *context;
    if (auto* paginator = find_object(*model, "paginator")) TRY(load_paginator(operation, *paginator));
    return {};
  }

  Result<std::vector<Path>> find_paths(const json::object& model, std::string_view key) const {
    std::vector<Path> paths;
    for (const auto& text : find_texts(model, key)) {
      TRY_ASSIGN(auto path, Path::parse(text));
      paths.push_back(std::move(path));
    }
    return paths;
  }

  Result<void> load_paginator(Operation& operation, const json::object& model) {
    Paginator paginator;
    TRY_ASSIGN(paginator.output_tokens, find_paths(model, "output_token"));
    TRY_ASSIGN(paginator.result_keys, find_paths(model, "result_key"));
    paginator.input_tokens = find_texts(model, "input_token");
    paginator.limit_key = find_text(model, "limit_key");
    if (auto more = find_text(model, "more_results"); !more.empty()) {
      TRY_ASSIGN(paginator.more_results, Path::parse(more));
      paginator.has_more_results = true;
    }
    auto* limit = operation.input ? operation.input->member(paginator.limit_key) : nullptr;
    if (limit) {
      auto* max = find(shape_models_->find(limit->shape->name)->value().get_object(), "max");
      if (max && max->is_int64()) paginator.limit_max = max->get_int64();
    }
    operation.paginator = std::move(paginator);
    return {};
  }

  Service& service_;
  const json::object& model_;
  const json::object* shape_models_ = nullptr;
};

const Member* Shape::member(std::string_view name) const {
  auto index = names.find(name);
  return index == NameTable::kNone ? nullptr : &members[index];
}

Result<std::unique_ptr<Service>> Service::parse(std::string name, std::string_view model) {
  json::monotonic_resource storage;  // a tree of many small parts, read once and dropped whole
  TRY_ASSIGN(auto value, parse_json(model, fmt::format("the model of service '{}'", name), &storage));
  return parse(std::move(name), value);
}

Result<std::unique_ptr<Service>> Service::parse(std::string name, const json::value& model) {
  auto* root = model.if_object();
  if (!root) return fail(ErrorCode::malformed, fmt::format("the model of service '{}' is no JSON object", name));
  auto service = std::make_unique<Service>();
  service->name_ = std::move(name);
  TRY(ModelLoader(*service, *root).load());
  return service;
}

const Operation* Service::operation(std::string_view name) const {
  auto at = operations_.find(name);
  return at == operations_.end() ? nullptr : &at->second;
}

const Shape* Service::shape(std::string_view name) const {
  auto at = shapes_.find(name);
  return at == shapes_.end() ? nullptr : &at->second;
}

const Shape* Service::error_shape(std::string_view code) const {
  auto at = errors_.find(code);
  return at == errors_.end() ? nullptr : at->second;
}

}  // namespace cadastre::aws
