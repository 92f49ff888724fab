#include "index/archive.h"

#include <cstring>

namespace cadastre::index {

void ArchiveWriter::bytes(const void* data, size_t size) {
  const auto* from = static_cast<const char*>(data);
  while (size > 0) {
    auto part = std::min(size, kBlock - filled_);
    std::memcpy(block_.get() + filled_, from, part);
    filled_ += part;
    from += part;
    size -= part;
    if (filled_ == kBlock) flush();
  }
}

void ArchiveWriter::flush() {
  if (filled_ == 0) return;
  auto hash = hash128({block_.get(), filled_});
  ok_ =
      ok_ && std::fwrite(block_.get(), 1, filled_, file_) == filled_ && std::fwrite(&hash, sizeof(hash), 1, file_) == 1;
  filled_ = 0;
}

bool ArchiveWriter::finish() {
  flush();
  return ok_;
}

void ArchiveReader::bytes(void* data, size_t size) {
  auto* to = static_cast<char*>(data);
  while (size > 0) {
    if (at_ == filled_) next_block();
    if (!ok_) return;
    auto part = std::min(size, filled_ - at_);
    std::memcpy(to, block_.get() + at_, part);
    at_ += part;
    to += part;
    size -= part;
  }
}

void ArchiveReader::next_block() {
  Hash128 hash;
  at_ = filled_ = 0;
  ok_ = ok_ && left_ > sizeof(hash);
  if (!ok_) return;
  auto size = static_cast<size_t>(std::min<uint64_t>(ArchiveWriter::kBlock, left_ - sizeof(hash)));
  ok_ = std::fread(block_.get(), 1, size, file_) == size && std::fread(&hash, sizeof(hash), 1, file_) == 1 &&
        hash128({block_.get(), size}) == hash;
  if (!ok_) return;
  left_ -= size + sizeof(hash);
  filled_ = size;
}

size_t ArchiveReader::count(size_t each) {
  uint64_t size = 0;
  bytes(&size, sizeof(size));
  ok_ = ok_ && size <= (left_ + filled_ - at_) / each;
  return ok_ ? size : 0;
}

}  // namespace cadastre::index
