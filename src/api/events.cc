#include "api/events.h"

#include "api/route.h"

namespace cadastre::api {

bool EventHub::room_for(int64_t user) const {
  std::lock_guard lock(mutex_);
  auto streams = std::ranges::count_if(
      subscribers_, [&](const auto& subscriber) { return subscriber.user == user && subscriber.stream->open(); });
  return static_cast<size_t>(streams) < kOfOne;
}

void EventHub::add(std::shared_ptr<EventStream> stream, const ServerRequest& request,
                   const auth::Principal& principal) {
  stream->send("ready", "{}");
  std::lock_guard lock(mutex_);
  subscribers_.push_back({std::move(stream), request, principal.user, principal.scope});
}

bool EventHub::anyone() const {
  std::lock_guard lock(mutex_);
  return !subscribers_.empty();
}

void EventHub::send(std::string_view event,
                    const std::function<std::optional<json::object>(const query::Scope&)>& data) {
  std::lock_guard lock(mutex_);
  std::erase_if(subscribers_, [&](const auto& subscriber) {
    auto body = data(subscriber.scope);
    return body ? !subscriber.stream->send(event, to_json(*body)) : !subscriber.stream->open();
  });
}

void EventHub::cell(int64_t run, const collect::CellReport& report) {
  send("cell", [&](const query::Scope& scope) -> std::optional<json::object> {
    if (!scope.sees(report.key.account)) return std::nullopt;
    return json::object{{"run", run},
                        {"account", report.key.account},
                        {"region", report.key.region},
                        {"kind", report.key.kind},
                        {"outcome", store::to_string(report.outcome)},
                        {"resources", report.listed},
                        {"opened", report.opened},
                        {"changed", report.changed},
                        {"closed", report.closed}};
  });
}

void EventHub::run(const collect::RunState& state) {
  send("run", [&](const query::Scope& scope) -> std::optional<json::object> {
    const auto& accounts = state.selection.accounts;
    bool all_seen =
        scope.everything ||
        (!accounts.empty() && std::ranges::all_of(accounts, [&](const auto& account) { return scope.sees(account); }));
    if (!all_seen) return std::nullopt;
    return json::object{{"run", state.id},
                        {"waiting", state.waiting},
                        {"message", state.message},
                        {"cells", state.cells},
                        {"done", state.done}};
  });
}

void EventHub::changes(const std::set<std::string>& accounts, Time now) {
  send("changes", [&](const query::Scope& scope) -> std::optional<json::object> {
    json::array seen;
    for (const auto& account : accounts) {
      if (scope.sees(account)) seen.emplace_back(account);
    }
    if (seen.empty()) return std::nullopt;
    return json::object{{"accounts", std::move(seen)}, {"at", format_time(now)}};
  });
}

void EventHub::ask_again() {
  auto asked = [&] {
    std::lock_guard lock(mutex_);
    return subscribers_;
  }();
  // Outside the lock: the identity provider may be asked.
  for (auto& subscriber : asked) {
    auto principal = auth_.authenticate(subscriber.request);
    bool may = principal && principal->user == subscriber.user && principal->may(auth::Permission::read);
    if (!may || !subscriber.stream->send("ping", "{}")) subscriber.stream->close();
    if (may) subscriber.scope = principal->scope;
  }
  std::lock_guard lock(mutex_);
  for (auto& subscriber : subscribers_) {
    auto at = std::ranges::find(asked, subscriber.stream, &Subscriber::stream);
    if (at != asked.end()) subscriber.scope = at->scope;
  }
  std::erase_if(subscribers_, [](const auto& subscriber) { return !subscriber.stream->open(); });
}

void EventHub::close_all() {
  std::lock_guard lock(mutex_);
  for (auto& subscriber : subscribers_) subscriber.stream->close();
  subscribers_.clear();
}

namespace {

Result<ServerResponse> open_events(const Call& call) {
  auto& hub = call.services.events;
  if (!hub.room_for(call.principal.user))
    return fail(ErrorCode::throttled, "you have many event streams open; close some");
  ServerResponse response;
  response.set("Content-Type", "text/event-stream");
  response.events = [&hub, request = call.request, principal = call.principal](std::shared_ptr<EventStream> stream) {
    hub.add(std::move(stream), request, principal);
  };
  return response;
}

}  // namespace

Routes event_routes() {
  return {{"GET",
           "/api/v1/events",
           auth::Permission::read,
           "runs",
           "events",
           "Cells and changes as they come, as server-sent events",
           {},
           open_events}};
}

}  // namespace cadastre::api
