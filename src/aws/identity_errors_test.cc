#include "aws/identity_errors.h"

#include <doctest/doctest.h>

using namespace cadastre;
using namespace cadastre::aws;

namespace {

const Time kNow = *parse_rfc3339("2026-01-02T03:04:05Z");

HttpResponse answered(std::string date = "") {
  HttpResponse response;
  if (!date.empty()) response.headers.push_back({"Date", std::move(date)});
  return response;
}

}  // namespace

TEST_CASE("HTTP dates") {
  CHECK(parse_http_date("Sun, 30 Aug 2015 12:36:00 GMT") == parse_rfc3339("2015-08-30T12:36:00Z"));
  CHECK_FALSE(parse_http_date("Sunday, 30-Aug-15 12:36:00 GMT"));
  CHECK_FALSE(parse_http_date("Sun, 30 aug 2015 12:36:00 GMT"));
  CHECK_FALSE(parse_http_date(""));
}

TEST_CASE("each way of refusing an identity has its own sentence") {
  auto explain = [](std::string_view code, std::string_view message = "") {
    return *identity_error(code, message, "profile legacy", answered(), kNow);
  };
  CHECK(explain("ExpiredToken").code == ErrorCode::expired);
  CHECK(explain("ExpiredTokenException").message == "the credentials of profile legacy have expired: renew them");
  CHECK(explain("InvalidClientTokenId").code == ErrorCode::denied);
  CHECK(explain("InvalidClientTokenId").message.starts_with("AWS does not know the access key of profile legacy"));
  CHECK(explain("SignatureDoesNotMatch").message ==
        "the secret access key of profile legacy does not belong to its access key id");
  CHECK_FALSE(identity_error("AccessDenied", "", "x", answered(), kNow));
  CHECK_FALSE(identity_error("", "", "x", answered(), kNow));
}

TEST_CASE("a wrong clock is told apart from a wrong key, with how wrong it is") {
  auto explain = [](std::string_view code, std::string_view message, std::string date) {
    return *identity_error(code, message, "profile legacy", answered(std::move(date)), kNow);
  };
  auto ahead = explain("SignatureDoesNotMatch", "Signature not yet current: 2026…", "Thu, 01 Jan 2026 21:04:05 GMT");
  CHECK(ahead.code == ErrorCode::failed);
  CHECK(ahead.message ==
        "this machine's clock is 6h ahead of AWS's, so AWS refuses its signatures: set it, best with NTP");
  auto behind = explain("RequestTimeTooSkewed", "", "Fri, 02 Jan 2026 03:24:05 GMT");
  CHECK(behind.message.starts_with("this machine's clock is 20m behind AWS's"));
  CHECK(explain("SignatureDoesNotMatch", "Signature expired: …", "")
            .message.starts_with("this machine's clock is wrong"));
  // EC2 says RequestExpired of old tokens and of old signatures.
  CHECK(explain("RequestExpired", "Request has expired.", "Fri, 02 Jan 2026 03:24:05 GMT").code == ErrorCode::failed);
  CHECK(explain("RequestExpired", "Request has expired.", "Fri, 02 Jan 2026 03:04:06 GMT").code == ErrorCode::expired);
}
