#include "kubernetes/object.h"

#include "base/text.h"

namespace cadastre::kubernetes {
namespace {

void order_members(json::value& value) {
  if (auto* object = value.if_object()) {
    sort_members(*object);
    for (auto& member : *object) order_members(member.value());
  } else if (auto* array = value.if_array()) {
    for (auto& element : *array) order_members(element);
  }
}

// What may be one step of the API's paths. Two of them make an id, so a '/' inside would let one pass for another.
bool is_name(const json::value* value) {
  auto* name = value ? value->if_string() : nullptr;
  if (!name || name->empty() || name->size() > 253 || *name == "." || *name == "..") return false;
  return std::ranges::all_of(*name, [](unsigned char c) { return c >= ' ' && c != 0x7f && c != '/' && c != '%'; });
}

}  // namespace

std::string resource_of(std::string_view kind, std::string_view api_version) {
  auto plural = lower(kind);
  if (plural.empty()) return {};
  auto vowel = [](char c) { return std::string_view("aeiou").find(c) != std::string_view::npos; };
  if (plural.ends_with("s") || plural.ends_with("x") || plural.ends_with("ch") || plural.ends_with("sh")) {
    if (plural != "endpoints") plural += "es";
  } else if (plural.ends_with("y") && plural.size() > 1 && !vowel(plural[plural.size() - 2])) {
    plural.replace(plural.size() - 1, 1, "ies");
  } else {
    plural += "s";
  }
  size_t slash = api_version.find('/');
  return slash == api_version.npos ? plural : fmt::format("{}.{}", plural, api_version.substr(0, slash));
}

std::string item_kind(const Envelope& envelope) {
  constexpr std::string_view kList = "List";
  std::string kind = envelope.kind;
  if (!kind.ends_with(kList)) return {};
  kind.resize(kind.size() - kList.size());
  return kind;
}

Result<json::value> read_object(std::string_view text, const Envelope& envelope, json::storage_ptr storage) {
  TRY_ASSIGN(auto document, parse_json(text, "an item", std::move(storage)));
  auto* object = document.if_object();
  if (!object) return fail(ErrorCode::malformed, "an item is no object");
  auto* metadata_value = object->if_contains("metadata");
  auto* metadata = metadata_value ? metadata_value->if_object() : nullptr;
  if (!metadata || !is_name(metadata->if_contains("name")))
    return fail(ErrorCode::malformed, "an item has no name that Kubernetes would give");
  auto* space = metadata->if_contains("namespace");
  if (space && space->is_string() && space->get_string().empty()) metadata->erase("namespace"), space = nullptr;
  if (space && !is_name(space))
    return fail(ErrorCode::malformed, "an item has no namespace that Kubernetes would give");
  metadata->erase("managedFields");
  if (auto kind = item_kind(envelope); !object->contains("kind") && !kind.empty()) {
    object->emplace("kind", kind);
    if (!object->contains("apiVersion")) object->emplace("apiVersion", envelope.api_version);
  }
  order_members(document);
  return document;
}

}  // namespace cadastre::kubernetes
