#include "api/question.h"

#include <charconv>

#include "base/text.h"

namespace cadastre::api {

Result<void> check_parameters(const Route& route, const ServerRequest& request) {
  for (const auto& [name, value] : request.query) {
    bool known = std::ranges::any_of(route.parameters, [&](std::string_view parameter) {
      return parameter.ends_with('*') ? name.starts_with(parameter.substr(0, parameter.size() - 1)) : name == parameter;
    });
    if (!known)
      return fail(ErrorCode::invalid, fmt::format("there is no parameter '{}' here{}", printable(name),
                                                  did_you_mean(name, route.parameters)));
  }
  return {};
}

std::string text_of(const Call& call, std::string_view name) {
  const auto* text = call.request.parameter(name);
  return text ? *text : std::string();
}

std::vector<std::string> list_of(const Call& call, std::string_view name) {
  std::vector<std::string> list;
  for (const auto& text : call.request.parameters(name)) {
    for (auto part : split(text, ',')) {
      if (!trim(part).empty()) list.emplace_back(trim(part));
    }
  }
  return list;
}

Result<std::optional<Time>> time_of(const Call& call, std::string_view name) {
  auto text = text_of(call, name);
  if (text.empty()) return std::nullopt;
  auto time = parse_time(text, call.services.clock.now());
  if (!time) return std::unexpected(std::move(time).error().in(name));
  return *time;
}

Result<size_t> limit_of(const Call& call, size_t usual, size_t most) {
  auto text = text_of(call, "limit");
  if (text.empty()) return usual;
  size_t limit = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc() || end != text.data() + text.size() || limit < 1 || limit > most)
    return fail(ErrorCode::invalid, fmt::format("'limit' must be a number from 1 to {}", most));
  return limit;
}

Result<bool> flag_of(const Call& call, std::string_view name) {
  auto text = text_of(call, name);
  if (text.empty() || text == "false") return false;
  if (text == "true") return true;
  return fail(ErrorCode::invalid, fmt::format("'{}' must be true or false", name));
}

Result<Body> Body::of(const Call& call, std::initializer_list<std::string_view> members) {
  const auto* type = call.request.header("Content-Type");
  if (!type || !lower(*type).starts_with("application/json"))
    return fail(ErrorCode::invalid, "the body must be JSON, with Content-Type: application/json");
  auto value = parse_json(call.request.body, "body");
  if (!value || !value->is_object())
    return fail(ErrorCode::invalid, "the body must be one JSON object", value ? "" : value.error().message);
  for (const auto& member : value->get_object()) {
    std::string_view name(member.key().data(), member.key().size());
    if (std::ranges::find(members, name) == members.end())
      return fail(ErrorCode::invalid,
                  fmt::format("the body has no member '{}'{}", printable(name), did_you_mean(name, members)));
  }
  Body body;
  body.members_ = std::move(value->get_object());
  return body;
}

bool Body::has(std::string_view name) const {
  const auto* value = members_.if_contains(name);
  return value && !value->is_null();
}

Result<std::string> Body::text(std::string_view name, bool needed) const {
  if (!has(name)) {
    if (needed) return fail(ErrorCode::invalid, fmt::format("the body needs '{}', a text", name));
    return std::string();
  }
  const auto& value = members_.at(name);
  if (!value.is_string()) return fail(ErrorCode::invalid, fmt::format("'{}' must be a text", name));
  return std::string(value.get_string());
}

Result<std::vector<std::string>> Body::texts(std::string_view name) const {
  std::vector<std::string> texts;
  if (!has(name)) return texts;
  const auto& value = members_.at(name);
  if (!value.is_array()) return fail(ErrorCode::invalid, fmt::format("'{}' must be a list of texts", name));
  for (const auto& item : value.get_array()) {
    if (!item.is_string()) return fail(ErrorCode::invalid, fmt::format("'{}' must be a list of texts", name));
    texts.emplace_back(item.get_string());
  }
  return texts;
}

Result<bool> Body::flag(std::string_view name, bool otherwise) const {
  if (!has(name)) return otherwise;
  const auto& value = members_.at(name);
  if (!value.is_bool()) return fail(ErrorCode::invalid, fmt::format("'{}' must be true or false", name));
  return value.get_bool();
}

Result<std::optional<Time>> Body::time(std::string_view name, Time now) const {
  TRY_ASSIGN(auto words, text(name));
  if (words.empty()) return std::nullopt;
  auto time = parse_time(words, now);
  if (!time) return std::unexpected(std::move(time).error().in(name));
  return *time;
}

}  // namespace cadastre::api
