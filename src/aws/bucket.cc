#include "aws/bucket.h"

#include <charconv>

#include "aws/spelled_out.h"
#include "base/text.h"

namespace cadastre::aws {
namespace {

// Codes of S3's errors: "List of error codes" in its API reference. A bucket that is not ours to see is "denied" there.
Error error_of(CallError&& problem, const std::string& what) {
  auto error = std::move(problem.error);
  const auto& code = problem.service.code;
  if (code == "NoSuchKey" || code == "NoSuchBucket" || problem.service.status == 404) {
    error.code = ErrorCode::not_found;
    error.message =
        fmt::format("{} is not there{}", what, code == "NoSuchBucket" ? ", for there is no such bucket" : "");
  } else if (problem.service.status == 412) {
    error.code = ErrorCode::failed;
    error.message = fmt::format("{} was replaced while it was read", what);
  }
  return error;
}

std::optional<uint64_t> number_of(std::string_view text) {
  uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

ObjectPage page_of(const json::object& answer) {
  ObjectPage page;
  if (auto* objects = answer.if_contains("Contents"); objects && objects->is_array()) {
    for (const auto& entry : objects->get_array()) {
      const auto& object = entry.as_object();
      page.objects.push_back({member_text(object, "Key"), number_of(member_text(object, "Size")).value_or(0),
                              parse_rfc3339(member_text(object, "LastModified"))});
    }
  }
  if (auto* folders = answer.if_contains("CommonPrefixes"); folders && folders->is_array()) {
    for (const auto& entry : folders->get_array()) page.folders.push_back(member_text(entry.as_object(), "Prefix"));
  }
  return page;
}

// "bytes 0-99/1234": the size of the whole. RFC 9110, 14.4.
std::optional<uint64_t> whole_size(const HttpResponse& response) {
  const auto* range = response.header("Content-Range");
  if (!range) return std::nullopt;
  auto slash = range->rfind('/');
  return slash == range->npos ? std::nullopt : number_of(std::string_view(*range).substr(slash + 1));
}

}  // namespace

Call Bucket::call(std::string_view operation, json::object input) const {
  input["Bucket"] = name_;
  Call call;
  call.service = &object_calls();
  call.operation = object_calls().operation(operation);
  call.region = region_;
  call.input = std::move(input);
  return call;
}

Result<void> Bucket::list(const Listing& what, std::stop_token stop,
                          const std::function<bool(const ObjectPage&)>& visit) const {
  json::object input;
  if (!what.prefix.empty()) input["Prefix"] = what.prefix;
  if (!what.after.empty()) input["StartAfter"] = what.after;
  if (what.folders) input["Delimiter"] = "/";
  auto done = client_->pages(session_, call("ListObjectsV2", std::move(input)), stop,
                             [&](json::value& page) { return visit(page_of(page.as_object())); });
  if (!done) return std::unexpected(error_of(std::move(done).error(), fmt::format("s3://{}/{}", name_, what.prefix)));
  return {};
}

Result<Bucket::Piece> Bucket::read(const std::string& key, uint64_t from, uint64_t most, const std::string& etag,
                                   std::stop_token stop) const {
  json::object input{{"Key", key}, {"Range", fmt::format("bytes={}-{}", from, from + most - 1)}};
  if (!etag.empty()) input["IfMatch"] = etag;
  auto what = fmt::format("s3://{}/{}", name_, key);
  auto answer = client_->fetch(session_, call("GetObject", std::move(input)), stop);
  if (!answer) {
    // There is nothing at that place: the object is empty, or ended with the piece before.
    if (answer.error().service.status == 416) return Piece{"", etag, from};
    return std::unexpected(error_of(std::move(answer).error(), what));
  }
  Piece piece;
  if (const auto* tag = answer->header("ETag")) piece.etag = *tag;
  piece.bytes = std::move(answer->body);
  auto size = whole_size(*answer);
  if (answer->status == 206 && size && piece.bytes.size() <= most) {
    piece.size = *size;
  } else if (answer->status == 200 && from == 0) {  // the whole, where ranges are not known
    piece.size = piece.bytes.size();
  } else {
    return fail(ErrorCode::malformed, fmt::format("{}: the answer is another piece than was asked for", what),
                fmt::format("status {}, {} bytes", answer->status, piece.bytes.size()));
  }
  return piece;
}

}  // namespace cadastre::aws
