#include "kubernetes/condition.h"

#include <cmath>

#include "base/text.h"
#include "kubernetes/cron.h"
#include "kubernetes/quantity.h"

namespace cadastre::kubernetes {
namespace {

std::optional<double> number_of(const json::value& value) {
  if (auto* number = value.if_int64()) return static_cast<double>(*number);
  if (auto* number = value.if_uint64()) return static_cast<double>(*number);
  if (auto* number = value.if_double()) return *number;
  if (auto* text = value.if_string()) return parse_quantity(*text);
  return std::nullopt;
}

bool empty(const json::value& value) {
  if (auto* text = value.if_string()) return text->empty();
  if (auto* array = value.if_array()) return array->empty();
  if (auto* object = value.if_object()) return object->empty();
  return value.is_null();
}

class Asked {
 public:
  Asked(const Condition& condition, Here& here, const std::string& kind, ClusterDocuments& others, Moment& moment)
      : condition_(condition), here_(here), kind_(kind), others_(others), moment_(moment) {}

  bool holds() {
    using enum Condition::Test;
    switch (condition_.test) {
      case is:
        return one_of_words();
      case is_not:
        return !one_of_words();
      case exists:
        return there();
      case missing:
        return !there();
      case at_least:
        return compares([](double a, double b) { return a >= b; });
      case more_than:
        return compares([](double a, double b) { return a > b; });
      case at_most:
        return compares([](double a, double b) { return a <= b; });
      case less_than:
        return compares([](double a, double b) { return a < b; });
      case older:
        return !newer_than_age();
      case younger:
        return newer_than_age();
      case behind:
        return minors_apart([](int mine, int measure) { return measure - mine; });
      case ahead:
        return minors_apart([](int mine, int measure) { return mine - measure; });
      case overdue:
        return is_overdue();
      case any:
        return some_other();
      case none:
        return !some_other();
    }
    return false;
  }

 private:
  void each(const std::function<void(const json::value&)>& visit) const {
    for (const auto& field : condition_.fields) each_value(field, here_, visit);
  }

  bool one_of_words() const {
    bool found = false;
    each([&](const json::value& value) {
      auto text = scalar_text(value);
      found = found || std::ranges::any_of(condition_.words, [&](const auto& word) { return glob_match(word, text); });
    });
    return found;
  }

  bool there() const {
    bool found = false;
    each([&](const json::value& value) { found = found || !empty(value); });
    return found;
  }

  bool compares(bool (*holds)(double, double)) {
    std::optional<double> left;
    each([&](const json::value& value) {
      if (!left) left = number_of(value);
    });
    if (!left) left = condition_.otherwise;
    auto right = parse_quantity(condition_.operand.text(here_.scope));
    if (!left || !right) return false;
    if (*right > 0) here_.scope.set("share", json::value(std::llround(*left / *right * 100)));
    return holds(*left, *right * condition_.times);
  }

  bool newer_than_age() {
    bool newer = false;
    each([&](const json::value& value) {
      auto time = parse_rfc3339(scalar_text(value));
      if (!time || moment_.now - *time >= condition_.age) return;
      newer = true;
      moment_.turns_at(*time + condition_.age);
    });
    return newer;
  }

  bool minors_apart(int (*apart)(int mine, int measure)) {
    const auto& field = condition_.fields.front();
    std::optional<int> mine, measure;
    each([&](const json::value& value) { mine = minor_version(scalar_text(value)); });
    if (condition_.than) measure = others_.newest_minor(condition_.than->kind, condition_.than->path);
    if (!measure) measure = others_.newest_minor(kind_, field.path);
    auto by = parse_quantity(condition_.operand.text(here_.scope));
    if (!mine || !measure || !by) return false;
    here_.scope.set("newest", json::value(fmt::format("1.{}", *measure)));
    return apart(*mine, *measure) >= *by;
  }

  bool is_overdue() {
    auto last = instant_of(condition_.last, here_);
    std::string schedule, zone;
    each([&](const json::value& value) { schedule = scalar_text(value); });
    each_value(condition_.zone, here_, [&](const json::value& value) { zone = scalar_text(value); });
    if (!last) return false;
    auto due = due_after(schedule, *last, !zone.empty() && zone != "UTC" && zone != "Etc/UTC");
    if (!due) return false;
    here_.scope.set("due", json::value(format_time(*due)));
    moment_.turns_at(*due + condition_.age);
    return moment_.now - *due >= condition_.age;
  }

  bool some_other() {
    const auto& wanted = *condition_.others;
    auto key = wanted.ours.whole_text(here_.scope);
    if (key.empty()) return false;
    for (const auto* other : others_.found(wanted.kind, wanted.theirs, key)) {
      bool found = false;
      each_element({.paths = wanted.each, .maps = {}}, other->value, [&](const json::value& element, const auto&) {
        Here there(element, other->value);
        found = all_hold(wanted.when, there, wanted.kind, others_, moment_);
        return !found;
      });
      if (found) return true;
    }
    return false;
  }

  const Condition& condition_;
  Here& here_;
  const std::string& kind_;
  ClusterDocuments& others_;
  Moment& moment_;
};

// The element that maps side by side have under one name: {"name": "pods", "used": "80", "hard": "200"}.
std::vector<json::value> side_by_side(const Each& each, const json::value& document) {
  std::map<std::string, json::object> rows;
  for (const auto& [column, path] : each.maps) {
    auto* found = path.first(document);
    auto* map = found ? found->if_object() : nullptr;
    if (!map) continue;
    for (const auto& [name, value] : *map) {
      auto& row = rows[name];
      row["name"] = name;
      row[column] = value;
    }
  }
  std::vector<json::value> elements;
  for (auto& [name, row] : rows) elements.emplace_back(std::move(row));
  return elements;
}

}  // namespace

Here::Here(const json::value& element, const json::value& document) : element(element), document(document) {
  scope.document = &element;
  scope.enclosing = &document;
}

void each_value(const Field& field, const Here& here, const std::function<void(const json::value&)>& visit) {
  if (field.source.empty()) return;
  field.path.each(field.of_document ? here.document : here.element, [&](const json::value& value) {
    if (!value.is_null()) visit(value);
  });
}

std::optional<Time> instant_of(const Field& field, const Here& here) {
  std::optional<Time> found;
  each_value(field, here, [&](const json::value& value) {
    if (!found) found = parse_rfc3339(scalar_text(value));
  });
  return found;
}

bool all_hold(const std::vector<Condition>& conditions, Here& here, const std::string& kind, ClusterDocuments& others,
              Moment& moment) {
  return std::ranges::all_of(
      conditions, [&](const Condition& condition) { return Asked(condition, here, kind, others, moment).holds(); });
}

void each_element(const Each& each, const json::value& document,
                  const std::function<bool(const json::value& element, const std::string& place)>& visit) {
  if (each.whole()) {
    visit(document, "");
    return;
  }
  bool more = true;
  for (const auto& path : each.paths) {
    // With one list on the way, the count of what was found is the place in it.
    std::string_view source = path.source();
    bool numbered = source.ends_with("[]") && source.find("[]") == source.size() - 2;
    size_t index = 0;
    path.each(document, [&](const json::value& element) {
      if (!more) return;
      auto place = numbered ? fmt::format("{}[{}]", source.substr(0, source.size() - 2), index++) : std::string(source);
      more = visit(element, place);
    });
  }
  for (const auto& element : side_by_side(each, document)) {
    if (more) more = visit(element, scalar_text(element.at("name")));
  }
}

}  // namespace cadastre::kubernetes
