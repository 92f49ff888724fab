// PATH.lock: who has a store open, and who collects into it. Locks of an open file description (fcntl(2), F_OFD_SETLK):
// the system lets go of them however the process ends, and two handles in one process exclude each other too.
// Not thread-safe.
#pragma once

#include <string>

#include "base/result.h"

namespace cadastre::store {

class StoreLock {
 public:
  // Errors: io, when the file cannot be made, or the store is being restored (share), or is open somewhere (alone).
  static Result<StoreLock> share(const std::string& path);
  static Result<StoreLock> alone(const std::string& path);
  StoreLock(StoreLock&& other) noexcept;
  StoreLock& operator=(StoreLock&&) = delete;
  ~StoreLock();

  // From here to done_migrating() no other process or thread is between the two: waits for its turn. SQLite's own locks
  // do not suffice: it refuses at once, without waiting, when two turn a new file to WAL.
  // Errors: io, when the file system knows no locks.
  Result<void> migrating();
  void done_migrating();

  // Errors: io, naming the process that collects.
  Result<void> collect();
  void stop_collecting();

 private:
  StoreLock(std::string path, int file) : path_(std::move(path)), file_(file) {}
  static Result<StoreLock> open(const std::string& path);
  std::string path_;
  int file_;
  bool collecting_ = false;
};

}  // namespace cadastre::store
