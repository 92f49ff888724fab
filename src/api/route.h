// A route is a row of a table: what is asked, who may ask it, and the function that answers. The tables of all groups
// together are the API; the OpenAPI document, the router and the walk through every permission are held against them.
#pragma once

#include "api/services.h"
#include "auth/auth.h"
#include "net/http_server.h"

namespace cadastre::api {

// One request, understood as far as all handlers need it.
struct Call {
  const Services& services;
  const ServerRequest& request;
  const auth::Principal& principal;
  std::vector<std::string> captures;  // what stood for the {…} of the pattern, decoded, in order

  const query::Scope& scope() const { return principal.scope; }
  const std::string& captured(size_t index = 0) const { return captures[index]; }
};

struct Route {
  std::string_view method, pattern;  // "GET", "/api/v1/resources/{id}/versions"
  auth::Permission permission;
  std::string_view tag;      // the group it stands under in the document
  std::string_view id;       // operationId; the route's name in logs and metrics is the pattern
  std::string_view summary;  // one line
  // The query's parameters, "tag.*" for any that begins so. Others are errors.
  std::vector<std::string_view> parameters;
  std::function<Result<ServerResponse>(const Call&)> answer;
};

using Routes = std::vector<Route>;

// One function for each group, each in the file of its handlers.
Routes resource_routes();
Routes history_routes();
Routes change_routes();
Routes kind_routes();
Routes cell_routes();
Routes cluster_routes();
Routes run_routes();
Routes search_routes();
Routes view_routes();
Routes user_routes();
Routes token_routes();
Routes session_routes();
Routes provider_routes();
Routes audit_routes();
Routes event_routes();
Routes health_routes();
Routes document_routes();

const Routes& all_routes();

}  // namespace cadastre::api
