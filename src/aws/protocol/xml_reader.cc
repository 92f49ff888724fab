#include "aws/protocol/xml_reader.h"

#include <simdjson.h>

#include <pugixml.hpp>

#include "aws/protocol/scalar.h"
#include "base/text.h"

namespace cadastre::aws {
namespace {

constexpr int kMaxDepth = 200;

// Text stands in its element (no node of its own) unless CDATA or comments split it; blanks are kept where they are all
// there is, as in <Delimiter> </Delimiter>.
constexpr unsigned kFlags =
    pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_ws_pcdata_single | pugi::parse_embed_pcdata;

std::string_view local_name(const char* name) {
  std::string_view full(name);
  auto colon = full.find(':');
  return colon == std::string_view::npos ? full : full.substr(colon + 1);
}

std::string_view name_of(pugi::xml_node node) { return local_name(node.name()); }

pugi::xml_node child(pugi::xml_node parent, std::string_view name) {
  for (auto node = parent.first_child(); node; node = node.next_sibling()) {
    if (node.type() == pugi::node_element && name_of(node) == name) return node;
  }
  return {};
}

class XmlReader {
 public:
  explicit XmlReader(const json::storage_ptr& storage) : storage_(storage) {}

  const std::string& error() const { return error_; }

  json::value value(const Member& use, pugi::xml_node node) {
    switch (use.shape->type) {
      case ShapeType::structure:
        return structure(*use.shape, node);
      case ShapeType::list:
        return list(use, node);
      case ShapeType::map:
        return map(use, node);
      default:
        return scalar_from_text(use, text(node), storage_);
    }
  }

  // `strict`: at least one of the elements that came must be known, or this is another document.
  json::value structure(const Shape& shape, pugi::xml_node node, bool strict = false) {
    json::value result(json::object_kind, storage_);
    if (!enter(shape.name)) return result;
    // Where each member stands, so that they come out in the model's order whatever the order they came in.
    size_t base = slots_.size(), found = 0;
    slots_.resize(base + shape.members.size());
    pugi::xml_node unknown;
    for (auto item = node.first_child(); item; item = item.next_sibling()) {
      if (item.type() != pugi::node_element) continue;
      auto index = find(shape.wire_names, item.name());
      if (index == NameTable::kNone) {
        unknown = item;
      } else if (!slots_[base + index]) {
        slots_[base + index] = item;
        ++found;
      }
    }
    auto& object = result.get_object();
    if (found == 0 && unknown) {
      if (shape.tagged_union) return leave(base), unknown_union_member(unknown);
      if (strict) fail_with(fmt::format("is another document: <{}> holds <{}>", name_of(node), name_of(unknown)));
    }
    object.reserve(found + (shape.has_attributes ? shape.members.size() : 0));
    for (size_t i = 0; i < shape.members.size(); ++i) {
      auto item = slots_[base + i];
      if (item)
        object.emplace(shape.members[i].name, value(shape.members[i], item));
      else if (shape.has_attributes && shape.members[i].xml_attribute)
        attribute(shape.members[i], node, object);
    }
    leave(base);
    return result;
  }

 private:
  static uint32_t find(const NameTable& table, const char* name) {
    auto index = table.find(name);
    if (index != NameTable::kNone) return index;
    const char* colon = std::strchr(name, ':');
    return colon ? table.find(colon + 1) : NameTable::kNone;
  }

  json::value unknown_union_member(pugi::xml_node node) {
    json::value result(json::object_kind, storage_);
    json::object name(storage_);
    name.emplace("name", text_value(name_of(node), storage_));
    result.get_object().emplace("SDK_UNKNOWN_MEMBER", std::move(name));
    return result;
  }

  void attribute(const Member& use, pugi::xml_node node, json::object& object) {
    for (auto attribute = node.first_attribute(); attribute; attribute = attribute.next_attribute()) {
      if (local_name(attribute.name()) != local_name(use.location_name.c_str())) continue;
      object.emplace(use.name, scalar_from_text(use, attribute.value(), storage_));
      return;
    }
  }

  json::value list(const Member& use, pugi::xml_node node) {
    const Member& element = use.shape->element;
    json::value result(json::array_kind, storage_);
    if (!enter(use.shape->name)) return result;
    auto& array = result.get_array();
    if (use.flattened) {
      // The elements stand among the other members; `node` is the first of them.
      for (auto item = node; item; item = item.next_sibling()) {
        if (std::strcmp(item.name(), node.name()) == 0) array.push_back(value(element, item));
      }
    } else {
      size_t count = 0;
      for (auto item = node.first_child(); item; item = item.next_sibling()) ++count;
      array.reserve(count);
      for (auto item = node.first_child(); item; item = item.next_sibling()) {
        if (item.type() == pugi::node_element) array.push_back(value(element, item));
      }
    }
    leave(slots_.size());
    return result;
  }

  json::value map(const Member& use, pugi::xml_node node) {
    json::value result(json::object_kind, storage_);
    if (!enter(use.shape->name)) return result;
    auto& object = result.get_object();
    for (auto item = use.flattened ? node : node.first_child(); item; item = item.next_sibling()) {
      if (item.type() != pugi::node_element) continue;
      if (use.flattened && std::strcmp(item.name(), node.name()) != 0) continue;
      entry(*use.shape, item, object);
    }
    sort_members(object);
    leave(slots_.size());
    return result;
  }

