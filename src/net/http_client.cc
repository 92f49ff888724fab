#include "net/http_client.h"

#include "base/text.h"
#include "net/curl_loop.h"

namespace cadastre {
namespace {

// Past a request's own time limit, before the caller stops believing that libcurl will keep it: libcurl does not count
// the time that a request waits for a free connection.
constexpr Millis kGrace{100};

void start_libcurl_once() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)started;
}

}  // namespace

const std::string* HttpResponse::header(std::string_view name) const {
  for (const auto& header : headers) {
    if (iequals(header.name, name)) return &header.value;
  }
  return nullptr;
}

HttpClient::HttpClient(HttpClientOptions options) {
  start_libcurl_once();
  options.io_threads = std::max(1, options.io_threads);
  share_ = std::make_unique<CurlShare>();
  for (int i = 0; i < options.io_threads; ++i) loops_.push_back(std::make_unique<CurlLoop>(options, share_->get()));
}

HttpClient::~HttpClient() = default;

Result<HttpResponse> HttpClient::send(const HttpRequest& request, std::stop_token stop) {
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "cancelled before the request was sent");
  auto exchange = std::make_shared<Exchange>();
  exchange->request = &request;
  auto& loop = *loops_[next_.fetch_add(1, std::memory_order_relaxed) % loops_.size()];
  loop.start(exchange);

  std::stop_callback on_stop(std::move(stop), [&] {
    loop.cancel(exchange, {ErrorCode::cancelled, "the request was cancelled", {}});
  });
  if (!exchange->wait(request.timeout + kGrace)) {
    loop.cancel(exchange, {ErrorCode::timeout,
                           fmt::format("no connection was free within {}: too many requests at once",
                                       format_duration(request.timeout)),
                           {}});
    exchange->wait();
  }
  if (exchange->error) return std::unexpected(std::move(*exchange->error));
  return std::move(exchange->response);
}

}  // namespace cadastre
