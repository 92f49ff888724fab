#include "cli/credentials.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"

namespace cadastre::cli {
namespace {

Result<json::object> read_credentials(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return json::object{};
  if ((status.st_mode & 077) != 0) {
    return fail(
        ErrorCode::refused,
        fmt::format("{} can be read by others; `chmod 600 {}`, and make new tokens for what is in it", file, file));
  }
  TRY_ASSIGN(auto text, read_file(file));
  auto value = parse_json(text, file);
  if (!value || !value->is_object())
    return fail(ErrorCode::invalid, fmt::format("{} is damaged; delete it and sign in again", file));
  return std::move(value->get_object());
}

}  // namespace

std::string credentials_file() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  return (config && *config ? std::string(config) : expand_home("~/.config")) + "/cadastre/credentials";
}

Result<void> check_server_url(const std::string& url) {
  bool http = url.starts_with("http://") || url.starts_with("https://");
  if (http && url.find_first_of(" ?#@") == url.npos) return {};
  return fail(ErrorCode::invalid,
              fmt::format("'{}' is no server's URL; write for example https://cadastre.example.com", printable(url)));
}

Result<std::string> token_for(const std::string& url) {
  if (const char* token = std::getenv("CADASTRE_TOKEN"); token && *token) return std::string(token);
  TRY_ASSIGN(auto known, read_credentials(credentials_file()));
  auto* token = known.if_contains(url);
  if (token && token->is_string()) return std::string(token->get_string());
  return fail(
      ErrorCode::denied,
      fmt::format("you are not signed in to {0}; run `cadastre login --server {0}` or set CADASTRE_TOKEN", url));
}

Result<void> keep_token(const std::string& url, const std::string& token) {
  auto file = credentials_file();
  TRY_ASSIGN(auto known, read_credentials(file));
  if (token.empty())
    known.erase(url);
  else
    known[url] = token;
  std::error_code problem;
  std::filesystem::create_directories(std::filesystem::path(file).parent_path(), problem);
  if (problem) return fail(ErrorCode::io, fmt::format("cannot make the folder of {}: {}", file, problem.message()));
  return write_file(file, to_pretty_json(known) + "\n", 0600);
}

}  // namespace cadastre::cli
