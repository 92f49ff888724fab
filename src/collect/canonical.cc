#include "collect/canonical.h"

#include "base/text.h"

namespace cadastre::collect {
namespace {

constexpr std::string_view kRedacted = "hmac:";

// Idempotence rests on the shape: a value that already looks like our own replacement is left as it is.
bool is_redacted(std::string_view text) {
  return text.size() == kRedacted.size() + 32 && text.starts_with(kRedacted) &&
         text.find_first_not_of("0123456789abcdef", kRedacted.size()) == text.npos;
}

bool is_tag_list(const json::array& array) {
  return !array.empty() && array.front().is_object() && array.front().get_object().size() <= 2 &&
         (array.front().get_object().contains("Key") || array.front().get_object().contains("key") ||
          array.front().get_object().contains("TagKey"));
}

void sort_set(json::value& value) {
  auto* array = value.if_array();
  if (!array || array->size() < 2 || std::ranges::is_sorted(*array, json_less)) return;
  std::ranges::sort(*array, json_less);
}

}  // namespace

void redact(json::value& value, std::string_view key) {
  if (auto* object = value.if_object()) {
    for (auto& member : *object) redact(member.value(), key);
  } else if (auto* array = value.if_array()) {
    for (auto& element : *array) redact(element, key);
  } else if (!value.is_null()) {
    auto text = scalar_text(value);
    if (!is_redacted(text)) value = std::string(kRedacted) + to_hex(hmac_sha256(key, text).substr(0, 16));
  }
}

Canonical::Canonical(const catalog::Kind& kind, std::string redaction_key) : kind_(kind), key_(std::move(redaction_key)) {}

void Canonical::normalize(json::value& document) const {
  for (const auto& path : kind_.redact) {
    path.each(document, [&](json::value& value) { redact(value, key_); });
  }
  for (const auto& path : kind_.sets) {
    // "Groups" and "Groups[]" both name the array.
    path.each(document, [&](json::value& value) { sort_set(value); });
  }
  if (!kind_.tags.source().empty()) {
    kind_.tags.each(document, [&](json::value& value) {
      if (auto* array = value.if_array(); array && is_tag_list(*array)) sort_set(value);
    });
  }
}

Hash128 Canonical::hash(const json::value& document, std::string& text) const {
  text.clear();
  if (kind_.volatile_paths.empty()) {
    write_json(document, text);
  } else {
    std::vector<const json::value*> leave_out;
    for (const auto& path : kind_.volatile_paths) {
      path.each(document, [&](const json::value& value) { leave_out.push_back(&value); });
    }
    write_json_without(document, leave_out, text);
  }
  return hash128(text);
}

}  // namespace cadastre::collect
