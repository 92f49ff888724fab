#include "net/http_reader.h"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/text.h"
#include "net/http_head.h"

namespace cadastre {

namespace asio = boost::asio;
namespace http = boost::beast::http;

struct HttpReader::Parser : http::request_parser<http::string_body> {};

HttpReader::HttpReader(size_t header_bytes, size_t body_bytes) : header_bytes_(header_bytes), body_bytes_(body_bytes) {}
HttpReader::~HttpReader() = default;

size_t HttpReader::refuse(Refusal refusal, size_t used) {
  refusal_ = std::move(refusal);
  state_ = State::refused;
  return used;
}

size_t HttpReader::feed(std::string_view bytes) {
  size_t used = 0;
  if (state_ == State::head) used = feed_head(bytes);
  if (state_ == State::body && used < bytes.size()) used += feed_body(bytes.substr(used));
  return used;
}

size_t HttpReader::feed_head(std::string_view bytes) {
  // One empty line before a request is forgiven (RFC 9112, 2.2).
  size_t skipped = searched_ == 0 && bytes.starts_with("\r\n") ? 2 : 0;
  auto text = bytes.substr(skipped);
  if (text.empty() || (skipped == 0 && text == "\r")) return skipped;
  if (text.starts_with("\r\n")) return refuse({400, "The request line cannot be understood."}, bytes.size());

  size_t from = std::min(searched_, text.size());
  auto end = text.find("\r\n\r\n", from >= 3 ? from - 3 : 0);
  size_t size = end == text.npos ? text.size() : end + 4;
  size_t unread = from > 0 && text[from - 1] == '\r' ? from - 1 : from;
  if (has_bare_line_end(text.substr(unread, size - unread))) {
    return refuse({400, "A line of the head does not end with CR LF."}, bytes.size());
  }
  if (size > header_bytes_) {
    return refuse({431, fmt::format("The request's head is larger than {} bytes.", thousands(header_bytes_))},
                  bytes.size());
  }
  if (end == text.npos) {
    searched_ = text.size();
    return skipped;
  }
  auto head = text.substr(0, size);
  if (auto refusal = check_head(head, body_bytes_)) return refuse(std::move(*refusal), bytes.size());

  parser_ = std::make_unique<Parser>();
  parser_->header_limit(static_cast<uint32_t>(header_bytes_ + 1));
  parser_->body_limit(body_bytes_);
  parser_->eager(true);
  boost::system::error_code problem;
  parser_->put(asio::buffer(head.data(), head.size()), problem);
  if (problem && problem != http::error::need_more) {
    return refuse({400, "The request's head cannot be understood."}, bytes.size());
  }
  if (!parser_->is_header_done()) return refuse({400, "The request's head cannot be understood."}, bytes.size());
  read_head();
  return skipped + size;
}

// Before the body is read, because Beast adds trailers to the headers.
void HttpReader::read_head() {
  const auto& message = parser_->get();
  request_.method = std::string_view(message.method_string());
  request_.target = std::string_view(message.target());
  http_1_0_ = message.version() == 10;
  keep_alive_ = message.keep_alive();
  auto target = parse_target(request_.method, request_.target);
  if (!target) {
    refuse(std::move(target).error(), 0);
    return;
  }
  request_.path = std::move(target->path);
  request_.segments = std::move(target->segments);
  request_.query = std::move(target->query);
  for (const auto& field : message) {
    auto name = std::string_view(field.name_string());
    auto value = std::string_view(field.value());
    if (iequals(name, "Expect") && !http_1_0_) expects_continue_ = true;
    // The authority of an absolute target counts, whatever Host says (RFC 9112, 3.2.2).
    bool replaced = !target->authority.empty() && iequals(name, "Host");
    request_.headers.push_back({std::string(name), replaced ? target->authority : std::string(value)});
  }
  state_ = parser_->is_done() ? State::done : State::body;
}

size_t HttpReader::feed_body(std::string_view bytes) {
  size_t used = 0;
  boost::system::error_code problem;
  while (used < bytes.size() && !parser_->is_done()) {
    size_t taken = parser_->put(asio::buffer(bytes.data() + used, bytes.size() - used), problem);
    used += taken;
    if (problem == http::error::need_more) {
      problem = {};
      if (taken == 0) break;
    }
    if (problem == http::error::body_limit) {
      return refuse({413, fmt::format("The body is larger than {} bytes.", thousands(body_bytes_))}, bytes.size());
    }
    if (problem) return refuse({400, "The request's body cannot be understood."}, bytes.size());
  }
  // A chunk's size line or trailers that never end would be kept for ever.
  if (!parser_->is_done() && bytes.size() - used > header_bytes_) {
    return refuse({400, "The request's body cannot be understood."}, bytes.size());
  }
  if (parser_->is_done()) {
    request_.body = std::move(parser_->get().body());
    state_ = State::done;
  }
  return used;
}

}  // namespace cadastre
