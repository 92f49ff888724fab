#include "kubernetes/folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace cadastre::kubernetes {
namespace {

class File final : public ByteSource {
 public:
  File(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  ~File() override { ::close(descriptor_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  Result<size_t> read(std::span<char> buffer) override {
    ssize_t count;
    do {
      count = ::read(descriptor_, buffer.data(), buffer.size());
    } while (count < 0 && errno == EINTR);
    if (count < 0) return fail(ErrorCode::io, fmt::format("{} cannot be read: {}", path_, std::strerror(errno)));
    return static_cast<size_t>(count);
  }

 private:
  int descriptor_;
  std::string path_;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    auto code = errno == ENOENT || errno == ENOTDIR ? ErrorCode::not_found : ErrorCode::io;
    return fail(code, fmt::format("{} cannot be opened: {}", path, std::strerror(errno)));
  }
  return std::make_unique<File>(descriptor, path);
}

}  // namespace cadastre::kubernetes
