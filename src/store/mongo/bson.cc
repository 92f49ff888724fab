#include "store/mongo/bson.h"

#include <bson/bson.h>

#include "store/mongo/bson_bytes.h"

namespace cadastre::store::mongo {
namespace {

template <typename T>
const T* as(const Value* value) {
  return value ? std::get_if<T>(&value->any()) : nullptr;
}

void append(bson_t* to, std::string_view key, const Value& value);

void append_members(bson_t* to, const Document& from) {
  for (const auto& [key, value] : from.members()) append(to, key, value);
}

// One value at the end of `to`. libbson copies what it is given.
struct Appender {
  bson_t* to;
  const char* key;
  int length;

  void operator()(std::nullptr_t) const { bson_append_null(to, key, length); }
  void operator()(bool value) const { bson_append_bool(to, key, length, value); }
  void operator()(int64_t value) const { bson_append_int64(to, key, length, value); }
  void operator()(double value) const { bson_append_double(to, key, length, value); }
  void operator()(const std::string& text) const {
    bson_append_utf8(to, key, length, text.data(), static_cast<int>(text.size()));
  }
  void operator()(const Binary& value) const {
    bson_append_binary(to, key, length, BSON_SUBTYPE_BINARY, reinterpret_cast<const uint8_t*>(value.bytes.data()),
                       static_cast<uint32_t>(value.bytes.size()));
  }
  void operator()(Time time) const { bson_append_date_time(to, key, length, time.time_since_epoch().count()); }
  void operator()(const Document& document) const {
    bson_t child;
    bson_append_document_begin(to, key, length, &child);
    append_members(&child, document);
    bson_append_document_end(to, &child);
  }
  void operator()(const Array& array) const {
    bson_t child;
    bson_append_array_begin(to, key, length, &child);
    for (size_t i = 0; i < array.size(); ++i) append(&child, std::to_string(i), array[i]);
    bson_append_array_end(to, &child);
  }
};

void append(bson_t* to, std::string_view key, const Value& value) {
  std::visit(Appender{to, key.data(), static_cast<int>(key.size())}, value.any());
}

Value read_value(const bson_iter_t& at) {
  switch (bson_iter_type(&at)) {
    case BSON_TYPE_BOOL:
      return bson_iter_bool(&at);
    case BSON_TYPE_INT32:
      return int64_t{bson_iter_int32(&at)};
    case BSON_TYPE_INT64:
      return bson_iter_int64(&at);
    case BSON_TYPE_DOUBLE:
      return bson_iter_double(&at);
    case BSON_TYPE_UTF8: {
      uint32_t size = 0;
      const char* text = bson_iter_utf8(&at, &size);
      return std::string(text, size);
    }
    case BSON_TYPE_BINARY: {
      uint32_t size = 0;
      const uint8_t* bytes = nullptr;
      bson_iter_binary(&at, nullptr, &size, &bytes);
      return Binary{std::string(reinterpret_cast<const char*>(bytes), size)};
    }
    case BSON_TYPE_DATE_TIME:
      return Time(Millis(bson_iter_date_time(&at)));
    case BSON_TYPE_DOCUMENT:
    case BSON_TYPE_ARRAY: {
      bson_iter_t child;
      bool is_array = bson_iter_type(&at) == BSON_TYPE_ARRAY;
      Array array;
      Document document;
      if (bson_iter_recurse(&at, &child)) {
        while (bson_iter_next(&child)) {
          if (is_array) {
            array.push_back(read_value(child));
          } else {
            document.add(bson_iter_key(&child), read_value(child));
          }
        }
      }
      if (is_array) return array;
      return document;
    }
    default:
      return nullptr;  // types that we never write, such as a server's own timestamps
  }
}

}  // namespace

Document::Document() = default;
Document::Document(const Document&) = default;
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(const Document&) = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;
bool Document::empty() const { return members_.empty(); }

Document::Document(std::initializer_list<Member> members) : members_(members) {}

Document& Document::add(std::string key, Value value) {
  members_.push_back({std::move(key), std::move(value)});
  return *this;
}

Document& Document::set(std::string_view key, Value value) {
  for (auto& member : members_) {
    if (member.key == key) {
      member.value = std::move(value);
      return *this;
    }
  }
  return add(std::string(key), std::move(value));
}

const Value* Document::find(std::string_view key) const {
  for (const auto& member : members_) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

bool Document::has(std::string_view key) const {
  const auto* value = find(key);
  return value && !std::holds_alternative<std::nullptr_t>(value->any());
}

int64_t Document::integer(std::string_view key) const {
  const auto* value = find(key);
  if (const auto* number = as<int64_t>(value)) return *number;
  if (const auto* number = as<double>(value)) return static_cast<int64_t>(*number);
  return 0;
}

bool Document::boolean(std::string_view key) const {
  const auto* value = as<bool>(find(key));
  return value && *value;
}

const std::string& Document::text(std::string_view key) const {
  static const std::string none;
  const auto* text = as<std::string>(find(key));
  return text ? *text : none;
}

const std::string& Document::binary(std::string_view key) const {
  static const std::string none;
  const auto* binary = as<Binary>(find(key));
  return binary ? binary->bytes : none;
}

Hash128 Document::hash(std::string_view key) const { return Hash128::from_bytes(binary(key)); }

std::optional<Time> Document::time(std::string_view key) const {
  const auto* time = as<Time>(find(key));
  return time ? std::optional(*time) : std::nullopt;
}

const Document& Document::document(std::string_view key) const {
  static const Document none;
  const auto* document = as<Document>(find(key));
  return document ? *document : none;
}

const Array& Document::array(std::string_view key) const {
  static const Array none;
  const auto* array = as<Array>(find(key));
  return array ? *array : none;
}

std::vector<std::string> Document::texts(std::string_view key) const {
  std::vector<std::string> texts;
  for (const auto& value : array(key)) {
    if (const auto* text = as<std::string>(&value)) texts.push_back(*text);
  }
  return texts;
}

BsonPtr to_bson(const Document& document) {
  BsonPtr bytes(bson_new());
  append_members(bytes.get(), document);
  return bytes;
}

Document from_bson(const bson_t* bytes) {
  Document document;
  bson_iter_t at;
  if (bson_iter_init(&at, bytes)) {
    while (bson_iter_next(&at)) document.add(bson_iter_key(&at), read_value(at));
  }
  return document;
}

}  // namespace cadastre::store::mongo
