#include "base/json.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <charconv>
#include <cmath>

#include "base/text.h"

namespace cadastre {
namespace {

json::value convert(const simdjson::dom::element& element, const json::storage_ptr& storage,
                    const Members& members = {}) {
  using Type = simdjson::dom::element_type;
  switch (element.type()) {
    case Type::ARRAY: {
      json::array array(storage);
      simdjson::dom::array source = element.get_array().value_unsafe();
      array.reserve(source.size());
      for (auto item : source) array.push_back(convert(item, storage));
      return array;
    }
    case Type::OBJECT: {
      json::object object(storage);
      simdjson::dom::object source = element.get_object().value_unsafe();
      object.reserve(members ? std::min(members->size(), source.size()) : source.size());
      for (auto field : source) {
        if (members && std::ranges::find(*members, field.key) == members->end()) continue;
        object.insert_or_assign(field.key, convert(field.value, storage));
      }
      return object;
    }
    case Type::INT64:
      return json::value(element.get_int64().value_unsafe(), storage);
    case Type::UINT64:
      return json::value(element.get_uint64().value_unsafe(), storage);
    case Type::DOUBLE:
      return json::value(element.get_double().value_unsafe(), storage);
    case Type::STRING:
      return json::value(element.get_string().value_unsafe(), storage);
    case Type::BOOL:
      return json::value(element.get_bool().value_unsafe(), storage);
    case Type::NULL_VALUE:
      return json::value(nullptr, storage);
  }
  return json::value(nullptr, storage);
}

// What a value is written as: a number that JSON has no word for is a null, and 5 is 5 whether its sign bit may be used
// or not.
json::kind written_kind(const json::value& value) {
  if (value.is_double() && !std::isfinite(value.get_double())) return json::kind::null;
  if (value.is_uint64() && std::in_range<int64_t>(value.get_uint64())) return json::kind::int64;
  return value.kind();
}

int compare(const json::value& a, const json::value& b) {
  auto sign = [](auto x, auto y) { return x < y ? -1 : y < x ? 1 : 0; };
  auto kind = written_kind(a);
  if (kind != written_kind(b)) return sign(static_cast<int>(kind), static_cast<int>(written_kind(b)));
  switch (kind) {
    case json::kind::null:
      return 0;
    case json::kind::bool_:
      return sign(a.get_bool(), b.get_bool());
    case json::kind::int64:
      return sign(a.to_number<int64_t>(), b.to_number<int64_t>());
    case json::kind::uint64:
      return sign(a.get_uint64(), b.get_uint64());
    case json::kind::double_:
      // -0.0 is written with its sign, so it is not 0.0.
      return sign(std::pair(a.get_double(), !std::signbit(a.get_double())),
                  std::pair(b.get_double(), !std::signbit(b.get_double())));
    case json::kind::string:
      return a.get_string().compare(b.get_string());
    case json::kind::array: {
      const auto &x = a.get_array(), &y = b.get_array();
      for (size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
        if (int c = compare(x[i], y[i]); c != 0) return c;
      }
      return sign(x.size(), y.size());
    }
    case json::kind::object: {
      const auto &x = a.get_object(), &y = b.get_object();
      for (auto i = x.begin(), j = y.begin(); i != x.end() && j != y.end(); ++i, ++j) {
        if (int c = i->key().compare(j->key()); c != 0) return c;
        if (int c = compare(i->value(), j->value()); c != 0) return c;
      }
      return sign(x.size(), y.size());
    }
  }
  return 0;
}

// Where the next alternative begins: at a "||" that is not in quotes.
size_t find_bar(std::string_view text) {
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (!quoted && text.substr(i).starts_with("||")) return i;
  }
  return text.npos;
}

// conditions[type=Ready]: is this element one of those?
bool is_meant(const Path::Step& step, const json::value& element) {
  if (step.name.empty()) return true;
  auto* object = element.if_object();
  auto* member = object ? object->if_contains(step.name) : nullptr;
  return member && scalar_text(*member) == step.value;
}

template <typename Value>
void walk(Value& value, std::span<const Path::Step> steps, const std::function<bool(Value&)>& visit, bool& stop) {
  if (stop) return;
  if (steps.empty()) {
    stop = visit(value);
    return;
  }
  const auto& step = steps.front();
  auto rest = steps.subspan(1);
  switch (step.kind) {
    case Path::Step::Kind::member:
      if (auto* object = value.if_object()) {
        if (auto* member = object->if_contains(step.name)) walk(*member, rest, visit, stop);
      }
      break;
    case Path::Step::Kind::all_members:
      if (auto* object = value.if_object()) {
        for (auto& member : *object) {
          if (step.name.empty() || glob_match(step.name, member.key())) walk<Value>(member.value(), rest, visit, stop);
        }
      }
      break;
    case Path::Step::Kind::all_elements:
      if (auto* array = value.if_array()) {
        for (auto& element : *array) {
          if (is_meant(step, element)) walk<Value>(element, rest, visit, stop);
        }
      } else if (!step.name.empty() && is_meant(step, value)) {
        walk<Value>(value, rest, visit, stop);
      }
      break;
    case Path::Step::Kind::element:
      if (auto* array = value.if_array()) {
        auto size = static_cast<int64_t>(array->size());
        int64_t index = step.index < 0 ? size + step.index : step.index;
        if (index >= 0 && index < size) walk<Value>((*array)[static_cast<size_t>(index)], rest, visit, stop);
      }
      break;
  }
}

template <typename Value>
void walk_alternatives(Value& root, const std::vector<std::vector<Path::Step>>& alternatives,
                       const std::function<bool(Value&)>& visit) {
  if (alternatives.empty()) {
    visit(root);
    return;
  }
  for (const auto& steps : alternatives) {
    bool stop = false, found = false;
    walk<Value>(
        root, steps,
        [&](Value& value) {
          found = true;
          return visit(value);
        },
        stop);
    if (found) return;
  }
}

}  // namespace

