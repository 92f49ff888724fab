#include "serve/request_log.h"

#include "base/json.h"
#include "base/log.h"

namespace cadastre::serve {

void RequestLog::asked_by(const std::string& request, std::string user) {
  std::lock_guard lock(mutex_);
  users_[request] = std::move(user);
}

void RequestLog::served(const ServerOptions::Served& request) {
  std::string user;
  {
    std::lock_guard lock(mutex_);
    if (auto node = users_.extract(std::string(request.id))) user = std::move(node.mapped());
  }
  if (!log_enabled(LogLevel::info)) return;
  auto path = request.target.substr(0, request.target.find('?'));
  constexpr size_t kLongest = 300;
  log_record(LogLevel::info, "request",
             {{"id", request.id},
              {"peer", request.peer},
              {"user", user},
              {"method", request.method},
              {"path", path.substr(0, kLongest)},
              {"route", request.route},
              {"status", request.status},
              {"bytes", request.sent},
              {"ms", request.took.count()}});
}

}  // namespace cadastre::serve
