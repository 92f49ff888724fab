// A server's API as a source of answers: HTTP and JSON, with the token that `cadastre login` left.
#pragma once

#include "cli/source.h"

namespace cadastre::cli {

// "?q=web&at=…" of what is not empty.
class Parameters {
 public:
  Parameters& add(std::string_view name, std::string_view value);
  Parameters& add(std::string_view name, const std::optional<Time>& time);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// A server's API, asked as whoever the token is of. For one thread.
class ApiClient {
 public:
  // The transport outlives it.
  ApiClient(std::string url, std::string token, HttpTransport& transport);
  // With the token that `cadastre login` left. Errors: as open_remote.
  static Result<ApiClient> open(const std::string& url);
  // `target`: "/api/v1/…". Errors: what the server's problem tells, as if it had happened here; io, timeout.
  Result<json::object> get(const std::string& target);

 private:
  std::string url_, token_;
  std::unique_ptr<HttpTransport> owned_;
  HttpTransport* transport_;
};

Result<std::vector<json::object>> remote_clusters(ApiClient& api, const Source::ClustersRequest& request);

// --server, else $CADASTRE_SERVER, without a slash at its end; "" when neither is given.
std::string server_url(const GlobalOptions& options);

// Errors: invalid (no URL of http or https), denied (no token: says how to sign in).
Result<std::unique_ptr<Source>> open_remote(const std::string& url);
// The same over any transport, for tests.
std::unique_ptr<Source> remote_source(const std::string& url, const std::string& token, HttpTransport& transport);

// What the server's answer means: its body, or the error that its problem tells (RFC 9457), as if it had happened here.
Result<json::value> read_answer(const HttpResponse& response, const std::string& url);

// Back from the JSON of search/json.h. What is not there stays empty: a server may be of an earlier release.
search::Row row_from_json(const json::object& object);
search::Detail detail_from_json(const json::object& object);
search::VersionRow version_from_json(const json::object& object);
search::ChangeRow change_from_json(const json::object& object);
search::Reader::Diff diff_from_json(const json::object& object);
search::Coverage coverage_from_json(const json::object& object);
std::vector<catalog::Column> columns_from_json(const json::value* columns);

}  // namespace cadastre::cli
