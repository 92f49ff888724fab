#include "aws/credentials_metadata.h"

#include "aws/credentials_renewing.h"
#include "aws/profile_file.h"
#include "aws/url.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"

namespace cadastre::aws {
namespace {

constexpr Millis kConnectTimeout{1'000};  // off EC2 nothing listens, and nobody wants to wait for that
constexpr Millis kTimeout{5'000};
constexpr size_t kLargestAnswer = 64 * 1024;

// Credentials may travel unencrypted only to this machine and to the link-local addresses that AWS uses.
bool may_be_plain(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.") || host == "169.254.170.2" ||
         host == "169.254.170.23" || host == "fd00:ec2::23";
}

Result<HttpResponse> ask(const Environment& environment, std::string_view method, const std::string& url,
                         std::vector<HttpHeader> headers, std::stop_token stop) {
  HttpRequest request{.method = std::string(method),
                      .url = url,
                      .headers = std::move(headers),
                      .connect_timeout = kConnectTimeout,
                      .timeout = kTimeout,
                      .direct = true,
                      .max_body = kLargestAnswer};
  return environment.http->send(request, stop);
}

// The Authorization header, read anew each time: EKS replaces the file.
Result<std::string> container_token(const Environment& environment) {
  auto token = variable(environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
  if (auto file = variable(environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); !file.empty()) {
    TRY_ASSIGN(token, read_file(file));
    token = std::string(trim(token));
  }
  if (token.find_first_of("\r\n") != token.npos) {
    return fail(ErrorCode::invalid, "the container's authorization token contains a line break");
  }
  return token;
}

Result<Credentials> fetch_container(const Environment& environment, const std::string& url, std::stop_token stop) {
  auto what = fmt::format("container credentials of {}", url);
  auto token = container_token(environment);
  if (!token) return std::unexpected(std::move(token.error()).in(what));
  std::vector<HttpHeader> headers{{"Accept", "application/json"}};
  if (!token->empty()) headers.push_back({"Authorization", std::move(*token)});
  auto response = ask(environment, "GET", url, std::move(headers), stop);
  if (!response) return std::unexpected(std::move(response.error()).in(what));
  if (response->status != 200) {
    auto code = response->status == 401 || response->status == 403 ? ErrorCode::denied : ErrorCode::failed;
    return fail(code, fmt::format("{}: refused with HTTP {}; check the task role or the pod identity association", what,
                                  response->status));
  }
  return parse_credentials_json(response->body, what, "Token");
}

Result<Credentials> fetch_instance(const Environment& environment, const std::string& base, std::stop_token stop) {
  auto what = fmt::format("instance metadata at {}", base);
  auto get = [&](std::string_view method, const std::string& path, HttpHeader header) -> Result<std::string> {
    auto response = ask(environment, method, base + path, {std::move(header)}, stop);
    if (!response) return std::unexpected(std::move(response.error()).in(what));
    if (response->status == 200) return std::move(response->body);
    if (response->status == 404 && method == "GET") {
      return fail(ErrorCode::not_found, what + ": the instance has no role; attach an instance profile");
    }
    return fail(ErrorCode::denied,
                fmt::format("{}: version 2 refused with HTTP {}; from a container, the hop limit must be 2", what,
                            response->status));
  };
  TRY_ASSIGN(auto token, get("PUT", "/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds", "21600"}));
  HttpHeader authorization{"X-aws-ec2-metadata-token", std::string(trim(token))};
  const std::string roles = "/latest/meta-data/iam/security-credentials/";
  TRY_ASSIGN(auto listed, get("GET", roles, authorization));
  auto role = trim(std::string_view(listed).substr(0, listed.find('\n')));
  TRY_ASSIGN(auto answer, get("GET", roles + percent_encode(role), authorization));
  return parse_credentials_json(answer, what, "Token");
}

}  // namespace

Result<Credentials> parse_credentials_json(std::string_view text, std::string_view what, std::string_view token_name) {
  auto parsed = parse_json(text, what);
  if (!parsed || !parsed->is_object()) {
    return fail(ErrorCode::malformed,
                fmt::format("{}: the answer is no JSON object", what));  // its text may hold secrets
  }
  const auto& object = parsed->get_object();
  if (auto code = member_text(object, "Code"); !code.empty() && code != "Success") {
    return fail(ErrorCode::denied, fmt::format("{}: {}", what, printable(code)),
                printable(member_text(object, "Message")));
  }
  Credentials credentials{member_text(object, "AccessKeyId"), member_text(object, "SecretAccessKey"),
                          member_text(object, token_name), std::nullopt};
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
    return fail(ErrorCode::malformed, fmt::format("{}: AccessKeyId or SecretAccessKey is missing", what));
  }
  if (auto expiration = member_text(object, "Expiration"); !expiration.empty()) {
    credentials.expires = parse_rfc3339(expiration);
    if (!credentials.expires)
      return fail(ErrorCode::malformed, fmt::format("{}: Expiration is no RFC 3339 time", what));
  }
  return credentials;
}

Result<CredentialsPtr> container_credentials(const Environment& environment) {
  std::string url;
  if (auto relative = variable(environment, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"); !relative.empty()) {
    url = "http://169.254.170.2" + (relative.starts_with('/') ? relative : "/" + relative);
  } else {
    url = variable(environment, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
  }
  if (url.empty()) return CredentialsPtr();
  auto parsed = parse_url(url);
  if (!parsed) return std::unexpected(std::move(parsed.error()).in("AWS_CONTAINER_CREDENTIALS_FULL_URI"));
  if (parsed->scheme != "https" && !may_be_plain(parsed->host())) {
    return fail(ErrorCode::invalid,
                fmt::format("AWS_CONTAINER_CREDENTIALS_FULL_URI names {}: over plain http, credentials are asked "
                            "only of this machine and of ECS's and EKS's own addresses",
                            parsed->host()));
  }
  return std::make_shared<RenewingSource>(
      *environment.clock, "the container at " + parsed->authority,
      [environment, url](std::stop_token stop) { return fetch_container(environment, url, stop); });
}

Result<CredentialsPtr> instance_credentials(const Environment& environment) {
  if (iequals(variable(environment, "AWS_EC2_METADATA_DISABLED"), "true")) return CredentialsPtr();
  auto base = variable(environment, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (base.empty()) {
    bool six = iequals(variable(environment, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"), "ipv6");
    base = six ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
  }
  auto parsed = parse_url(base);
  if (!parsed) return std::unexpected(std::move(parsed.error()).in("AWS_EC2_METADATA_SERVICE_ENDPOINT"));
  base = parsed->origin() + parsed->path;
  return std::make_shared<RenewingSource>(
      *environment.clock, "the instance's role",
      [environment, base](std::stop_token stop) { return fetch_instance(environment, base, stop); });
}

}  // namespace cadastre::aws
