#include "aws/protocol/json_reader.h"

#include <simdjson.h>

#include "aws/protocol/scalar.h"

namespace cadastre::aws {
namespace {

using Element = simdjson::dom::element;
using Kind = simdjson::dom::element_type;

class JsonReader {
 public:
  explicit JsonReader(const json::storage_ptr& storage) : storage_(storage) {}

  const std::string& error() const { return error_; }

  json::value value(const Member& use, Element element) {
    if (element.is_null()) return json::value(storage_);
    switch (use.shape->type) {
      case ShapeType::structure:
        return use.shape->document ? any(element) : structure(*use.shape, element);
      case ShapeType::list:
        return list(*use.shape, element);
      case ShapeType::map:
        return map(*use.shape, element);
      default:
        return scalar(use, element);
    }
  }

 private:
  json::value structure(const Shape& shape, Element element) {
    json::value result(json::object_kind, storage_);
    simdjson::dom::object source;
    if (element.get(source)) return not_a(shape, "an object", element);
    // Where each member stands, so that they come out in the model's order whatever the order they came in.
    size_t base = slots_.size(), found = 0;
    slots_.resize(base + shape.members.size());
    std::string_view unknown;
    for (auto field : source) {
      if (field.value.is_null()) continue;
      auto index = shape.wire_names.find(field.key);
      if (index == NameTable::kNone) {
        if (field.key != "__type") unknown = field.key;
        continue;
      }
      auto& slot = slots_[base + index];
      found += !slot.filled;
      slot = {field.value, true};
    }
    auto& object = result.get_object();
    if (shape.tagged_union && found == 0 && !unknown.empty()) {
      json::object name(storage_);
      name.emplace("name", text_value(unknown, storage_));
      object.emplace("SDK_UNKNOWN_MEMBER", std::move(name));
    }
    object.reserve(found);
    for (size_t i = 0; i < shape.members.size() && object.size() < found; ++i) {
      auto slot = slots_[base + i];
      if (slot.filled) object.emplace(shape.members[i].name, value(shape.members[i], slot.element));
    }
    slots_.resize(base);
    return result;
  }

  json::value list(const Shape& shape, Element element) {
    simdjson::dom::array source;
    if (element.get(source)) return not_a(shape, "a list", element);
    json::value result(json::array_kind, storage_);
    auto& array = result.get_array();
    array.reserve(source.size());
    for (auto item : source) array.push_back(value(shape.element, item));
    return result;
  }

  json::value map(const Shape& shape, Element element) {
    simdjson::dom::object source;
    if (element.get(source)) return not_a(shape, "an object", element);
    json::value result(json::object_kind, storage_);
    auto& object = result.get_object();
    object.reserve(source.size());
    for (auto field : source) {
      object.insert_or_assign(json::string_view(field.key.data(), field.key.size()), value(shape.value, field.value));
    }
    sort_members(object);
    return result;
  }

  json::value scalar(const Member& use, Element element) {
    switch (element.type()) {
      case Kind::STRING:
        return scalar_from_text(use, std::string_view(element.get_string().value_unsafe()), storage_);
      case Kind::INT64:
        return scalar_from_number(use, int64_t{element.get_int64().value_unsafe()}, storage_);
      case Kind::UINT64:
        return scalar_from_number(use, uint64_t{element.get_uint64().value_unsafe()}, storage_);
      case Kind::DOUBLE:
        return scalar_from_number(use, element.get_double().value_unsafe(), storage_);
      default:
        return any(element);
    }
  }

  // Whatever came, as it came: documents by the model's will, and scalars that turn out to be something else.
  json::value any(Element element) {
    switch (element.type()) {
      case Kind::STRING:
        return text_value(element.get_string().value_unsafe(), storage_);
      case Kind::INT64:
        return json::value(int64_t{element.get_int64().value_unsafe()}, storage_);
      case Kind::UINT64:
        return json::value(uint64_t{element.get_uint64().value_unsafe()}, storage_);
      case Kind::DOUBLE:
        return json::value(element.get_double().value_unsafe(), storage_);
      case Kind::BOOL:
        return json::value(element.get_bool().value_unsafe(), storage_);
      case Kind::NULL_VALUE:
        return json::value(storage_);
      case Kind::ARRAY: {
        json::array array(storage_);
        // Named, since a range-for over the temporary result would dangle.
        simdjson::dom::array source = element.get_array().value_unsafe();
        for (auto item : source) array.push_back(any(item));
        return array;
      }
      case Kind::OBJECT: {
        json::object object(storage_);
        simdjson::dom::object source = element.get_object().value_unsafe();
        for (auto field : source) {
          object.insert_or_assign(json::string_view(field.key.data(), field.key.size()), any(field.value));
        }
        return object;
      }
    }
    return json::value(storage_);
  }

  json::value not_a(const Shape& shape, std::string_view what, Element element) {
    if (error_.empty()) {
      auto kind = element.is_array() ? "a list" : element.is_object() ? "an object" : "a scalar";
      error_ = fmt::format("has {} for {}, which is {}", kind, shape.name, what);
    }
    return json::value(storage_);
  }

  struct Slot {
    Element element;
    bool filled = false;
  };
  const json::storage_ptr& storage_;
  std::vector<Slot> slots_;  // of all structures that are open, innermost last
  std::string error_;
};

}  // namespace

Result<json::value> read_json(std::string& body, const Member& use, const json::storage_ptr& storage) {
  // Keeps its buffers from answer to answer; what it parsed lives until the next one on this thread, and no longer than
  // here.
  static thread_local simdjson::dom::parser parser;
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  Element root;
  if (auto error = parser.parse(body.data(), body.size(), false).get(root)) {
    return fail(ErrorCode::malformed, fmt::format("is cut short or not JSON: {}", simdjson::error_message(error)));
  }
  if (use.shape->type == ShapeType::structure && !use.shape->document && !root.is_object()) {
    return fail(ErrorCode::malformed, "is no JSON object");
  }
  JsonReader reader(storage);
  auto result = reader.value(use, root);
  if (!reader.error().empty()) return fail(ErrorCode::malformed, reader.error());
  return result;
}

}  // namespace cadastre::aws
