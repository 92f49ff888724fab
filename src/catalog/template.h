// Texts with placeholders, as stanzas use them: "arn:{$partition}:ec2:{$region}:{$account}:instance/{InstanceId}".
//
// {path} reads the document, {tag:Name} its tags, {^path} the element that enclosed the item in its page, {$account}
// and
// {$name.path} a variable. Filters: {path|last:/} {path|first:/} {path|strip:.}. Compiled once; immutable, thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace cadastre::catalog {

// What placeholders may refer to. A view: everything outlives the call.
struct Scope {
  const json::value* document = nullptr;
  const json::value* enclosing = nullptr;
  const Path* tags = nullptr;  // where the document's tags are
  std::vector<std::pair<std::string, json::value>> variables;

  const json::value* variable(std::string_view name) const;
  void set(std::string name, json::value value);
};

class Template {
 public:
  Template() = default;
  // Errors: invalid, quoting the template.
  static Result<Template> parse(std::string_view text);
  // A text without '{' is a path: "State.Name" is "{State.Name}".
  static Result<Template> parse_field(std::string_view text);

  bool empty() const { return pieces_.empty(); }
  const std::string& source() const { return source_; }

  std::string text(const Scope& scope) const;
  // "" when a placeholder is empty: for identifiers, where half a text would be wrong.
  std::string whole_text(const Scope& scope) const;
  // A template that is one placeholder gives the value itself (null when there is none); others give text.
  json::value value(const Scope& scope) const;

  enum class Source { literal, document, enclosing, variable, tag };
  struct Piece {
    Source source = Source::literal;
    std::string text;  // the literal; the variable's or the tag's name
    Path path;
    char filter = 0;  // 'l' last, 'f' first, 's' strip
    std::string filter_by;
    bool optional = false;  // {path?}: may be empty even in an identifier
  };
  const std::vector<Piece>& pieces() const { return pieces_; }

 private:
  std::string source_;
  std::vector<Piece> pieces_;
};

// A JSON value whose texts are templates: the parameters of a call.
class ValueTemplate {
 public:
  static Result<ValueTemplate> parse(const json::value& value);
  json::value value(const Scope& scope) const;
  // Calls `visit` for every template inside.
  void each(const std::function<void(const Template&)>& visit) const;

 private:
  json::value literal_;
  Template text_;
  std::vector<ValueTemplate> items_;
  std::vector<std::pair<std::string, ValueTemplate>> members_;
  enum class Kind { literal, text, list, object } kind_ = Kind::literal;
};

// Tags in any of AWS's spellings (map; list of {Key, Value}, {key, value}, {TagKey, TagValue}), in the document's
// order.
void each_tag(const json::value& tags, const std::function<void(std::string_view key, std::string_view value)>& visit);

}  // namespace cadastre::catalog
