#include "query/terms.h"

#include <charconv>

#include "base/text.h"
#include "query/words.h"

namespace cadastre::query {
namespace {

// Every scalar at the path, arrays walked wherever they stand.
void walk(const json::value& value, std::span<const std::string> path,
          const std::function<void(const json::value&)>& visit) {
  if (auto* array = value.if_array()) {
    for (const auto& element : *array) walk(element, path, visit);
  } else if (path.empty()) {
    visit(value);
  } else if (auto* object = value.if_object()) {
    if (path.front() == "*") {
      for (const auto& member : *object) walk(member.value(), path.subspan(1), visit);
    } else if (auto* member = object->if_contains(path.front())) {
      walk(*member, path.subspan(1), visit);
    }
  }
}

double bytes_of(catalog::Unit unit) {
  switch (unit) {
    case catalog::Unit::gib:
      return 1073741824.0;
    case catalog::Unit::mib:
      return 1048576.0;
    default:
      return 1;
  }
}

bool data_matches(const Term& term, const json::value& document) {
  bool found = false;
  walk(document, term.path, [&](const json::value& value) {
    if (found) return;
    found = any_value(term, [&](const Value& wanted) {
      bool exists = !wanted.literal && wanted.text == "*" && term.comparison == Comparison::equal;
      if (exists) return !value.is_null();
      if (value.is_structured()) return false;
      auto text = scalar_text(value);
      if (term.comparison == Comparison::equal) return fits(wanted, text);
      auto number = number_of(text);
      return number && compares(term, wanted, *number);
    });
  });
  return found;
}

// The size is the kind's first column that is one.
bool size_matches(const Term& term, const catalog::Kind& kind, const json::value& document,
                  const catalog::Context& context) {
  for (const auto& column : kind.columns) {
    bool is_size =
        column.unit == catalog::Unit::bytes || column.unit == catalog::Unit::gib || column.unit == catalog::Unit::mib;
    if (!is_size) continue;
    auto number = number_of(catalog::column_text(kind, column, document, context));
    return number && any_value(term, [&](const Value& value) {
             return compares(term, value, value.has_unit ? *number * bytes_of(column.unit) : *number);
           });
  }
  return false;
}

}  // namespace

bool fits(const Value& value, std::string_view text) {
  return value.literal ? fold(value.text) == fold(text) : glob_match(fold(value.text), fold(text));
}

bool fits_link(const Value& value, std::string_view target) {
  if (fits(value, target)) return true;
  auto folded = fold(target), wanted = fold(value.text);
  return folded.size() > wanted.size() && folded.ends_with(wanted) &&
         std::string_view("/:").contains(folded[folded.size() - wanted.size() - 1]);
}

bool is_host(std::string_view text) {
  return text.find('.') != text.npos && text.find_first_of(" :/@") == text.npos && !parse_network(text);
}

bool fits_host(const Value& value, std::string_view host) {
  return fits(value, host) || (host.ends_with('.') && fits(value, host.substr(0, host.size() - 1)));
}

bool is_full_id(std::string_view pattern) { return std::ranges::count(pattern, '/') >= 3; }

bool any_value(const Term& term, const std::function<bool(const Value&)>& test) {
  return std::ranges::any_of(term.values, test);
}

Bounds bounds_of(const Term& term, const Value& value) {
  constexpr double kEndless = std::numeric_limits<double>::infinity();
  double wanted = value.number.value_or(0);
  switch (term.comparison) {
    case Comparison::equal:
      break;
    case Comparison::less:
      return {-kEndless, std::nextafter(wanted, -kEndless)};
    case Comparison::less_equal:
      return {-kEndless, wanted};
    case Comparison::greater:
      return {std::nextafter(wanted, kEndless), kEndless};
    case Comparison::greater_equal:
      return {wanted, kEndless};
    case Comparison::between:
      return {wanted, value.upper.value_or(wanted)};
  }
  return {wanted, wanted};
}

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool reads_document(const Term& term) { return term.key == Key::data || term.key == Key::size; }

bool document_matches(const Term& term, const catalog::Kind* kind, const json::value& document,
                      const catalog::Context& context) {
  if (term.key == Key::data) return data_matches(term, document);
  return kind && size_matches(term, *kind, document, context);
}

}  // namespace cadastre::query
