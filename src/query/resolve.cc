#include "query/resolve.h"

#include <algorithm>
#include <iterator>

#include "base/address.h"
#include "query/words.h"

namespace cadastre::query {
namespace {

constexpr size_t kMostTargets = 64;  // of one term: aliases of aliases may run in circles
constexpr size_t kMostBehind = 300;

bool names_host(const Term& term, const Value& value) {
  bool glob = !value.literal && value.text.find_first_of("*?") != std::string::npos;
  return (term.key == Key::word || term.key == Key::dns) && !glob && looks_like_host(value.text);
}

Result<void> resolve_term(Term& term, const Targets& targets, const Behind& behind) {
  if (std::ranges::any_of(term.values, &Value::resolved)) return {};
  std::vector<std::string> names, found;
  for (const auto& value : term.values) {
    if (names_host(term, value)) names.push_back(plain_host(value.text));
  }
  for (size_t i = 0; i < names.size() && found.size() < kMostTargets; ++i) {
    TRY_ASSIGN(auto next, targets(names[i]));
    for (const auto& text : next) {
      auto target = plain_host(text);
      if (std::ranges::find(names, target) != names.end() || std::ranges::find(found, target) != found.end()) continue;
      found.push_back(target);
      if (looks_like_host(target)) names.push_back(target);
    }
  }
  if (behind && !names.empty()) {
    TRY_ASSIGN(auto ids, behind(names));
    if (ids.size() > kMostBehind) ids.resize(kMostBehind);
    std::ranges::move(ids, std::back_inserter(found));
  }
  for (auto& target : found) {
    Value value;
    value.text = std::move(target);
    value.literal = value.resolved = true;
    term.values.push_back(std::move(value));
  }
  return {};
}

Result<void> resolve_parts(Expression& expression, const Targets& targets, const Behind& behind) {
  if (expression.kind == Expression::Kind::no) return {};
  if (expression.kind == Expression::Kind::term) return resolve_term(expression.term, targets, behind);
  for (auto& part : expression.parts) TRY(resolve_parts(part, targets, behind));
  return {};
}

}  // namespace

Result<Expression> resolve(Expression expression, const Targets& targets, const Behind& behind) {
  TRY(resolve_parts(expression, targets, behind));
  return expression;
}

std::vector<std::string> record_targets(const json::value& record) {
  std::vector<std::string> targets;
  auto* object = record.if_object();
  if (!object) return targets;
  auto add = [&](const json::value* value) {
    auto* text = value ? value->if_string() : nullptr;
    if (text && (looks_like_host(*text) || parse_network(*text))) targets.emplace_back(*text);
  };
  if (auto* alias = object->if_contains("AliasTarget"); alias && alias->is_object())
    add(alias->get_object().if_contains("DNSName"));
  auto* type = object->if_contains("Type");
  constexpr std::string_view kTypes[] = {"A", "AAAA", "CNAME"};
  if (!type || !type->is_string() ||
      std::ranges::find(kTypes, std::string_view(type->get_string())) == std::end(kTypes))
    return targets;
  if (auto* values = object->if_contains("ResourceRecords"); values && values->is_array()) {
    for (const auto& value : values->get_array()) {
      if (value.is_object()) add(value.get_object().if_contains("Value"));
    }
  }
  return targets;
}

}  // namespace cadastre::query