Result<json::value> parse_json(std::string_view text, std::string_view what, json::storage_ptr storage,
                               const Members& members) {
  // simdjson reads doubles exactly, which boost.json 1.81 does not: a stored document must come back as it went in.
  thread_local simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (auto error = parser.parse(text.data(), text.size()).get(root); error != simdjson::SUCCESS) {
    return fail(ErrorCode::malformed, fmt::format("{} is not valid JSON", what), simdjson::error_message(error));
  }
  return convert(root, storage, members);
}

std::string scalar_text(const json::value& value) {
  if (auto* text = value.if_string()) return std::string(*text);
  if (value.is_null() || value.is_structured()) return {};
  return to_json(value);
}

std::string member_text(const json::object& object, std::string_view member) {
  auto* value = object.if_contains(member);
  return value ? scalar_text(*value) : std::string();
}

void sort_members(json::object& object) {
  if (std::ranges::is_sorted(object, {}, &json::key_value_pair::key)) return;
  std::vector<std::pair<std::string, json::value>> members;
  members.reserve(object.size());
  for (auto& member : object) members.emplace_back(member.key(), std::move(member.value()));
  std::ranges::sort(members, {}, &std::pair<std::string, json::value>::first);
  object.clear();
  for (auto& [name, value] : members) object.emplace(name, std::move(value));
}

bool json_less(const json::value& a, const json::value& b) { return compare(a, b) < 0; }

bool Path::add_members(std::vector<std::string_view>& members) const {
  for (const auto& steps : alternatives_) {
    if (steps.empty() || steps.front().kind != Step::Kind::member) return false;
    members.push_back(steps.front().name);
  }
  return !alternatives_.empty();
}

