// A request's head: method, target, headers, and how its body is framed. Pure; RFC 9112.
//
// Servers and proxies that read the same bytes differently are how one client's request ends up in another's (request
// smuggling). So whatever could be read in two ways is refused, although a lenient reader would take it: bare CR or LF,
// folded lines, space around a name, two lengths, a length and an encoding, an encoding but "chunked".
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_client.h"  // HttpHeader
#include "net/http_text.h"

namespace cadastre {

struct RequestHead {
  std::string method, target;
  std::vector<HttpHeader> headers;  // in order, values without the space around them
  bool http_1_0 = false;
  bool chunked = false;
  size_t content_length = 0;
  bool keep_alive = false;  // what the client wants
  bool expects_continue = false;
};

// `head` runs from the method to the empty line, both ends included. body_bytes: the most that Content-Length may be.
std::expected<RequestHead, Refusal> parse_head(std::string_view head, size_t body_bytes);

// A line feed without a carriage return before it, or a carriage return without a line feed behind it, in what has come
// of a head so far (the last byte may be a CR whose LF is still on its way).
bool has_bare_line_end(std::string_view text);

}  // namespace cadastre
