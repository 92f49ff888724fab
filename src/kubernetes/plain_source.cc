#include "kubernetes/plain_source.h"

#include <zlib.h>

#include <new>

namespace cadastre::kubernetes {
namespace {

constexpr size_t kChunk = 64 * 1024;
constexpr std::string_view kMagic = "\x1f\x8b";

}  // namespace

struct PlainSource::Inflater {
  z_stream stream{};
  bool between = false;  // a member has ended; another may follow

  Inflater() {
    constexpr int window_bits = 15, as_gzip = 16;
    if (inflateInit2(&stream, window_bits + as_gzip) != Z_OK) throw std::bad_alloc();  // the only way it can fail
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

PlainSource::PlainSource(ByteSource& stored, uint64_t limit) : source_(stored), limit_(limit), chunk_(kChunk, '\0') {}
PlainSource::~PlainSource() = default;

Result<bool> PlainSource::fill() {
  if (!rest_.empty()) return true;
  if (ended_) return false;
  TRY_ASSIGN(auto count, source_.read(chunk_));
  ended_ = count == 0;
  rest_ = std::string_view(chunk_).substr(0, count);
  cksum_.add(rest_);
  return count > 0;
}

Result<size_t> PlainSource::read(std::span<char> buffer) {
  if (!begun_) {
    begun_ = true;
    // The source may give a single byte at a time: both of the magic bytes are waited for.
    TRY_ASSIGN(bool any, fill());
    while (any && rest_.size() < kMagic.size() && rest_ == kMagic.substr(0, rest_.size())) {
      TRY_ASSIGN(auto count, source_.read(std::span(chunk_).subspan(rest_.size())));
      if (count == 0) {
        ended_ = true;
        break;
      }
      auto more = std::string_view(chunk_).substr(rest_.size(), count);
      cksum_.add(more);
      rest_ = std::string_view(chunk_).substr(0, rest_.size() + count);
    }
    if (rest_.starts_with(kMagic)) inflater_ = std::make_unique<Inflater>();
  }
  size_t count = 0;
  if (inflater_) {
    TRY_ASSIGN(count, read_gzip(buffer));
  } else {
    TRY_ASSIGN(bool any, fill());
    if (!any) return 0;
    count = rest_.copy(buffer.data(), buffer.size());
    rest_.remove_prefix(count);
  }
  plain_ += count;
  if (plain_ > limit_) return fail(ErrorCode::malformed, fmt::format("it is larger than {} MB", limit_ / 1'000'000));
  return count;
}

Result<size_t> PlainSource::read_gzip(std::span<char> buffer) {
  auto& stream = inflater_->stream;
  stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
  stream.avail_out = static_cast<uInt>(buffer.size());
  while (stream.avail_out == buffer.size()) {
    TRY_ASSIGN(bool any, fill());
    if (!any) {
      if (inflater_->between) return 0;
      return fail(ErrorCode::malformed, "its gzip is cut short");
    }
    if (inflater_->between) {
      inflateReset(&stream);
      inflater_->between = false;
    }
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest_.data()));
    stream.avail_in = static_cast<uInt>(rest_.size());
    int code = inflate(&stream, Z_NO_FLUSH);
    rest_.remove_prefix(rest_.size() - stream.avail_in);
    if (code == Z_STREAM_END)
      inflater_->between = true;
    else if (code != Z_OK && code != Z_BUF_ERROR)
      return fail(ErrorCode::malformed, "its gzip is damaged", stream.msg ? stream.msg : "");
  }
  return buffer.size() - stream.avail_out;
}

Result<void> PlainSource::drain() {
  for (;;) {
    rest_ = {};
    TRY_ASSIGN(bool any, fill());
    if (!any) return {};
  }
}

}  // namespace cadastre::kubernetes
