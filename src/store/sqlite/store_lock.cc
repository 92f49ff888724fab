#include "store/sqlite/store_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace cadastre::store {
namespace {

// Which byte of the file stands for what.
constexpr off_t kCollecting = 0, kOpen = 1, kMigrating = 2;

bool lock(int file, off_t byte, short how, int command = F_OFD_SETLK) {
  struct flock range {};
  range.l_type = how;
  range.l_whence = SEEK_SET;
  range.l_start = byte;
  range.l_len = 1;
  int done = 0;
  do done = ::fcntl(file, command, &range);
  while (done != 0 && errno == EINTR);
  return done == 0;
}

}  // namespace

StoreLock::StoreLock(StoreLock&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)), collecting_(other.collecting_) {}

StoreLock::~StoreLock() {
  if (file_ >= 0) ::close(file_);
}

Result<StoreLock> StoreLock::open(const std::string& path) {
  auto name = path + ".lock";
  int file = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return fail(ErrorCode::io, fmt::format("cannot create {}; check that its folder is writable", name));
  return StoreLock(path, file);
}

Result<StoreLock> StoreLock::share(const std::string& path) {
  TRY_ASSIGN(auto made, open(path));
  if (!lock(made.file_, kOpen, F_RDLCK))
    return fail(ErrorCode::io, fmt::format("the store {} is being restored; wait until that has finished", path));
  return made;
}

Result<StoreLock> StoreLock::alone(const std::string& path) {
  TRY_ASSIGN(auto made, open(path));
  if (!lock(made.file_, kOpen, F_WRLCK))
    return fail(ErrorCode::io, fmt::format("the store {} is in use; stop the server, or whatever has it open", path));
  return made;
}

Result<void> StoreLock::migrating() {
  if (lock(file_, kMigrating, F_WRLCK, F_OFD_SETLKW)) return {};
  return fail(ErrorCode::io, fmt::format("cannot lock {}.lock ({}); put the store on a file system that knows locks",
                                         path_, std::strerror(errno)));
}

void StoreLock::done_migrating() { lock(file_, kMigrating, F_UNLCK); }

Result<void> StoreLock::collect() {
  if (collecting_) return {};
  if (!lock(file_, kCollecting, F_WRLCK)) {
    char text[32] = {};
    ssize_t size = ::pread(file_, text, sizeof text - 1, 0);
    return fail(
        ErrorCode::io,
        fmt::format("another process{} is collecting into {}; wait until it has finished",
                    size > 0 ? fmt::format(" ({})", std::string_view(text, static_cast<size_t>(size))) : "", path_));
  }
  collecting_ = true;
  auto mine = fmt::format("pid {}", ::getpid());
  if (::ftruncate(file_, 0) != 0 || ::pwrite(file_, mine.data(), mine.size(), 0) < 0) {
    // Only the name in another's message is lost.
  }
  return {};
}

void StoreLock::stop_collecting() {
  if (std::exchange(collecting_, false)) lock(file_, kCollecting, F_UNLCK);
}

}  // namespace cadastre::store
