// An HttpServer on a free port, and clients for it. Header-only, for tests.
#pragma once

#include <doctest/doctest.h>

#include <fstream>

#include "net/http_server.h"
#include "support/raw_socket.h"

namespace cadastre::testing {

struct TestServer {
  std::unique_ptr<HttpServer> server;
  HttpClient http;

  explicit TestServer(Handler handler, ServerOptions options = {}) {
    options.listen = options.listen == ServerOptions().listen ? "127.0.0.1:0" : options.listen;
    auto started = HttpServer::start(std::move(options), std::move(handler));
    REQUIRE(started);
    server = std::move(*started);
  }
  int port() const { return server->port(); }
  std::string url(std::string_view target = "/") const { return fmt::format("http://127.0.0.1:{}{}", port(), target); }
  // Sends bytes on a connection of their own and reads until the server ends it.
  std::string exchange(std::string_view bytes) const {
    RawSocket socket(port());
    REQUIRE(socket.send(bytes));
    return socket.receive_all();
  }
};

// A number of /proc/self/status: "Threads", "VmRSS" (KiB).
inline long process_status(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":")) return std::stol(line.substr(name.size() + 1));
  }
  return 0;
}

}  // namespace cadastre::testing
