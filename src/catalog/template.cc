#include "catalog/template.h"

#include "base/text.h"

namespace cadastre::catalog {
namespace {

// The filter's bar is a single one: "A || B|last:/" has the path "A || B".
size_t filter_bar(std::string_view text) {
  for (size_t i = text.size(); i-- > 0;) {
    if (text[i] != '|') continue;
    bool pair = (i > 0 && text[i - 1] == '|') || (i + 1 < text.size() && text[i + 1] == '|');
    return pair ? text.npos : i;
  }
  return text.npos;
}

Result<Template::Piece> parse_placeholder(std::string_view inside, std::string_view whole) {
  Template::Piece piece;
  auto bad = [&](std::string why) { return fail(ErrorCode::invalid, fmt::format("'{}': {}", whole, why)); };
  if (size_t bar = filter_bar(inside); bar != inside.npos) {
    auto filter = inside.substr(bar + 1);
    size_t colon = filter.find(':');
    auto name = filter.substr(0, colon);
    if (colon == filter.npos || colon + 1 == filter.size() ||
        (name != "last" && name != "first" && name != "strip" && name != "or")) {
      return bad(fmt::format("unknown filter '{}'; there are last:X, first:X, strip:X and or:X", filter));
    }
    piece.filter = name[0];
    piece.filter_by = filter.substr(colon + 1);
    inside = inside.substr(0, bar);
  }
  inside = trim(inside);
  piece.optional = inside.ends_with('?');
  if (piece.optional) inside.remove_suffix(1);
  std::string_view path = inside;
  if (inside.starts_with("tag:")) {
    piece.source = Template::Source::tag;
    piece.text = inside.substr(4);
    if (piece.text.empty()) return bad("'tag:' without the tag's key");
    return piece;
  }
  if (inside.starts_with("$")) {
    piece.source = Template::Source::variable;
    size_t end = std::min(inside.find_first_of(".["), inside.size());
    piece.text = inside.substr(1, end - 1);
    path = inside.substr(end);
    if (path.starts_with(".")) path.remove_prefix(1);
    if (piece.text.empty()) return bad("a '$' without the variable's name");
    if (piece.text == "batch") {  // {$batch.Arn}: of each of the batch
      TRY_ASSIGN(piece.path, Path::parse(path.empty() ? "[]" : fmt::format("[].{}", path)));
      return piece;
    }
  } else if (inside.starts_with("^")) {
    piece.source = Template::Source::enclosing;
    path = inside.substr(1);
  } else {
    piece.source = Template::Source::document;
    if (inside.empty()) return bad("an empty placeholder");
  }
  TRY_ASSIGN(piece.path, Path::parse(path));
  return piece;
}

const json::value* find_value(const Template::Piece& piece, const Scope& scope) {
  switch (piece.source) {
    case Template::Source::document:
      return scope.document ? piece.path.first(*scope.document) : nullptr;
    case Template::Source::enclosing:
      return scope.enclosing ? piece.path.first(*scope.enclosing) : nullptr;
    case Template::Source::variable: {
      auto* variable = scope.variable(piece.text);
      return variable ? piece.path.first(*variable) : nullptr;
    }
    case Template::Source::literal:
    case Template::Source::tag:
      return nullptr;
  }
  return nullptr;
}

std::string piece_text(const Template::Piece& piece, const Scope& scope) {
  std::string text;
  if (piece.source == Template::Source::literal) return piece.text;
  if (piece.source == Template::Source::tag) {
    auto* tags = scope.tags && scope.document ? scope.tags->first(*scope.document) : nullptr;
    if (tags) {
      each_tag(*tags, [&](std::string_view key, std::string_view value) {
        if (key == piece.text) text = value;
      });
    }
  } else if (auto* value = find_value(piece, scope)) {
    text = scalar_text(*value);
    if (auto* array = value->if_array()) {
      for (const auto& element : *array) text += (text.empty() ? "" : ", ") + scalar_text(element);
    }
  }
  if (piece.filter == 'l') {
    if (size_t at = text.rfind(piece.filter_by); at != text.npos) text = text.substr(at + piece.filter_by.size());
  } else if (piece.filter == 'f') {
    text = text.substr(0, text.find(piece.filter_by));
  } else if (piece.filter == 's') {
    if (text.ends_with(piece.filter_by)) text.resize(text.size() - piece.filter_by.size());
  } else if (piece.filter == 'o' && text.empty()) {
    text = piece.filter_by;
  }
  return text;
}

}  // namespace

const json::value* Scope::variable(std::string_view name) const {
  for (const auto& [key, value] : variables) {
    if (key == name) return &value;
  }
  return nullptr;
}

void Scope::set(std::string name, json::value value) {
  for (auto& [key, current] : variables) {
    if (key == name) {
      current = std::move(value);
      return;
    }
  }
  variables.emplace_back(std::move(name), std::move(value));
}

Result<Template> Template::parse(std::string_view text) {
  Template result;
  result.source_ = text;
  std::string_view rest = text;
  while (!rest.empty()) {
    size_t open = rest.find('{');
    if (open != 0) {
      Piece literal;
      literal.text = rest.substr(0, open);
      result.pieces_.push_back(std::move(literal));
    }
    if (open == rest.npos) break;
    size_t close = rest.find('}', open);
    if (close == rest.npos) return fail(ErrorCode::invalid, fmt::format("'{}' has a '{{' without its '}}'", text));
    TRY_ASSIGN(auto piece, parse_placeholder(rest.substr(open + 1, close - open - 1), text));
    result.pieces_.push_back(std::move(piece));
    rest.remove_prefix(close + 1);
  }
  return result;
}

Result<Template> Template::parse_field(std::string_view text) {
  if (text.find('{') != text.npos) return parse(text);
  TRY_ASSIGN(auto piece, parse_placeholder(text, text));
  Template result;
  result.source_ = text;
  result.pieces_.push_back(std::move(piece));
  return result;
}

std::string Template::text(const Scope& scope) const {
  if (pieces_.size() == 1) return piece_text(pieces_.front(), scope);
  std::string text;
  for (const auto& piece : pieces_) text += piece_text(piece, scope);
  return text;
}

std::string Template::whole_text(const Scope& scope) const {
  std::string text;
  for (const auto& piece : pieces_) {
    auto part = piece_text(piece, scope);
    if (part.empty() && piece.source != Source::literal && !piece.optional) return {};
    text += part;
  }
  return text;
}

json::value Template::value(const Scope& scope) const {
  if (pieces_.size() == 1 && pieces_.front().source != Source::literal && pieces_.front().filter == 0 &&
      pieces_.front().source != Source::tag) {
    const auto& piece = pieces_.front();
    // A path with [] gives the list of all it finds.
    bool many = std::ranges::any_of(piece.path.alternatives(), [](const auto& steps) {
      return std::ranges::any_of(steps, [](const auto& step) { return step.kind == Path::Step::Kind::all_elements; });
    });
    const json::value* root = piece.source == Source::document    ? scope.document
                              : piece.source == Source::enclosing ? scope.enclosing
                                                                  : scope.variable(piece.text);
    if (many && root) {
      json::array all;
      piece.path.each(*root, [&](const json::value& found) { all.push_back(found); });
      return all;
    }
    auto* found = find_value(piece, scope);
    return found ? *found : json::value(nullptr);
  }
  return json::value(text(scope));
}

Result<ValueTemplate> ValueTemplate::parse(const json::value& value) {
  ValueTemplate result;
  if (auto* text = value.if_string(); text && text->find('{') != text->npos) {
    result.kind_ = Kind::text;
    TRY_ASSIGN(result.text_, Template::parse(*text));
  } else if (auto* array = value.if_array()) {
    result.kind_ = Kind::list;
    for (const auto& item : *array) {
      TRY_ASSIGN(auto parsed, parse(item));
      result.items_.push_back(std::move(parsed));
    }
  } else if (auto* object = value.if_object()) {
    result.kind_ = Kind::object;
    for (const auto& [key, member] : *object) {
      TRY_ASSIGN(auto parsed, parse(member));
      result.members_.emplace_back(key, std::move(parsed));
    }
  } else {
    result.literal_ = value;
  }
  return result;
}

json::value ValueTemplate::value(const Scope& scope) const {
  switch (kind_) {
    case Kind::literal:
      return literal_;
    case Kind::text:
      return text_.value(scope);
    case Kind::list: {
      json::array array;
      for (const auto& item : items_) array.push_back(item.value(scope));
      return array;
    }
    case Kind::object: {
      json::object object;
      for (const auto& [key, member] : members_) {
        // A parameter whose placeholder finds nothing is not given at all.
        if (auto value = member.value(scope); !value.is_null()) object[key] = std::move(value);
      }
      return object;
    }
  }
  return nullptr;
}

void ValueTemplate::each(const std::function<void(const Template&)>& visit) const {
  if (kind_ == Kind::text) visit(text_);
  for (const auto& item : items_) item.each(visit);
  for (const auto& [key, member] : members_) member.each(visit);
}

void each_tag(const json::value& tags, const std::function<void(std::string_view, std::string_view)>& visit) {
  auto text = [](const json::object& object, std::initializer_list<std::string_view> names) -> std::string_view {
    for (auto name : names) {
      if (auto* member = object.if_contains(name); member && member->is_string()) return member->get_string();
    }
    return {};
  };
  if (auto* object = tags.if_object()) {
    for (const auto& [key, value] : *object) {
      if (value.is_string()) visit(key, value.get_string());
    }
  } else if (auto* array = tags.if_array()) {
    for (const auto& element : *array) {
      auto* pair = element.if_object();
      if (!pair) continue;
      auto key = text(*pair, {"Key", "key", "TagKey", "tagKey"});
      if (!key.empty()) visit(key, text(*pair, {"Value", "value", "TagValue", "tagValue"}));
    }
  }
}

}  // namespace cadastre::catalog
