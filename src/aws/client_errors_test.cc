#include "aws/client_errors.h"

#include <doctest/doctest.h>

using namespace cadastre;
using namespace cadastre::aws;

namespace {

ServiceError said(std::string code, int status, std::string message = "") {
  ServiceError error;
  error.code = std::move(code);
  error.status = status;
  error.message = std::move(message);
  return error;
}

}  // namespace

TEST_CASE("what the codes mean") {
  CHECK(verdict(said("Throttling", 400)) == Verdict::throttled);
  CHECK(verdict(said("RequestLimitExceeded", 503)) == Verdict::throttled);
  CHECK(verdict(said("SlowDown", 503)) == Verdict::throttled);
  CHECK(verdict(said("TooManyRequestsException", 429)) == Verdict::throttled);
  CHECK(verdict(said("InternalFailure", 500)) == Verdict::transient);
  CHECK(verdict(said("UnauthorizedOperation", 403)) == Verdict::denied);
  CHECK(verdict(said("Client.UnauthorizedOperation", 403)) == Verdict::denied);
  CHECK(verdict(said("AuthFailure", 401)) == Verdict::denied);
  CHECK(verdict(said("UnrecognizedClientException", 400)) == Verdict::denied);
  CHECK(verdict(said("OptInRequired", 401)) == Verdict::region_off);
  CHECK(verdict(said("RequestExpired", 400)) == Verdict::expired);
  CHECK(verdict(said("UnknownOperationException", 400)) == Verdict::unsupported);
  CHECK(verdict(said("SubscriptionRequiredException", 400)) == Verdict::unsupported);
  CHECK(verdict(said("ResourceNotFoundException", 400)) == Verdict::failed);
  CHECK(verdict(said("ValidationException", 400)) == Verdict::failed);
}

TEST_CASE("codes that the table does not know are judged by their status") {
  CHECK(verdict(said("", 429)) == Verdict::throttled);
  for (int status : {500, 502, 503, 504}) CHECK(verdict(said("Odd", status)) == Verdict::transient);
  CHECK(verdict(said("", 403)) == Verdict::denied);
  CHECK(verdict(said("", 501)) == Verdict::unsupported);
  CHECK(verdict(said("", 404)) == Verdict::failed);
}

TEST_CASE("a deny by a service control policy is told apart") {
  CHECK(denied_by_scp(said("AccessDenied", 403, "… with an explicit deny in a service control policy")));
  CHECK_FALSE(denied_by_scp(said("AccessDenied", 403, "… because no identity-based policy allows the ec2:X action")));
  CHECK(describe_error(said("AccessDenied", 403, "explicit deny in a service control policy"), Verdict::denied, 1) ==
        "denied by a service control policy of the organization (AccessDenied: explicit deny in a service control "
        "policy)");
}

TEST_CASE("AWS's words are quoted, but cut, printable and without what only AWS can read") {
  CHECK(
      describe_error(said("UnauthorizedOperation", 403, "You may not. Encoded authorization failure message: AAAABBBB"),
                     Verdict::denied, 1) == "access denied (UnauthorizedOperation: You may not.)");
  CHECK(describe_error(said("Odd", 400, "a\x1b[31mb"), Verdict::failed, 1) == "Odd: a\\x1b[31mb");
  CHECK(describe_error(said("", 418), Verdict::failed, 1) == "HTTP 418");
  std::string umlauts;
  for (int i = 0; i < 500; ++i) umlauts += "ü";
  auto cut = describe_error(said("Odd", 400, umlauts), Verdict::failed, 1);
  CHECK(cut.size() < 410);
  CHECK(cut.ends_with("ü…"));
  CHECK(describe_error(said("Throttling", 400), Verdict::throttled, 5) ==
        "still throttled after 5 attempts (Throttling)");
}
