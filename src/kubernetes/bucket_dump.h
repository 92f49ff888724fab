// A dump in a bucket. Files are fetched piece by piece, so that one of any size costs the memory of a piece.
#pragma once

#include "aws/bucket.h"
#include "kubernetes/dump.h"

namespace cadastre::kubernetes {

class BucketDump final : public DumpFiles {
 public:
  static constexpr uint64_t kPiece = 8 << 20;  // bytes

  // `folder`: its key, with a slash at its end. `stop` ends a request under way: cancelled.
  BucketDump(aws::Bucket bucket, std::string folder, std::stop_token stop, uint64_t piece = kPiece)
      : bucket_(std::move(bucket)), folder_(std::move(folder)), stop_(std::move(stop)), piece_(piece) {}

  // Its first piece is fetched here, so a file that is missing is known at once.
  Result<std::unique_ptr<ByteSource>> open(const std::string& name) override;
  // File → bytes.
  Result<std::map<std::string, uint64_t>> files() const;

 private:
  aws::Bucket bucket_;
  std::string folder_;
  std::stop_token stop_;
  uint64_t piece_;
};

// The file that a manifest lists and that is not there, or not with that size; "": all are there.
std::string missing_file(const Manifest& manifest, const std::map<std::string, uint64_t>& files);

// The whole of a small text: a manifest. Errors: those of the source; invalid when it has more than `limit` bytes.
Result<std::string> read_all(ByteSource& source, uint64_t limit);

}  // namespace cadastre::kubernetes
