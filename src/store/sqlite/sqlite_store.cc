#include "store/sqlite/sqlite_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "store/sqlite/schema.h"
#include "store/sqlite/sqlite_inventory.h"

namespace cadastre::store {
namespace {

class SqliteStore final : public Store {
 public:
  SqliteStore(std::unique_ptr<Connection> writer, std::string path)
      : path_(path), inventory_(std::move(writer), path) {}
  ~SqliteStore() override {
    if (lock_ >= 0) ::close(lock_);
  }

  Inventory& inventory() override { return inventory_; }
  Cells& cells() override { return inventory_; }
  Result<std::string> redaction_key() override { return inventory_.redaction_key(); }
  Writes writes() const override { return inventory_.writes(); }

  // A lock file of its own, held by the open descriptor: the system lets go of it however the process ends.
  Result<void> lock_collection() override {
    if (lock_ >= 0) return {};
    auto file = path_ + ".lock";
    lock_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_ < 0) return fail(ErrorCode::io, fmt::format("cannot create {}; check that its folder is writable", file));
    if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
      char pid[32] = {};
      ssize_t size = ::read(lock_, pid, sizeof pid - 1);
      ::close(std::exchange(lock_, -1));
      return fail(
          ErrorCode::io,
          fmt::format("another process{} is collecting into {}; wait until it has finished",
                      size > 0 ? fmt::format(" ({})", std::string_view(pid, static_cast<size_t>(size))) : "", path_));
    }
    auto mine = fmt::format("pid {}", ::getpid());
    if (::ftruncate(lock_, 0) != 0 || ::write(lock_, mine.data(), mine.size()) < 0) {
      // Only the name in another's message is lost.
    }
    return {};
  }
  void unlock_collection() override {
    if (lock_ >= 0) ::close(std::exchange(lock_, -1));
  }

 private:
  std::string path_;
  SqliteInventory inventory_;
  int lock_ = -1;
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path, Clock&) {
  // What is stored is nobody else's business: the file is made before SQLite would, readable by its owner only.
  int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return fail(ErrorCode::io,
                fmt::format("cannot open the store {} ({}); check that its folder exists and is writable", path,
                            std::strerror(errno)));
  }
  ::close(file);
  TRY_ASSIGN(auto writer, Connection::open(path, true));
  TRY(migrate(*writer, path));
  return std::make_unique<SqliteStore>(std::move(writer), path);
}

}  // namespace cadastre::store
