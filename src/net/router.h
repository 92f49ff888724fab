// Which route a request is for: a table of methods and patterns, and what the path says for their names. Pure data;
// immutable once made, thread-safe.
//
//   GET /api/v1/resources/{id}             one segment; "a%2Fb" is one, and gives "a/b"
//   GET /api/v1/resources/{id...}/links    one or more segments, joined by '/'; at most once in a pattern
//
// Where several patterns of the method fit, a literal segment comes before a name, and a name before a rest.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cadastre {

struct Route {
  std::string method, pattern;
};

class Router {
 public:
  explicit Router(std::span<const Route> routes);

  struct Match {
    int status = 404;  // 200, 404, 405 (see `allow`), 204 (OPTIONS of a path that no route answers OPTIONS of)
    size_t route = 0;  // index into the table, when 200
    std::vector<std::pair<std::string, std::string>> parameters = {};
    std::string allow = {};  // "GET, HEAD, OPTIONS", when 405 or 204

    const std::string& parameter(std::string_view name) const;  // "" when the pattern has none of that name
  };
  // HEAD is answered by the route of GET, where it has none of its own.
  Match find(std::string_view method, std::span<const std::string> segments) const;

 private:
  struct Step {
    enum class Kind { literal, name, rest } kind;
    std::string text;
  };
  struct Entry {
    std::string method;
    std::vector<Step> steps = {};
    std::string rank = {};  // a letter for each step: of two that fit, the greater text is the better pattern
    bool has_rest = false;
  };
  static bool fits(const Entry& entry, std::span<const std::string> segments);
  static void capture(const Entry& entry, std::span<const std::string> segments, Match& match);

  std::vector<Entry> entries_;  // as in the table
};

}  // namespace cadastre