  void entry(const Shape& shape, pugi::xml_node node, json::object& object) {
    pugi::xml_node key, item;
    for (auto part = node.first_child(); part; part = part.next_sibling()) {
      if (part.type() != pugi::node_element) continue;
      auto name = name_of(part);
      if (name == (shape.key.location_name.empty() ? "key" : std::string_view(shape.key.location_name))) key = part;
      if (name == (shape.value.location_name.empty() ? "value" : std::string_view(shape.value.location_name)))
        item = part;
    }
    if (!key || !item) return fail_with(fmt::format("has an entry of {} without its key or value", shape.name));
    auto parsed = value(shape.value, item);
    object.insert_or_assign(text(key), std::move(parsed));
  }

  // The view lasts until the next call.
  std::string_view text(pugi::xml_node node) {
    if (!node.first_child()) return node.value();
    joined_ = node.value();
    for (auto part = node.first_child(); part; part = part.next_sibling()) {
      if (part.type() == pugi::node_pcdata || part.type() == pugi::node_cdata) joined_ += part.value();
    }
    return joined_;
  }

  bool enter(const std::string& shape) {
    if (depth_ == kMaxDepth) fail_with(fmt::format("nests {} deeper than {} levels", shape, kMaxDepth));
    if (!error_.empty()) return false;
    ++depth_;
    return true;
  }

  void leave(size_t slots) {
    --depth_;
    slots_.resize(slots);
  }

  void fail_with(std::string what) {
    if (error_.empty()) error_ = std::move(what);
  }

  const json::storage_ptr& storage_;
  std::vector<pugi::xml_node> slots_;  // of all structures that are open, innermost last
  std::string joined_;
  std::string error_;
  int depth_ = 0;
};

// The root element of a complete document, or a clause saying why there is none.
Result<pugi::xml_node> load(pugi::xml_document& document, std::string& body) {
  if (trim(body).empty()) return fail(ErrorCode::malformed, "is empty");
  if (!simdjson::validate_utf8(body)) return fail(ErrorCode::malformed, "is not UTF-8 text");
  size_t size = body.size();
  auto loaded = document.load_buffer_inplace(body.data(), size, kFlags, pugi::encoding_utf8);
  if (!loaded) {
    return fail(ErrorCode::malformed,
                fmt::format("is cut short or not XML: {} at byte {} of {}", loaded.description(), loaded.offset, size));
  }
  auto root = document.document_element();
  if (root.next_sibling()) return fail(ErrorCode::malformed, "holds two XML documents");
  return root;
}

pugi::xml_node fault_node(pugi::xml_node root) {
  if (name_of(root) == "Error") return root;
  if (auto errors = child(root, "Errors")) {
    if (auto error = child(errors, "Error")) return error;
  }
  return child(root, "Error");
}

std::string text_of(pugi::xml_node node) {
  std::string text = node.value();
  for (auto part : node.children()) {
    if (part.type() == pugi::node_pcdata || part.type() == pugi::node_cdata) text += part.value();
  }
  return text;
}

// Why `root` is not the answer that was asked for; "" when it may be.
std::string foreign(pugi::xml_node root, const XmlExpectation& expected) {
  auto name = name_of(root);
  if (!expected.operation.empty()) {
    bool fits = name.starts_with(expected.operation) &&
                (name.size() == expected.operation.size() || name.substr(expected.operation.size()) == "Response");
    if (fits) return {};
  } else if (!iequals(name, "html") && name != "Error" && name != "ErrorResponse") {
    return {};
  }
  if (auto fault = fault_node(root)) return fmt::format("is an error in disguise: {}", text_of(child(fault, "Code")));
  return fmt::format("is another document: its root is <{}>", name);
}

}  // namespace

Result<json::value> read_xml(std::string& body, const XmlExpectation& expected, const Member& use,
                             const json::storage_ptr& storage) {
  pugi::xml_document document;
  TRY_ASSIGN(auto root, load(document, body));
  if (auto why = foreign(root, expected); !why.empty()) return fail(ErrorCode::malformed, std::move(why));
  if (!use.shape) return json::value(json::object_kind, storage);
  auto start = root;
  if (!expected.wrapper.empty()) {
    start = child(root, expected.wrapper);
    if (!start) return fail(ErrorCode::malformed, fmt::format("lacks <{}>", expected.wrapper));
  }
  XmlReader reader(storage);
  json::value result(storage);
  if (use.shape->type != ShapeType::structure) {
    result = reader.value(use, start);
  } else if (auto* only = use.shape->member(name_of(root)); only && is_scalar(only->shape->type) && *root.value()) {
    // S3's GetBucketLocation: the root is the one member, <LocationConstraint>eu-west-1</LocationConstraint>.
    json::object object(storage);
    object.emplace(only->name, reader.value(*only, root));
    result = std::move(object);
  } else {
    result = reader.structure(*use.shape, start, expected.operation.empty());
  }
  if (!reader.error().empty()) return fail(ErrorCode::malformed, reader.error());
  return result;
}

XmlFault read_xml_fault(std::string body) {
  XmlFault fault;
  pugi::xml_document document;
  auto root = load(document, body);
  if (!root) return fault;
  if (auto error = fault_node(*root)) {
    fault.code = text_of(child(error, "Code"));
    auto message = child(error, "Message");
    fault.message = text_of(message ? message : child(error, "message"));
    fault.request_id = text_of(child(error, "RequestId"));
  }
  for (const char* name : {"RequestId", "RequestID"}) {
    if (fault.request_id.empty()) fault.request_id = text_of(child(*root, name));
  }
  return fault;
}

json::object read_xml_fault_detail(std::string body, const Shape& shape) {
  pugi::xml_document document;
  auto root = load(document, body);
  if (!root) return {};
  auto error = fault_node(*root);
  json::storage_ptr storage;
  XmlReader reader(storage);
  auto detail = reader.structure(shape, error ? error : *root);
  return reader.error().empty() ? std::move(detail.get_object()) : json::object();
}

}  // namespace cadastre::aws
