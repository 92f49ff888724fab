#include "base/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cmath>
#include <sstream>

#include "base/text.h"

namespace cadastre {
namespace {

constexpr int kMaxDepth = 64;
// Far more than people write. Aliases of aliases can stand for any number of nodes.
constexpr size_t kMaxNodes = 1'000'000;

Result<YamlNode> convert(const YAML::Node& source, std::string_view file, int depth, size_t& nodes) {
  YamlNode node;
  node.line = source.Mark().line + 1;
  node.column = source.Mark().column + 1;
  auto complain = [&](std::string_view why) {
    return fail(ErrorCode::invalid, fmt::format("{}:{}:{}: {}", file, node.line, node.column, why));
  };
  if (depth > kMaxDepth) return complain("nested too deeply");
  if (++nodes > kMaxNodes) return complain("too large once its aliases are written out");
  switch (source.Type()) {
    case YAML::NodeType::Undefined:
    case YAML::NodeType::Null:
      break;
    case YAML::NodeType::Scalar:
      node.kind = YamlNode::Kind::scalar;
      node.scalar = source.Scalar();
      node.quoted = source.Tag() == "!";
      break;
    case YAML::NodeType::Sequence:
      node.kind = YamlNode::Kind::list;
      for (const auto& item : source) {
        TRY_ASSIGN(auto converted, convert(item, file, depth + 1, nodes));
        node.items.push_back(std::move(converted));
      }
      break;
    case YAML::NodeType::Map:
      node.kind = YamlNode::Kind::map;
      for (const auto& member : source) {
        TRY_ASSIGN(auto key, convert(member.first, file, depth + 1, nodes));
        if (key.kind != YamlNode::Kind::scalar) return complain("a key must be a plain word");
        if (node.find(key.scalar)) {
          return fail(ErrorCode::invalid, fmt::format("{}:{}:{}: the key '{}' is given twice; keep one", file, key.line,
                                                      key.column, key.scalar));
        }
        TRY_ASSIGN(auto value, convert(member.second, file, depth + 1, nodes));
        if (value.kind == YamlNode::Kind::null) value.line = key.line, value.column = key.column;
        node.members.emplace_back(std::move(key), std::move(value));
      }
      break;
  }
  return node;
}

std::string_view kind_name(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::null:
      return "nothing";
    case YamlNode::Kind::scalar:
      return "a single value";
    case YamlNode::Kind::list:
      return "a list";
    case YamlNode::Kind::map:
      return "a map";
  }
  return "";
}

template <typename Number>
std::optional<Number> to_number(std::string_view text) {
  Number number{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Notes where documents begin, and nothing else.
class DocumentStarts final : public YAML::EventHandler {
 public:
  std::vector<YAML::Mark> marks;
  void OnDocumentStart(const YAML::Mark& mark) override { marks.push_back(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

// A file is one document, and nothing follows it. YAML::LoadAll cannot be asked: at a stray ',' or ']' it makes one
// empty document after another, for ever.
Result<void> check_single(const std::string& source, std::string_view file) {
  std::istringstream stream(source);
  YAML::Parser parser(stream);
  DocumentStarts starts;
  while (starts.marks.size() < 2 && parser.HandleNextDocument(starts)) {
  }
  if (starts.marks.size() < 2) return {};
  auto second = starts.marks[1];
  auto at = static_cast<size_t>(std::max(0, second.pos));
  bool stray = at < source.size() && std::string_view(",]}").find(source[at]) != std::string_view::npos;
  return fail(
      ErrorCode::invalid,
      fmt::format("{}:{}:{}: {}", file, second.line + 1, second.column + 1,
                  stray ? fmt::format("not valid YAML: nothing is open here that '{}' could belong to", source[at])
                        : "a second document begins here; keep one, without the '---'"));
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name.scalar == key) return &value;
  }
  return nullptr;
}

Result<YamlNode> parse_yaml(std::string_view text, std::string_view file) {
  try {
    std::string source(text);
    TRY(check_single(source, file));
    size_t nodes = 0;
    auto root = convert(YAML::Load(source), file, 0, nodes);
    if (root && root->kind == YamlNode::Kind::null)
      root->line = root->column = 1;  // an empty file has no place of its own
    return root;
  } catch (const YAML::Exception& error) {
    return fail(ErrorCode::invalid, fmt::format("{}:{}:{}: not valid YAML: {}", file, error.mark.line + 1,
                                                error.mark.column + 1, error.msg));
  }
}

json::value yaml_to_json(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return nullptr;
    case YamlNode::Kind::scalar:
      if (!node.quoted) {
        if (node.scalar == "true") return true;
        if (node.scalar == "false") return false;
        if (node.scalar == "null" || node.scalar == "~") return nullptr;
        if (auto number = to_number<int64_t>(node.scalar)) return *number;
        // Not "inf" and "nan": those are words.
        if (auto number = to_number<double>(node.scalar); number && std::isfinite(*number)) return *number;
      }
      return json::value(node.scalar);
    case YamlNode::Kind::list: {
      json::array array;
      for (const auto& item : node.items) array.push_back(yaml_to_json(item));
      return array;
    }
    case YamlNode::Kind::map: {
      json::object object;
      for (const auto& [key, value] : node.members) object[key.scalar] = yaml_to_json(value);
      return object;
    }
  }
  return nullptr;
}

void YamlErrors::add(const YamlNode& at, std::string message) {
  lines_.emplace_back(at.line, at.column, std::move(message));
}

Error YamlErrors::error() const {
  auto sorted = lines_;
  std::ranges::stable_sort(sorted, {},
                           [](const auto& line) { return std::pair(std::get<0>(line), std::get<1>(line)); });
  std::string message;
  for (const auto& [line, column, text] : sorted) {
    if (!message.empty()) message += '\n';
    message += fmt::format("{}:{}:{}: {}", file_, line, column, text);
  }
  return {ErrorCode::invalid, message, {}};
}

YamlMap::YamlMap(const YamlNode& node, std::string what, YamlErrors& errors)
    : node_(node), what_(std::move(what)), errors_(errors) {
  if (node.kind != YamlNode::Kind::map) {
    errors_.add(node, fmt::format("{} must be a map of 'key: value', not {}", what_, kind_name(node.kind)));
  }
}

const YamlNode* YamlMap::node(std::string_view key) {
  asked_.push_back(key);
  auto* found = node_.find(key);
  return found && found->kind != YamlNode::Kind::null ? found : nullptr;
}

const YamlNode* YamlMap::expect(std::string_view key, YamlNode::Kind kind, std::string_view form) {
  auto* found = node(key);
  if (!found || found->kind == kind) return found;
  errors_.add(*found, fmt::format("'{}' of {} must be {}, not {}", key, what_, form, kind_name(found->kind)));
  return nullptr;
}

const YamlNode* YamlMap::map(std::string_view key) { return expect(key, YamlNode::Kind::map, "a map of 'key: value'"); }
const YamlNode* YamlMap::list(std::string_view key) { return expect(key, YamlNode::Kind::list, "a list"); }

std::optional<std::string> YamlMap::text(std::string_view key) {
  auto* found = expect(key, YamlNode::Kind::scalar, "a single text");
  return found ? std::optional(found->scalar) : std::nullopt;
}

std::string YamlMap::required_text(std::string_view key) {
  if (auto* found = node(key); !found) {
    errors_.add(node_, fmt::format("{} lacks '{}'", what_, key));
    return {};
  }
  auto value = text(key).value_or("");
  if (value.empty() && node_.find(key)->kind == YamlNode::Kind::scalar) {
    errors_.add(*node_.find(key), fmt::format("'{}' of {} is empty", key, what_));
  }
  return value;
}

std::vector<std::string> YamlMap::texts(std::string_view key) {
  std::vector<std::string> values;
  auto* found = node(key);
  if (!found) return values;
  if (found->kind == YamlNode::Kind::scalar) return {found->scalar};
  if (found->kind == YamlNode::Kind::map) {
    errors_.add(*found, fmt::format("'{}' of {} must be a list of texts, not a map", key, what_));
  }
  for (const auto& item : found->items) {
    if (item.kind == YamlNode::Kind::scalar)
      values.push_back(item.scalar);
    else
      errors_.add(item, fmt::format("'{}' of {} must hold plain texts, not {}", key, what_, kind_name(item.kind)));
  }
  return values;
}

std::optional<bool> YamlMap::boolean(std::string_view key) {
  auto value = text(key);
  if (!value) return std::nullopt;
  if (*value == "true" || *value == "yes" || *value == "on") return true;
  if (*value == "false" || *value == "no" || *value == "off") return false;
  errors_.add(*node_.find(key), fmt::format("'{}' of {} must be true or false, not '{}'", key, what_, *value));
  return std::nullopt;
}

std::optional<int64_t> YamlMap::integer(std::string_view key, int64_t least, int64_t most) {
  auto value = text(key);
  if (!value) return std::nullopt;
  auto number = to_number<int64_t>(*value);
  if (number && *number >= least && *number <= most) return number;
  errors_.add(*node_.find(key), fmt::format("'{}' of {} must be a whole number from {} to {}, not '{}'", key, what_,
                                            least, most, *value));
  return std::nullopt;
}

std::optional<double> YamlMap::number(std::string_view key, double least, double most) {
  auto value = text(key);
  if (!value) return std::nullopt;
  auto number = to_number<double>(*value);
  if (number && *number >= least && *number <= most) return number;
  errors_.add(*node_.find(key),
              fmt::format("'{}' of {} must be a number from {} to {}, not '{}'", key, what_, least, most, *value));
  return std::nullopt;
}

std::optional<Millis> YamlMap::duration(std::string_view key) {
  auto value = text(key);
  if (!value) return std::nullopt;
  auto duration = parse_duration(*value);
  if (duration) return *duration;
  errors_.add(*node_.find(key), fmt::format("'{}' of {}: {}", key, what_, duration.error().message));
  return std::nullopt;
}

std::optional<Path> YamlMap::path(std::string_view key) {
  auto value = text(key);
  if (!value) return std::nullopt;
  auto path = Path::parse(*value);
  if (path) return *path;
  errors_.add(*node_.find(key), fmt::format("'{}' of {}: {}", key, what_, path.error().message));
  return std::nullopt;
}

std::optional<size_t> YamlMap::choice(std::string_view key, std::span<const std::string_view> words) {
  auto value = text(key);
  if (!value) return std::nullopt;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == *value) return i;
  }
  errors_.add(*node_.find(key), fmt::format("'{}' of {} must be one of {}, not '{}'{}", key, what_,
                                            fmt::join(words, ", "), *value, did_you_mean(*value, words)));
  return std::nullopt;
}

void YamlMap::finish() {
  for (const auto& [key, value] : node_.members) {
    if (std::ranges::find(asked_, key.scalar) != asked_.end()) continue;
    auto hint = did_you_mean(key.scalar, asked_);
    if (hint.empty()) hint = fmt::format(" (known: {})", fmt::join(asked_, ", "));
    errors_.add(key, fmt::format("unknown key '{}' in {}{}", key.scalar, what_, hint));
  }
}

}  // namespace cadastre
