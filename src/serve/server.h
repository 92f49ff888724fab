// `cadastre serve`: the store's index, sign-in, the API and its server, the scheduler and what is done now and then,
// put together. Started and stopped once.
#pragma once

#include <memory>

#include "collect/run.h"
#include "config/config.h"
#include "net/http_client.h"
#include "search/reader.h"

namespace cadastre::serve {

// What the program has made already; all of it outlives the server.
struct Parts {
  std::shared_ptr<const Config> config;
  collect::Collector collector;  // its configuration is replaced by the current one at each run
  HttpTransport& http;           // to the identity provider
  std::function<Result<Config>()> read_config;
  std::string release;
  std::string web;        // the dashboard's directory; "" : none
  bool scheduled = true;  // false: collect on request only
};

class Server {
 public:
  // Listens at once; reads are answered when the index is built. Errors: invalid, io: what is listened on,
  // certificates, the dashboard's files; the store's.
  static Result<std::unique_ptr<Server>> start(Parts parts);
  ~Server();  // as stop()

  // Reads the configuration and the certificates again. What is wrong is logged, and the old ones stay in use.
  void reload();
  // No new requests; those under way get a few seconds, cells under way end early, and what was read is kept.
  void stop();
  int port() const;

 private:
  Server();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cadastre::serve
