#include "aws/protocol/eventstream.h"

#include "aws/protocol/cbor_reader.h"
#include "aws/protocol/json_reader.h"
#include "aws/protocol/scalar.h"
#include "aws/protocol/timestamp.h"
#include "aws/protocol/xml_reader.h"
#include "base/text.h"

namespace cadastre::aws {
namespace {

constexpr size_t kPrelude = 12, kTrailer = 4;  // two lengths and their CRC; the CRC of the whole frame

struct Header {
  std::string_view name;
  json::value value;
};

struct Frame {
  std::vector<Header> headers;
  std::string payload;

  std::string text(std::string_view name) const {
    for (const auto& header : headers) {
      if (header.name == name) return scalar_text(header.value);
    }
    return {};
  }
};

// CRC-32 as in zlib.
uint32_t crc32(std::string_view bytes) {
  static const auto kTable = [] {
    std::array<uint32_t, 256> table{};
    for (uint32_t i = 0; i < 256; ++i) {
      uint32_t crc = i;
      for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
      table[i] = crc;
    }
    return table;
  }();
  uint32_t crc = ~0u;
  for (char c : bytes) crc = kTable[(crc ^ static_cast<uint8_t>(c)) & 0xFF] ^ crc >> 8;
  return ~crc;
}

// Big-endian numbers and texts off the front of some bytes; an overrun is remembered.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : rest_(bytes) {}

