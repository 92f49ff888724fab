#include "net/curl_easy.h"

#include <charconv>

#include "base/text.h"

namespace cadastre {
namespace {

constexpr size_t kLargestReserve = size_t{64} << 20;  // a peer's claim is not reason enough to take more at once

// "https://user@host:443/path" → "host:443".
std::string peer_of(std::string_view url) {
  if (size_t scheme = url.find("://"); scheme != url.npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (size_t user = url.rfind('@'); user != url.npos) url.remove_prefix(user + 1);
  return printable(url);
}

}  // namespace

CurlEasy::CurlEasy(const HttpClientOptions& options, CURLSH* share) : easy_(curl_easy_init()), options_(options) {
  auto set = [&](auto option, auto value) { curl_easy_setopt(easy_, option, value); };
  set(CURLOPT_PRIVATE, this);
  set(CURLOPT_SHARE, share);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_PATH_AS_IS, 1L);  // a signed path with dots in it must arrive as it was signed
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_USERAGENT, options.user_agent.c_str());
  set(CURLOPT_ERRORBUFFER, message_);
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_WRITEDATA, this);
  if (!options.ca_bundle.empty()) set(CURLOPT_CAINFO, options.ca_bundle.c_str());
}

CurlEasy::~CurlEasy() {
  curl_easy_cleanup(easy_);
  curl_slist_free_all(headers_);
}

void CurlEasy::prepare(ExchangePtr exchange) {
  const auto& request = *exchange->request;
  exchange_ = std::move(exchange);
  exchange_->easy = this;
  message_[0] = '\0';
  curl_easy_setopt(easy_, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<int64_t>(1, request.timeout.count())));
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::max<int64_t>(1, request.connect_timeout.count())));
  curl_easy_setopt(easy_, CURLOPT_FRESH_CONNECT, request.fresh ? 1L : 0L);
  set_method(request);
  set_headers(request);
  set_proxy(request);
}

void CurlEasy::set_method(const HttpRequest& request) {
  bool has_body = !request.body.empty() || request.method == "POST" || request.method == "PUT";
  curl_easy_setopt(easy_, CURLOPT_HTTPGET, 1L);  // undoes POST and NOBODY of the request before
  if (has_body) {
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request.body.data());  // not copied: the caller keeps it until the end
  } else if (request.method == "HEAD") {
    curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
  }
  bool custom = request.method != (has_body ? "POST" : "GET") && !(request.method == "HEAD" && !has_body);
  if (custom || custom_method_) {
    curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, custom ? request.method.c_str() : nullptr);
  }
  custom_method_ = custom;
}

void CurlEasy::set_headers(const HttpRequest& request) {
  curl_slist* list = nullptr;
  std::string line;
  bool content_type = false;
  for (const auto& header : request.headers) {
    content_type |= iequals(header.name, "Content-Type");
    line.assign(header.name);
    // libcurl takes "Name:" as "leave this header out" and "Name;" as "send it empty".
    if (header.value.empty())
      line += ';';
    else
      line.append(": ").append(header.value);
    list = curl_slist_append(list, line.c_str());
  }
  list = curl_slist_append(list, "Expect:");  // no round trip before a body
  if (!content_type) list = curl_slist_append(list, "Content-Type:");
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, list);
  curl_slist_free_all(std::exchange(headers_, list));
}

void CurlEasy::set_proxy(const HttpRequest& request) {
  if (request.direct != direct_) {
    curl_easy_setopt(easy_, CURLOPT_NOPROXY, request.direct ? "*" : nullptr);
    direct_ = request.direct;
  }
  if (!options_.proxy.empty()) {
    curl_easy_setopt(easy_, CURLOPT_PROXY, request.url.starts_with("https:") ? options_.proxy.c_str() : nullptr);
  }
}

ExchangePtr CurlEasy::release() {
  // Pointers into the caller's request must not outlive the exchange.
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, nullptr);
  exchange_->easy = nullptr;
  return std::move(exchange_);
}

