#include "kubernetes/list_reader.h"

#include <array>

namespace cadastre::kubernetes {
namespace {

constexpr size_t kChunk = 256 * 1024;

// What a byte means outside of strings.
enum Class : uint8_t { plain, quote, opens, closes };

constexpr auto kClasses = [] {
  std::array<Class, 256> classes{};
  classes['"'] = quote;
  classes['{'] = classes['['] = opens;
  classes['}'] = classes[']'] = closes;
  return classes;
}();

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// Where the string goes on, at a quote or a backslash: most are short, so a loop beats a call.
const char* skip_string(const char* at, const char* end) {
  while (at != end && *at != '"' && *at != '\\') ++at;
  return at;
}

}  // namespace

size_t ValueScanner::scan(std::string_view piece) {
  const char *at = piece.data(), *end = at + piece.size();
  if (at == end || ended_) return 0;
  if (form_ == Form::unknown)
    form_ = *at == '"' ? Form::string : kClasses[uint8_t(*at)] == opens ? Form::container : Form::word;
  if (form_ == Form::word) {
    while (at != end && !is_space(*at) && *at != ',' && *at != ']' && *at != '}') ++at;
    ended_ = at != end;
    return static_cast<size_t>(at - piece.data());
  }
  while (at != end) {
    if (in_string_) {
      if (escaped_) {
        escaped_ = false;
        ++at;
        continue;
      }
      at = skip_string(at, end);
      if (at == end) break;
      if (*at++ == '\\') {
        escaped_ = true;
        continue;
      }
      in_string_ = false;
      if (depth_ == 0) {
        ended_ = true;
        break;
      }
      continue;
    }
    auto kind = kClasses[static_cast<uint8_t>(*at++)];
    if (kind == plain) continue;
    if (kind == quote) {
      in_string_ = true;
    } else if (kind == opens) {
      ++depth_;
    } else if (--depth_ == 0) {
      ended_ = true;
      break;
    }
  }
  return static_cast<size_t>(at - piece.data());
}

Result<bool> ListReader::fill() {
  if (buffer_.size() - filled_ < kChunk) buffer_.resize(filled_ + kChunk);
  TRY_ASSIGN(auto count, source_.read(std::span(buffer_).subspan(filled_)));
  filled_ += count;
  return count > 0;
}

Result<char> ListReader::peek() {
  for (;;) {
    while (at_ < filled_ && is_space(buffer_[at_])) ++at_;
    if (at_ < filled_) return buffer_[at_];
    at_ = filled_ = 0;
    TRY_ASSIGN(bool more, fill());
    if (!more) return '\0';
  }
}

Result<void> ListReader::expect(char character) {
  TRY_ASSIGN(char found, peek());
  if (found == '\0') return fail(ErrorCode::malformed, "it is cut short");
  if (found != character) return fail(ErrorCode::malformed, "it is no list of objects");
  ++at_;
  return {};
}

// The text of the value that is next, which is passed over.
Result<std::string_view> ListReader::value() {
  TRY_ASSIGN(char first, peek());
  if (first == '\0') return fail(ErrorCode::malformed, "it is cut short");
  ValueScanner scanner;
  size_t scanned = at_;
  for (;;) {
    scanned += scanner.scan(std::string_view(buffer_).substr(scanned, filled_ - scanned));
    if (scanner.ended()) break;
    // What was begun goes to the buffer's front: it holds one value and what followed it in the source.
    buffer_.erase(0, at_);
    scanned -= at_, filled_ -= at_, at_ = 0;
    if (scanned > kLargestItem)
      return fail(ErrorCode::malformed, fmt::format("it has a value of more than {} MiB", kLargestItem >> 20));
    TRY_ASSIGN(bool more, fill());
    if (!more) return fail(ErrorCode::malformed, "it is cut short");
  }
  auto text = std::string_view(buffer_).substr(at_, scanned - at_);
  at_ = scanned;
  if (text.empty()) return fail(ErrorCode::malformed, "it is no list of objects");
  return text;
}

Result<void> ListReader::member(const std::string& name, std::string_view text) {
  if (name == "items") {
    if (text == "null" && !std::exchange(listed_, true)) return {};  // how some servers write a list of none
    return fail(ErrorCode::malformed, "its items are no list");
  }
  if (name != "kind" && name != "apiVersion" && name != "metadata") return {};
  TRY_ASSIGN(auto parsed, parse_json(text, fmt::format("its '{}'", name)));
  if (name == "metadata") {
    auto* metadata = parsed.if_object();
    if (!metadata) return fail(ErrorCode::malformed, "its 'metadata' is no object");
    if (auto* more = metadata->if_contains("continue")) envelope_.more = scalar_text(*more);
    auto* remaining = metadata->if_contains("remainingItemCount");
    if (remaining && remaining->is_int64() && remaining->get_int64() > 0)
      envelope_.remaining = static_cast<uint64_t>(remaining->get_int64());
  } else {
    (name == "kind" ? envelope_.kind : envelope_.api_version) = scalar_text(parsed);
  }
  return {};
}

Result<bool> ListReader::begin_items() {
  for (bool first = state_ == State::start;; first = false) {
    TRY_ASSIGN(char next, peek());
    if (next == '}') {
      ++at_;
      TRY_ASSIGN(char behind, peek());
      if (behind != '\0') return fail(ErrorCode::malformed, "something follows the list");
      if (!listed_) return fail(ErrorCode::malformed, "it is no list of objects: it has no items");
      return false;
    }
    if (!first) TRY(expect(','));
    TRY_ASSIGN(char quoted, peek());
    if (quoted == '\0') return fail(ErrorCode::malformed, "it is cut short");
    if (quoted != '"') return fail(ErrorCode::malformed, "it is no list of objects");
    TRY_ASSIGN(auto quoted_name, value());
    TRY_ASSIGN(auto name, parse_json(quoted_name, "the name of a member"));
    TRY(expect(':'));
    TRY_ASSIGN(char begins, peek());
    if (begins == '[' && scalar_text(name) == "items") {
      if (std::exchange(listed_, true)) return fail(ErrorCode::malformed, "it has its items twice");
      ++at_;
      return true;
    }
    TRY_ASSIGN(auto text, value());
    TRY(member(scalar_text(name), text));
  }
}

Result<std::optional<std::string_view>> ListReader::next() {
  if (state_ == State::ended) return std::nullopt;
  auto items = state_;
  if (state_ == State::start) TRY(expect('{'));
  for (;;) {
    if (items == State::start) {
      TRY_ASSIGN(bool begun, begin_items());
      state_ = begun ? State::first_item : State::ended;
      if (!begun) return std::nullopt;
    }
    TRY_ASSIGN(char character, peek());
    if (character == ']') {
      ++at_;
      state_ = State::items;  // members that follow begin with a comma
      items = State::start;
      continue;
    }
    if (state_ == State::items) TRY(expect(','));
    state_ = State::items;
    TRY_ASSIGN(auto text, value());
    return text;
  }
}

}  // namespace cadastre::kubernetes
