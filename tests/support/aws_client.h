// An AWS client over a scripted transport, for tests: real models and endpoints, a clock that stands still, no pacing
// and no pauses. Header-only.
#pragma once

#include <doctest/doctest.h>

#include <deque>

#include "aws/client.h"
#include "aws/models.h"
#include "support/fakes.h"

namespace cadastre::testing {

inline HttpResponse http_answer(int status, std::string body, std::vector<HttpHeader> headers = {}) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.headers = std::move(headers);
  return response;
}

// Credentials that count how often they were refused, and change when they are.
class CountingCredentials final : public aws::CredentialSource {
 public:
  Result<aws::Credentials> get(std::stop_token) override {
    return aws::Credentials{fmt::format("AKID{}", refused), "very-secret", "secret-token", std::nullopt};
  }
  void reject(const aws::Credentials&) override { ++refused; }
  std::string describe() const override { return "profile legacy"; }
  int refused = 0;
};

struct ScriptedClient {
  using Answers = std::deque<Result<HttpResponse>>;
  explicit ScriptedClient(Answers given = {}) : answers(std::move(given)) {}

  Answers answers;  // given in order; the last one for ever
  FakeClock clock;
  FakeHttp http{[this](const HttpRequest&) {
    REQUIRE_FALSE(answers.empty());
    auto answer = answers.front();
    if (answers.size() > 1) answers.pop_front();
    return answer;
  }};
  double share = 0;
  aws::Pacer pacer{clock, [](std::string_view, std::string_view) { return aws::Rate{}; }, share};
  std::shared_ptr<CountingCredentials> credentials = std::make_shared<CountingCredentials>();
  aws::Session session{"111111111111", credentials};
  aws::ClientOptions options = [] {
    aws::ClientOptions made;
    made.backoff_base = Millis(0);
    return made;
  }();
  std::unique_ptr<aws::Client> made;

  // Built at first use, so that a test can set the options before.
  aws::Client& client() {
    if (!made) made = std::make_unique<aws::Client>(http, models().endpoints(), pacer, clock, options);
    return *made;
  }

  static const aws::Models& models() {
    static const aws::Models models;
    return models;
  }

  static aws::Call call(std::string_view service, std::string_view operation, json::object input = {},
                        std::string region = "eu-west-1") {
    aws::Call call;
    call.service = models().service(service).value();
    call.operation = models().operation(service, operation).value();
    call.region = std::move(region);
    call.input = std::move(input);
    return call;
  }
};

}  // namespace cadastre::testing
