// Rules as they are written, read strictly.
#include "base/text.h"
#include "kubernetes/rule.h"

namespace cadastre::kubernetes {
namespace {

constexpr std::array<std::string_view, 3> kSeverities = {"notice", "warning", "critical"};

// The tests by their word, in the order of Condition::Test.
constexpr std::array<std::string_view, 15> kTests = {"is",        "not",     "exists",    "missing", "at_least",
                                                     "more_than", "at_most", "less_than", "older",   "younger",
                                                     "behind",    "ahead",   "overdue",   "any",     "none"};

class RuleReader {
 public:
  explicit RuleReader(YamlErrors& errors) : errors_(errors) {}

  HealthRules::Rule rule(const std::string& id, const YamlNode& node) {
    HealthRules::Rule rule;
    rule.id = id;
    rule.file = errors_.file();
    rule.line = node.line;
    YamlMap map(node, fmt::format("rule {}", id), errors_);
    rule.title = map.required_text("title");
    rule.kind = map.required_text("kind");
    rule.severity = static_cast<Severity>(map.choice("severity", kSeverities).value_or(1));
    rule.each = each(map);
    rule.when = conditions(map);
    rule.lasting = map.duration("for");
    if (auto* since = map.node("since")) rule.since = field(*since);
    rule.say = text(map, "say");
    if (rule.say.empty()) errors_.add(node, fmt::format("rule {} lacks 'say': the sentence that tells why", id));
    if (auto* evidence = map.list("evidence")) {
      for (const auto& item : evidence->items) rule.evidence.push_back(field(item));
    }
    map.finish();
    return rule;
  }

  EventRule events(const YamlNode& node) {
    EventRule events;
    YamlMap map(node, "events", errors_);
    events.kind = map.required_text("kind");
    events.about = text(map, "about");
    events.object = text(map, "object");
    events.say = text(map, "say");
    events.at = map.path("at").value_or(Path());
    map.finish();
    return events;
  }

 private:
  // `or_path`: a text without '{' is a path.
  catalog::Template text(YamlMap& map, std::string_view key, bool or_path = false) {
    auto* node = map.node(key);
    if (!node) return {};
    auto read = or_path ? catalog::Template::parse_field(node->scalar) : catalog::Template::parse(node->scalar);
    if (!read) errors_.add(*node, read.error().message);
    return read ? std::move(*read) : catalog::Template();
  }

  Path path(const YamlNode& node, std::string_view source) {
    auto read = Path::parse(source);
    if (!read) errors_.add(node, read.error().message);
    return read ? std::move(*read) : Path();
  }

  Field field(const YamlNode& node) {
    Field field{.path = {}, .of_document = node.scalar.starts_with('^'), .source = node.scalar};
    field.path = path(node, std::string_view(node.scalar).substr(field.of_document ? 1 : 0));
    return field;
  }

  // One or several, in a text or a list of texts.
  std::vector<Path> paths(const YamlNode& node) {
    std::vector<Path> found;
    if (node.kind == YamlNode::Kind::scalar) return {path(node, node.scalar)};
    for (const auto& item : node.items) found.push_back(path(item, item.scalar));
    return found;
  }

  Each each(YamlMap& map) {
    Each each;
    auto* node = map.node("each");
    if (!node) return each;
    for (const auto& [name, where] : node->members) each.maps.emplace_back(name.scalar, path(where, where.scalar));
    if (node->kind != YamlNode::Kind::map) each.paths = paths(*node);
    return each;
  }

  std::vector<Condition> conditions(YamlMap& map) {
    std::vector<Condition> all;
    if (auto* list = map.list("when")) {
      for (const auto& item : list->items) all.push_back(condition(item));
    }
    return all;
  }

  Condition condition(const YamlNode& node) {
    Condition condition;
    YamlMap map(node, "a condition", errors_);
    if (auto* at = map.node("path")) {
      if (at->kind == YamlNode::Kind::scalar) condition.fields.push_back(field(*at));
      for (const auto& item : at->items) condition.fields.push_back(field(item));
    }
    const YamlNode* value = nullptr;
    for (size_t i = 0; i < kTests.size(); ++i) {
      auto* found = map.node(kTests[i]);
      if (found && value) errors_.add(*found, "a condition has one test; write the other as a condition of its own");
      if (!found) continue;
      value = found;
      condition.test = static_cast<Condition::Test>(i);
    }
    if (!value) {
      errors_.add(node, fmt::format("a condition lacks its test: one of {}", fmt::join(kTests, ", ")));
    } else {
      read_test(map, condition, *value);
      bool needs_path = condition.test != Condition::Test::any && condition.test != Condition::Test::none;
      if (needs_path && condition.fields.empty()) errors_.add(node, "a condition lacks 'path'");
    }
    map.finish();
    return condition;
  }

