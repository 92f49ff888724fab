// For those who watch over the server: is it alive, may it be asked, how is it doing.
#include "api/answer.h"
#include "api/metrics.h"
#include "api/problem.h"
#include "api/route.h"

namespace cadastre::api {
namespace {

Result<ServerResponse> healthz(const Call&) { return text_answer("ok\n", "text/plain; charset=utf-8"); }

Result<ServerResponse> readyz(const Call& call) {
  if (call.services.ready && call.services.ready()) return text_answer("ready\n", "text/plain; charset=utf-8");
  auto response = text_answer("the index is being built\n", "text/plain; charset=utf-8", 503);
  response.set("Retry-After", "1");
  return response;
}

Result<ServerResponse> show_metrics(const Call& call) {
  TRY_ASSIGN(auto text, call.services.metrics.text(call.services));
  return text_answer(std::move(text), "text/plain; version=0.0.4; charset=utf-8");
}

}  // namespace

Routes health_routes() {
  using enum auth::Permission;
  return {{"GET", "/healthz", open, "health", "health", "The process is alive", {}, healthz},
          {"GET", "/readyz", open, "health", "ready", "The index is built: 503 before that", {}, readyz},
          {"GET", "/metrics", metrics, "health", "metrics", "Figures for Prometheus", {}, show_metrics}};
}

}  // namespace cadastre::api
