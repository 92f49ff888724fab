#include "cli/remote.h"

#include <cstdlib>

#include "base/text.h"
#include "cli/credentials.h"
#include "cli/release.h"

namespace cadastre::cli {
namespace {

constexpr size_t kPage = 200;  // rows: the API's most

class Remote final : public Source {
 public:
  explicit Remote(ApiClient api) : api_(std::move(api)) {}

  Result<Found> find(const search::ListRequest& request, size_t limit,
                     const std::function<void(const std::vector<catalog::Column>&)>& begin,
                     const std::function<void(const search::Row&)>& visit) override {
    Found found;
    std::string cursor;
    std::vector<catalog::Column> columns;
    do {
      auto wanted = limit == 0 ? kPage : std::min<uint64_t>(kPage, limit - found.shown);
      Parameters parameters;
      parameters.add("q", request.q).add("at", request.at).add("since", request.since).add("until", request.until);
      parameters.add("deleted", request.deleted ? "true" : "").add("data", request.documents ? "true" : "");
      parameters.add("sort", request.sort).add("cols", join(request.columns, ","));
      parameters.add("limit", std::to_string(wanted)).add("cursor", cursor);
      TRY_ASSIGN(auto answer, get("/api/v1/resources" + parameters.text()));
      if (cursor.empty()) {
        found.total = static_cast<uint64_t>(count(answer, "total"));
        found.exact = !answer.contains("exact") || answer.at("exact") == json::value(true);
        if (auto* coverage = answer.if_contains("coverage"); coverage && coverage->is_object())
          found.coverage = coverage_from_json(coverage->get_object());
        columns = columns_from_json(answer.if_contains("columns"));
        begin(columns);
      }
      rows(answer, [&](const json::object& object) {
        auto row = row_from_json(object);
        row.columns.resize(columns.size());
        visit(row);
        ++found.shown;
      });
      auto* next = answer.if_contains("next");
      cursor = next ? scalar_text(*next) : "";
    } while (!cursor.empty() && (limit == 0 || found.shown < limit));
    return found;
  }

  Result<search::Detail> detail(const std::string& id, std::optional<Time> at) override {
    Parameters parameters;
    parameters.add("at", at).add("gone", "true");
    TRY_ASSIGN(auto answer, get(resource(id) + parameters.text()));
    return detail_from_json(answer);
  }

  Result<std::vector<search::VersionRow>> versions(const std::string& id) override {
    TRY_ASSIGN(auto answer, get(resource(id) + "/versions?data=true"));
    std::vector<search::VersionRow> found;
    rows(answer, [&](const json::object& object) { found.push_back(version_from_json(object)); });
    return found;
  }

  Result<search::Reader::Diff> diff(const std::string& id, Time from, Time to) override {
    Parameters parameters;
    parameters.add("from", std::optional(from)).add("to", std::optional(to));
    TRY_ASSIGN(auto answer, get(resource(id) + "/diff" + parameters.text()));
    return diff_from_json(answer);
  }

  Result<search::ChangesAnswer> changes(const search::ChangesRequest& request) override {
    Parameters parameters;
    parameters.add("q", request.q).add("since", request.since).add("until", request.until);
    parameters.add("limit", std::to_string(std::min(kPage, request.limit))).add("cursor", request.cursor);
    parameters.add("brief", request.differences ? "" : "true");
    TRY_ASSIGN(auto answer, get("/api/v1/changes" + parameters.text()));
    search::ChangesAnswer found;
    rows(answer, [&](const json::object& object) { found.rows.push_back(change_from_json(object)); });
    if (auto* next = answer.if_contains("next")) found.next = scalar_text(*next);
    return found;
  }

  Result<std::vector<json::object>> clusters(const ClustersRequest& request) override {
    return remote_clusters(api_, request);
  }

 private:
  static std::string resource(const std::string& id) { return "/api/v1/resources/" + percent_encode(id); }

  static int64_t count(const json::object& object, std::string_view name) {
    auto* value = object.if_contains(name);
    return value && value->is_number() ? value->to_number<int64_t>() : 0;
  }