Result<Path> Path::parse(std::string_view text) {
  Path path;
  path.source_ = text;
  auto bad = [&](std::string_view why) { return fail(ErrorCode::invalid, fmt::format("the path '{}' {}", text, why)); };
  std::string_view rest = text;
  for (bool more = true; more;) {
    size_t bar = find_bar(rest);
    auto part = trim(rest.substr(0, bar));
    more = bar != rest.npos;
    if (more) rest.remove_prefix(bar + 2);
    std::vector<Step> steps;
    if (part == "@") part = {};
    size_t i = 0;
    while (i < part.size()) {
      if (part[i] == '[') {
        size_t close = part.find(']', i);
        if (close == part.npos) return bad("has a '[' without its ']'");
        auto inside = part.substr(i + 1, close - i - 1);
        if (inside.empty()) {
          steps.push_back({Step::Kind::all_elements, {}, 0});
        } else if (size_t equals = inside.find('='); equals != inside.npos && equals > 0) {
          steps.push_back({Step::Kind::all_elements, std::string(inside.substr(0, equals)), 0,
                           std::string(inside.substr(equals + 1))});
        } else {
          int index = 0;
          auto [end, error] = std::from_chars(inside.data(), inside.data() + inside.size(), index);
          if (error != std::errc() || end != inside.data() + inside.size())
            return bad("has an index that is no number");
          steps.push_back({Step::Kind::element, {}, index});
        }
        i = close + 1;
        if (i < part.size() && part[i] == '.') {
          if (++i == part.size()) return bad("ends with a '.'");
        } else if (i < part.size() && part[i] != '[') {
          return bad("has text after a ']'; write a '.' between them");
        }
      } else {
        std::string name;
        bool quoted = part[i] == '"';
        if (quoted) {
          size_t close = part.find('"', i + 1);
          if (close == part.npos) return bad("has a '\"' without its pair");
          name = part.substr(i + 1, close - i - 1);
          i = close + 1;
        } else {
          size_t end = std::min(part.find_first_of(".[", i), part.size());
          name = part.substr(i, end - i);
          i = end;
        }
        if (name.empty()) return bad("has an empty step");
        if (name == "*" && !quoted)
          steps.push_back({Step::Kind::all_members, {}, 0});
        else if (quoted && name.size() > 1 && name.find('*') != name.npos)
          steps.push_back({Step::Kind::all_members, std::move(name), 0});
        else
          steps.push_back({Step::Kind::member, std::move(name), 0});
        if (i < part.size() && part[i] == '.') {
          if (++i == part.size()) return bad("ends with a '.'");
        } else if (i < part.size() && part[i] != '[') {
          return bad("has text after a closing quote");
        }
      }
    }
    path.alternatives_.push_back(std::move(steps));
  }
  return path;
}

std::pair<Path, Path> Path::split_enclosing() const {
  std::pair<Path, Path> halves;
  if (alternatives_.empty()) return halves;
  const auto& steps = alternatives_.front();
  size_t lists = 0, cut = 0;
  for (size_t i = steps.size(); i-- > 0 && lists < 2;) {
    if (steps[i].kind == Step::Kind::all_elements && ++lists == 2) cut = i + 1;
  }
  auto at = steps.begin() + static_cast<std::ptrdiff_t>(cut);
  halves.first.alternatives_.push_back({steps.begin(), at});
  halves.second.alternatives_.push_back({at, steps.end()});
  return halves;
}

bool Path::is_self() const {
  return alternatives_.empty() || (alternatives_.size() == 1 && alternatives_.front().empty());
}

const json::value* Path::first(const json::value& root) const {
  const json::value* found = nullptr;
  walk_alternatives<const json::value>(root, alternatives_, [&](const json::value& value) {
    found = &value;
    return true;
  });
  return found;
}

void Path::each(const json::value& root, const std::function<void(const json::value&)>& visit) const {
  walk_alternatives<const json::value>(root, alternatives_, [&](const json::value& value) {
    visit(value);
    return false;
  });
}

void Path::each(json::value& root, const std::function<void(json::value&)>& visit) const {
  walk_alternatives<json::value>(root, alternatives_, [&](json::value& value) {
    visit(value);
    return false;
  });
}

std::string Path::text(const json::value& root) const {
  auto* value = first(root);
  return value ? scalar_text(*value) : std::string();
}

}  // namespace cadastre
