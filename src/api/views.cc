// Saved views: questions worth keeping. A view is a page's path and query, so opening one asks it anew, within the
// scope of whoever opens it. What was written into a query by somebody else may name what the asker must not know:
// shared views of others are shown only to those who see every account.
#include <charconv>

#include "api/answer.h"
#include "api/question.h"

namespace cadastre::api {
namespace {

constexpr size_t kLongest = 4'000, kMost = 200;  // bytes of a query; views of one user

json::object view_json(const Call& call, const store::View& view) {
  return {{"id", view.id},
          {"name", view.name},
          {"path", view.path},
          {"query", view.query},
          {"shared", view.shared},
          {"mine", view.user == call.principal.user},
          {"changed_at", format_time(view.changed)}};
}

Result<std::vector<store::View>> views_of(const Call& call) {
  TRY_ASSIGN(auto views, call.services.store.journal().views(call.principal.user));
  std::erase_if(views, [&](const auto& view) {
    return view.user != call.principal.user && !(view.shared && call.scope().everything);
  });
  return views;
}

Result<store::View> own_view(const Call& call) {
  int64_t id = 0;
  const auto& text = call.captured();
  std::from_chars(text.data(), text.data() + text.size(), id);
  TRY_ASSIGN(auto views, views_of(call));
  auto at = std::ranges::find(views, id, &store::View::id);
  if (at == views.end() || at->user != call.principal.user) return fail(ErrorCode::not_found, "you have no such view");
  return *at;
}

Result<store::View> read_view(const Call& call, store::View view) {
  TRY_ASSIGN(auto body, Body::of(call, {"name", "path", "query", "shared"}));
  TRY_ASSIGN(view.name, body.text("name", true));
  TRY_ASSIGN(view.path, body.text("path", true));
  TRY_ASSIGN(view.query, body.text("query"));
  TRY_ASSIGN(view.shared, body.flag("shared"));
  constexpr size_t kLongestName = 100;
  if (view.name.empty() || view.name.size() > kLongestName)
    return fail(ErrorCode::invalid, fmt::format("a view's name has 1 to {} bytes", kLongestName));
  // A path of this server: never another host, nor anything that a browser would take for one.
  if (!view.path.starts_with('/') || view.path.starts_with("//") || view.path.find('\\') != std::string::npos)
    return fail(ErrorCode::invalid, "'path' must be a path of this server, as /resources/aws.ec2.instance");
  if (view.path.size() > kLongest || view.query.size() > kLongest)
    return fail(ErrorCode::invalid, fmt::format("a view's path and query have at most {} bytes", kLongest));
  view.user = call.principal.user;
  view.changed = call.services.clock.now();
  return view;
}

Result<ServerResponse> list_views(const Call& call) {
  TRY_ASSIGN(auto views, views_of(call));
  json::array rows;
  for (const auto& view : views) rows.push_back(view_json(call, view));
  return json_answer(json::object{{"rows", std::move(rows)}});
}

Result<ServerResponse> add_view(const Call& call) {
  TRY_ASSIGN(auto view, read_view(call, {}));
  TRY_ASSIGN(auto views, call.services.store.journal().views(call.principal.user));
  auto mine = std::ranges::count(views, call.principal.user, &store::View::user);
  if (static_cast<size_t>(mine) >= kMost)
    return fail(ErrorCode::invalid, fmt::format("you have {} views; remove one first", kMost));
  TRY_ASSIGN(view.id, call.services.store.journal().put_view(view));
  return json_answer(view_json(call, view), 201);
}

Result<ServerResponse> change_view(const Call& call) {
  TRY_ASSIGN(auto old, own_view(call));
  TRY_ASSIGN(auto view, read_view(call, old));
  TRY(call.services.store.journal().put_view(view));
  return json_answer(view_json(call, view));
}

Result<ServerResponse> remove_view(const Call& call) {
  TRY_ASSIGN(auto view, own_view(call));
  TRY(call.services.store.journal().remove_view(view.id));
  return no_content();
}

}  // namespace

Routes view_routes() {
  using enum auth::Permission;
  return {
      {"GET",
       "/api/v1/views",
       signed_in,
       "views",
       "listViews",
       "One's own saved views, and shared ones",
       {},
       list_views},
      {"POST", "/api/v1/views", signed_in, "views", "addView", "Save a view", {}, add_view},
      {"PUT", "/api/v1/views/{view}", signed_in, "views", "changeView", "Change a view of one's own", {}, change_view},
      {"DELETE",
       "/api/v1/views/{view}",
       signed_in,
       "views",
       "removeView",
       "Remove a view of one's own",
       {},
       remove_view}};
}

}  // namespace cadastre::api
