#include "net/router.h"

#include <set>

#include "base/text.h"

namespace cadastre {

Router::Router(std::span<const Route> routes) {
  for (const auto& route : routes) {
    Entry entry{route.method};
    std::string_view pattern = route.pattern;
    if (pattern.starts_with('/')) pattern.remove_prefix(1);
    if (!pattern.empty()) {
      for (auto part : split(pattern, '/')) {
        if (part.starts_with('{') && part.ends_with("...}")) {
          entry.steps.push_back({Step::Kind::rest, std::string(part.substr(1, part.size() - 5))});
          entry.has_rest = true;
          entry.rank += 'a';
        } else if (part.starts_with('{') && part.ends_with('}')) {
          entry.steps.push_back({Step::Kind::name, std::string(part.substr(1, part.size() - 2))});
          entry.rank += 'b';
        } else {
          entry.steps.push_back({Step::Kind::literal, std::string(part)});
          entry.rank += 'c';
        }
      }
    }
    entries_.push_back(std::move(entry));
  }
}

// A rest stands for as many segments as the others leave, so every step has one place it can be.
bool Router::fits(const Entry& entry, std::span<const std::string> segments) {
  size_t steps = entry.steps.size();
  if (entry.has_rest ? segments.size() < steps : segments.size() != steps) return false;
  size_t at = 0;
  for (const auto& step : entry.steps) {
    if (step.kind == Step::Kind::rest) {
      size_t taken = segments.size() - steps + 1;
      if (taken == 1 && segments[at].empty()) return false;
      at += taken;
      continue;
    }
    if (step.kind == Step::Kind::literal ? segments[at] != step.text : segments[at].empty()) return false;
    ++at;
  }
  return true;
}

void Router::capture(const Entry& entry, std::span<const std::string> segments, Match& match) {
  size_t at = 0;
  for (const auto& step : entry.steps) {
    size_t taken = step.kind == Step::Kind::rest ? segments.size() - entry.steps.size() + 1 : 1;
    if (step.kind != Step::Kind::literal)
      match.parameters.emplace_back(step.text, join(segments.subspan(at, taken), "/"));
    at += taken;
  }
}

Router::Match Router::find(std::string_view method, std::span<const std::string> segments) const {
  const Entry* best = nullptr;
  std::set<std::string_view> methods;
  for (const auto& entry : entries_) {
    if (!fits(entry, segments)) continue;
    methods.insert(entry.method);
    bool own = entry.method == method;
    if (!own && !(method == "HEAD" && entry.method == "GET")) continue;
    if (!best || entry.rank > best->rank || (entry.rank == best->rank && own && best->method != method)) best = &entry;
  }
  Match match;
  if (best) {
    match.status = 200;
    match.route = static_cast<size_t>(best - entries_.data());
    capture(*best, segments, match);
    return match;
  }
  if (methods.empty()) return match;
  if (methods.contains("GET")) methods.insert("HEAD");
  methods.insert("OPTIONS");
  match.status = method == "OPTIONS" ? 204 : 405;
  for (auto name : methods) match.allow.append(match.allow.empty() ? "" : ", ").append(name);
  return match;
}

const std::string& Router::Match::parameter(std::string_view name) const {
  static const std::string none;
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return none;
}

}  // namespace cadastre
