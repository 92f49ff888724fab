#include "store/documents.h"

#include <zstd.h>

namespace cadastre::store {
namespace {

constexpr int kLevel = 3;

// One context a thread: making one costs more than compressing a document.
ZSTD_CCtx* compressor() {
  thread_local std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
  return context.get();
}
ZSTD_DCtx* decompressor() {
  thread_local std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
  return context.get();
}

}  // namespace

Dictionary::Dictionary(std::string content) : content_(std::move(content)) {
  compressor_ = ZSTD_createCDict(content_.data(), content_.size(), kLevel);
  decompressor_ = ZSTD_createDDict(content_.data(), content_.size());
}

Dictionary::~Dictionary() {
  ZSTD_freeCDict(compressor_);
  ZSTD_freeDDict(decompressor_);
}

std::string compress(std::string_view document, const Dictionary* dictionary) {
  std::string out(ZSTD_compressBound(document.size()), '\0');
  size_t size = dictionary
                    ? ZSTD_compress_usingCDict(compressor(), out.data(), out.size(), document.data(), document.size(),
                                               dictionary->compressor_)
                    : ZSTD_compressCCtx(compressor(), out.data(), out.size(), document.data(), document.size(), kLevel);
  out.resize(ZSTD_isError(size) ? 0 : size);
  return out;
}

Result<std::string> decompress(std::string_view stored, size_t size, const Dictionary* dictionary) {
  std::string out(size, '\0');
  size_t got = dictionary ? ZSTD_decompress_usingDDict(decompressor(), out.data(), out.size(), stored.data(),
                                                       stored.size(), dictionary->decompressor_)
                          : ZSTD_decompressDCtx(decompressor(), out.data(), out.size(), stored.data(), stored.size());
  if (ZSTD_isError(got) || got != size) {
    return fail(ErrorCode::io, "a stored document is damaged; restore a backup of the store", ZSTD_getErrorName(got));
  }
  return out;
}

}  // namespace cadastre::store
