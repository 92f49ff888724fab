#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace cadastre {
namespace {

std::unexpected<Error> system_error(std::string_view what, const std::string& path) {
  auto code = errno == ENOENT ? ErrorCode::not_found : errno == ENOSPC ? ErrorCode::full : ErrorCode::io;
  return fail(code, fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

}  // namespace

Result<std::string> read_file(const std::string& path) {
  Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) return system_error("read", path);
  std::string content;
  char buffer[65536];
  for (;;) {
    ssize_t count = ::read(file.fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("read", path);
    if (count == 0) return content;
    content.append(buffer, static_cast<size_t>(count));
  }
}

Result<void> write_file(const std::string& path, std::string_view content, unsigned mode) {
  auto temporary = fmt::format("{}.{}.tmp", path, ::getpid());
  // A leftover of a crash goes first: opened again, it would keep its own permissions.
  ::unlink(temporary.c_str());
  Descriptor file{::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)};
  if (file.fd < 0) return system_error("write", path);
  while (!content.empty()) {
    ssize_t count = ::write(file.fd, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      auto error = system_error("write", path);
      ::unlink(temporary.c_str());
      return error;
    }
    content.remove_prefix(static_cast<size_t>(count));
  }
  if (::fsync(file.fd) != 0 || ::rename(temporary.c_str(), path.c_str()) != 0) {
    auto error = system_error("write", path);
    ::unlink(temporary.c_str());
    return error;
  }
  return {};
}

std::string expand_home(std::string_view path) {
  if (path != "~" && !path.starts_with("~/")) return std::string(path);
  const char* home = std::getenv("HOME");
  return std::string(home ? home : "") + std::string(path.substr(1));
}

}  // namespace cadastre
