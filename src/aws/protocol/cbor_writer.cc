#include "aws/protocol/cbor_writer.h"

#include <bit>
#include <cmath>

#include "aws/protocol/scalar.h"
#include "base/text.h"

namespace cadastre::aws {
namespace {

class CborWriter {
 public:
  explicit CborWriter(std::string& out) : out_(out) {}

  void write(const Member& use, const json::value& value) {
    if (value.is_null()) return byte(0xF6);
    const Shape& shape = *use.shape;
    if (shape.document) return document(value);
    switch (shape.type) {
      case ShapeType::structure:
        return structure(shape, value.get_object());
      case ShapeType::list:
        head(kArray, value.get_array().size());
        for (const auto& element : value.get_array()) write(shape.element, element);
        return;
      case ShapeType::map:
        head(kMap, value.get_object().size());
        for (const auto& [key, element] : value.get_object()) {
          text(key);
          write(shape.value, element);
        }
        return;
      case ShapeType::blob: {
        auto bytes = from_base64(value.get_string()).value_or("");
        head(kBytes, bytes.size());
        out_ += bytes;
        return;
      }
      case ShapeType::timestamp:
        return timestamp(input_time(value).value_or(Time{}));
      case ShapeType::float_:
        return number(input_double(value).value_or(0), true);
      case ShapeType::double_:
        return number(input_double(value).value_or(0), false);
      default:
        return document(value);
    }
  }

 private:
  enum Major : uint8_t { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag };

  void byte(uint8_t value) { out_ += static_cast<char>(value); }

  void big_endian(uint64_t value, int bytes) {
    while (bytes-- > 0) byte(static_cast<uint8_t>(value >> (8 * bytes)));
  }

  // The shortest form of a major type with its value, length or count.
  void head(Major major, uint64_t argument) {
    int size = argument < 24 ? 0 : argument < 0x100 ? 1 : argument < 0x10000 ? 2 : argument < 0x1'0000'0000 ? 4 : 8;
    auto info = size == 0 ? argument : size == 1 ? 24 : size == 2 ? 25 : size == 4 ? 26 : 27;
    byte(static_cast<uint8_t>(major << 5 | info));
    big_endian(argument, size);
  }

  void text(std::string_view value) {
    head(kText, value.size());
    out_ += value;
  }

  void integer(int64_t value) {
    if (value < 0)
      head(kNegative, static_cast<uint64_t>(-1 - value));
    else
      head(kUnsigned, static_cast<uint64_t>(value));
  }

  void number(double value, bool single) {
    if (!std::isfinite(value)) {
      byte(0xF9);
      return big_endian(std::isnan(value) ? 0x7E00 : value > 0 ? 0x7C00 : 0xFC00, 2);
    }
    byte(single ? 0xFA : 0xFB);
    if (single)
      big_endian(std::bit_cast<uint32_t>(static_cast<float>(value)), 4);
    else
      big_endian(std::bit_cast<uint64_t>(value), 8);
  }

  void timestamp(Time time) {
    head(kTag, 1);
    auto millis = time.time_since_epoch().count();
    if (millis % 1000 == 0)
      integer(millis / 1000);
    else
      number(static_cast<double>(millis) / 1000, false);
  }

  void structure(const Shape& shape, const json::object& object) {
    size_t count = 0;
    for (const auto& [name, value] : object) count += !value.is_null();
    head(kMap, count);
    for (const auto& [name, value] : object) {
      if (value.is_null()) continue;
      const Member& member = *shape.member(name);
      text(member.wire_name);
      write(member, value);
    }
  }

  // By the value's own type.
  void document(const json::value& value) {
    switch (value.kind()) {
      case json::kind::null:
        return byte(0xF6);
      case json::kind::bool_:
        return byte(value.get_bool() ? 0xF5 : 0xF4);
      case json::kind::int64:
        return integer(value.get_int64());
      case json::kind::uint64:
        return head(kUnsigned, value.get_uint64());
      case json::kind::double_:
        return number(value.get_double(), false);
      case json::kind::string:
        return text(value.get_string());
      case json::kind::array:
        head(kArray, value.get_array().size());
        for (const auto& element : value.get_array()) document(element);
        return;
      case json::kind::object:
        head(kMap, value.get_object().size());
        for (const auto& [key, element] : value.get_object()) {
          text(key);
          document(element);
        }
    }
  }

  std::string& out_;
};

}  // namespace

std::string write_cbor(const Member& use, const json::value& value) {
  std::string out;
  CborWriter(out).write(use, value);
  return out;
}

}  // namespace cadastre::aws
