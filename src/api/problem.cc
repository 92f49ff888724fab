#include "api/problem.h"

#include "base/json.h"
#include "base/text.h"
#include "net/http_answer.h"

namespace cadastre::api {
namespace {

// A query's error is three lines: the sentence, the query and, under it, a caret; both indented by two.
struct Pointed {
  std::string_view sentence, query;
  size_t column;
};
std::optional<Pointed> pointed(std::string_view message) {
  constexpr size_t kIndent = 2;
  auto lines = split(message, '\n');
  if (lines.size() != 3 || lines[1].size() < kIndent) return std::nullopt;
  auto caret = lines[2].find_first_not_of(' ');
  if (caret == std::string_view::npos || caret < kIndent || lines[2].substr(caret) != "^") return std::nullopt;
  return Pointed{lines[0], lines[1].substr(kIndent), caret - kIndent};
}

}  // namespace

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid:
      return 400;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::gone:
      return 410;
    case ErrorCode::denied:
      return 403;
    case ErrorCode::refused:
      return 409;
    case ErrorCode::throttled:
      return 429;
    case ErrorCode::unsupported:
      return 501;
    case ErrorCode::cancelled:
    case ErrorCode::full:
      return 503;
    case ErrorCode::timeout:
      return 504;
    case ErrorCode::io:
    case ErrorCode::network:
    case ErrorCode::expired:
    case ErrorCode::region_off:
    case ErrorCode::malformed:
    case ErrorCode::failed:
    case ErrorCode::internal:
      return 500;
  }
  return 500;
}

ServerResponse problem(const ServerRequest& request, int status, std::string_view detail) {
  return problem_response(status, detail, request.id);
}

ServerResponse problem(const ServerRequest& request, const Error& error) {
  int status = status_of(error.code);
  // What broke inside is in the log, under the request's id.
  if (status == 500)
    return problem(request, status, "the server could not answer; its log says why, under this request's id");
  auto response = problem(request, status, error.message);
  if (auto at = pointed(error.message)) {
    response = problem(request, status, at->sentence);
    response.body.pop_back();  // the members of a query's error follow
    response.body += fmt::format(",\"query\":{},\"position\":{}}}", to_json(json::value(at->query)), at->column);
  }
  if (status == 429) {
    bool seconds = !error.cause.empty() && error.cause.size() < 7 &&
                   error.cause.find_first_not_of("0123456789") == std::string::npos;
    response.set("Retry-After", seconds ? error.cause : "30");
  }
  return response;
}

}  // namespace cadastre::api
