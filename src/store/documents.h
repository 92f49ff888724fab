// Documents as they lie in the file: zstd, with a dictionary per kind that is some of the kind's own documents.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct ZSTD_CDict_s;
struct ZSTD_DDict_s;

namespace cadastre::store {

// A dictionary prepared for both directions. Immutable, thread-safe.
class Dictionary {
 public:
  // Content to learn from: documents of the kind, one after the other, cut at 32 KiB.
  explicit Dictionary(std::string content);
  ~Dictionary();
  const std::string& content() const { return content_; }

 private:
  friend std::string compress(std::string_view document, const Dictionary* dictionary);
  friend Result<std::string> decompress(std::string_view stored, size_t size, const Dictionary* dictionary);
  std::string content_;
  ZSTD_CDict_s* compressor_;
  ZSTD_DDict_s* decompressor_;
};

constexpr size_t kDictionaryBytes = 32 << 10;

std::string compress(std::string_view document, const Dictionary* dictionary);
// Errors: io, when the bytes are damaged.
Result<std::string> decompress(std::string_view stored, size_t size, const Dictionary* dictionary);

}  // namespace cadastre::store
