// One curl easy handle, set up once and used for many exchanges. Inside net/ only.
#pragma once

#include <curl/curl.h>

#include "net/exchange.h"

namespace cadastre {

// Belongs to one I/O thread. What never changes is set in the constructor, so that a request sets only what is its own.
class CurlEasy {
 public:
  CurlEasy(const HttpClientOptions& options, CURLSH* share);
  ~CurlEasy();
  CurlEasy(const CurlEasy&) = delete;
  CurlEasy& operator=(const CurlEasy&) = delete;

  // Makes the handle ready for the exchange's request.
  void prepare(ExchangePtr exchange);
  // Gives the exchange back, with nothing of it left in the handle.
  ExchangePtr release();

  bool busy() const { return exchange_ != nullptr; }
  CURL* get() const { return easy_; }
  // What went wrong, as an Error that names the peer and never the query or a header.
  Error explain(CURLcode code) const;

 private:
  void set_method(const HttpRequest& request);
  void set_headers(const HttpRequest& request);
  void set_proxy(const HttpRequest& request);

  static size_t on_header(char* data, size_t size, size_t count, void* self);
  static size_t on_body(char* data, size_t size, size_t count, void* self);

  CURL* easy_;
  const HttpClientOptions& options_;
  curl_slist* headers_ = nullptr;
  bool direct_ = false;
  bool custom_method_ = false;
  char message_[CURL_ERROR_SIZE] = "";
  ExchangePtr exchange_;
};

}  // namespace cadastre