  static void rows(const json::object& answer, const std::function<void(const json::object&)>& visit) {
    auto* rows = answer.if_contains("rows");
    if (!rows || !rows->is_array()) return;
    for (const auto& row : rows->get_array()) {
      if (row.is_object()) visit(row.get_object());
    }
  }

  Result<json::object> get(const std::string& target) { return api_.get(target); }

  ApiClient api_;
};

ErrorCode code_of(int status) {
  switch (status) {
    case 400:
    case 422:
      return ErrorCode::invalid;
    case 401:
    case 403:
      return ErrorCode::denied;
    case 404:
      return ErrorCode::not_found;
    case 410:
      return ErrorCode::gone;
    case 429:
      return ErrorCode::throttled;
    default:
      return ErrorCode::failed;
  }
}

}  // namespace

std::string server_url(const GlobalOptions& options) {
  auto url = options.server;
  const char* variable = std::getenv("CADASTRE_SERVER");
  if (url.empty() && variable) url = variable;
  while (url.ends_with('/')) url.pop_back();
  return url;
}

Result<json::value> read_answer(const HttpResponse& response, const std::string& url) {
  auto body = parse_json(response.body, "the server's answer");
  if (response.status >= 200 && response.status < 300) {
    if (!body)
      return fail(ErrorCode::malformed, fmt::format("{} is no Cadastre server: it did not answer in JSON", url));
    return body;
  }
  std::string detail, query;
  size_t position = 0;
  if (body && body->is_object()) {
    const auto& problem = body->get_object();
    if (auto* text = problem.if_contains("detail")) detail = scalar_text(*text);
    if (auto* text = problem.if_contains("query")) query = scalar_text(*text);
    if (auto* at = problem.if_contains("position"); at && at->is_int64())
      position = static_cast<size_t>(at->get_int64());
  }
  if (detail.empty()) detail = fmt::format("{} answered with HTTP {}", url, response.status);
  // What a server says is shown on a terminal.
  std::string message;
  for (auto line : split(detail, '\n')) message += (message.empty() ? "" : "\n") + printable(line);
  if (!query.empty() && position <= 200'000)
    message += fmt::format("\n  {}\n  {:>{}}", printable(query), "^", position + 1);
  if (response.status == 401) message += fmt::format("; `cadastre login --server {}` signs in", url);
  return fail(code_of(response.status), message);
}

Parameters& Parameters::add(std::string_view name, std::string_view value) {
  if (!value.empty()) text_ += fmt::format("{}{}={}", text_.empty() ? "?" : "&", name, percent_encode(value));
  return *this;
}

Parameters& Parameters::add(std::string_view name, const std::optional<Time>& time) {
  return time ? add(name, format_time(*time)) : *this;
}

ApiClient::ApiClient(std::string url, std::string token, HttpTransport& transport)
    : url_(std::move(url)), token_(std::move(token)), transport_(&transport) {}

Result<ApiClient> ApiClient::open(const std::string& url) {
  TRY(check_server_url(url));
  TRY_ASSIGN(auto token, token_for(url));
  HttpClientOptions options;
  options.user_agent = fmt::format("cadastre/{}", kRelease);
  auto transport = std::make_unique<HttpClient>(options);
  ApiClient api(url, std::move(token), *transport);
  api.owned_ = std::move(transport);
  return api;
}

Result<json::object> ApiClient::get(const std::string& target) {
  HttpRequest request;
  request.url = url_ + target;
  request.headers = {{"Accept", "application/json"}, {"Authorization", "Bearer " + token_}};
  TRY_ASSIGN(auto response, transport_->send(request, {}));
  TRY_ASSIGN(auto body, read_answer(response, url_));
  if (!body.is_object()) return fail(ErrorCode::malformed, fmt::format("{} answered with something else", url_));
  return std::move(body.get_object());
}

std::unique_ptr<Source> remote_source(const std::string& url, const std::string& token, HttpTransport& transport) {
  return std::make_unique<Remote>(ApiClient(url, token, transport));
}

Result<std::unique_ptr<Source>> open_remote(const std::string& url) {
  TRY_ASSIGN(auto api, ApiClient::open(url));
  return std::make_unique<Remote>(std::move(api));
}

}  // namespace cadastre::cli
