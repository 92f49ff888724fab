#include "net/chunked_body.h"

#include <charconv>

#include "base/text.h"
#include "net/http_text.h"

namespace cadastre {
namespace {

// "name", "name=token" or "name=\"text\"", in which nothing is quoted further: nobody needs more.
bool is_extension(std::string_view text) {
  auto equals = text.find('=');
  if (!is_token(text.substr(0, equals))) return false;
  if (equals == text.npos) return true;
  auto value = text.substr(equals + 1);
  if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) {
    return value.substr(1, value.size() - 2).find_first_of("\"\\") == value.npos;
  }
  return is_token(value);
}

// What frames or routes a message has its place in the head (RFC 9110, 6.5.1); behind the body it is there for those
// who mistake it for a header.
bool may_trail(std::string_view name) {
  constexpr std::array<std::string_view, 6> never = {"Connection", "Content-Length",   "Host",
                                                     "Upgrade",    "Proxy-Connection", "Transfer-Encoding"};
  return is_token(name) && std::ranges::none_of(never, [&](auto other) { return iequals(name, other); });
}

}  // namespace

size_t ChunkedBody::end(State state) {
  state_ = state;
  return 0;
}

size_t ChunkedBody::feed(std::string_view bytes, std::string& body) {
  size_t used = 0;
  while (state_ < State::done) {
    auto before = state_;
    size_t more = step(bytes.substr(used), body);
    used += more;
    if (more == 0 && state_ == before) break;  // the rest is still on its way
  }
  return used;
}

size_t ChunkedBody::step(std::string_view bytes, std::string& body) {
  switch (state_) {
    case State::size:
      return read_size(bytes);
    case State::trailers:
      return read_trailer(bytes);
    case State::data: {
      auto part = bytes.substr(0, left_);
      body.append(part);
      left_ -= part.size();
      if (left_ == 0) state_ = State::data_end;
      return part.size();
    }
    case State::data_end:
      if (bytes.size() < 2) return bytes.empty() || bytes[0] == '\r' ? 0 : end(State::malformed);
      if (!bytes.starts_with("\r\n")) return end(State::malformed);
      state_ = State::size;
      return 2;
    default:
      return 0;
  }
}

ChunkedBody::Line ChunkedBody::line_of(std::string_view bytes, size_t most, std::string_view& line) {
  auto at = bytes.find_first_of("\r\n");
  if (std::min(at, bytes.size()) > most) return Line::malformed;
  if (at == bytes.npos) return Line::waiting;
  if (bytes[at] == '\n') return Line::malformed;
  if (at + 1 == bytes.size()) return Line::waiting;
  line = bytes.substr(0, at);
  return bytes[at + 1] == '\n' && is_field_value(line) ? Line::whole : Line::malformed;
}

// "1f" or "1f;name=value". No room for a longer line: extensions mean nothing here.
size_t ChunkedBody::read_size(std::string_view bytes) {
  constexpr size_t longest = 256;
  std::string_view line;
  auto found = line_of(bytes, longest, line);
  if (found != Line::whole) return found == Line::waiting ? 0 : end(State::malformed);
  auto parts = split(line, ';');
  auto digits = parts[0];
  if (!std::all_of(parts.begin() + 1, parts.end(), is_extension)) return end(State::malformed);
  uint64_t size = 0;
  auto [rest, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
  if (digits.empty() || digits[0] == '-' || rest != digits.data() + digits.size()) return end(State::malformed);
  if (problem != std::errc() || size > body_bytes_ - taken_) return end(State::too_large);
  taken_ += size;
  left_ = size;
  state_ = size == 0 ? State::trailers : State::data;
  return line.size() + 2;
}

// Trailers are read over: nothing here has a use for them, and as headers they would be a way around those who checked
// the head.
size_t ChunkedBody::read_trailer(std::string_view bytes) {
  std::string_view line;
  auto found = line_of(bytes, trailer_bytes_, line);
  if (found != Line::whole) return found == Line::waiting ? 0 : end(State::malformed);
  if (line.empty()) {
    state_ = State::done;
    return 2;
  }
  size_t size = line.size() + 2;
  auto colon = line.find(':');
  if (size > trailer_bytes_ || colon == line.npos || !may_trail(line.substr(0, colon))) return end(State::malformed);
  trailer_bytes_ -= size;
  return size;
}

}  // namespace cadastre
