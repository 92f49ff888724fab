#include "aws/url.h"

#include "base/text.h"

namespace cadastre::aws {

std::string Url::host() const {
  if (authority.starts_with('[')) return authority.substr(1, authority.find(']') - 1);
  return authority.substr(0, authority.find(':'));
}

Result<Url> parse_url(std::string_view text) {
  auto refuse = [&] {
    return fail(ErrorCode::invalid,
                fmt::format("'{}' is no endpoint: write https://host or http://host:port", printable(text)));
  };
  Url url;
  size_t colon = text.find("://");
  if (colon == text.npos) return refuse();
  url.scheme = lower(text.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https") return refuse();
  auto rest = text.substr(colon + 3);
  size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  url.authority = lower(rest.substr(0, end));
  if (url.authority.contains('@')) {
    return fail(ErrorCode::invalid,
                "an endpoint with a user or password in it is refused: endpoints are shown in messages");
  }
  rest.remove_prefix(end);
  rest = rest.substr(0, rest.find('#'));
  size_t question = std::min(rest.find('?'), rest.size());
  url.path = rest.substr(0, question);
  while (url.path.ends_with('/')) url.path.pop_back();
  if (question < rest.size()) url.query = rest.substr(question + 1);
  std::string_view own_port = url.scheme == "https" ? ":443" : ":80";
  if (url.authority.ends_with(own_port)) url.authority.erase(url.authority.size() - own_port.size());
  if (url.host().empty() || url.authority.find_first_of(" \t\r\n") != url.authority.npos) return refuse();
  return url;
}

}  // namespace cadastre::aws
