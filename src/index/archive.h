// Plain values in a file, as they lie in memory, in blocks that each carry a checksum: read at the speed of the disk.
// A type says what it is made of once, in a function `fields`, for both directions. For the machine that wrote it: the
// order of bytes is the machine's own. Not thread-safe.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "base/hash.h"
#include "index/bits.h"
#include "store/store.h"

namespace cadastre::index {

// Values whose bytes are all there is to them.
template <typename T>
concept Plain = std::is_trivially_copyable_v<T>;

class ArchiveWriter {
 public:
  static constexpr bool kReads = false;
  explicit ArchiveWriter(std::FILE* file) : file_(file), block_(std::make_unique<char[]>(kBlock)) {}

  template <typename... Values>
  void operator()(const Values&... values) {
    (value(values), ...);
  }
  // Writes what is left. False when anything failed; errno says what.
  bool finish();

  static constexpr size_t kBlock = size_t{256} << 10;

 private:
  void bytes(const void* data, size_t size);
  void flush();
  template <typename T>
  void value(const T& one) {
    if constexpr (Plain<T>) {
      bytes(&one, sizeof(one));
    } else {
      T::fields(one, *this);
    }
  }
  template <typename T>
  void value(const std::vector<T>& values) {
    value(uint64_t{values.size()});
    if constexpr (Plain<T>) {
      bytes(values.data(), values.size() * sizeof(T));
    } else {
      for (const auto& one : values) value(one);
    }
  }
  void value(const std::string& text) {
    value(uint64_t{text.size()});
    bytes(text.data(), text.size());
  }
  void value(const Bits& bits) {
    value(uint64_t{bits.size()});
    bytes(bits.words(), (bits.size() + 63) / 64 * sizeof(uint64_t));
  }
  void value(const store::CellKey& key) { (*this)(key.account, key.region, key.kind); }

  std::FILE* file_;
  std::unique_ptr<char[]> block_;
  size_t filled_ = 0;
  bool ok_ = true;
};

class ArchiveReader {
 public:
  static constexpr bool kReads = true;
  // `size`: bytes that are left in the file.
  ArchiveReader(std::FILE* file, uint64_t size)
      : file_(file), left_(size), block_(std::make_unique<char[]>(ArchiveWriter::kBlock)) {}

  template <typename... Values>
  void operator()(Values&... values) {
    (value(values), ...);
  }
  // Nothing was missing or damaged so far. What was read after a damage is empty.
  bool ok() const { return ok_; }
  bool done() const { return ok_ && left_ == 0 && at_ == filled_; }
  void damaged() { ok_ = false; }

 private:
  void bytes(void* data, size_t size);
  void next_block();
  // A number of things that take `each` bytes or more: 0 when so many cannot follow.
  size_t count(size_t each);
  template <typename T>
  void value(T& one) {
    if constexpr (Plain<T>) {
      bytes(&one, sizeof(one));
    } else {
      T::fields(one, *this);
    }
  }
  template <typename T>
  void value(std::vector<T>& values) {
    values.resize(count(Plain<T> ? sizeof(T) : 1));
    if constexpr (Plain<T>) {
      bytes(values.data(), values.size() * sizeof(T));
    } else {
      for (auto& one : values) value(one);
    }
  }
  void value(std::string& text) {
    text.resize(count(1));
    bytes(text.data(), text.size());
  }
  void value(Bits& bits) {
    uint64_t size = 0;
    value(size);
    if (size / 8 > left_ + filled_) return damaged();
    bits = Bits(size);
    bytes(bits.words(), (size + 63) / 64 * sizeof(uint64_t));
  }
  void value(store::CellKey& key) { (*this)(key.account, key.region, key.kind); }

  std::FILE* file_;
  uint64_t left_;
  std::unique_ptr<char[]> block_;
  size_t at_ = 0, filled_ = 0;
  bool ok_ = true;
};

}  // namespace cadastre::index
