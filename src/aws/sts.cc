#include "aws/sts.h"

#include <pugixml.hpp>

#include "aws/identity_errors.h"
#include "aws/url.h"
#include "base/file.h"
#include "base/text.h"

namespace cadastre::aws {
namespace {

constexpr int kAttempts = 3;
constexpr Millis kFirstPause{100};
constexpr Millis kTimeout{20'000};

using Parameters = std::vector<std::pair<std::string_view, std::string>>;

struct StsAnswer {
  HttpResponse response;
  pugi::xml_document document;
  std::string code, message;  // of an error
};

// "111111111111" of "arn:aws:iam::111111111111:role/x".
std::string account_of(std::string_view arn) {
  auto parts = split(arn, ':');
  return parts.size() > 5 ? std::string(parts[4]) : "";
}

std::string in_account(std::string_view role_arn, std::string_view sentence) {
  auto account = account_of(role_arn);
  return account.empty() ? std::string(sentence) : fmt::format("account {}: {}", account, sentence);
}

std::string sts_region(const Environment& environment, const std::string& region) {
  if (!region.empty()) return region;
  return environment.default_region.empty() ? "us-east-1" : environment.default_region;
}

std::string sts_url(const Environment& environment, const std::string& region) {
  if (environment.sts_url) {
    if (auto url = environment.sts_url(region); !url.empty()) return url;
  }
  return fmt::format("https://sts.{}.amazonaws.com{}", region, region.starts_with("cn-") ? ".cn" : "");
}

bool pause(Millis time, std::stop_token stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any ended;
  ended.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

bool transient(const StsAnswer& answer) {
  return answer.response.status >= 500 || answer.response.status == 429 || answer.code == "Throttling";
}

// Sends the call, signed unless `credentials` is nullptr, and reads the XML of whatever comes back.
Result<StsAnswer> call_once(const Environment& environment, const Url& url, const std::string& region,
                            const std::string& body, const Credentials* credentials, std::stop_token stop) {
  SigningRequest request{.method = "POST",
                         .host = url.authority,
                         .path = url.path + "/",
                         .query = "",
                         .headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
                         .body = body};
  if (credentials) sign(request, *credentials, {region, "sts"}, environment.clock->now());
  TRY_ASSIGN(auto response, environment.http->send({.method = "POST",
                                                    .url = url.origin() + request.path,
                                                    .headers = std::move(request.headers),
                                                    .body = body,
                                                    .timeout = kTimeout},
                                                   stop));
  StsAnswer answer;
  answer.response = std::move(response);
  auto parsed = answer.document.load_buffer(answer.response.body.data(), answer.response.body.size());
  if (!parsed && answer.response.status < 300) {
    return fail(ErrorCode::malformed, fmt::format("{} gave an answer that is no XML", url.authority),
                parsed.description());
  }
  auto error = answer.document.child("ErrorResponse").child("Error");
  answer.code = error.child_value("Code");
  answer.message = error.child_value("Message");
  return answer;
}

Result<StsAnswer> call(const Environment& environment, const std::string& region, const Parameters& parameters,
                       const Credentials* credentials, std::stop_token stop) {
  TRY_ASSIGN(auto url, parse_url(sts_url(environment, region)));
  std::string body;
  for (const auto& [name, value] : parameters) {
    body += fmt::format("{}{}={}", body.empty() ? "" : "&", name, percent_encode(value));
  }
  for (int attempt = 1;; ++attempt) {
    auto answer = call_once(environment, url, region, body, credentials, stop);
    bool again = answer ? transient(*answer)
                        : answer.error().code == ErrorCode::network || answer.error().code == ErrorCode::timeout;
    if (!again || attempt == kAttempts) return answer;
    if (!pause(kFirstPause * (1 << (attempt - 1)), stop)) return fail(ErrorCode::cancelled, "cancelled");
  }
}

Result<Credentials> read_credentials(const StsAnswer& answer, std::string_view action) {
  auto node = answer.document.child(fmt::format("{}Response", action).c_str())
                  .child(fmt::format("{}Result", action).c_str())
                  .child("Credentials");
  Credentials credentials{node.child_value("AccessKeyId"), node.child_value("SecretAccessKey"),
                          node.child_value("SessionToken"), parse_rfc3339(node.child_value("Expiration"))};
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty() || credentials.session_token.empty() ||
      !credentials.expires) {
    return fail(ErrorCode::malformed, fmt::format("the answer to sts:{} carries no credentials", action));
  }
  return credentials;
}

// The caller that AWS names: "User: arn:aws:iam::1:user/x is not authorized to perform…".
std::string caller_in(std::string_view message) {
  size_t at = message.find("User: ");
  if (at == message.npos) return {};
  auto rest = message.substr(at + 6);
  auto arn = rest.substr(0, rest.find(' '));
  return arn.starts_with("arn:") ? printable(arn) : "";
}

// What all STS calls may be told that is not about who is asking.
Error other_error(const StsAnswer& answer, std::string_view role, std::string_view region) {
  auto said = fmt::format("{}: {}", answer.code.empty() ? fmt::format("HTTP {}", answer.response.status) : answer.code,
                          printable(answer.message));
  if (answer.code == "RegionDisabledException") {
    return {ErrorCode::region_off,
            in_account(
                role, fmt::format(
                          "STS is not active in {}: activate it in the account settings of IAM, or name another region",
                          region)),
            said};
  }
  if (answer.code == "Throttling" || answer.response.status == 429) {
    return {ErrorCode::throttled, in_account(role, fmt::format("STS in {} asked to be called less often", region)),
            said};
  }
  if (answer.code == "ValidationError") {
    return {ErrorCode::invalid, in_account(role, fmt::format("may not assume {}: {}", role, printable(answer.message))),
            said};
  }
  return {ErrorCode::failed,
          in_account(role, fmt::format("could not assume {}: STS in {} says {}", role, region, said)), said};
}

Error assume_role_error(const StsAnswer& answer, const AssumeRole& role, std::string_view region, std::string_view who,
                        Time now) {
  if (auto identity = identity_error(answer.code, answer.message, who, answer.response, now)) {
    return std::move(*identity).in(fmt::format("cannot assume {}", role.role_arn));
  }
  if (answer.code != "AccessDenied") return other_error(answer, role.role_arn, region);
  auto caller = caller_in(answer.message);
  return {ErrorCode::denied,
          in_account(role.role_arn,
                     fmt::format("may not assume {}: the role does not exist, does not trust {}, or the external id "
                                 "differs; check the role's trust policy",
                                 role.role_arn, caller.empty() ? std::string(who) : caller)),
          fmt::format("{}: {}", answer.code, printable(answer.message))};
}

Error web_identity_error(const StsAnswer& answer, const WebIdentity& identity, std::string_view region) {
  auto cause = fmt::format("{}: {}", answer.code, printable(answer.message));
  auto refuse = [&](ErrorCode code, std::string_view why) {
    return Error{code, in_account(identity.role_arn, fmt::format("may not assume {}: {}", identity.role_arn, why)),
                 cause};
  };
  if (says_expired(answer.code)) {
    return refuse(ErrorCode::expired, fmt::format("the web identity token in {} has expired", identity.token_file));
  }
  if (answer.code == "AccessDenied") {
    return refuse(ErrorCode::denied,
                  fmt::format("the role does not exist or does not trust the token in {}; check the service "
                              "account, the audience and the issuer in the role's trust policy",
                              identity.token_file));
  }
  if (answer.code == "InvalidIdentityToken" || answer.code == "IDPRejectedClaim") {
    return refuse(ErrorCode::denied,
                  fmt::format("the token in {} is not accepted; check that its issuer is an identity provider of "
                              "the account",
                              identity.token_file));
  }
  return other_error(answer, identity.role_arn, region);
}

}  // namespace

Result<Credentials> sts_assume_role(const Environment& environment, CredentialSource& source, const AssumeRole& role,
                                    std::stop_token stop) {
  auto region = sts_region(environment, role.region);
  Parameters parameters{{"Action", "AssumeRole"},
                        {"Version", "2011-06-15"},
                        {"RoleArn", role.role_arn},
                        {"RoleSessionName", role.session_name},
                        {"DurationSeconds", std::to_string(role.duration_seconds)}};
  if (!role.external_id.empty()) parameters.emplace_back("ExternalId", role.external_id);
  for (bool renewed = false;; renewed = true) {
    TRY_ASSIGN(auto credentials, source.get(stop));
    auto answer = call(environment, region, parameters, &credentials, stop);
    if (!answer) return std::unexpected(std::move(answer.error()).in(fmt::format("cannot assume {}", role.role_arn)));
    if (answer->response.status < 300) return read_credentials(*answer, "AssumeRole");
    if (says_expired(answer->code) && !renewed) {
      source.reject(credentials);
      continue;
    }
    return std::unexpected(assume_role_error(*answer, role, region, source.describe(), environment.clock->now()));
  }
}

Result<Credentials> sts_assume_role_with_web_identity(const Environment& environment, const WebIdentity& identity,
                                                      std::stop_token stop) {
  auto token = read_file(identity.token_file);
  if (!token) return std::unexpected(std::move(token.error()).in(fmt::format("cannot assume {}", identity.role_arn)));
  auto region = sts_region(environment, identity.region);
  Parameters parameters{{"Action", "AssumeRoleWithWebIdentity"},
                        {"Version", "2011-06-15"},
                        {"RoleArn", identity.role_arn},
                        {"RoleSessionName", identity.session_name},
                        {"WebIdentityToken", std::string(trim(*token))}};
  auto answer = call(environment, region, parameters, nullptr, stop);
  if (!answer) return std::unexpected(std::move(answer.error()).in(fmt::format("cannot assume {}", identity.role_arn)));
  if (answer->response.status < 300) return read_credentials(*answer, "AssumeRoleWithWebIdentity");
  return std::unexpected(web_identity_error(*answer, identity, region));
}

}  // namespace cadastre::aws
