#include "net/http_head.h"

#include <charconv>

#include "base/text.h"

namespace cadastre {
namespace {

using Refused = std::optional<Refusal>;

Refusal bad(std::string detail) { return {400, std::move(detail)}; }

bool is_host(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c > ' ' && c < 0x7f && std::string_view("/\\@?#<>\"{}|^`,").find(c) == std::string_view::npos;
  });
}

class HeadParser {
 public:
  HeadParser(RequestHead& head, size_t body_bytes) : head_(head), body_bytes_(body_bytes) {}

  // "GET /x HTTP/1.1": single spaces, so that nobody else finds other parts in it.
  Refused request_line(std::string_view line) {
    auto parts = split(line, ' ');
    bool understood = parts.size() == 3 && is_token(parts[0]) && !parts[1].empty() && parts[2].starts_with("HTTP/");
    if (!understood) return bad("The request line cannot be understood.");
    if (parts[2] != "HTTP/1.0" && parts[2] != "HTTP/1.1") {
      return Refusal{505, "This server speaks HTTP/1.1 and HTTP/1.0."};
    }
    head_.method = parts[0];
    head_.target = parts[1];
    head_.http_1_0 = parts[2] == "HTTP/1.0";
    return std::nullopt;
  }

  Refused header_line(std::string_view line) {
    if (line.starts_with(' ') || line.starts_with('\t')) return bad("A header is folded over two lines.");
    auto colon = line.find(':');
    if (colon == line.npos || !is_token(line.substr(0, colon))) return bad("A header's name cannot be understood.");
    auto name = line.substr(0, colon), value = line.substr(colon + 1);
    if (!is_field_value(value)) return bad(fmt::format("The header {} contains a control character.", name));
    value = trim(value);
    head_.headers.push_back({std::string(name), std::string(value)});
    if (iequals(name, "Content-Length")) return content_length(value);
    if (iequals(name, "Host")) {
      ++hosts_;
      if (!is_host(value)) return bad("The Host header cannot be understood.");
    } else if (iequals(name, "Transfer-Encoding")) {
      ++encodings_;
      head_.chunked = true;
      if (!iequals(value, "chunked")) return Refusal{501, "The only Transfer-Encoding understood is chunked."};
    } else if (iequals(name, "Connection")) {
      // Who comes between reads this list too, and drops the headers that it names.
      bool names = std::ranges::all_of(split(value, ','),
                                       [](auto option) { return trim(option).empty() || is_token(trim(option)); });
      if (!names) return bad("The Connection header cannot be understood.");
      close_ |= list_has(value, "close");
      keep_ |= list_has(value, "keep-alive");
    } else if (iequals(name, "Expect")) {
      head_.expects_continue = !head_.http_1_0;
      if (!iequals(value, "100-continue")) return Refusal{417, "The only expectation understood is 100-continue."};
    }
    return std::nullopt;
  }

  Refused whole() {
    if (hosts_ > 1 || (hosts_ == 0 && !head_.http_1_0)) return bad("There must be exactly one Host header.");
    if (lengths_ > 1) return bad("There is more than one Content-Length.");
    if (encodings_ > 1) return bad("There is more than one Transfer-Encoding.");
    if (lengths_ > 0 && encodings_ > 0) return bad("There are both a Content-Length and a Transfer-Encoding.");
    if (encodings_ > 0 && head_.http_1_0) return bad("HTTP/1.0 knows no Transfer-Encoding.");
    head_.keep_alive = !close_ && (keep_ || !head_.http_1_0);
    return std::nullopt;
  }

 private:
  Refused content_length(std::string_view value) {
    ++lengths_;
    // Digits and nothing else: from_chars would take a sign.
    if (value.empty() || value.find_first_not_of("0123456789") != value.npos) {
      return bad("The Content-Length is not a number.");
    }
    auto [_, problem] = std::from_chars(value.data(), value.data() + value.size(), head_.content_length);
    if (problem != std::errc() || head_.content_length > body_bytes_) {
      return Refusal{413, fmt::format("The body is larger than {} bytes.", thousands(body_bytes_))};
    }
    return std::nullopt;
  }

  RequestHead& head_;
  const size_t body_bytes_;
  int hosts_ = 0, lengths_ = 0, encodings_ = 0;
  bool close_ = false, keep_ = false;
};

}  // namespace

std::expected<RequestHead, Refusal> parse_head(std::string_view text, size_t body_bytes) {
  if (has_bare_line_end(text)) return std::unexpected(bad("A line of the head does not end with CR LF."));
  RequestHead head;
  HeadParser parser(head, body_bytes);
  auto next_line = [&text] {
    auto end = std::min(text.find("\r\n"), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 2, text.size()));
    return line;
  };
  auto refusal = parser.request_line(next_line());
  for (auto line = next_line(); !refusal && !line.empty(); line = next_line()) refusal = parser.header_line(line);
  if (!refusal) refusal = parser.whole();
  if (refusal) return std::unexpected(std::move(*refusal));
  return head;
}

bool has_bare_line_end(std::string_view text) {
  for (auto at = text.find_first_of("\r\n"); at != text.npos; at = text.find_first_of("\r\n", at + 2)) {
    if (text[at] == '\n') return true;
    if (at + 1 < text.size() && text[at + 1] != '\n') return true;
  }
  return false;
}

}  // namespace cadastre
