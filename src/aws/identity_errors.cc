#include "aws/identity_errors.h"

#include <charconv>

#include "base/text.h"

namespace cadastre::aws {
namespace {

constexpr auto kTolerated = std::chrono::minutes(4);  // AWS refuses what is five minutes off

bool any_of(std::string_view code, std::initializer_list<std::string_view> codes) {
  return std::ranges::find(codes, code) != codes.end();
}

Error wrong_clock(const HttpResponse& response, Time now, std::string cause) {
  auto ahead = clock_ahead(response, now);
  auto how = !ahead               ? std::string("wrong")
             : *ahead > Millis(0) ? format_duration(*ahead) + " ahead of AWS's"
                                  : format_duration(-*ahead) + " behind AWS's";
  return {ErrorCode::failed,
          fmt::format("this machine's clock is {}, so AWS refuses its signatures: set it, best with NTP", how),
          std::move(cause)};
}

}  // namespace

std::optional<Time> parse_http_date(std::string_view text) {
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
  size_t month = kMonths.find(text.substr(8, 3));
  if (month == kMonths.npos || month % 3 != 0) return std::nullopt;
  return parse_rfc3339(
      fmt::format("{}-{:02}-{}T{}Z", text.substr(12, 4), month / 3 + 1, text.substr(5, 2), text.substr(17, 8)));
}

std::optional<Millis> clock_ahead(const HttpResponse& response, Time now) {
  const auto* date = response.header("Date");
  auto theirs = date ? parse_http_date(*date) : std::nullopt;
  if (!theirs) return std::nullopt;
  return now - *theirs;
}

bool says_expired(std::string_view code) {
  return any_of(code, {"ExpiredToken", "ExpiredTokenException", "RequestExpired"});
}

std::optional<Error> identity_error(std::string_view code, std::string_view message, std::string_view who,
                                    const HttpResponse& response, Time now) {
  auto cause = fmt::format("{}: {}", code, printable(message));
  bool clock_named = any_of(code, {"RequestTimeTooSkewed", "RequestInTheFuture"}) ||
                     message.starts_with("Signature expired") || message.starts_with("Signature not yet current");
  if (clock_named) return wrong_clock(response, now, std::move(cause));
  if (code == "RequestExpired") {
    // EC2 says this of an old signature and of an old token alike; the clocks tell which it is.
    auto ahead = clock_ahead(response, now);
    if (ahead && std::chrono::abs(*ahead) > kTolerated) return wrong_clock(response, now, std::move(cause));
  }
  if (says_expired(code)) {
    return Error{ErrorCode::expired, fmt::format("the credentials of {} have expired: renew them", who),
                 std::move(cause)};
  }
  if (any_of(code, {"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "InvalidSecurity"})) {
    return Error{
        ErrorCode::denied,
        fmt::format(
            "AWS does not know the access key of {}: it was deleted, is inactive, belongs to another partition, or "
            "the region is not enabled for its account",
            who),
        std::move(cause)};
  }
  if (any_of(code, {"SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature"})) {
    return Error{ErrorCode::denied,
                 fmt::format("the secret access key of {} does not belong to its access key id", who),
                 std::move(cause)};
  }
  if (any_of(code, {"MissingAuthenticationToken", "MissingAuthenticationTokenException", "InvalidToken"})) {
    return Error{ErrorCode::denied, fmt::format("the session token of {} is missing or invalid", who),
                 std::move(cause)};
  }
  return std::nullopt;
}

}  // namespace cadastre::aws
