// What a request says, read strictly: a parameter or member that is unknown, or of another form, is an error that names
// it.
#pragma once

#include <initializer_list>

#include "api/route.h"
#include "base/json.h"

namespace cadastre::api {

// Every parameter of the query is one of the route's. Errors: invalid, suggesting what was meant.
Result<void> check_parameters(const Route& route, const ServerRequest& request);

// "" when absent.
std::string text_of(const Call& call, std::string_view name);
// "a,b" and repeated parameters alike, without empty ones.
std::vector<std::string> list_of(const Call& call, std::string_view name);
Result<std::optional<Time>> time_of(const Call& call, std::string_view name);
Result<size_t> limit_of(const Call& call, size_t usual, size_t most);
Result<bool> flag_of(const Call& call, std::string_view name);

// The JSON object of the body, with no other members than these.
class Body {
 public:
  static Result<Body> of(const Call& call, std::initializer_list<std::string_view> members);

  bool has(std::string_view name) const;
  // Errors: invalid. A text that is absent is "" unless it is needed.
  Result<std::string> text(std::string_view name, bool needed = false) const;
  Result<std::vector<std::string>> texts(std::string_view name) const;
  Result<bool> flag(std::string_view name, bool otherwise = false) const;
  Result<std::optional<Time>> time(std::string_view name, Time now) const;

 private:
  json::object members_;
};

}  // namespace cadastre::api
