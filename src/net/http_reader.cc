#include "net/http_reader.h"

#include "base/text.h"

namespace cadastre {

HttpReader::HttpReader(size_t header_bytes, size_t body_bytes)
    : header_bytes_(header_bytes), body_bytes_(body_bytes), chunks_(body_bytes, header_bytes) {}

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
  size_t skipped = !skipped_line_ && searched_ == 0 && bytes.starts_with("\r\n") ? 2 : 0;
  if (skipped > 0) skipped_line_ = true;
  auto text = bytes.substr(skipped);
  if (text.empty() || text == "\r") return skipped;
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
  auto head = parse_head(text.substr(0, size), body_bytes_);
  if (!head) return refuse(std::move(head).error(), bytes.size());
  head_ = std::move(*head);
  use_head();
  return skipped + size;
}

void HttpReader::use_head() {
  request_.method = std::move(head_.method);
  request_.target = std::move(head_.target);
  request_.headers = std::move(head_.headers);
  auto target = parse_target(request_.method, request_.target);
  if (!target) {
    refuse(std::move(target).error(), 0);
    return;
  }
  request_.path = std::move(target->path);
  request_.segments = std::move(target->segments);
  request_.query = std::move(target->query);
  for (auto& header : request_.headers) {
    // The authority of an absolute target counts, whatever Host says (RFC 9112, 3.2.2).
    if (!target->authority.empty() && iequals(header.name, "Host")) header.value = target->authority;
  }
  state_ = head_.chunked || head_.content_length > 0 ? State::body : State::done;
}

size_t HttpReader::feed_body(std::string_view bytes) {
  if (!head_.chunked) {
    auto part = bytes.substr(0, head_.content_length - body_.size());
    body_.append(part);
    if (body_.size() == head_.content_length) state_ = State::done;
    if (state_ == State::done) request_.body = std::move(body_);
    return part.size();
  }
  size_t used = chunks_.feed(bytes, body_);
  switch (chunks_.state()) {
    case ChunkedBody::State::malformed:
      return refuse({400, "The body's chunks cannot be understood."}, bytes.size());
    case ChunkedBody::State::too_large:
      return refuse({413, fmt::format("The body is larger than {} bytes.", thousands(body_bytes_))}, bytes.size());
    case ChunkedBody::State::done:
      request_.body = std::move(body_);
      state_ = State::done;
      break;
    default:
      break;
  }
  return used;
}

}  // namespace cadastre
