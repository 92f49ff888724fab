#include "api/api.h"

#include "api/answer.h"
#include "api/files.h"
#include "api/problem.h"
#include "api/question.h"
#include "base/log.h"
#include "base/text.h"

namespace cadastre::api {
namespace {

bool is_loopback(std::string_view peer) { return peer.starts_with("127.") || peer == "::1"; }

// Whether the metrics may be had without a token: from this machine itself, and through no proxy.
bool is_own_machine(const Services& services, const ServerRequest& request) {
  return services.loopback && is_loopback(request.peer) && !request.header("X-Forwarded-For") &&
         !request.header("Forwarded");
}

}  // namespace

Api::Api(const Services& services) : services_(services), router_(table()) {}

Router Api::table() {
  std::vector<cadastre::Route> table;
  for (const auto& route : all_routes()) table.push_back({std::string(route.method), std::string(route.pattern)});
  return Router(table);
}

ServerResponse Api::answer(const ServerRequest& request) const {
  std::string route;
  bool ours = request.path == "/api" || request.path.starts_with("/api/") || request.path == "/healthz" ||
              request.path == "/readyz" || request.path == "/metrics";
  auto response = [&] {
    try {
      if (ours) return answer_api(request, route);
      route = "static";
      return services_.files.answer(request);
    } catch (const std::exception& exception) {
      log_warning("request {}: {}", request.id, exception.what());
      return problem(request, 500, "the server could not answer; its log says why, under this request's id");
    }
  }();
  add_security_headers(response, request.secure);
  response.set("X-Route", route.empty() ? "none" : route);
  return response;
}

ServerResponse Api::answer_api(const ServerRequest& request, std::string& route_name) const {
  auto match = router_.find(request.method, request.segments);
  if (match.status == 200) {
    const auto& route = all_routes()[match.route];
    route_name = fmt::format("{} {}", route.method, route.pattern);
    std::vector<std::string> captures;
    for (auto& [name, value] : match.parameters) captures.push_back(std::move(value));
    return run(route, request, std::move(captures));
  }
  if (match.status == 404) return problem(request, 404, "there is no such route; /api lists them");
  auto response =
      match.status == 204 ? no_content() : problem(request, 405, fmt::format("this route has {} only", match.allow));
  response.set("Allow", match.allow);
  return response;
}

ServerResponse Api::run(const Route& route, const ServerRequest& request, std::vector<std::string> captures) const {
  auth::Principal principal;
  bool free = route.permission == auth::Permission::open ||
              (route.permission == auth::Permission::metrics && is_own_machine(services_, request));
  auto asker = services_.auth.authenticate(request);
  if (asker) {
    principal = std::move(*asker);
  } else if (!free) {
    if (asker.error().code == ErrorCode::refused) return problem(request, 403, asker.error().message);
    if (asker.error().code != ErrorCode::denied) return problem(request, asker.error());
    auto response = problem(request, 401, asker.error().message);
    response.set("WWW-Authenticate", "Bearer");
    return response;
  }
  if (!free && !principal.may(route.permission)) {
    if (principal.kind == auth::Principal::Kind::nobody) {
      auto response = problem(request, 401, "sign in, or send an API token: Authorization: Bearer cad_…");
      response.set("WWW-Authenticate", "Bearer");
      return response;
    }
    return problem(request, 403, fmt::format("{} may not do this; ask an administrator", principal.name));
  }
  if (auto known = check_parameters(route, request); !known) return problem(request, known.error());
  if (services_.asked_by && !principal.name.empty()) services_.asked_by(request.id, principal.name);
  bool reads = route.permission == auth::Permission::read || route.permission == auth::Permission::collect;
  if (reads && services_.ready && !services_.ready()) {
    auto response = problem(request, 503, "the index is being built; ask again in a moment");
    response.set("Retry-After", "1");
    return response;
  }
  Call call{services_, request, principal, std::move(captures)};
  auto response = route.answer(call);
  if (!response) {
    if (status_of(response.error().code) == 500)
      log_warning("request {}: {}{}", request.id, response.error().message,
                  response.error().cause.empty() ? "" : " (" + response.error().cause + ")");
    return problem(request, response.error());
  }
  if (route.method == "GET" && response->status == 200 && !response->body.empty())
    response->set("ETag", etag_of(response->body));
  return std::move(*response);
}

}  // namespace cadastre::api
