// A stored file as plain text: gzip is undone where the file begins like it, and what was stored is counted on the way.
#pragma once

#include "kubernetes/cksum.h"
#include "kubernetes/dump.h"

namespace cadastre::kubernetes {

// Used by one thread. Memory: one chunk of 64 KiB and zlib's window, whatever the file unfolds to.
class PlainSource {
 public:
  // `limit`: of the plain bytes; a file that unfolds to more is refused, for a small one can unfold without end.
  PlainSource(ByteSource& stored, uint64_t limit);
  ~PlainSource();
  PlainSource(const PlainSource&) = delete;
  PlainSource& operator=(const PlainSource&) = delete;

  // Plain bytes; 0: the end. Errors: malformed (damaged, cut short, larger than the limit), and what the source says.
  Result<size_t> read(std::span<char> buffer);
  // Reads on to the stored file's end without unfolding it, so that its size and checksum are those of the whole.
  Result<void> drain();

  const Cksum& stored() const { return cksum_; }

 private:
  Result<bool> fill();  // false: the stored file's end
  Result<size_t> read_gzip(std::span<char> buffer);

  struct Inflater;
  ByteSource& source_;
  uint64_t limit_, plain_ = 0;
  Cksum cksum_;
  std::unique_ptr<Inflater> inflater_;
  std::string chunk_;
  std::string_view rest_;  // of the chunk
  bool begun_ = false, ended_ = false;
};

}  // namespace cadastre::kubernetes
