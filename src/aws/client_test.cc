#include "aws/client.h"

#include <doctest/doctest.h>

#include "support/aws_client.h"

using namespace cadastre;
using namespace cadastre::aws;
using namespace cadastre::testing;

namespace {

const Call kTables = ScriptedClient::call("dynamodb", "ListTables");
constexpr std::string_view kDenied = R"({"__type":"com.amazon#AccessDeniedException","message":"no"})";

std::unexpected<Error> reset() { return fail(ErrorCode::network, "the connection to x broke"); }

HttpResponse tables(std::string body = R"({"TableNames":["a"]})") { return http_answer(200, std::move(body)); }
HttpResponse fault(int status, std::string_view code, std::string_view message = "") {
  return http_answer(status, fmt::format(R"({{"__type":"{}","message":"{}"}})", code, message));
}

CallError failure(ScriptedClient& scripted, const Call& call = kTables) {
  auto answer = scripted.client().call(scripted.session, call, {});
  REQUIRE_FALSE(answer);
  const auto& error = answer.error().error;
  CHECK((error.message + error.cause).find("secret") == std::string::npos);
  return answer.error();
}

}  // namespace

TEST_CASE("a call is signed, sent to its endpoint and parsed") {
  ScriptedClient scripted({tables()});
  auto answer = scripted.client().call(scripted.session, kTables, {});
  REQUIRE(answer);
  CHECK(answer->at("TableNames").at(0) == "a");
  auto request = scripted.http.requests().at(0);
  CHECK(request.url == "https://dynamodb.eu-west-1.amazonaws.com/");
  CHECK(request.method == "POST");
  CHECK(header_of(request, "X-Amz-Target") == "DynamoDB_20120810.ListTables");
  CHECK(header_of(request, "X-Amz-Security-Token") == "secret-token");
  CHECK(header_of(request, "Authorization")
            .starts_with("AWS4-HMAC-SHA256 Credential=AKID0/20260102/eu-west-1/dynamodb/aws4_request"));
  CHECK(scripted.client().counts().bytes == 20);
}

TEST_CASE("AWS's trouble and broken connections are tried again") {
  ScriptedClient scripted({fault(500, "InternalServerError"), reset(), http_answer(503, "<html>"),
                           fail(ErrorCode::timeout, "no answer"), tables()});
  CHECK(scripted.client().call(scripted.session, kTables, {}));
  auto counts = scripted.client().counts();
  CHECK(counts.calls == 1);
  CHECK(counts.attempts == 5);
  CHECK(counts.retries == 4);
  CHECK(counts.throttles == 0);
}

TEST_CASE("but not for ever") {
  ScriptedClient scripted({fault(503, "ServiceUnavailable", "busy")});
  auto error = failure(scripted);
  CHECK(error.error.code == ErrorCode::failed);
  CHECK(error.error.message ==
        "dynamodb:ListTables in eu-west-1 of account 111111111111: AWS is in trouble, after 5 attempts "
        "(ServiceUnavailable: busy)");
  CHECK(error.attempts == 5);
  ScriptedClient broken({reset()});
  error = failure(broken);
  CHECK(error.error.code == ErrorCode::network);
  CHECK(error.error.message == "dynamodb:ListTables in eu-west-1 of account 111111111111: the connection to x broke");
  CHECK(broken.http.requests().size() == 5);
}

TEST_CASE("a service that is down is not called over and over: the retry budget ends") {
  ScriptedClient scripted({fault(500, "InternalServerError")});
  scripted.options.max_attempts = 1000;
  CHECK(failure(scripted).attempts == 101);
  CHECK(failure(scripted).attempts == 1);
  scripted.session.account = "222222222222";
  CHECK(failure(scripted).attempts == 101);
}

TEST_CASE("a deny is never tried again") {
  ScriptedClient scripted({http_answer(400, std::string(kDenied))});
  auto error = failure(scripted);
  CHECK(error.error.code == ErrorCode::denied);
  CHECK(error.error.message ==
        "dynamodb:ListTables in eu-west-1 of account 111111111111: access denied (AccessDeniedException: no)");
  CHECK(error.service.code == "AccessDeniedException");
  CHECK(error.service.status == 400);
  CHECK_FALSE(error.by_scp);
  CHECK(scripted.http.requests().size() == 1);
  ScriptedClient scp({fault(400, "AccessDeniedException", "with an explicit deny in a service control policy")});
  CHECK(failure(scp).by_scp);
}

TEST_CASE("a throttle slows the pacer down, is tried again, and is called by its name when it stays") {
  ScriptedClient scripted({fault(400, "ThrottlingException"), fault(400, "ThrottlingException"), tables()});
  CHECK(scripted.client().call(scripted.session, kTables, {}));
  CHECK(scripted.client().counts().throttles == 2);
  CHECK(scripted.pacer.counts().throttles == 2);
  scripted.answers = {fault(400, "ThrottlingException", "Rate exceeded")};
  auto error = failure(scripted);
  CHECK(error.error.code == ErrorCode::throttled);
  CHECK(error.error.message.ends_with("still throttled after 5 attempts (ThrottlingException: Rate exceeded)"));
}

TEST_CASE("expired credentials are renewed once") {
  ScriptedClient scripted({fault(400, "ExpiredTokenException"), tables()});
  CHECK(scripted.client().call(scripted.session, kTables, {}));
  CHECK(scripted.credentials->refused == 1);
  CHECK(header_of(scripted.http.requests().at(1), "Authorization").find("Credential=AKID1/") != std::string::npos);
  scripted.answers = {fault(400, "ExpiredTokenException", "The security token included in the request is expired")};
  auto error = failure(scripted);
  CHECK(error.error.code == ErrorCode::expired);
  CHECK(error.error.message.ends_with("the credentials of profile legacy have expired: renew them"));
  CHECK(scripted.credentials->refused == 2);
}