  std::string_view take(size_t count) {
    if (count > rest_.size()) {
      overrun_ = true;
      rest_ = {};
      return {};
    }
    auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  uint64_t number(size_t bytes) {
    uint64_t value = 0;
    for (char c : take(bytes)) value = value << 8 | static_cast<uint8_t>(c);
    return value;
  }
  bool empty() const { return rest_.empty(); }
  bool overrun() const { return overrun_; }

 private:
  std::string_view rest_;
  bool overrun_ = false;
};

json::value header_value(Cursor& at, const json::storage_ptr& storage) {
  switch (auto type = at.number(1)) {
    case 0:
    case 1:
      return json::value(type == 0, storage);
    case 2:
      return json::value(int64_t{static_cast<int8_t>(at.number(1))}, storage);
    case 3:
      return json::value(int64_t{static_cast<int16_t>(at.number(2))}, storage);
    case 4:
      return json::value(int64_t{static_cast<int32_t>(at.number(4))}, storage);
    case 5:
      return json::value(static_cast<int64_t>(at.number(8)), storage);
    case 6:
      return text_value(to_base64(at.take(at.number(2))), storage);
    case 7:
      return text_value(at.take(at.number(2)), storage);
    case 8:
      return timestamp_value(Time(Millis(static_cast<int64_t>(at.number(8)))), storage);
    case 9:
      return text_value(to_hex(at.take(16)), storage);
    default:
      return at.take(SIZE_MAX), json::value(storage);
  }
}

Result<std::vector<Frame>> read_frames(std::string_view body, const json::storage_ptr& storage) {
  std::vector<Frame> frames;
  while (!body.empty()) {
    Cursor prelude(body);
    size_t size = prelude.number(4), headers = prelude.number(4);
    if (body.size() < kPrelude || size > body.size() || size < kPrelude + kTrailer ||
        headers > size - kPrelude - kTrailer) {
      return fail(ErrorCode::malformed, "is an event stream that is cut short");
    }
    auto whole = body.substr(0, size);
    if (prelude.number(4) != crc32(whole.substr(0, 8)) ||
        Cursor(whole.substr(size - kTrailer)).number(4) != crc32(whole.substr(0, size - kTrailer))) {
      return fail(ErrorCode::malformed, "is an event stream with a wrong checksum");
    }
    Frame frame;
    Cursor at(whole.substr(kPrelude, headers));
    while (!at.empty()) {
      auto name = at.take(at.number(1));
      frame.headers.push_back({name, header_value(at, storage)});
    }
    if (at.overrun()) return fail(ErrorCode::malformed, "is an event stream with an unknown header");
    frame.payload = whole.substr(kPrelude + headers, size - kPrelude - headers - kTrailer);
    frames.push_back(std::move(frame));
    body.remove_prefix(size);
  }
  return frames;
}

Result<json::value> read_document(const Service& service, const Shape& shape, std::string& payload,
                                  const json::storage_ptr& storage) {
  Member use;
  use.shape = &shape;
  if (payload.empty()) return json::value(json::object_kind, storage);
  switch (service.protocol()) {
    case Protocol::cbor:
      return read_cbor(payload, use, storage);
    case Protocol::json:
    case Protocol::rest_json:
      return read_json(payload, use, storage);
    default:
      return read_xml(payload, {}, use, storage);
  }
}

// One event: some members in headers, and the payload either one member or all that are left.
Result<json::value> read_event(const Service& service, const Shape& shape, Frame& frame,
                               const json::storage_ptr& storage) {
  json::value body(json::object_kind, storage);
  auto payload =
      std::find_if(shape.members.begin(), shape.members.end(), [](const auto& member) { return member.event_payload; });
  if (payload == shape.members.end()) {
    TRY_ASSIGN(body, read_document(service, shape, frame.payload, storage));
  } else if (payload->shape->type == ShapeType::blob) {
    body.get_object().emplace(payload->name, text_value(to_base64(frame.payload), storage));
  } else if (payload->shape->type == ShapeType::string) {
    body.get_object().emplace(payload->name, text_value(frame.payload, storage));
  } else {
    TRY_ASSIGN(auto value, read_document(service, *payload->shape, frame.payload, storage));
    body.get_object().emplace(payload->name, std::move(value));
  }
  json::object event(storage);
  for (const auto& member : shape.members) {
    if (member.event_header) {
      for (const auto& header : frame.headers) {
        if (header.name == member.name) event.emplace(member.name, header.value);
      }
    } else if (auto at = body.get_object().find(member.name); at != body.get_object().end()) {
      event.emplace(member.name, std::move(at->value()));
    }
  }
  return event;
}

Result<json::value> read_events(const Service& service, const Shape& shape, std::span<Frame> frames,
                                const json::storage_ptr& storage) {
  json::array events(storage);
  for (auto& frame : frames) {
    if (frame.text(":message-type") != "event") {
      auto code = frame.text(":exception-type");
      if (code.empty()) code = frame.text(":error-code");
      return fail(ErrorCode::failed, fmt::format("ended with {} {}", code, frame.text(":error-message")));
    }
    auto* member = shape.member(frame.text(":event-type"));
    if (!member) continue;
    TRY_ASSIGN(auto event, read_event(service, *member->shape, frame, storage));
    json::object named(storage);
    named.emplace(member->name, std::move(event));
    events.push_back(std::move(named));
  }
  return events;
}

}  // namespace

Result<json::value> read_event_stream(const Service& service, const Shape& shape, std::string_view body,
                                      const json::storage_ptr& storage) {
  TRY_ASSIGN(auto frames, read_frames(body, storage));
  return read_events(service, shape, frames, storage);
}

Result<json::value> read_rpc_event_stream(const Service& service, const Shape& output, const Member& stream,
                                          std::string_view body, const json::storage_ptr& storage) {
  TRY_ASSIGN(auto frames, read_frames(body, storage));
  if (frames.empty() || frames[0].text(":event-type") != "initial-response") {
    return fail(ErrorCode::malformed, "is an event stream without its first event");
  }
  TRY_ASSIGN(auto result, read_document(service, output, frames[0].payload, storage));
  TRY_ASSIGN(auto events, read_events(service, *stream.shape, std::span(frames).subspan(1), storage));
  json::object ordered(storage);
  for (const auto& member : output.members) {
    if (&member == &stream)
      ordered.emplace(member.name, std::move(events));
    else if (auto at = result.get_object().find(member.name); at != result.get_object().end())
      ordered.emplace(member.name, at->value());
  }
  return ordered;
}

}  // namespace cadastre::aws
