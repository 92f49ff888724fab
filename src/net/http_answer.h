// A handler's ServerResponse becomes the bytes that are sent. Runs on handler threads (it compresses); no sockets here.
#pragma once

#include <memory>

#include "net/gzip.h"
#include "net/http_server.h"

namespace cadastre {

struct Answer {
  int status = 200;
  std::string route;  // X-Route, which is not sent
  std::string head;   // status line and headers, without Connection and the empty line: those are the connection's
  std::string body;   // complete; empty for HEAD, 204 and 304
  bool chunked = false;
  bool until_close = false;  // to an HTTP/1.0 client the end of a stream is the end of the connection
  std::function<Result<bool>(std::string& piece)> stream = {};
  std::function<void(std::shared_ptr<EventStream>)> events = {};
  std::unique_ptr<Gzip> gzip = {};  // of the stream
};

// Names, values and statuses that must not be sent make it a 500. The server's own headers (Date, X-Request-Id,
// Content-Length, Transfer-Encoding, Connection) replace any that the handler gave.
Answer make_answer(const ServerRequest& request, bool http_1_0, ServerResponse response, Time now);

// An error of the server itself: application/problem+json, RFC 9457.
ServerResponse problem_response(int status, std::string_view detail, std::string_view request_id);

// `bytes` as a chunk of a chunked answer; as they are when it is not chunked. Nothing makes no chunk: that would be the
// end.
std::string framed(const Answer& answer, std::string_view bytes);
std::string_view last_chunk(const Answer& answer);

// The next pieces of the stream, compressed and framed, some ten kilobytes of them or what comes within a twentieth of
// a second. False: that was the end, and the last chunk is in `out`. Errors: the stream's; nothing more may be sent.
Result<bool> pull_stream(Answer& answer, std::string& out);

}  // namespace cadastre
