// Documents: boost.json values, the paths that walk them, and the exact text they are stored as.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cadastre {

namespace json = boost::json;

using Members = std::optional<std::vector<std::string_view>>;  // of an object; nothing: all of them

// Parses one JSON text, numbers exactly; of a member given twice the last counts. Of an object only these `members`.
// Errors: malformed, naming `what` (the thing that was parsed).
Result<json::value> parse_json(std::string_view text, std::string_view what, json::storage_ptr storage = {},
                               const Members& members = {});

// Appends compact JSON: members in the order they have, doubles in their shortest exact form, UTF-8 as it is.
void write_json(const json::value& value, std::string& out);
std::string to_json(const json::value& value);
// The same without the values whose addresses are in `leave_out` (with their keys).
void write_json_without(const json::value& value, std::span<const json::value* const> leave_out, std::string& out);
std::string to_pretty_json(const json::value& value);  // two-space indentation, for people

// The text of a scalar: a string as it is, numbers and booleans as JSON writes them, null and containers as "".
std::string scalar_text(const json::value& value);
// That of a member; "" when there is none.
std::string member_text(const json::object& object, std::string_view member);

// Puts an object's members in the order of their names: for maps, whose order means nothing and may differ from answer
// to answer.
void sort_members(json::object& object);

// Orders values by content: by type, then numbers by value, texts by bytes, containers element by element (objects by
// their members in order). A total order, equal exactly when the compact texts are equal.
bool json_less(const json::value& a, const json::value& b);

// A walk through a document.
//
//   State.Name               member of a member
//   Reservations[].Instances[]   every element, flattened
//   Contents[-1].Key         the last element (or [0], [1], …)
//   "app.kubernetes.io/name" a member whose name has dots, in double quotes
//   *                        every member of an object
//   annotations."*/applied*" every member whose name matches the glob, in double quotes
//   conditions[type=Ready]   every element whose member is that text; an object that is no list is its own element
//   NextMarker || Contents[-1].Key   the first alternative that finds something
//
// The empty path, and "@", are the value itself. Paths are compiled once and are immutable and thread-safe.
class Path {
 public:
  Path() = default;
  static Result<Path> parse(std::string_view text);

  // The first value found, or nullptr.
  const json::value* first(const json::value& root) const;
  // Every value found, in document order.
  void each(const json::value& root, const std::function<void(const json::value&)>& visit) const;
  void each(json::value& root, const std::function<void(json::value&)>& visit) const;
  // scalar_text of first(), "" when there is none.
  std::string text(const json::value& root) const;

  // Adds the members of a root that values are looked for in; false: it may be any.
  bool add_members(std::vector<std::string_view>& members) const;

  const std::string& source() const { return source_; }
  bool is_self() const;

  // "Reservations[].Instances[]" → "Reservations[]" (finds what encloses each item) and "Instances[]" (the items in
  // it). Without an enclosing list the first is the value itself. Of paths with alternatives, the first counts.
  std::pair<Path, Path> split_enclosing() const;

  struct Step {
    enum class Kind { member, all_members, all_elements, element } kind;
    std::string
        name;  // of the member; of all_members: their glob, of all_elements: the member that is `value`; "": any
    int index = 0;
    std::string value{};
  };
  const std::vector<std::vector<Step>>& alternatives() const { return alternatives_; }

 private:
  std::string source_;
  std::vector<std::vector<Step>> alternatives_;
};

}  // namespace cadastre
