// What /metrics shows, in Prometheus' text form. Counted as it happens, or read off the store and the index when asked.
// prometheus-cpp is in metrics.cc only. Thread-safe.
#pragma once

#include <memory>

#include "aws/client.h"
#include "net/http_server.h"

namespace cadastre::api {

struct Services;

class Metrics {
 public:
  Metrics();
  ~Metrics();

  void served(std::string_view route, int status, Millis took);
  void sign_in_failed();
  void run_ended(bool made);
  void set_store_bytes(uint64_t bytes);  // measuring takes a while: whoever keeps the store says it now and then
  // What the AWS client and the server have counted so far; asked at each look.
  void count_calls_with(std::function<std::map<std::string, aws::ClientCounts>()> by_service);
  void count_connections_with(std::function<ServerCounts()> counts);

  Result<std::string> text(const Services& services);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cadastre::api