TEST_CASE("a wrong clock is no reason to renew credentials") {
  ScriptedClient scripted(
      {http_answer(400,
                   "<Response><Errors><Error><Code>RequestExpired</Code><Message>Request has expired.</Message></Error>"
                   "</Errors><RequestID>1</RequestID></Response>",
                   {{"Date", "Thu, 01 Jan 2026 21:04:05 GMT"}})});
  auto error = failure(scripted, ScriptedClient::call("ec2", "DescribeVpcs"));
  CHECK(error.error.code == ErrorCode::failed);
  CHECK(error.error.message.find("this machine's clock is 6h ahead") != std::string::npos);
  CHECK(scripted.credentials->refused == 0);
}

TEST_CASE("regions that are off, operations that are not there, and other errors keep AWS's code") {
  auto code_of = [](HttpResponse response, ErrorCode expected) {
    ScriptedClient scripted({std::move(response)});
    auto error = failure(scripted);
    CHECK(error.error.code == expected);
    CHECK(scripted.http.requests().size() == 1);
    return error.service.code;
  };
  CHECK(code_of(fault(401, "OptInRequired"), ErrorCode::region_off) == "OptInRequired");
  CHECK(code_of(fault(400, "UnknownOperationException"), ErrorCode::unsupported) == "UnknownOperationException");
  CHECK(code_of(fault(400, "UnrecognizedClientException"), ErrorCode::denied) == "UnrecognizedClientException");
  CHECK(code_of(fault(400, "ResourceNotFoundException"), ErrorCode::failed) == "ResourceNotFoundException");
  CHECK(code_of(http_answer(404, ""), ErrorCode::failed) == "");
}

TEST_CASE("an answer that cannot be read is asked for once more, and is an error then") {
  ScriptedClient scripted({tables("{\"TableNames\":[\"a\""), tables()});
  CHECK(scripted.client().call(scripted.session, kTables, {}));
  scripted.answers = {tables("<html>proxy</html>")};
  auto error = failure(scripted);
  CHECK(error.error.code == ErrorCode::malformed);
  CHECK(error.attempts == 2);
}

TEST_CASE("the deadline is kept: no attempt after it, no pause beyond it") {
  ScriptedClient scripted({http_answer(503, "", {{"Retry-After", "10"}})});
  auto call = kTables;
  call.deadline = scripted.clock.steady() + Millis(5000);
  CHECK(failure(scripted, call).attempts == 1);
  CHECK(scripted.http.requests().at(0).timeout == Millis(5000));
  scripted.clock.advance(Millis(5000));
  auto late = failure(scripted, call);
  CHECK(late.error.code == ErrorCode::timeout);
  CHECK(scripted.http.requests().size() == 1);
}

TEST_CASE("a stop ends the pause between attempts") {
  ScriptedClient scripted({http_answer(503, "", {{"Retry-After", "20"}})});
  std::stop_source stop;
  std::jthread stopper([&] {
    while (scripted.http.requests().empty()) std::this_thread::yield();
    stop.request_stop();
  });
  auto start = std::chrono::steady_clock::now();
  auto answer = scripted.client().call(scripted.session, kTables, stop.get_token());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().error.code == ErrorCode::cancelled);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
}

TEST_CASE("input that the model does not know is refused before anything is sent") {
  ScriptedClient scripted;
  auto error = failure(scripted, ScriptedClient::call("dynamodb", "ListTables", {{"Limits", 3}}));
  CHECK(error.error.code == ErrorCode::invalid);
  CHECK(scripted.http.requests().empty());
}

TEST_CASE("S3 is followed to the bucket's region, once") {
  auto moved =
      http_answer(301, "<Error><Code>PermanentRedirect</Code></Error>", {{"x-amz-bucket-region", "eu-central-1"}});
  auto tags = http_answer(200, "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>");
  auto call = ScriptedClient::call("s3", "GetBucketTagging", {{"Bucket", "my-bucket"}}, "us-east-1");
  ScriptedClient scripted({moved, tags});
  auto answer = scripted.client().call(scripted.session, call, {});
  REQUIRE(answer);
  CHECK(answer->at("TagSet").at(0).at("Key") == "k");
  auto requests = scripted.http.requests();
  CHECK(requests.at(1).url == "https://my-bucket.s3.eu-central-1.amazonaws.com/?tagging");
  CHECK(header_of(requests.at(1), "Authorization").find("/eu-central-1/s3/") != std::string::npos);
  CHECK_FALSE(header_of(requests.at(1), "X-Amz-Content-Sha256").empty());
  scripted.answers = {
      moved, http_answer(301, "<Error><Code>PermanentRedirect</Code></Error>", {{"x-amz-bucket-region", "eu-west-3"}})};
  CHECK(failure(scripted, call).service.code == "PermanentRedirect");
  CHECK(scripted.http.requests().size() == 4);
}

TEST_CASE("credentials that cannot be had are an error of the call") {
  struct Nothing final : CredentialSource {
    Result<Credentials> get(std::stop_token) override { return fail(ErrorCode::denied, "may not assume the role"); }
    void reject(const Credentials&) override {}
    std::string describe() const override { return "nothing"; }
  };
  ScriptedClient scripted;
  scripted.session.credentials = std::make_shared<Nothing>();
  auto error = failure(scripted);
  CHECK(error.error.code == ErrorCode::denied);
  CHECK(error.error.message == "dynamodb:ListTables in eu-west-1 of account 111111111111: may not assume the role");
  CHECK(scripted.http.requests().empty());
}
