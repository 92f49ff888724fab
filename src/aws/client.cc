#include "aws/client.h"

#include <map>
#include <random>

#include "aws/address.h"
#include "aws/client_errors.h"
#include "aws/identity_errors.h"
#include "aws/retry.h"

namespace cadastre::aws {
namespace {

constexpr int kAttemptsAtNonsense = 2;  // an answer that cannot be read is asked for once more

double random_share() {
  static thread_local std::minstd_rand engine{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(engine);
}

// "ec2:DescribeInstances in eu-west-1 of account 111111111111".
std::string where(const Session& session, const Call& call) {
  auto text = fmt::format("{}:{} in {}", call.service->name(), call.operation->name, call.region);
  if (!session.account.empty()) text += " of account " + session.account;
  return text;
}

// What all calls of a client share.
struct Shared {
  HttpTransport& http;
  const Endpoints& endpoints;
  Pacer& pacer;
  Clock& clock;
  ClientOptions options;
  RetryBudget budget;
  PageSlots slots{options.pages_at_once};
  std::atomic<uint64_t> calls = 0, attempts = 0, throttles = 0, retries = 0, bytes = 0;

  std::mutex services_mutex{};
  std::map<std::string, ClientCounts> services{};  // calls and throttles only
  void count(const Service& service, uint64_t ClientCounts::*what) {
    std::lock_guard lock(services_mutex);
    ++(services[service.name()].*what);
  }
};

// What an attempt came to, short of success.
struct Setback {
  CallError problem;
  bool again = false;             // another attempt may help
  int cost = 0;                   // what that takes from the retry budget
  std::optional<Millis> asked{};  // how long AWS said to wait
};

// One call, from its first attempt to its last.
class Attempts {
 public:
  Attempts(Shared& client, const Session& session, const Call& call, std::stop_token stop, json::storage_ptr storage,
           PageSlots::Lease* lease, HttpResponse* raw = nullptr)
      : client_(client),
        session_(session),
        call_(call),
        stop_(std::move(stop)),
        storage_(std::move(storage)),
        lease_(lease),
        raw_(raw) {}

  CallResult<json::value> run() {
    auto address = find_address(client_.endpoints, client_.options, *call_.service, *call_.operation, call_.region);
    if (!address) return std::unexpected(problem(std::move(address.error())));
    address_ = std::move(*address);
    auto wire = serialize(*call_.service, *call_.operation, call_.input);
    if (!wire) return std::unexpected(problem(std::move(wire.error())));
    wire_ = std::move(*wire);

    int cost = 0;  // of the retry that is running
    for (;;) {
      auto answer = attempt();
      if (answer) {
        client_.pacer.succeeded(pace_);
        client_.budget.give_back(budget_key_, cost > 0 ? cost : RetryBudget::kSuccess);
        return std::move(*answer);
      }
      auto& setback = answer.error();
      setback.problem.attempts = attempts_;
      if (!setback.again || !wait_before_retry(setback)) {
        if (stop_.stop_requested()) return std::unexpected(problem({ErrorCode::cancelled, "cancelled", {}}));
        return std::unexpected(std::move(setback.problem));
      }
      cost = setback.cost;
      client_.retries.fetch_add(1, std::memory_order_relaxed);
    }
  }

 private:
  using Outcome = std::expected<json::value, Setback>;

  CallError problem(Error error) const {
    CallError out;
    out.error = std::move(error).in(where(session_, call_));
    out.attempts = attempts_;
    return out;
  }
  std::unexpected<Setback> give_up(Error error) const { return std::unexpected(Setback{problem(std::move(error))}); }

  bool wait_before_retry(const Setback& setback) {
    if (attempts_ >= client_.options.max_attempts) return false;
    if (setback.cost > 0 && !client_.budget.take(budget_key_, setback.cost)) return false;
    auto time = backoff(client_.options, attempts_, random_share(), setback.asked);
    // When the time does not suffice, what went wrong says more than that it did not.
    if (call_.deadline - client_.clock.steady() <= time) return false;
    return pause(time, stop_);
  }

  Outcome attempt() {
    if (auto turn = client_.pacer.acquire(pace_, call_.deadline, stop_); !turn) return give_up(std::move(turn.error()));
    auto left = call_.deadline - client_.clock.steady();
    if (left <= std::chrono::steady_clock::duration::zero())
      return give_up({ErrorCode::timeout, "the deadline has passed", {}});

    auto request = place_request(address_, *call_.operation, wire_);
    Credentials credentials;
    if (!call_.operation->no_signing) {
      if (!session_.credentials) return give_up({ErrorCode::invalid, "there are no credentials to sign with", {}});
      auto given = session_.credentials->get(stop_);
      if (!given) return give_up(std::move(given.error()));
      credentials = std::move(*given);
      sign(request, credentials, address_.scope, client_.clock.now(), signing_options(address_, *call_.operation));
    }

    ++attempts_;
    client_.attempts.fetch_add(1, std::memory_order_relaxed);
    auto response = client_.http.send(to_http(std::move(request), left), stop_);
    if (!response) return broken(std::move(response.error()));
    client_.bytes.fetch_add(response->body.size(), std::memory_order_relaxed);
    if (response->status >= 300) return refused(*response, credentials);
    if (raw_) {
      *raw_ = std::move(*response);
      return json::value();
    }
    auto output = parse_output(*call_.service, *call_.operation, *response, lease_ ? lease_->take() : storage_);
    if (output) return std::move(*output);
    if (lease_) lease_->give_back();
    Setback setback{problem(std::move(output.error()))};
    setback.again = attempts_ < kAttemptsAtNonsense;
    return std::unexpected(std::move(setback));
  }

  HttpRequest to_http(SigningRequest request, std::chrono::steady_clock::duration left) const {
    HttpRequest http;
    http.method = std::move(request.method);
    http.url = fmt::format("{}://{}{}{}{}", address_.url.scheme, request.host, request.path,
                           request.query.empty() ? "" : "?", request.query);
    http.headers = std::move(request.headers);
    http.body = wire_.body;
    http.timeout = std::min(client_.options.attempt_timeout, std::chrono::ceil<Millis>(left));
    http.connect_timeout = std::min(http.connect_timeout, http.timeout);
    http.fresh = broken_;
    return http;
  }

  // No answer arrived, or not all of it.
  std::unexpected<Setback> broken(Error error) {
    auto code = error.code;
    broken_ = true;
    Setback setback{problem(std::move(error))};
    setback.again = code == ErrorCode::network || code == ErrorCode::timeout;
    setback.cost = code == ErrorCode::timeout ? RetryBudget::kRetryAfterTimeout : RetryBudget::kRetry;
    return std::unexpected(std::move(setback));
  }

  // AWS answered with an error.
  Outcome refused(const HttpResponse& response, const Credentials& credentials) {
    if (address_.s3 && !moved_) {
      if (auto region = bucket_region(response, address_.scope.region); !region.empty()) return attempt_in(region);
    }
    auto said = parse_error(*call_.service, call_.operation, response);
    auto meaning = verdict(said);
    auto who = session_.credentials ? session_.credentials->describe() : "nobody";
    auto identity = identity_error(said.code, said.message, who, response, client_.clock.now());
    bool renewable = meaning == Verdict::expired && (!identity || identity->code == ErrorCode::expired);
    if (renewable && !renewed_) {
      renewed_ = true;
      session_.credentials->reject(credentials);
      return attempt();
    }

    Setback setback;
    setback.problem =
        problem(identity ? std::move(*identity)
                         : Error{error_code(meaning), describe_error(said, meaning, attempts_),
                                 fmt::format("request id {}", said.request_id.empty() ? "unknown" : said.request_id)});
    setback.problem.by_scp = meaning == Verdict::denied && denied_by_scp(said);
    if (meaning == Verdict::throttled) {
      client_.throttles.fetch_add(1, std::memory_order_relaxed);
      client_.count(*call_.service, &ClientCounts::throttles);
      client_.pacer.throttled(pace_);  // which is what keeps these retries apart; they cost nothing of the budget
    }
    setback.again = meaning == Verdict::throttled || meaning == Verdict::transient;
    setback.cost = meaning == Verdict::transient ? RetryBudget::kRetry : 0;
    setback.asked = retry_after(response, client_.clock.now());
    setback.problem.service = std::move(said);
    return std::unexpected(std::move(setback));
  }

  // The bucket lives elsewhere: once, the call follows it.
  Outcome attempt_in(std::string_view region) {
    moved_ = true;
    auto address = find_address(client_.endpoints, client_.options, *call_.service, *call_.operation, region);
    if (!address) return give_up(std::move(address.error()));
    address_ = std::move(*address);
    address_.scope.region = region;
    return attempt();
  }

  Shared& client_;
  const Session& session_;
  const Call& call_;
  const std::stop_token stop_;
  const json::storage_ptr storage_;  // of the answer…
  PageSlots::Lease* const lease_;    // …or where it is found once the answer is here
  HttpResponse* const raw_;          // where the answer goes as it came; nullptr: it is parsed
  const PaceKey pace_{session_.account, call_.region, call_.service->name(), call_.operation->name};
  const std::string budget_key_ = fmt::format("{}/{}/{}", pace_.account, pace_.region, pace_.service);

  Address address_;
  WireRequest wire_;
  int attempts_ = 0;
  bool renewed_ = false, moved_ = false;
  bool broken_ = false;  // a connection broke: no other of its age is trusted
};

}  // namespace

struct Client::Impl : Shared {};

Client::Client(HttpTransport& http, const Endpoints& endpoints, Pacer& pacer, Clock& clock, ClientOptions options)
    : impl_(new Impl{{http, endpoints, pacer, clock, std::move(options), {}}}) {}

Client::~Client() = default;

CallResult<json::value> Client::call(const Session& session, const Call& call, std::stop_token stop,
                                     json::storage_ptr storage) {
  impl_->calls.fetch_add(1, std::memory_order_relaxed);
  impl_->count(*call.service, &ClientCounts::calls);
  return Attempts(*impl_, session, call, std::move(stop), std::move(storage), nullptr).run();
}

CallResult<HttpResponse> Client::fetch(const Session& session, const Call& call, std::stop_token stop) {
  impl_->calls.fetch_add(1, std::memory_order_relaxed);
  impl_->count(*call.service, &ClientCounts::calls);
  HttpResponse response;
  auto done = Attempts(*impl_, session, call, std::move(stop), {}, nullptr, &response).run();
  if (!done) return std::unexpected(std::move(done).error());
  return response;
}

CallResult<json::value> Client::call(const Session& session, const Call& call, std::stop_token stop,
                                     PageSlots::Lease& lease) {
  impl_->calls.fetch_add(1, std::memory_order_relaxed);
  impl_->count(*call.service, &ClientCounts::calls);
  return Attempts(*impl_, session, call, std::move(stop), {}, &lease).run();
}

PageSlots& Client::slots() { return impl_->slots; }

ClientCounts Client::counts() const {
  return {impl_->calls, impl_->attempts, impl_->throttles, impl_->retries, impl_->bytes};
}

std::map<std::string, ClientCounts> Client::counts_by_service() const {
  std::lock_guard lock(impl_->services_mutex);
  return impl_->services;
}

}  // namespace cadastre::aws
