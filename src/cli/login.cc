// cadastre login, cadastre logout: API tokens of servers, kept for the reading commands.
#include <iostream>

#include "cli/credentials.h"
#include "cli/read.h"
#include "cli/release.h"
#include "cli/remote.h"
#include "cli/secret_input.h"

namespace cadastre::cli {
namespace {

Result<HttpResponse> send(HttpClient& client, std::string method, const std::string& url, std::string body,
                          std::vector<HttpHeader> headers) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = url;
  request.headers = std::move(headers);
  request.headers.push_back({"Accept", "application/json"});
  if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
  request.body = std::move(body);
  return client.send(request, {});
}

std::string text_in(const json::value& value, std::string_view name) {
  auto* object = value.if_object();
  auto* member = object ? object->if_contains(name) : nullptr;
  return member ? scalar_text(*member) : "";
}

// Signs in with name and password, for as long as it takes to make a token.
Result<std::string> make_token(HttpClient& client, const std::string& url) {
  std::string name;
  std::fputs("Name: ", stderr);
  if (!std::getline(std::cin, name) || name.empty()) return fail(ErrorCode::cancelled, "nothing was kept");
  TRY_ASSIGN(auto password, ask_secret("Password: "));
  TRY_ASSIGN(auto answer, send(client, "POST", url + "/api/v1/session",
                               to_json(json::object{{"name", name}, {"password", password}}), {}));
  TRY_ASSIGN(auto session, read_answer(answer, url));
  const auto* set = answer.header("Set-Cookie");
  if (!set) return fail(ErrorCode::malformed, fmt::format("{} did not open a session", url));
  std::vector<HttpHeader> headers = {
      {"Cookie", set->substr(0, set->find(';'))}, {"X-CSRF-Token", text_in(session, "csrf")}, {"Origin", url}};
  json::object wanted{{"name", "cadastre login"}, {"scopes", json::array{"read"}}};
  TRY_ASSIGN(auto made, send(client, "POST", url + "/api/v1/tokens", to_json(wanted), headers));
  TRY_ASSIGN(auto token, read_answer(made, url));
  (void)send(client, "DELETE", url + "/api/v1/session", "", headers);  // the session has done its work
  return text_in(token, "token");
}

Result<int> login(const GlobalOptions& global, const LoginOptions& options) {
  auto url = server_url(global);
  if (url.empty()) return fail(ErrorCode::invalid, "which server? add --server https://cadastre.example.com");
  TRY(check_server_url(url));
  HttpClientOptions http;
  http.user_agent = fmt::format("cadastre/{}", kRelease);
  HttpClient client(http);
  std::string token;
  if (options.from_stdin) {
    std::getline(std::cin, token);
  } else {
    TRY_ASSIGN(token, ask_secret("API token (empty: sign in with name and password): "));
    if (token.empty()) {
      TRY_ASSIGN(token, make_token(client, url));
    }
  }
  if (token.empty()) return fail(ErrorCode::invalid, "no token was given; nothing was kept");
  TRY_ASSIGN(auto answer, send(client, "GET", url + "/api/v1/session", "", {{"Authorization", "Bearer " + token}}));
  TRY_ASSIGN(auto session, read_answer(answer, url));
  auto* user = session.is_object() ? session.get_object().if_contains("user") : nullptr;
  if (!user || !user->is_object()) return fail(ErrorCode::denied, fmt::format("{} does not know this token", url));
  TRY(keep_token(url, token));
  std::fputs(fmt::format("signed in to {} as {}; the token is in {}\n", url, text_in(*user, "name"), credentials_file())
                 .c_str(),
             stderr);
  return kOk;
}

Result<int> logout(const GlobalOptions& global) {
  auto url = server_url(global);
  if (url.empty()) return fail(ErrorCode::invalid, "of which server? add --server https://cadastre.example.com");
  TRY(keep_token(url, ""));
  return kOk;
}

}  // namespace

int run_login(const GlobalOptions& global, const LoginOptions& options) {
  auto code = login(global, options);
  return code ? *code : report_error(code.error(), global.verbose);
}

int run_logout(const GlobalOptions& global) {
  auto code = logout(global);
  return code ? *code : report_error(code.error(), global.verbose);
}

}  // namespace cadastre::cli
