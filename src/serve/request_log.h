// One line for each request: who, what, how it went. Never a query, a header or a body: those may hold secrets.
// Thread-safe.
#pragma once

#include <mutex>
#include <unordered_map>

#include "net/http_server.h"

namespace cadastre::serve {

class RequestLog {
 public:
  // Whose request it turned out to be; kept until served() is called for it.
  void asked_by(const std::string& request, std::string user);
  void served(const ServerOptions::Served& request);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::string> users_;  // by request id
};

}  // namespace cadastre::serve
