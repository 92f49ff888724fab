#include "auth/origin.h"

#include "base/text.h"

namespace cadastre::auth {
namespace {

struct Origin {
  std::string scheme, authority;
  bool operator==(const Origin&) const = default;
};

// "https://Example.com:443/x" → https, example.com. Empty when it is no http(s) origin ("null").
Origin origin_of(std::string_view url) {
  auto colon = url.find("://");
  if (colon == url.npos) return {};
  Origin origin{lower(url.substr(0, colon)), {}};
  auto rest = url.substr(colon + 3);
  origin.authority = lower(rest.substr(0, rest.find_first_of("/?#")));
  std::string_view standard = origin.scheme == "https" ? ":443" : ":80";
  if (origin.authority.ends_with(standard)) origin.authority.erase(origin.authority.size() - standard.size());
  return origin;
}

}  // namespace

bool changes(const ServerRequest& request) {
  return request.method != "GET" && request.method != "HEAD" && request.method != "OPTIONS";
}

bool from_our_pages(const ServerRequest& request, std::string_view public_url) {
  if (const auto* site = request.header("Sec-Fetch-Site"); site && *site != "same-origin" && *site != "none") {
    return false;
  }
  const auto* header = request.header("Origin");
  if (!header) return true;
  auto origin = origin_of(*header);
  if (origin.authority.empty()) return false;
  if (!public_url.empty() && origin == origin_of(public_url)) return true;
  const auto* host = request.header("Host");
  if (!host) return false;
  // Without TLS here there may be a proxy with TLS that we were not told to trust, so that either scheme is ours.
  return origin == origin_of("https://" + *host) || (!request.secure && origin == origin_of("http://" + *host));
}

}  // namespace cadastre::auth