size_t CurlEasy::on_header(char* data, size_t size, size_t count, void* self) {
  auto& exchange = *static_cast<CurlEasy*>(self)->exchange_;
  auto& response = exchange.response;
  std::string_view line = trim({data, size * count});
  if (line.starts_with("HTTP/")) {  // also after an interim answer such as 100 Continue: the last one counts
    response.headers.clear();
    response.status = 0;
    if (size_t space = line.find(' '); space != line.npos) {
      std::from_chars(line.data() + space + 1, line.data() + line.size(), response.status);
    }
    return size * count;
  }
  size_t colon = line.find(':');
  if (colon == line.npos) return size * count;
  auto name = line.substr(0, colon), value = trim(line.substr(colon + 1));
  if (iequals(name, "Content-Length") && exchange.request->method != "HEAD") {
    uint64_t length = 0;
    std::from_chars(value.data(), value.data() + value.size(), length);
    if (length > exchange.request->max_body) {
      exchange.too_large = true;
      return 0;  // libcurl ends the transfer
    }
    response.body.reserve(std::min<uint64_t>(length, kLargestReserve));
  }
  response.headers.push_back({std::string(name), std::string(value)});
  return size * count;
}

size_t CurlEasy::on_body(char* data, size_t size, size_t count, void* self) {
  auto& exchange = *static_cast<CurlEasy*>(self)->exchange_;
  auto& body = exchange.response.body;
  if (body.size() + size * count > exchange.request->max_body) {
    exchange.too_large = true;
    return 0;
  }
  body.append(data, size * count);
  return size * count;
}

Error CurlEasy::explain(CURLcode code) const {
  const auto& request = *exchange_->request;
  auto peer = peer_of(request.url);
  std::string cause = fmt::format("{} ({})", message_[0] ? message_ : curl_easy_strerror(code), static_cast<int>(code));
  if (exchange_->too_large) {
    return {ErrorCode::malformed,
            fmt::format("the answer of {} is larger than {} bytes", peer, thousands(request.max_body)),
            std::move(cause)};
  }
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: {
      curl_off_t connected = 0;
      curl_easy_getinfo(easy_, CURLINFO_PRETRANSFER_TIME_T, &connected);
      return {ErrorCode::timeout,
              connected > 0 ? fmt::format("{} did not answer within {}", peer, format_duration(request.timeout))
                            : fmt::format("no connection to {} within {}", peer,
                                          format_duration(std::min(request.connect_timeout, request.timeout))),
              std::move(cause)};
    }
    case CURLE_COULDNT_RESOLVE_HOST:
      return {ErrorCode::network, fmt::format("{} has no address: check the name, the region and the DNS", peer),
              cause};
    case CURLE_COULDNT_RESOLVE_PROXY:
      return {ErrorCode::network, fmt::format("the proxy for {} has no address: check HTTPS_PROXY", peer), cause};
    case CURLE_COULDNT_CONNECT:
      return {ErrorCode::network, fmt::format("cannot connect to {}", peer), cause};
    case CURLE_PEER_FAILED_VERIFICATION:
      return {ErrorCode::network,
              fmt::format("the certificate of {} is not trusted: name your company's authority in AWS_CA_BUNDLE", peer),
              cause};
    case CURLE_SSL_CACERT_BADFILE:
      return {ErrorCode::network, fmt::format("cannot read the CA bundle {}", options_.ca_bundle), cause};
    case CURLE_PARTIAL_FILE:
      return {ErrorCode::network, fmt::format("the answer of {} was cut short", peer), cause};
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return {ErrorCode::invalid, fmt::format("'{}' is no http or https address", peer), cause};
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
      return {ErrorCode::malformed, fmt::format("{} does not speak HTTP", peer), cause};
    default:
      return {ErrorCode::network, fmt::format("the connection to {} broke", peer), std::move(cause)};
  }
}

}  // namespace cadastre
