#include "aws/client_errors.h"

#include "base/text.h"

namespace cadastre::aws {
namespace {

constexpr size_t kLongestQuote = 400;

struct Meaning {
  std::string_view code;
  Verdict verdict;
};

// Sources: the "Common errors" page of each service's API reference, and the throttling and transient codes that the
// AWS SDKs reference guide lists under "Retry behavior". Sorted by code.
constexpr Meaning kMeanings[] = {
    {"AccessDenied", Verdict::denied},
    {"AccessDeniedException", Verdict::denied},
    {"AccessDeniedFault", Verdict::denied},
    {"AccountProblem", Verdict::denied},
    {"AllAccessDisabled", Verdict::denied},
    {"AuthFailure", Verdict::denied},
    {"AuthorizationError", Verdict::denied},
    {"AuthorizationErrorException", Verdict::denied},
    {"BandwidthLimitExceeded", Verdict::throttled},
    {"Blocked", Verdict::denied},
    {"EC2ThrottledException", Verdict::throttled},
    {"ExpiredToken", Verdict::expired},
    {"ExpiredTokenException", Verdict::expired},
    {"Forbidden", Verdict::denied},
    {"ForbiddenException", Verdict::denied},
    {"IncompleteSignature", Verdict::denied},
    {"InternalError", Verdict::transient},
    {"InternalFailure", Verdict::transient},
    {"InternalServerError", Verdict::transient},
    {"InternalServerException", Verdict::transient},
    {"InternalServiceError", Verdict::transient},
    {"InvalidAccessKeyId", Verdict::denied},
    {"InvalidAction", Verdict::unsupported},
    {"InvalidClientTokenId", Verdict::denied},
    {"InvalidSignatureException", Verdict::denied},
    {"InvalidToken", Verdict::denied},
    {"LimitExceededException", Verdict::throttled},  // a read exceeds no limit but that of its rate
    {"MissingAuthenticationToken", Verdict::denied},
    {"MissingAuthenticationTokenException", Verdict::denied},
    {"NotAuthorized", Verdict::denied},
    {"NotAuthorizedException", Verdict::denied},
    {"NotImplemented", Verdict::unsupported},
    {"OptInRequired", Verdict::region_off},
    {"PendingVerification", Verdict::denied},
    {"PriorRequestNotComplete", Verdict::throttled},
    {"ProvisionedThroughputExceededException", Verdict::throttled},
    {"RegionDisabledException", Verdict::region_off},
    {"RequestExpired", Verdict::expired},
    {"RequestLimitExceeded", Verdict::throttled},
    {"RequestThrottled", Verdict::throttled},
    {"RequestThrottledException", Verdict::throttled},
    {"RequestTimeout", Verdict::transient},
    {"RequestTimeoutException", Verdict::transient},
    {"ServiceUnavailable", Verdict::transient},
    {"ServiceUnavailableException", Verdict::transient},
    {"SignatureDoesNotMatch", Verdict::denied},
    {"SlowDown", Verdict::throttled},
    {"SubscriptionRequiredException", Verdict::unsupported},
    {"ThrottledException", Verdict::throttled},
    {"Throttling", Verdict::throttled},
    {"ThrottlingException", Verdict::throttled},
    {"TooManyRequestsException", Verdict::throttled},
    {"TransactionInProgressException", Verdict::throttled},
    {"UnauthorizedException", Verdict::denied},
    {"UnauthorizedOperation", Verdict::denied},
    {"Unavailable", Verdict::transient},
    {"UnknownOperation", Verdict::unsupported},
    {"UnknownOperationException", Verdict::unsupported},
    {"UnrecognizedClientException", Verdict::denied},
    {"UnsupportedOperation", Verdict::unsupported},
    {"UnsupportedOperationException", Verdict::unsupported},
};
static_assert(std::ranges::is_sorted(kMeanings, {}, &Meaning::code));

Verdict by_status(int status) {
  switch (status) {
    case 401:
    case 403:
      return Verdict::denied;
    case 429:
      return Verdict::throttled;
    case 500:
    case 502:
    case 503:
    case 504:
      return Verdict::transient;
    case 501:
      return Verdict::unsupported;
    default:
      return Verdict::failed;
  }
}

// "AccessDenied: message", in one printable piece.
std::string quote(const ServiceError& error) {
  auto message = trim(error.message);
  // EC2 appends hundreds of characters that only its own decoder understands.
  message = trim(message.substr(0, message.find("Encoded authorization failure message")));
  auto text = error.code.empty() ? fmt::format("HTTP {}", error.status) : error.code;
  if (!message.empty()) text += fmt::format(": {}", message);
  if (text.size() > kLongestQuote) {
    size_t end = kLongestQuote;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not inside a character
    text = text.substr(0, end) + "…";
  }
  return printable(text);
}

}  // namespace

Verdict verdict(const ServiceError& error) {
  std::string_view code = error.code;
  for (std::string_view side : {"Client.", "Server."}) {
    if (code.starts_with(side)) code.remove_prefix(side.size());
  }
  auto found = std::ranges::lower_bound(kMeanings, code, {}, &Meaning::code);
  if (found != std::end(kMeanings) && found->code == code) return found->verdict;
  return by_status(error.status);
}

bool denied_by_scp(const ServiceError& error) { return error.message.contains("service control policy"); }

std::string describe_error(const ServiceError& error, Verdict verdict, int attempts) {
  auto said = quote(error);
  auto times = attempts == 1 ? std::string("at the first attempt") : fmt::format("after {} attempts", attempts);
  switch (verdict) {
    case Verdict::throttled:
      return fmt::format("still throttled {} ({})", times, said);
    case Verdict::transient:
      return fmt::format("AWS is in trouble, {} ({})", times, said);
    case Verdict::denied:
      return fmt::format(
          "{} ({})", denied_by_scp(error) ? "denied by a service control policy of the organization" : "access denied",
          said);
    case Verdict::expired:
      return fmt::format("the credentials have expired ({})", said);
    case Verdict::region_off:
      return fmt::format("the region is not enabled for the account ({})", said);
    case Verdict::unsupported:
      return fmt::format("not offered there ({})", said);
    case Verdict::failed:
      break;
  }
  return said;
}

ErrorCode error_code(Verdict verdict) {
  switch (verdict) {
    case Verdict::throttled:
      return ErrorCode::throttled;
    case Verdict::denied:
      return ErrorCode::denied;
    case Verdict::expired:
      return ErrorCode::expired;
    case Verdict::region_off:
      return ErrorCode::region_off;
    case Verdict::unsupported:
      return ErrorCode::unsupported;
    case Verdict::transient:
    case Verdict::failed:
      break;
  }
  return ErrorCode::failed;
}

}  // namespace cadastre::aws
