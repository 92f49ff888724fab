// What happens while somebody looks: cells as they are read, changes as they come in (server-sent events). Each
// subscriber hears of the own accounts only, and is asked again every minute whether the session still holds.
// Thread-safe; sending never blocks.
#pragma once

#include <mutex>

#include "auth/auth.h"
#include "base/json.h"
#include "collect/cell_run.h"
#include "collect/scheduler.h"
#include "net/http_server.h"

namespace cadastre::api {

class EventHub {
 public:
  static constexpr size_t kOfOne = 20;  // streams of one user

  explicit EventHub(auth::Auth& auth) : auth_(auth) {}

  // False: this user has enough streams already.
  bool room_for(int64_t user) const;
  void add(std::shared_ptr<EventStream> stream, const ServerRequest& request, const auth::Principal& principal);
  bool anyone() const;

  void cell(int64_t run, const collect::CellReport& report);
  void run(const collect::RunState& state);
  // Versions were written in these accounts; the index has them.
  void changes(const std::set<std::string>& accounts, Time now);
  // Every minute: lets go of those who may no longer listen, and shows the others that the line is up.
  void ask_again();
  void close_all();

 private:
  struct Subscriber {
    std::shared_ptr<EventStream> stream;
    ServerRequest request;  // the session is checked by it again
    int64_t user = 0;
    query::Scope scope;
  };
  void send(std::string_view event, const std::function<std::optional<json::object>(const query::Scope&)>& data);

  auth::Auth& auth_;
  mutable std::mutex mutex_;
  std::vector<Subscriber> subscribers_;
};

}  // namespace cadastre::api
