// What a request's head must look like before any parser reads it. Pure; RFC 9112.
//
// Servers and proxies that read the same bytes differently are how one client's request ends up in another's
// (request smuggling). So whatever could be read in two ways is refused here, although a lenient parser would take it:
// bare CR or LF, folded lines, space around a name, two lengths, a length and an encoding, an encoding but "chunked".
#pragma once

#include <optional>
#include <string_view>

#include "net/http_text.h"

namespace cadastre {

// `head` runs from the method to the empty line, both ends included. nullopt: it may be parsed.
std::optional<Refusal> check_head(std::string_view head, size_t body_bytes);

// A line feed without a carriage return before it, or a carriage return without a line feed behind it, in what has come
// of a head so far (the last byte may be a CR whose LF is still on its way).
bool has_bare_line_end(std::string_view text);

}  // namespace cadastre
