#include "net/http_answer.h"

#include "base/json.h"
#include "base/text.h"
#include "net/http_text.h"

namespace cadastre {
namespace {

constexpr size_t kLeastCompressed = 1024, kPieces = 32 << 10;

const std::string& header_or_empty(const std::vector<HttpHeader>& headers, std::string_view name) {
  static const std::string none;
  auto at = std::ranges::find_if(headers, [&](const auto& header) { return iequals(header.name, name); });
  return at == headers.end() ? none : at->value;
}

bool is_the_servers_own(std::string_view name) {
  constexpr std::array<std::string_view, 7> own = {
      "Connection", "Content-Length", "Transfer-Encoding", "Date", "Keep-Alive", "X-Request-Id", "X-Route"};
  return std::ranges::any_of(own, [&](auto other) { return iequals(name, other); });
}

bool may_be_sent(const ServerResponse& response) {
  if (response.status < 200 || response.status > 599) return false;
  return std::ranges::all_of(response.headers,
                             [](const auto& header) { return is_token(header.name) && is_field_value(header.value); });
}

// A compressed form is another representation: its tag may only be compared weakly (RFC 9110, 8.8.1).
void weaken_etag(ServerResponse& response) {
  auto tag = header_or_empty(response.headers, "ETag");
  if (tag.starts_with('"')) response.set("ETag", "W/" + tag);
}

void vary_on_encoding(ServerResponse& response) {
  auto vary = header_or_empty(response.headers, "Vary");
  if (list_has(vary, "Accept-Encoding") || trim(vary) == "*") return;
  response.set("Vary", vary.empty() ? "Accept-Encoding" : vary + ", Accept-Encoding");
}

bool wants_compression(const ServerRequest& request, ServerResponse& response) {
  if (!is_compressible(header_or_empty(response.headers, "Content-Type"))) return false;
  if (!header_or_empty(response.headers, "Content-Encoding").empty()) return false;
  if (!response.stream && response.body.size() < kLeastCompressed) return false;
  vary_on_encoding(response);
  auto* accepted = request.header("Accept-Encoding");
  return accepted && accepts_gzip(*accepted);
}

bool is_known_to_client(const ServerRequest& request, const ServerResponse& response) {
  if (response.status != 200 || (request.method != "GET" && request.method != "HEAD")) return false;
  auto* known = request.header("If-None-Match");
  return known && etag_matches(*known, header_or_empty(response.headers, "ETag"));
}

}  // namespace

ServerResponse problem_response(int status, std::string_view detail, std::string_view request_id) {
  json::object problem{{"type", "about:blank"},
                       {"title", reason_phrase(status)},
                       {"status", status},
                       {"detail", detail},
                       {"request_id", request_id}};
  ServerResponse response;
  response.status = status;
  response.set("Content-Type", "application/problem+json");
  response.set("Cache-Control", "no-store");
  response.body = to_json(problem);
  return response;
}

Answer make_answer(const ServerRequest& request, bool http_1_0, ServerResponse response, Time now) {
  if (!may_be_sent(response)) {
    response = problem_response(500, "The answer could not be sent as it was made.", request.id);
  }
  Answer answer;
  bool compress = wants_compression(request, response);
  if (is_known_to_client(request, response)) {
    if (compress) weaken_etag(response);
    response.status = 304;
    response.body.clear();
    response.stream = {};
    std::erase_if(response.headers, [](const auto& header) { return iequals(header.name, "Content-Type"); });
    compress = false;
  }
  if (compress) {
    weaken_etag(response);
    response.set("Content-Encoding", "gzip");
    if (response.stream) {
      answer.gzip = std::make_unique<Gzip>();
    } else {
      response.body = gzip(response.body);
    }
  }
  answer.status = response.status;
  answer.route = header_or_empty(response.headers, "X-Route");

  auto& head = answer.head;
  head = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\nX-Request-Id: {}\r\n", response.status,
                     reason_phrase(response.status), http_date(now), request.id);
  for (const auto& header : response.headers) {
    if (!is_the_servers_own(header.name)) head.append(header.name).append(": ").append(header.value).append("\r\n");
  }
  bool is_head = request.method == "HEAD";
  bool bodiless = response.status == 204 || response.status == 304;
  if (bodiless) return answer;
  if (response.stream || response.events) {
    if (is_head) return answer;
    answer.chunked = !http_1_0;
    answer.until_close = http_1_0;
    if (answer.chunked) head += "Transfer-Encoding: chunked\r\n";
    answer.stream = std::move(response.stream);
    answer.events = std::move(response.events);
    return answer;
  }
  head += fmt::format("Content-Length: {}\r\n", response.body.size());
  if (!is_head) answer.body = std::move(response.body);
  return answer;
}

std::string framed(const Answer& answer, std::string_view bytes) {
  if (!answer.chunked || bytes.empty()) return std::string(bytes);
  auto text = fmt::format("{:x}\r\n", bytes.size());
  text.reserve(text.size() + bytes.size() + 2);
  return text.append(bytes).append("\r\n");
}

std::string_view last_chunk(const Answer& answer) { return answer.chunked ? "0\r\n\r\n" : ""; }

Result<bool> pull_stream(Answer& answer, std::string& out) {
  auto until = std::chrono::steady_clock::now() + Millis(50);
  std::string piece, ready;
  bool more = true;
  do {
    piece.clear();
    auto result = answer.stream(piece);
    if (!result) return std::unexpected(std::move(result).error());
    more = *result;
    if (answer.gzip) {
      answer.gzip->add(piece, ready, !more);
    } else {
      ready += piece;
    }
  } while (more && ready.size() < kPieces && std::chrono::steady_clock::now() < until);
  out = framed(answer, ready);
  if (!more) out += last_chunk(answer);
  return more;
}

}  // namespace cadastre
