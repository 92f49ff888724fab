#include "scripted_aws/question.h"

#include <pugixml.hpp>

#include "base/text.h"

namespace cadastre::scripted {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string decode(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  return percent_decode(spaced);
}

Pairs fields(std::string_view text) {
  Pairs found;
  if (text.empty()) return found;
  for (auto pair : split(text, '&')) {
    auto equals = pair.find('=');
    found.emplace_back(decode(pair.substr(0, equals)), equals == pair.npos ? "" : decode(pair.substr(equals + 1)));
  }
  return found;
}

void add_json(const json::object& body, Pairs& params) {
  for (const auto& [key, value] : body) {
    if (const auto* list = value.if_array()) {
      for (const auto& element : *list) params.emplace_back(key, scalar_text(element));
    } else {
      params.emplace_back(key, scalar_text(value));
    }
  }
}

void add_xml(std::string_view text, Pairs& params) {
  pugi::xml_document document;
  if (!document.load_buffer(text.data(), text.size())) return;
  for (auto member : document.first_child().children()) {
    bool list = member.first_child().type() == pugi::node_element;
    if (!list)
      params.emplace_back(member.name(), member.child_value());
    else
      for (auto element : member.children()) params.emplace_back(member.name(), element.child_value());
  }
}

std::vector<std::string> segments(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  std::vector<std::string> parts;
  for (auto part : split(path, '/')) parts.emplace_back(part);
  return parts;
}

}  // namespace

std::string Question::param(std::string_view name) const {
  auto found = std::ranges::find(params, name, &std::pair<std::string, std::string>::first);
  return found == params.end() ? "" : found->second;
}

std::vector<std::string> Question::values(std::string_view name) const {
  std::vector<std::string> found;
  for (const auto& [key, value] : params) {
    // Forms number their elements: Name.1, Name.member.1
    if (key == name || (key.starts_with(name) && key.size() > name.size() && key[name.size()] == '.'))
      found.push_back(value);
  }
  return found;
}

std::string Question::token() const {
  if (!operation || !operation->paginator) return {};
  for (const auto& name : operation->paginator->input_tokens) {
    if (auto value = param(name); !value.empty()) return value;
  }
  return {};
}

std::optional<uint32_t> Question::page_size() const {
  if (!operation || !operation->paginator || operation->paginator->limit_key.empty()) return std::nullopt;
  auto text = param(operation->paginator->limit_key);
  if (text.empty()) return std::nullopt;
  return static_cast<uint32_t>(std::strtoul(text.c_str(), nullptr, 10));
}

Router::Router(const aws::Models& models, const std::vector<std::string>& services) {
  assume_role_.name = "AssumeRole";
  for (const auto& name : services) {
    auto found = models.service(name);
    if (!found) continue;
    const auto& service = **found;
    if (name == "sts")
      by_action_.emplace(fmt::format("sts/{}/AssumeRole", service.api_version()), Target{&service, &assume_role_});
    for (const auto& [operation_name, operation] : service.operations()) {
      Target target{&service, &operation};
      switch (service.protocol()) {
        case aws::Protocol::json:
          by_target_.emplace(fmt::format("{}.{}", service.target_prefix(), operation_name), target);
          break;
        case aws::Protocol::query:
        case aws::Protocol::ec2:
          by_action_.emplace(fmt::format("{}/{}/{}", service.signing_name(), service.api_version(), operation_name),
                             target);
          break;
        default: {
          auto cut = operation.request_uri.find('?');
          Rest rest{&service, &operation, segments(operation.request_uri.substr(0, cut)), {}};
          if (cut != std::string::npos) rest.query = fields(operation.request_uri.substr(cut + 1));
          by_path_[service.signing_name() + "/" + operation.method].push_back(std::move(rest));
        }
      }
    }
  }
}

Question Router::read(const HttpQuestion& http) const {
  Question question;
  auto authorization = http.header("authorization");
  if (auto at = authorization.find("Credential="); at != authorization.npos) {
    auto scope = split(authorization.substr(at + 11, authorization.find(',', at) - at - 11), '/');
    if (scope.size() >= 4) {
      question.access_key = scope[0];
      question.region = scope[2];
      question.signing_name = scope[3];
    }
  }
  if (auto target = http.header("x-amz-target"); !target.empty()) {
    if (auto at = by_target_.find(std::string(target)); at != by_target_.end()) {
      std::tie(question.service, question.operation) = at->second;
      if (auto body = parse_json(http.body, "a request"); body && body->is_object())
        add_json(body->get_object(), question.params);
    }
    return question;
  }
  if (http.header("content-type").starts_with("application/x-www-form-urlencoded")) {
    question.params = fields(http.body);
    auto key = fmt::format("{}/{}/{}", question.signing_name, question.param("Version"), question.param("Action"));
    if (auto at = by_action_.find(key); at != by_action_.end())
      std::tie(question.service, question.operation) = at->second;
    return question;
  }
  read_rest(http, question);
  return question;
}

void Router::read_rest(const HttpQuestion& http, Question& question) const {
  auto candidates = by_path_.find(fmt::format("{}/{}", question.signing_name, http.method));
  if (candidates == by_path_.end()) return;
  auto cut = http.target.find('?');
  auto path = segments(http.target.substr(0, cut));
  auto query = cut == http.target.npos ? Pairs() : fields(http.target.substr(cut + 1));
  const Rest* best = nullptr;
  int best_score = -1;
  for (const auto& rest : candidates->second) {
    bool greedy = rest.path.back().ends_with("+}");
    if (greedy ? path.size() < rest.path.size() : path.size() != rest.path.size()) continue;
    int score = 0;
    bool fits = true;
    for (size_t i = 0; i < rest.path.size() && fits; ++i) {
      if (rest.path[i].starts_with('{'))
        fits = !path[i].empty();
      else if (rest.path[i] == path[i])
        ++score;
      else
        fits = false;
    }
    for (const auto& [key, value] : rest.query) {
      auto given = std::ranges::find(query, key, &std::pair<std::string, std::string>::first);
      fits = fits && given != query.end() && (value.empty() || given->second == value);
      score += 100;
    }
    if (fits && score > best_score) {
      best = &rest;
      best_score = score;
    }
  }
  if (!best) return;
  question.service = best->service;
  question.operation = best->operation;
  for (size_t i = 0; i < best->path.size(); ++i) {
    std::string_view label = best->path[i];
    if (!label.starts_with('{')) continue;
    bool greedy = label.ends_with("+}");
    std::vector<std::string> rest(path.begin() + static_cast<std::ptrdiff_t>(i),
                                  greedy ? path.end() : path.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    question.params.emplace_back(label.substr(1, label.size() - (greedy ? 3 : 2)), percent_decode(join(rest, "/")));
  }
  if (best->operation->input) {
    for (const auto& member : best->operation->input->members) {
      // Labels go by the name on the wire too: {functionName} may be the model's FunctionName.
      for (auto& [key, value] : question.params) {
        if (member.location == aws::Location::uri && key == member.location_name) key = member.name;
      }
      if (member.location != aws::Location::querystring) continue;
      for (const auto& [key, value] : query) {
        if (key == member.location_name) question.params.emplace_back(member.name, value);
      }
    }
  }
  if (http.body.empty()) return;
  if (best->service->protocol() == aws::Protocol::rest_xml)
    add_xml(http.body, question.params);
  else if (auto body = parse_json(http.body, "a request"); body && body->is_object())
    add_json(body->get_object(), question.params);
}

}  // namespace cadastre::scripted
