// Asserts of Beast's are not what is looked for: one of them does not hold for trailers behind an empty chunked body.
#define BOOST_DISABLE_ASSERTS
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/text.h"
#include "must.h"
#include "net/http_reader.h"

using namespace cadastre;
using State = HttpReader::State;

namespace {

constexpr size_t kHeader = 4096, kBody = 4096;

struct Read {
  std::unique_ptr<HttpReader> reader = std::make_unique<HttpReader>(kHeader, kBody);
  size_t used = 0;
};

// Feeds the bytes in parts, whose sizes are taken from `cuts` in turn.
Read read(std::string_view bytes, std::string_view cuts) {
  Read read;
  std::string waiting;
  size_t turn = 0;
  while (read.reader->state() != State::done && read.reader->state() != State::refused && !bytes.empty()) {
    size_t part = cuts.empty() ? bytes.size() : 1 + static_cast<unsigned char>(cuts[turn++ % cuts.size()]);
    waiting += bytes.substr(0, part);
    bytes.remove_prefix(std::min(part, bytes.size()));
    size_t used = read.reader->feed(waiting);
    MUST(used <= waiting.size());
    waiting.erase(0, used);
    read.used += used;
  }
  return read;
}

// What we accept, Beast reads as the same request, with the same end: nothing can hide between two readers.
void compare_with_beast(std::string_view bytes, HttpReader& ours, size_t used) {
  namespace http = boost::beast::http;
  http::request_parser<http::string_body> parser;
  parser.eager(true);
  parser.header_limit(2 * kHeader);
  parser.body_limit(kBody);
  boost::system::error_code problem;
  if (bytes.starts_with("\r\n")) {
    bytes.remove_prefix(2);
    used -= 2;
  }
  size_t taken = 0;
  while (!parser.is_done() && taken < bytes.size()) {
    size_t now = parser.put(boost::asio::buffer(bytes.data() + taken, bytes.size() - taken), problem);
    if (problem && problem != http::error::need_more) break;
    taken += now;
    if (now == 0) break;
  }
  MUST(!problem || problem == http::error::need_more);
  MUST(parser.is_done());
  MUST(taken == used);
  const auto& theirs = parser.get();
  MUST(ours.request().method == std::string_view(theirs.method_string()));
  MUST(ours.request().target == std::string_view(theirs.target()));
  MUST(ours.request().body == theirs.body());
  MUST(ours.keep_alive() == theirs.keep_alive());
}

void check_path(const ServerRequest& request) {
  MUST(request.path.starts_with('/') || request.path == "*");
  for (auto segment : split(request.path, '/')) MUST(segment != "." && segment != "..");
  MUST(request.path.find('\0') == std::string::npos && is_utf8(request.path));
}

}  // namespace

// The first bytes, up to a NUL, say how the rest is cut; then comes what the client sends.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view all(reinterpret_cast<const char*>(data), size);
  auto nul = std::min(all.find('\0'), size_t{8});
  auto cuts = all.substr(0, nul), bytes = all.substr(std::min(nul + 1, all.size()));

  auto whole = read(bytes, ""), cut = read(bytes, cuts);
  MUST(whole.reader->state() == cut.reader->state());
  if (whole.reader->state() == State::refused) {
    MUST(whole.reader->refusal().status == cut.reader->refusal().status);
    MUST(whole.reader->refusal().status >= 400);
  }
  if (whole.reader->state() == State::done) {
    MUST(whole.used == cut.used);
    MUST(whole.reader->request().body == cut.reader->request().body);
    compare_with_beast(bytes, *whole.reader, whole.used);
    check_path(whole.reader->request());
    for (const auto& header : whole.reader->request().headers) {
      MUST(is_token(header.name) && is_field_value(header.value));
    }
  }
  whole.reader->request().cookie("session");
  static const std::vector<Network> trusted = {*parse_network("10.0.0.0/8")};
  accepts_gzip(bytes);
  etag_matches(bytes, "\"v\"");
  is_compressible(bytes);
  MUST(parse_network(forwarded_client("10.0.0.1", bytes, trusted)));
  return 0;
}
