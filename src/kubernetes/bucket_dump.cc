#include "kubernetes/bucket_dump.h"

#include <fmt/format.h>

#include <cstring>

namespace cadastre::kubernetes {
namespace {

// What the bucket says, in the words that a ByteSource has: an answer that makes no sense says nothing about the dump.
Error may_pass(Error error) {
  if (error.code == ErrorCode::malformed || error.code == ErrorCode::invalid) error.code = ErrorCode::io;
  return error;
}

class ObjectSource final : public ByteSource {
 public:
  ObjectSource(aws::Bucket bucket, std::string key, std::stop_token stop, uint64_t most)
      : bucket_(std::move(bucket)), key_(std::move(key)), stop_(std::move(stop)), most_(most) {}

  Result<void> fetch() {
    auto piece = bucket_.read(key_, fetched_, most_, piece_.etag, stop_);
    if (!piece) return std::unexpected(may_pass(std::move(piece).error()));
    piece_ = std::move(*piece);
    given_ = 0;
    fetched_ += piece_.bytes.size();
    return {};
  }

  Result<size_t> read(std::span<char> buffer) override {
    if (given_ == piece_.bytes.size()) {
      if (fetched_ >= piece_.size || piece_.bytes.empty()) return 0;
      TRY(fetch());
    }
    auto count = std::min(buffer.size(), piece_.bytes.size() - given_);
    std::memcpy(buffer.data(), piece_.bytes.data() + given_, count);
    given_ += count;
    return count;
  }

 private:
  aws::Bucket bucket_;
  std::string key_;
  std::stop_token stop_;
  uint64_t most_;
  aws::Bucket::Piece piece_;
  uint64_t fetched_ = 0;
  size_t given_ = 0;  // of the piece
};

}  // namespace

Result<std::unique_ptr<ByteSource>> BucketDump::open(const std::string& name) {
  auto source = std::make_unique<ObjectSource>(bucket_, folder_ + name, stop_, piece_);
  TRY(source->fetch());
  return source;
}

Result<std::map<std::string, uint64_t>> BucketDump::files() const {
  std::map<std::string, uint64_t> files;
  auto listed = bucket_.list({.prefix = folder_}, stop_, [&](const aws::ObjectPage& page) {
    for (const auto& object : page.objects) files[object.key.substr(folder_.size())] = object.bytes;
    return true;
  });
  if (!listed) return std::unexpected(may_pass(std::move(listed).error()));
  return files;
}

std::string missing_file(const Manifest& manifest, const std::map<std::string, uint64_t>& files) {
  for (const auto& kind : manifest.kinds) {
    for (const auto& file : kind.files) {
      auto at = files.find(file.name);
      if (at == files.end() || at->second != file.bytes) return file.name;
    }
  }
  return {};
}

Result<std::string> read_all(ByteSource& source, uint64_t limit) {
  std::string text, chunk(64 * 1024, '\0');
  for (;;) {
    TRY_ASSIGN(auto count, source.read(chunk));
    if (count == 0) return text;
    text.append(chunk, 0, count);
    if (text.size() > limit) return fail(ErrorCode::invalid, fmt::format("it has more than {} bytes", limit));
  }
}

}  // namespace cadastre::kubernetes