  void read_test(YamlMap& map, Condition& condition, const YamlNode& value) {
    using enum Condition::Test;
    std::string_view key = kTests[static_cast<size_t>(condition.test)];
    switch (condition.test) {
      case is:
      case is_not:
        condition.words = map.texts(key);
        if (condition.words.empty()) errors_.add(value, fmt::format("'{}' names nothing; give a text, or some", key));
        break;
      case exists:
      case missing:
        if (value.scalar != "true") errors_.add(value, fmt::format("write '{}: true', or the other of the two", key));
        break;
      case at_least:
      case more_than:
      case at_most:
      case less_than:
        condition.times = map.number("times", 0, 1e9).value_or(1);
        condition.otherwise = map.number("otherwise", -1e9, 1e9);
        condition.operand = operand(map, key, value);
        break;
      case behind:
      case ahead:
        if (auto* whose = map.map("than")) condition.than = than(*whose);
        condition.operand = operand(map, key, value);
        break;
      case older:
      case younger:
        condition.age = map.duration(key).value_or(Millis(0));
        break;
      case overdue:
        condition.age = map.duration(key).value_or(Millis(0));
        if (auto* last = map.node("last"))
          condition.last = field(*last);
        else
          errors_.add(value, "'overdue' also needs 'last': the path of the instant at which it last began");
        if (auto* zone = map.node("zone")) condition.zone = field(*zone);
        break;
      case any:
      case none:
        condition.others = others(value);
        break;
    }
  }

  catalog::Template operand(YamlMap& map, std::string_view key, const YamlNode& value) {
    auto read = text(map, key);
    if (read.empty()) errors_.add(value, fmt::format("'{}' needs a number, or a text like '{{spec.replicas}}'", key));
    return read;
  }

  Than than(const YamlNode& node) {
    YamlMap map(node, "than", errors_);
    Than than{map.required_text("kind"), map.path("path").value_or(Path())};
    if (!map.here().find("path")) errors_.add(node, "'than' lacks 'path': where the version is");
    map.finish();
    return than;
  }

  Others others(const YamlNode& node) {
    Others others;
    YamlMap map(node, "other documents", errors_);
    others.kind = map.required_text("kind");
    others.theirs = text(map, "theirs", true);
    others.ours = text(map, "ours", true);
    if (auto* each = map.node("each")) others.each = paths(*each);
    others.when = conditions(map);
    if (others.theirs.empty() || others.ours.empty())
      errors_.add(node, "other documents are found by 'theirs' and 'ours': two texts that must be equal");
    map.finish();
    return others;
  }

  YamlErrors& errors_;
};

// Of a rule, or of the other documents of a condition: where elements are, and in documents of which kind.
struct Place {
  const std::string& kind;
  std::vector<const Path*> outer;
};

void visit_field(const Place& place, const Field& field, const PathVisitor& visit) {
  if (field.of_document) return visit(place.kind, {}, field.path);
  for (const auto* outer : place.outer) visit(place.kind, *outer, field.path);
}

void visit_template(const Place& place, const catalog::Template& text, const PathVisitor& visit) {
  for (const auto& piece : text.pieces()) {
    using enum catalog::Template::Source;
    if (piece.source == enclosing || piece.source == document)
      visit_field(place, {.path = piece.path, .of_document = piece.source == enclosing, .source = {}}, visit);
  }
}

void visit_conditions(const Place& place, const std::vector<Condition>& conditions, const PathVisitor& visit) {
  static const Path kWhole;
  for (const auto& condition : conditions) {
    for (const auto& field : condition.fields) visit_field(place, field, visit);
    visit_template(place, condition.operand, visit);
    if (condition.test == Condition::Test::overdue) {
      visit_field(place, condition.last, visit);
      visit_field(place, condition.zone, visit);
    }
    if (condition.than) visit(condition.than->kind, kWhole, condition.than->path);
    if (!condition.others) continue;
    const auto& others = *condition.others;
    visit_template(place, others.ours, visit);
    visit_template({others.kind, {&kWhole}}, others.theirs, visit);
    Place there{others.kind, {}};
    for (const auto& path : others.each) there.outer.push_back(&path);
    if (others.each.empty()) there.outer.push_back(&kWhole);
    visit_conditions(there, others.when, visit);
  }
}

// It is a label of metrics and a word of addresses.
bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 100 &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace

std::string_view to_string(Severity severity) { return kSeverities[static_cast<size_t>(severity)]; }

RuleFile read_rules(const YamlNode& root, YamlErrors& errors) {
  RuleFile file;
  YamlMap map(root, "the rules of health", errors);
  RuleReader reader(errors);
  if (auto* events = map.node("events")) file.events = reader.events(*events);
  if (auto* rules = map.map("rules")) {
    for (const auto& [id, node] : rules->members) {
      if (!is_id(id.scalar)) {
        errors.add(id, fmt::format("a rule cannot be called '{}'; use small letters, digits and '_'", id.scalar));
      } else if (node.kind == YamlNode::Kind::scalar && node.scalar == "off") {
        file.off.emplace_back(id.scalar, id);
      } else {
        file.rules.push_back(reader.rule(id.scalar, node));
      }
    }
  }
  map.finish();
  return file;
}

void each_path(const HealthRules::Rule& rule, const PathVisitor& visit) {
  static const Path kWhole;
  Place place{rule.kind, {}};
  for (const auto& path : rule.each.paths) place.outer.push_back(&path);
  for (const auto& [name, path] : rule.each.maps) visit(rule.kind, {}, path);  // what is read of it is all of it
  if (rule.each.whole()) place.outer.push_back(&kWhole);
  visit_conditions(place, rule.when, visit);
  if (rule.since) visit_field(place, *rule.since, visit);
  visit_template(place, rule.say, visit);
  for (const auto& field : rule.evidence) visit_field(place, field, visit);
}

void each_path(const EventRule& events, const PathVisitor& visit) {
  static const Path kWhole;
  Place place{events.kind, {&kWhole}};
  visit_template(place, events.about, visit);
  visit_template(place, events.say, visit);
  visit(events.kind, {}, events.at);
}

}  // namespace cadastre::kubernetes
