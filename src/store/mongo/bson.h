// Documents as MongoDB keeps them, as plain values: what commands and rows are built from and read as.
//
//   Document filter{{"cell", cell}, {"native", Document{{"$in", texts(natives)}}}};
//   row.integer("cell"), row.text("native"), row.time("created")
//
// Values; no thread-safety concerns. Their bytes (bsonspec.org) are made and read in bson.cc, by libbson.
#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/hash.h"
#include "base/time.h"

namespace cadastre::store::mongo {

class Value;
struct Member;
using Array = std::vector<Value>;

struct Binary {
  std::string bytes;
  bool operator==(const Binary&) const = default;
};

// Members in their order. A member that is not there, is null or is of another type reads as the type's zero.
class Document {
 public:
  // All in bson.cc: here a member is only known by name.
  Document();
  Document(const Document&);
  Document(Document&&) noexcept;
  Document& operator=(const Document&);
  Document& operator=(Document&&) noexcept;
  ~Document();
  Document(std::initializer_list<Member> members);

  Document& add(std::string key, Value value);  // at the end; the key is not there yet
  Document& set(std::string_view key, Value value);

  const Value* find(std::string_view key) const;
  bool has(std::string_view key) const;  // there, and not null
  int64_t integer(std::string_view key) const;
  bool boolean(std::string_view key) const;
  const std::string& text(std::string_view key) const;
  const std::string& binary(std::string_view key) const;
  Hash128 hash(std::string_view key) const;
  std::optional<Time> time(std::string_view key) const;
  const Document& document(std::string_view key) const;
  const Array& array(std::string_view key) const;
  std::vector<std::string> texts(std::string_view key) const;  // the texts of an array

  const std::vector<Member>& members() const { return members_; }
  bool empty() const;
  bool operator==(const Document&) const;

 private:
  std::vector<Member> members_;
};

class Value {
 public:
  using Any =
      std::variant<std::nullptr_t, bool, int64_t, double, std::string, Binary, Time, Document, std::vector<Value>>;

  Value() : any_(nullptr) {}
  Value(std::nullptr_t) : any_(nullptr) {}
  Value(bool value) : any_(value) {}
  template <std::integral T>
  Value(T value) : any_(static_cast<int64_t>(value)) {}
  Value(double value) : any_(value) {}
  Value(const char* text) : any_(std::string(text)) {}
  Value(std::string_view text) : any_(std::string(text)) {}
  Value(std::string text) : any_(std::move(text)) {}
  Value(Binary bytes) : any_(std::move(bytes)) {}
  Value(const Hash128& hash) : any_(Binary{hash.bytes()}) {}
  Value(Time time) : any_(time) {}
  Value(const std::optional<Time>& time) : any_(nullptr) {
    if (time) any_ = *time;
  }
  Value(Document document) : any_(std::move(document)) {}
  Value(Array array) : any_(std::move(array)) {}

  const Any& any() const { return any_; }
  bool operator==(const Value&) const = default;

 private:
  Any any_;
};

struct Member {
  std::string key;
  Value value;
  bool operator==(const Member&) const = default;
};

inline bool Document::operator==(const Document& other) const { return members_ == other.members_; }

// Any range of what a Value can be made of.
template <typename Range>
Array array_of(const Range& range) {
  Array array;
  for (const auto& one : range) array.emplace_back(one);
  return array;
}

// {"$in": [...]}
template <typename Range>
Document in(const Range& range) {
  return Document{{"$in", array_of(range)}};
}

}  // namespace cadastre::store::mongo
