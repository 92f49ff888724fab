// The smallest server with a sign-in: Auth and Oidc behind five routes, on a store of its own and a clock that can be
// put forward. What tests/oidc/oidc_test.py signs in to.
//
//   oidc_client ISSUER CLIENT SECRET PORT STORE
//
//   GET  /begin?to=PATH&silent=1   to the provider
//   GET  /callback                 back from it
//   GET  /me                       who one is, as JSON; 401 with the sentence when nobody
//   POST /sign-out                 needs the CSRF token that /me tells; answers with where to sign out of the provider
//   POST /advance?ms=N             puts the clock forward
//   POST /token                    a new API token of the one who is signed in
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "auth/oidc.h"
#include "base/json.h"
#include "net/http_client.h"
#include "net/http_server.h"

namespace {

using namespace cadastre;

class MovedClock final : public Clock {
 public:
  Time now() override { return system_clock().now() + Millis(moved.load()); }
  std::chrono::steady_clock::time_point steady() override { return system_clock().steady() + Millis(moved.load()); }
  std::atomic<int64_t> moved = 0;
};

struct Client {
  auth::Auth& auth;
  auth::Oidc& oidc;
  MovedClock& clock;

  static ServerResponse failed(const Error& error) {
    bool nobody = error.code == ErrorCode::denied || error.code == ErrorCode::expired;
    ServerResponse response{.status = nobody ? 401 : error.code == ErrorCode::refused ? 403 : 502};
    response.body = std::string(to_string(error.code)) + ": " + error.message + "\n";
    return response;
  }
  static ServerResponse moved_to(const std::string& where) {
    ServerResponse response{.status = 303};
    response.set("Location", where);
    return response;
  }

  ServerResponse begin(const ServerRequest& request) {
    const auto* to = request.parameter("to");
    auto redirect = oidc.begin(to ? *to : "", request, request.parameter("silent") != nullptr);
    if (!redirect) return failed(redirect.error());
    auto response = moved_to(redirect->url);
    response.headers.push_back({"Set-Cookie", redirect->cookie});
    return response;
  }

  ServerResponse callback(const ServerRequest& request) {
    auto finished = oidc.finish(request);
    auto response = finished ? moved_to(finished->return_to) : failed(finished.error());
    response.headers.push_back({"Set-Cookie", auth::Oidc::no_cookie(request.secure)});
    if (finished) {
      response.headers.push_back({"Set-Cookie", auth::Auth::cookie(finished->in.secret, request.secure)});
    }
    return response;
  }

  ServerResponse answer(const ServerRequest& request) {
    if (request.path == "/begin") return begin(request);
    if (request.path == "/callback") return callback(request);
    if (request.path == "/advance") {
      clock.moved += std::atoll(request.parameter("ms")->c_str());
      return {};
    }
    auto who = auth.authenticate(request);
    if (!who) return failed(who.error());
    if (who->kind == auth::Principal::Kind::nobody) return ServerResponse{.status = 401};
    if (request.path == "/sign-out") {
      if (auto done = auth.sign_out(*who); !done) return failed(done.error());
      auto where = oidc.sign_out_url("http://127.0.0.1/", request.stop);
      ServerResponse response;
      response.body = where && *where ? **where : "";
      return response;
    }
    if (request.path == "/token") {
      auth::NewToken token;
      token.name = "test";
      token.scopes = {"read"};
      auto secret = auth.add_token(*who, token);
      if (!secret) return failed(secret.error());
      ServerResponse response;
      response.body = *secret;
      return response;
    }
    ServerResponse response;
    response.body =
        to_json(json::object{{"path", request.target},
                             {"name", who->name},
                             {"role", auth::to_string(who->role)},
                             {"everything", who->scope.everything},
                             {"accounts", json::array(who->scope.accounts.begin(), who->scope.accounts.end())},
                             {"csrf", who->csrf}});
    return response;
  }
};

int die(const Error& error) {
  std::fprintf(stderr, "oidc_client: %s (%s)\n", error.message.c_str(), error.cause.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  Config config;
  config.sign_in.oidc = OidcConfig{};
  auto& provider = *config.sign_in.oidc;
  provider.issuer = argv[1];
  provider.client_id = argv[2];
  provider.client_secret = argv[3];
  provider.scopes = {"openid", "email", "groups"};
  provider.grants = {{"platform", "admin", {}},
                     {"payments", "operator", {"pay", "222222222222"}},
                     {"everyone", "viewer", {"111111111111"}}};
  config.accounts.emplace_back();
  config.accounts.back().id = "333333333333";
  config.accounts.back().name = "pay";
  std::string address = std::string("127.0.0.1:") + argv[4];

  MovedClock clock;
  auto store = store::open_store(argv[5], clock);
  if (!store) return die(store.error());
  HttpClient http;
  auth::Auth auth(**store, config.sign_in, clock);
  auth::Oidc oidc(config, auth, **store, http, clock, "http://" + address + "/callback");
  Client client{auth, oidc, clock};
  ServerOptions options{.listen = address};
  auto server =
      HttpServer::start(std::move(options), [&](const ServerRequest& request) { return client.answer(request); });
  if (!server) return die(server.error());
  std::puts("ready");
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  (*server)->stop(Millis(1000));
  return 0;
}
