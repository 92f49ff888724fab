// AWS as a test scripts it, in memory: requests are understood by AWS's own models, answers are what the handler says.
// Header-only, for tests of the rooms above aws.
#pragma once

#include <deque>

#include "aws/client.h"
#include "aws/models.h"
#include "base/text.h"
#include "support/fakes.h"

namespace cadastre::testing {

// A request, understood. Account: by convention the access key's id is "AKIA" and the account.
struct AwsRequest {
  std::string account, region, service, operation;
  const HttpRequest* http = nullptr;
  json::object params;  // what can be told: query forms flat ("InstanceId.1"), JSON bodies, path and query of REST calls
};

class AwsReader {
 public:
  explicit AwsReader(const aws::Models& models) : models_(models) {}

  // The operation of `service` that the request calls; the service is the one whose signing name and model fit.
  AwsRequest read(const HttpRequest& http) const {
    AwsRequest request;
    request.http = &http;
    auto authorization = header_of(http, "authorization");
    auto credential = authorization.find("Credential=");
    std::string signing;
    if (credential != authorization.npos) {
      auto scope = split(std::string_view(authorization).substr(credential + 11), '/');
      request.account = std::string(scope[0]).substr(std::min<size_t>(4, scope[0].size()));
      if (scope.size() > 3) {
        request.region = scope[2];
        signing = scope[3];
      }
    }
    auto at = http.url.find('/', http.url.find("://") + 3);
    auto target = at == http.url.npos ? std::string("/") : http.url.substr(at);
    auto query_at = target.find('?');
    auto path = target.substr(0, query_at);
    auto query = query_at == target.npos ? std::string() : target.substr(query_at + 1);
    auto amz_target = header_of(http, "x-amz-target");
    auto form = http.body.find("Action=") != std::string::npos ? fields(http.body) : std::map<std::string, std::string>();
    for (auto name : models_.service_names()) {
      auto service = models_.service(name);
      if (!service || (*service)->signing_name() != signing) continue;
      if (!amz_target.empty()) {
        auto dot = amz_target.rfind('.');
        if (amz_target.substr(0, dot) != (*service)->target_prefix()) continue;
        if (auto* operation = (*service)->operation(amz_target.substr(dot + 1))) {
          request.service = name;
          request.operation = operation->name;
          if (auto body = parse_json(http.body, "body"); body && body->is_object()) request.params = body->get_object();
          return request;
        }
      } else if (!form.empty()) {
        if (form["Version"] != (*service)->api_version()) continue;
        if (auto* operation = (*service)->operation(form["Action"])) {
          request.service = name;
          request.operation = operation->name;
          for (const auto& [key, value] : form) request.params[key] = value;
          return request;
        }
      } else if (auto* operation = rest(**service, http.method, path, query, request.params)) {
        request.service = name;
        request.operation = operation->name;
        if (auto body = parse_json(http.body.empty() ? "{}" : http.body, "body"); body && body->is_object()) {
          for (auto& member : body->get_object()) request.params[member.key()] = member.value();
        }
        return request;
      }
    }
    return request;
  }

 private:
  static std::map<std::string, std::string> fields(std::string_view text) {
    std::map<std::string, std::string> found;
    for (auto pair : split(text, '&')) {
      auto equals = pair.find('=');
      auto decode = [](std::string_view part) { return percent_decode(replace_all(std::string(part), "+", " ")); };
      found[decode(pair.substr(0, equals))] = equals == pair.npos ? "" : decode(pair.substr(equals + 1));
    }
    return found;
  }

  // Of several that fit the path, the one with the most constant query ("?encryption") and the fewest labels.
  static const aws::Operation* rest(const aws::Service& service, const std::string& method, const std::string& path,
                                    const std::string& query, json::object& params) {
    const aws::Operation* best = nullptr;
    int best_score = -1;
    auto given = query.empty() ? std::map<std::string, std::string>() : fields(query);
    for (const auto& [name, operation] : service.operations()) {
      if (operation.method != method) continue;
      auto cut = operation.request_uri.find('?');
      json::object labels;
      if (!path_fits(operation.request_uri.substr(0, cut), path, labels)) continue;
      int score = 100 - static_cast<int>(labels.size());
      bool fits = true;
      if (cut != std::string::npos) {
        for (const auto& [key, value] : fields(operation.request_uri.substr(cut + 1))) {
          auto at = given.find(key);
          fits &= at != given.end() && (value.empty() || at->second == value);
          score += 1000;
        }
      }
      if (!fits || score <= best_score) continue;
      best = &operation;
      best_score = score;
      params = labels;
    }
    if (best) {
      for (const auto& [key, value] : given) params.emplace(key, value);
      // Paths and queries go by wire names; documents by the model's.
      if (best->input) {
        auto wire = params;
        for (const auto& member : best->input->members) {
          bool bound = member.location == aws::Location::querystring || member.location == aws::Location::uri;
          auto* value = wire.if_contains(member.location_name);
          if (bound && value) params[member.name] = *value;
        }
      }
    }
    return best;
  }

  static bool path_fits(std::string_view pattern, std::string_view path, json::object& labels) {
    auto trimmed = [](std::string_view text) {
      while (text.size() > 1 && text.ends_with('/')) text.remove_suffix(1);
      return text;
    };
    auto wanted = split(trimmed(pattern), '/'), got = split(trimmed(path), '/');
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (i >= got.size()) return false;
      if (wanted[i].starts_with('{')) {
        if (got[i].empty()) return false;
        bool greedy = wanted[i].ends_with("+}");
        auto name = std::string(wanted[i].substr(1, wanted[i].size() - (greedy ? 3 : 2)));
        labels[name] = percent_decode(got[i]);
        if (greedy) return true;
      } else if (wanted[i] != got[i]) {
        return false;
      }
    }
    return wanted.size() == got.size();
  }

  const aws::Models& models_;
};

// Does a request carry at least these parameters? Query forms are compared by the flat names of scalars.
inline bool carries(const AwsRequest& request, const json::object& expected) {
  for (const auto& [key, value] : expected) {
    auto* given = request.params.if_contains(key);
    if (value.is_array() && given && !given->is_array()) {
      // A query that repeats a name keeps the last.
      if (!std::ranges::any_of(value.get_array(), [&](const auto& element) { return scalar_text(element) == scalar_text(*given); })) return false;
    } else if (value.is_array() && !given) {
      // Forms number their elements: Name.1, Name.member.1, Name.NameItem.1
      for (const auto& element : value.get_array()) {
        auto text = scalar_text(element);
        bool found = std::ranges::any_of(request.params, [&](const auto& pair) {
          return std::string_view(pair.key()).starts_with(key) && scalar_text(pair.value()) == text;
        });
        if (!found) return false;
      }
    } else if (!given || (*given != value && (value.is_structured() || scalar_text(*given) != scalar_text(value)))) {
      return false;
    }
  }
  return true;
}

inline aws::CredentialsPtr account_credentials(const std::string& account) {
  return aws::static_credentials({"AKIA" + account, "secret", "", std::nullopt}, "test");
}

}  // namespace cadastre::testing
