#include "api/route.h"

namespace cadastre::api {

const Routes& all_routes() {
  static const Routes routes = [] {
    Routes all;
    for (auto group : {search_routes, resource_routes, history_routes, change_routes, kind_routes, cell_routes,
                       cluster_routes, run_routes, event_routes, view_routes, session_routes, provider_routes,
                       token_routes, user_routes, audit_routes, health_routes, document_routes}) {
      for (auto& route : group()) all.push_back(std::move(route));
    }
    return all;
  }();
  return routes;
}

}  // namespace cadastre::api
