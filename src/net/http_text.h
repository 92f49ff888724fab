// The texts of HTTP: targets, queries, cookies, lists, tags. Pure functions; RFC 9110, 9112, 6265, 3986.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/time.h"

namespace cadastre {

// Why the server itself answers a request, instead of a handler.
struct Refusal {
  int status = 400;
  std::string detail;  // one outward sentence
};

bool is_token(std::string_view text);        // a method, a header's name
bool is_field_value(std::string_view text);  // no control characters but the tab

// Percent-decoding that refuses what is no encoding, NUL, and what is not UTF-8.
std::expected<std::string, Refusal> decode_strictly(std::string_view text, std::string_view what);

// What a request line asks for.
struct Target {
  std::string authority;              // of an absolute-form target; else ""
  std::string path;                   // decoded as a whole
  std::vector<std::string> segments;  // decoded one by one: "a%2Fb" is one segment, "a/b"; "/" has none
  std::vector<std::pair<std::string, std::string>> query;
};

// Refused: whatever is not a path (or "*" of OPTIONS), control characters, and segments "." and ".." however they are
// written. Empty segments stay: an id may hold "//".
std::expected<Target, Refusal> parse_target(std::string_view method, std::string_view target);

// "q=a+b&x=%20" → pairs in order, '+' read as a space.
std::expected<std::vector<std::pair<std::string, std::string>>, Refusal> parse_query(std::string_view text);

// The value of the first cookie of that name in a Cookie header, without quotes; "" when absent.
std::string cookie_value(std::string_view header, std::string_view name);

// Is `member` in a comma-separated list, case-insensitively?
bool list_has(std::string_view list, std::string_view member);

// Does an Accept-Encoding allow gzip (by name or "*", and not with q=0)?
bool accepts_gzip(std::string_view accept_encoding);
// Is this content type a text that shrinks?
bool is_compressible(std::string_view content_type);

// Does an If-None-Match name the tag (weak comparison), so that 304 is the answer?
bool etag_matches(std::string_view if_none_match, std::string_view etag);

// The client behind trusted proxies: from the right of the joined X-Forwarded-For values, the first address that is no
// trusted proxy's. `peer` is who connected, and the answer when it is not trusted or says nothing that can be read.
std::string forwarded_client(std::string_view peer, std::string_view forwarded_for,
                             const std::vector<Network>& trusted);

std::string http_date(Time time);            // "Sun, 06 Nov 1994 08:49:37 GMT"
std::string_view reason_phrase(int status);  // "Not Found"; "Unknown" for what is not listed

}  // namespace cadastre
