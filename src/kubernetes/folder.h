// A dump in a folder, as the drop-box leaves it and as who copied it from the bucket has it.
#pragma once

#include "kubernetes/dump.h"

namespace cadastre::kubernetes {

// Errors: not_found, io, naming the path.
Result<std::unique_ptr<ByteSource>> open_file(const std::string& path);

class Folder final : public DumpFiles {
 public:
  explicit Folder(std::string path) : path_(std::move(path)) {}
  Result<std::unique_ptr<ByteSource>> open(const std::string& name) override { return open_file(path_ + "/" + name); }

 private:
  std::string path_;
};

}  // namespace cadastre::kubernetes
