#include "net/http_head.h"

#include <charconv>

#include "base/text.h"

namespace cadastre {
namespace {

Refusal bad(std::string detail) { return {400, std::move(detail)}; }

// "GET /x HTTP/1.1": single spaces, so that nobody else finds other parts in it.
std::optional<Refusal> check_request_line(std::string_view line, bool& is_1_1) {
  auto parts = split(line, ' ');
  if (parts.size() != 3 || !is_token(parts[0]) || parts[1].empty())
    return bad("The request line cannot be understood.");
  if (parts[2] != "HTTP/1.0" && parts[2] != "HTTP/1.1") {
    if (parts[2].starts_with("HTTP/")) return Refusal{505, "This server speaks HTTP/1.1 and HTTP/1.0."};
    return bad("The request line cannot be understood.");
  }
  is_1_1 = parts[2] == "HTTP/1.1";
  return std::nullopt;
}

bool is_host(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c > ' ' && c < 0x7f && std::string_view("/\\@?#<>\"{}|^`,").find(c) == std::string_view::npos;
  });
}

std::optional<Refusal> check_length(std::string_view value, size_t body_bytes) {
  uint64_t length = 0;
  auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (value.empty() || end != value.data() + value.size() || value[0] == '-') {
    return bad("The Content-Length is not a number.");
  }
  if (problem != std::errc() || length > body_bytes) {
    return Refusal{413, fmt::format("The body is larger than {} bytes.", thousands(body_bytes))};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> check_head(std::string_view head, size_t body_bytes) {
  if (has_bare_line_end(head)) return bad("A line of the head does not end with CR LF.");
  if (head.ends_with("\r\n\r\n")) head.remove_suffix(4);
  bool is_1_1 = false, first = true;
  int hosts = 0, lengths = 0, encodings = 0;
  while (first || !head.empty()) {
    auto end = std::min(head.find("\r\n"), head.size());
    auto line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    if (first) {
      if (auto refusal = check_request_line(line, is_1_1)) return refusal;
      first = false;
      continue;
    }
    auto colon = line.find(':');
    if (line.starts_with(' ') || line.starts_with('\t')) return bad("A header is folded over two lines.");
    if (colon == line.npos || !is_token(line.substr(0, colon))) return bad("A header's name cannot be understood.");
    auto name = line.substr(0, colon);
    auto value = trim(line.substr(colon + 1));
    if (!is_field_value(value)) return bad(fmt::format("The header {} contains a control character.", name));
    if (iequals(name, "Host")) {
      ++hosts;
      if (!is_host(value)) return bad("The Host header cannot be understood.");
    } else if (iequals(name, "Content-Length")) {
      ++lengths;
      if (auto refusal = check_length(value, body_bytes)) return refusal;
    } else if (iequals(name, "Transfer-Encoding")) {
      ++encodings;
      if (!iequals(value, "chunked")) return Refusal{501, "The only Transfer-Encoding understood is chunked."};
    } else if (iequals(name, "Expect")) {
      if (!iequals(value, "100-continue")) return Refusal{417, "The only expectation understood is 100-continue."};
    }
  }
  if (hosts > 1 || (hosts == 0 && is_1_1)) return bad("There must be exactly one Host header.");
  if (lengths > 1) return bad("There is more than one Content-Length.");
  if (encodings > 1) return bad("There is more than one Transfer-Encoding.");
  if (lengths > 0 && encodings > 0) return bad("There are both a Content-Length and a Transfer-Encoding.");
  if (encodings > 0 && !is_1_1) return bad("HTTP/1.0 knows no Transfer-Encoding.");
  return std::nullopt;
}

bool has_bare_line_end(std::string_view text) {
  for (auto at = text.find_first_of("\r\n"); at != text.npos; at = text.find_first_of("\r\n", at + 2)) {
    if (text[at] == '\n') return true;
    if (at + 1 < text.size() && text[at + 1] != '\n') return true;
  }
  return false;
}

}  // namespace cadastre
