#include "base/text.h"
#include "net/http_server.h"
#include "net/http_text.h"

namespace cadastre {

const std::string* ServerRequest::header(std::string_view name) const {
  for (const auto& header : headers) {
    if (iequals(header.name, name)) return &header.value;
  }
  return nullptr;
}

const std::string* ServerRequest::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::vector<std::string> ServerRequest::parameters(std::string_view name) const {
  std::vector<std::string> found;
  for (const auto& [key, value] : query) {
    if (key == name) found.push_back(value);
  }
  return found;
}

std::string ServerRequest::cookie(std::string_view name) const {
  for (const auto& header : headers) {
    if (!iequals(header.name, "Cookie")) continue;
    if (auto value = cookie_value(header.value, name); !value.empty()) return value;
  }
  return {};
}

void ServerResponse::set(std::string_view name, std::string value) {
  std::erase_if(headers, [&](const auto& header) { return iequals(header.name, name); });
  headers.push_back({std::string(name), std::move(value)});
}

}  // namespace cadastre
