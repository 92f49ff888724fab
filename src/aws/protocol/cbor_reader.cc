#include "aws/protocol/cbor_reader.h"

#include <bit>
#include <cmath>

#include "aws/protocol/scalar.h"
#include "aws/protocol/timestamp.h"
#include "base/text.h"

namespace cadastre::aws {
namespace {

constexpr int kMaxDepth = 200;
constexpr uint8_t kBreak = 0xFF;
constexpr unsigned kIndefinite = 31;
enum Major : unsigned { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kSimple };

double half_to_double(uint16_t half) {
  int exponent = half >> 10 & 0x1F, mantissa = half & 0x3FF;
  double value = exponent == 0    ? std::ldexp(mantissa, -24)
                 : exponent != 31 ? std::ldexp(mantissa + 1024, exponent - 25)
                 : mantissa == 0  ? HUGE_VAL
                                  : std::nan("");
  return half & 0x8000 ? -value : value;
}

// A use whose shape takes every scalar as it comes.
const Member& anything() {
  static const Shape kShape = [] {
    Shape shape;
    shape.type = ShapeType::string;
    return shape;
  }();
  static const Member kUse = [] {
    Member use;
    use.shape = &kShape;
    return use;
  }();
  return kUse;
}

class CborReader {
 public:
  CborReader(std::string_view body, const json::storage_ptr& storage) : rest_(body), storage_(storage) {}

  const std::string& error() const { return error_; }
  bool at_end() const { return rest_.empty(); }

  // `use` may be nullptr: whatever comes.
  json::value item(const Member* use) {
    json::value nothing(storage_);
    if (depth_ == kMaxDepth) return fail_with("nests too deep"), nothing;
    auto head = read_head();
    if (!error_.empty()) return nothing;
    if (use && use->shape->document) use = nullptr;
    const Shape* shape = use ? use->shape : nullptr;
    // null stands for anything; else containers must be what the model says.
    bool null = head.major == kSimple && (head.info == 22 || head.info == 23);
    auto promised = shape ? shape->type : ShapeType::string;
    if (!null && ((promised == ShapeType::list && head.major != kArray) ||
                  ((promised == ShapeType::structure || promised == ShapeType::map) && head.major != kMap))) {
      return fail_with(fmt::format("has something else where {} is promised", shape->name)), nothing;
    }
    ++depth_;
    auto result = body(head, use, shape);
    --depth_;
    return result;
  }

 private:
  struct Head {
    unsigned major = 0, info = 0;
    uint64_t argument = 0;  // the value, the length or the count
    bool indefinite() const { return info == kIndefinite; }
  };

  json::value body(const Head& head, const Member* use, const Shape* shape) {
    const Member& known = use ? *use : anything();
    switch (head.major) {
      case kUnsigned:
        return scalar_from_number(known, head.argument, storage_);
      case kNegative: {
        auto number =
            head.argument <= static_cast<uint64_t>(INT64_MAX) ? -1 - static_cast<int64_t>(head.argument) : INT64_MIN;
        return scalar_from_number(known, number, storage_);
      }
      case kBytes:
        return text_value(to_base64(text(head)), storage_);
      case kText:
        return scalar_from_text(known, utf8(head), storage_);
      case kArray:
        return array(head, shape && shape->type == ShapeType::list ? &shape->element : nullptr);
      case kMap:
        return shape && shape->type == ShapeType::structure
                   ? structure(head, *shape)
                   : map(head, shape && shape->type == ShapeType::map ? &shape->value : nullptr);
      case kTag:
        return tagged(head, use);
      default:
        return simple(head, known);
    }
  }

  Head read_head() {
    Head head;
    auto first = static_cast<uint8_t>(take(1).empty() ? 0 : taken_[0]);
    head.major = first >> 5;
    head.info = first & 31;
    head.argument = head.info;
    if (head.info >= 24 && head.info <= 27) {
      head.argument = 0;
      for (char c : take(size_t{1} << (head.info - 24))) head.argument = head.argument << 8 | static_cast<uint8_t>(c);
    } else if (head.info >= 28) {
      bool may_be_indefinite = head.major >= kBytes && head.major <= kMap;
      if (head.info != kIndefinite || !may_be_indefinite)
        fail_with(fmt::format("has the unknown CBOR byte 0x{:02x}", first));
    }
    return head;
  }

  // The next `count` bytes, or nothing and an error.
  std::string_view take(uint64_t count) {
    taken_ = {};
    if (count > rest_.size()) return fail_with("is cut short"), rest_ = {}, taken_;
    taken_ = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken_;
  }

