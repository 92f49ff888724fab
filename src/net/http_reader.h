// Bytes of a connection become one ServerRequest. No sockets here, so that tests and fuzzers feed it by hand.
//
// The head is checked by http_head.h first and parsed by Beast then (which is in http_reader.cc only). Not thread-safe.
#pragma once

#include <memory>

#include "net/http_server.h"
#include "net/http_text.h"

namespace cadastre {

class HttpReader {
 public:
  HttpReader(size_t header_bytes, size_t body_bytes);
  ~HttpReader();

  enum class State { head, body, done, refused };
  // `bytes` is all that has come and was not used yet. Returns how many of them were used; a head is used whole.
  size_t feed(std::string_view bytes);

  State state() const { return state_; }
  const Refusal& refusal() const { return refusal_; }
  // Complete but for the body once the head has been read. Trailers of a chunked body are no headers and are dropped.
  ServerRequest& request() { return request_; }

  bool http_1_0() const { return http_1_0_; }
  bool keep_alive() const { return keep_alive_; }  // what the client wants
  bool expects_continue() const { return expects_continue_; }

 private:
  size_t feed_head(std::string_view bytes);
  size_t feed_body(std::string_view bytes);
  void read_head();
  size_t refuse(Refusal refusal, size_t used);

  struct Parser;
  const size_t header_bytes_, body_bytes_;
  std::unique_ptr<Parser> parser_;  // from the end of the head on
  State state_ = State::head;
  Refusal refusal_;
  ServerRequest request_;
  size_t searched_ = 0;  // so much of the head has no end in it
  bool http_1_0_ = false, keep_alive_ = false, expects_continue_ = false;
};

}  // namespace cadastre
