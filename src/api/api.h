// Every request passes here: its route is found, who asks is known and may, its parameters are of the route, and then
// the handler answers. Thread-safe; never throws.
#pragma once

#include "api/route.h"
#include "net/router.h"

namespace cadastre::api {

class Api {
 public:
  explicit Api(const Services& services);
  ServerResponse answer(const ServerRequest& request) const;

 private:
  ServerResponse answer_api(const ServerRequest& request, std::string& route_name) const;
  ServerResponse run(const Route& route, const ServerRequest& request, std::vector<std::string> captures) const;

  static Router table();

  const Services& services_;
  Router router_;
};

}  // namespace cadastre::api
