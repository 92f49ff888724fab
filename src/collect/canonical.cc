#include "collect/canonical.h"

#include "base/text.h"
#include "collect/secrets.h"

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

std::string redacted(std::string_view text, std::string_view key) {
  if (is_redacted(text)) return std::string(text);
  return std::string(kRedacted) + to_hex(hmac_sha256(key, text).substr(0, 16));
}

using LeaveOut = std::vector<const json::value*>;

LeaveOut values_at(const std::vector<Path>& paths, const json::value& document) {
  LeaveOut found;
  for (const auto& path : paths) {
    path.each(document, [&](const json::value& value) { found.push_back(&value); });
  }
  return found;
}

// What is volatile has no say in the order: a counter that moves on would shuffle the elements it is in.
void sort_set(json::value& value, const LeaveOut& leave_out) {
  auto* array = value.if_array();
  if (!array || array->size() < 2) return;
  if (leave_out.empty()) {
    if (!std::ranges::is_sorted(*array, json_less)) std::ranges::sort(*array, json_less);
    return;
  }
  // Members keep their addresses when the elements they are in move, so that `leave_out` still holds.
  std::vector<std::pair<std::string, json::value>> keyed;
  for (auto& element : *array) {
    auto& [text, moved] = keyed.emplace_back(std::string(), std::move(element));
    write_json_without(moved, leave_out, text);
  }
  std::ranges::stable_sort(keyed, {}, &std::pair<std::string, json::value>::first);
  for (size_t i = 0; i < keyed.size(); ++i) (*array)[i] = std::move(keyed[i].second);
}

// May what `inner` finds lie in what `outer` finds?
bool may_enclose(const Path& outer, const Path& inner) {
  using Kind = Path::Step::Kind;
  auto encloses = [](const std::vector<Path::Step>& out, const std::vector<Path::Step>& in) {
    if (in.size() < out.size()) return false;
    for (size_t i = 0; i < out.size(); ++i) {
      if (out[i].kind == Kind::member && in[i].kind == Kind::member && out[i].name != in[i].name) return false;
    }
    return true;
  };
  return std::ranges::any_of(outer.alternatives(), [&](const auto& out) {
    return std::ranges::any_of(inner.alternatives(), [&](const auto& in) { return encloses(out, in); });
  });
}

}  // namespace

void redact(json::value& value, std::string_view key) {
  if (auto* object = value.if_object()) {
    for (auto& member : *object) redact(member.value(), key);
  } else if (auto* array = value.if_array()) {
    for (auto& element : *array) redact(element, key);
  } else if (!value.is_null()) {
    value = redacted(scalar_text(value), key);
  }
}

Canonical::Canonical(const catalog::Kind& kind, std::string redaction_key)
    : kind_(kind), key_(std::move(redaction_key)) {
  for (const auto& set : kind.sets) {
    volatile_inside_.push_back(
        std::ranges::any_of(kind.volatile_paths, [&](const Path& path) { return may_enclose(set, path); }));
  }
}

void Canonical::normalize(json::value& document) const {
  for (const auto& path : kind_.redact) {
    path.each(document, [&](json::value& value) { redact(value, key_); });
  }
  for (const auto& path : kind_.redact_secrets) {
    path.each(document, [&](json::value& value) {
      replace_secrets(value, [&](std::string_view secret) { return redacted(secret, key_); });
    });
  }
  LeaveOut leave_out;
  if (std::ranges::find(volatile_inside_, true) != volatile_inside_.end())
    leave_out = values_at(kind_.volatile_paths, document);
  for (size_t i = 0; i < kind_.sets.size(); ++i) {
    kind_.sets[i].each(document,
                       [&](json::value& value) { sort_set(value, volatile_inside_[i] ? leave_out : LeaveOut()); });
  }
  if (!kind_.tags.source().empty()) {
    kind_.tags.each(document, [&](json::value& value) {
      if (auto* array = value.if_array(); array && is_tag_list(*array)) sort_set(value, {});
    });
  }
}

Hash128 Canonical::hash(const json::value& document, std::string& text) const {
  text.clear();
  if (kind_.volatile_paths.empty()) {
    write_json(document, text);
  } else {
    write_json_without(document, values_at(kind_.volatile_paths, document), text);
  }
  return hash128(text);
}

}  // namespace cadastre::collect
