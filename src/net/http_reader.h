// Bytes of a connection become one ServerRequest. No sockets here, so that tests and fuzzers feed it by hand. Not
// thread-safe.
#pragma once

#include "net/chunked_body.h"
#include "net/http_head.h"
#include "net/http_server.h"
#include "net/http_text.h"

namespace cadastre {

class HttpReader {
 public:
  HttpReader(size_t header_bytes, size_t body_bytes);

  enum class State { head, body, done, refused };
  // `bytes` is all that has come and was not used yet. Returns how many of them were used; a head is used whole.
  size_t feed(std::string_view bytes);

  State state() const { return state_; }
  const Refusal& refusal() const { return refusal_; }
  // Complete but for the body once the head has been read. Trailers of a chunked body are no headers and are dropped.
  ServerRequest& request() { return request_; }

  bool http_1_0() const { return head_.http_1_0; }
  bool keep_alive() const { return head_.keep_alive; }  // what the client wants
  bool expects_continue() const { return head_.expects_continue; }

 private:
  size_t feed_head(std::string_view bytes);
  size_t feed_body(std::string_view bytes);
  void use_head();
  size_t refuse(Refusal refusal, size_t used);

  const size_t header_bytes_, body_bytes_;
  State state_ = State::head;
  Refusal refusal_;
  RequestHead head_;  // its method, target and headers are in request_
  ChunkedBody chunks_;
  ServerRequest request_;
  std::string body_;
  bool skipped_line_ = false;
  size_t searched_ = 0;  // so much of the head has no end in it
};

}  // namespace cadastre