  // One step of a list, map or chunked text: false at its end.
  bool more(const Head& head, uint64_t done) {
    if (!error_.empty()) return false;
    if (!head.indefinite()) return done < head.argument;
    if (rest_.empty()) return fail_with("is cut short"), false;
    if (static_cast<uint8_t>(rest_[0]) != kBreak) return true;
    rest_.remove_prefix(1);
    return false;
  }

  // A text or byte string; the view lasts until the next call when it came in chunks.
  std::string_view text(const Head& head) {
    if (!head.indefinite()) return take(head.argument);
    joined_.clear();
    for (uint64_t i = 0; more(head, i); ++i) {
      auto chunk = read_head();
      if (chunk.major != head.major || chunk.indefinite()) return fail_with("has a chunk of another kind"), joined_;
      joined_ += take(chunk.argument);
    }
    return joined_;
  }

  // Documents are JSON, which has no room for other bytes.
  std::string_view utf8(const Head& head) {
    auto bytes = text(head);
    if (!is_utf8(bytes)) fail_with("has a text that is not UTF-8");
    return bytes;
  }

  std::string_view key() {
    auto head = read_head();
    if (error_.empty() && head.major != kText) fail_with("has a map whose key is no text");
    return error_.empty() ? utf8(head) : std::string_view();
  }

  // A count promises elements of at least one byte each; a lie must not reserve memory.
  size_t believable(const Head& head) const {
    return head.indefinite() ? 0 : static_cast<size_t>(std::min<uint64_t>(head.argument, rest_.size()));
  }

  json::value array(const Head& head, const Member* element) {
    json::array array(storage_);
    array.reserve(believable(head));
    for (uint64_t i = 0; more(head, i); ++i) array.push_back(item(element));
    return array;
  }

  json::value map(const Head& head, const Member* element) {
    json::object object(storage_);
    for (uint64_t i = 0; more(head, i); ++i) {
      std::string name(key());
      auto value = item(element);
      object.insert_or_assign(name, std::move(value));
    }
    sort_members(object);
    return object;
  }

  json::value structure(const Head& head, const Shape& shape) {
    std::vector<json::value> slots;  // null: did not come
    slots.reserve(shape.members.size());
    for (size_t i = 0; i < shape.members.size(); ++i) slots.emplace_back(storage_);
    for (uint64_t i = 0; more(head, i); ++i) {
      auto index = shape.wire_names.find(key());
      if (index == NameTable::kNone)
        item(nullptr);
      else
        slots[index] = item(&shape.members[index]);
    }
    json::object object(storage_);
    for (size_t i = 0; i < slots.size(); ++i) {
      if (!slots[i].is_null()) object.emplace(shape.members[i].name, std::move(slots[i]));
    }
    return object;
  }

  json::value tagged(const Head& head, const Member* use) {
    auto value = item(head.argument == 1 ? nullptr : use);
    if (head.argument != 1 || !value.is_number()) return value;
    auto time = time_of_seconds(value.to_number<double>());
    return time ? timestamp_value(*time, storage_) : value;
  }

  json::value simple(const Head& head, const Member& use) {
    double number = 0;
    switch (head.info) {
      case 20:
      case 21:
        return json::value(head.info == 21, storage_);
      case 22:
      case 23:
        return json::value(storage_);
      case 25:
        number = half_to_double(static_cast<uint16_t>(head.argument));
        break;
      case 26:
        number = std::bit_cast<float>(static_cast<uint32_t>(head.argument));
        break;
      case 27:
        number = std::bit_cast<double>(head.argument);
        break;
      default:
        return fail_with("has an unknown simple value"), json::value(storage_);
    }
    return scalar_from_number(use, number, storage_);
  }

  void fail_with(std::string what) {
    if (error_.empty()) error_ = std::move(what);
  }

  std::string_view rest_, taken_;
  const json::storage_ptr& storage_;
  std::string joined_, error_;
  int depth_ = 0;
};

}  // namespace

Result<json::value> read_cbor(std::string_view body, const Member& use, const json::storage_ptr& storage) {
  CborReader reader(body, storage);
  auto result = reader.item(use.shape ? &use : nullptr);
  if (!reader.error().empty()) return fail(ErrorCode::malformed, reader.error());
  if (!reader.at_end()) return fail(ErrorCode::malformed, "goes on after its end");
  return result;
}

}  // namespace cadastre::aws
