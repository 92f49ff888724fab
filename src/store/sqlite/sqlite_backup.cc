#include "store/sqlite/sqlite_backup.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "store/sqlite/schema.h"
#include "store/sqlite/sqlite_check.h"
#include "store/sqlite/store_lock.h"

namespace cadastre::store {
namespace {

namespace fs = std::filesystem;

// The last 32 bytes of a backup. SQLite does not look beyond the pages that its header counts.
constexpr std::string_view kSeal = "Cadastre backup\n";
constexpr size_t kSealBytes = 32;  // kSeal, then the hash of all before it
static_assert(kSeal.size() + 16 == kSealBytes);

Error system_error(std::string_view what, const std::string& path) {
  int why = errno;
  bool full = why == ENOSPC || why == EDQUOT || why == EFBIG;
  return {full ? ErrorCode::full : ErrorCode::io, fmt::format("cannot {} {} ({})", what, path, std::strerror(why)), {}};
}

// Removes what was begun, unless it is kept.
class Unfinished {
 public:
  explicit Unfinished(std::string path) : path_(std::move(path)) {}
  Unfinished(const Unfinished&) = delete;
  ~Unfinished() {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) ::unlink((path_ + suffix).c_str());
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class OpenFile {
 public:
  OpenFile(const std::string& path, int flags) : file_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  OpenFile(const OpenFile&) = delete;
  ~OpenFile() {
    if (file_ >= 0) ::close(file_);
  }
  explicit operator bool() const { return file_ >= 0; }
  int get() const { return file_; }

 private:
  int file_;
};

// The hash of the first `size` bytes. The file may be larger than memory: it is mapped.
Result<Hash128> hash_of(const OpenFile& file, size_t size, const std::string& path) {
  void* bytes = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (bytes == MAP_FAILED) return std::unexpected(system_error("read", path));
  ::madvise(bytes, size, MADV_SEQUENTIAL);
  auto hash = hash128({static_cast<const char*>(bytes), size});
  ::munmap(bytes, size);
  return hash;
}

Result<size_t> size_of(const OpenFile& file, const std::string& path) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return std::unexpected(system_error("read", path));
  return static_cast<size_t>(status.st_size);
}

Result<void> seal(const std::string& path) {
  OpenFile file(path, O_RDWR);
  if (!file) return std::unexpected(system_error("open", path));
  TRY_ASSIGN(auto size, size_of(file, path));
  TRY_ASSIGN(auto hash, hash_of(file, size, path));
  auto text = std::string(kSeal) + hash.bytes();
  if (::pwrite(file.get(), text.data(), text.size(), static_cast<off_t>(size)) != static_cast<ssize_t>(text.size()) ||
      ::fsync(file.get()) != 0)
    return std::unexpected(system_error("write", path));
  return {};
}

// The bytes before the seal. Errors: invalid.
Result<size_t> unsealed(const OpenFile& file, const std::string& path) {
  TRY_ASSIGN(auto size, size_of(file, path));
  std::string text(kSealBytes, '\0');
  bool sealed = size > kSealBytes &&
                ::pread(file.get(), text.data(), kSealBytes, static_cast<off_t>(size - kSealBytes)) ==
                    static_cast<ssize_t>(kSealBytes) &&
                text.starts_with(kSeal);
  if (!sealed) {
    return fail(ErrorCode::invalid,
                fmt::format("{} is no backup that 'cadastre backup' made, or its end is missing; take another", path));
  }
  size -= kSealBytes;
  TRY_ASSIGN(auto hash, hash_of(file, size, path));
  if (hash != Hash128::from_bytes(std::string_view(text).substr(kSeal.size())))
    return fail(ErrorCode::invalid, fmt::format("the backup {} is damaged; take another", path));
  return size;
}

Result<void> copy_bytes(const OpenFile& from, const OpenFile& to, size_t size, const std::string& path) {
  std::vector<char> buffer(size_t{1} << 20);
  for (size_t done = 0; done < size;) {
    ssize_t got = ::pread(from.get(), buffer.data(), std::min(buffer.size(), size - done), static_cast<off_t>(done));
    if (got <= 0) return std::unexpected(system_error("read the backup for", path));
    if (::pwrite(to.get(), buffer.data(), static_cast<size_t>(got), static_cast<off_t>(done)) != got)
      return std::unexpected(system_error("write", path));
    done += static_cast<size_t>(got);
  }
  if (::fsync(to.get()) != 0) return std::unexpected(system_error("write", path));
  return {};
}

// What is amiss in it, as an error.
Result<void> verify(Connection& connection, const std::string& name, std::stop_token stop) {
  TRY_ASSIGN(auto amiss, check_database(connection, std::move(stop)));
  if (amiss.empty()) return {};
  return fail(ErrorCode::invalid, fmt::format("{} is not sound: {}", name, amiss.front()),
              fmt::format("{} things amiss", amiss.size()));
}

// A new name is only there after a power cut when its folder is synced too.
void sync_folder(const std::string& path) {
  auto folder = fs::path(path).parent_path().string();
  OpenFile opened(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
  if (opened) ::fsync(opened.get());
}

}  // namespace

Result<void> write_backup(StoreFile& store, const std::string& file, std::stop_token stop) {
  std::error_code ignored;
  auto exists = [&] { return fail(ErrorCode::invalid, fmt::format("{} exists already; name another file", file)); };
  if (fs::exists(fs::symlink_status(file, ignored))) return exists();
  Unfinished part(file + ".part");
  {
    // Made before SQLite would, readable by its owner only.
    OpenFile made(part.path(), O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW);
    if (!made) return std::unexpected(system_error("create", part.path()));
    if (::fchmod(made.get(), 0600) != 0) return std::unexpected(system_error("create", part.path()));
  }
  {
    TRY_ASSIGN(auto copy, Connection::open(part.path(), Connection::Mode::writes));
    // The copy is whole and synced, or it is removed.
    TRY(copy->execute("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF"));
    TRY_ASSIGN(auto reader, store.readers.take());
    TRY(reader->copy_to(*copy, stop));
  }
  {
    TRY_ASSIGN(auto written, Connection::open(part.path(), Connection::Mode::frozen));
    TRY(verify(*written, fmt::format("the backup {} of the store {}", file, store.path), stop));
  }
  TRY(seal(part.path()));
  if (::renameat2(AT_FDCWD, part.path().c_str(), AT_FDCWD, file.c_str(), RENAME_NOREPLACE) != 0) {
    if (errno == EEXIST) return exists();
    // Some file systems cannot promise that.
    if (errno != EINVAL || ::rename(part.path().c_str(), file.c_str()) != 0)
      return std::unexpected(system_error("create", file));
  }
  sync_folder(file);
  return {};
}

Result<void> restore_backup(const std::string& file, const std::string& path, bool replace) {
  OpenFile backup(file, O_RDONLY);
  if (!backup) return std::unexpected(system_error("open the backup", file));
  TRY_ASSIGN(auto size, unsealed(backup, file));
  {
    TRY_ASSIGN(auto connection, Connection::open(file, Connection::Mode::frozen));
    TRY(known_schema(*connection, file));
  }
  TRY_ASSIGN(auto lock, StoreLock::alone(path));
  if (fs::exists(path) && !replace) {
    return fail(ErrorCode::invalid,
                fmt::format("there is a store at {} already; say that it may be replaced, or name another path", path));
  }
  Unfinished restored(path + ".restored");
  {
    OpenFile made(restored.path(), O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW);
    if (!made || ::fchmod(made.get(), 0600) != 0) return std::unexpected(system_error("create", restored.path()));
    TRY(copy_bytes(backup, made, size, restored.path()));
  }
  {
    // Brought up to date here, so that what cannot be is found before anything is replaced.
    TRY_ASSIGN(auto connection, Connection::open(restored.path(), Connection::Mode::durable));
    TRY(migrate(*connection, file));
    TRY(verify(*connection, "the backup " + file, {}));
    TRY(connection->execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  }
  // A log that the replaced store left would be taken for the new one's.
  for (const char* suffix : {"-wal", "-shm"}) {
    if (::unlink((path + suffix).c_str()) != 0 && errno != ENOENT)
      return std::unexpected(system_error("remove", path + suffix));
  }
  if (::rename(restored.path().c_str(), path.c_str()) != 0) return std::unexpected(system_error("write", path));
  sync_folder(path);
  return {};
}

}  // namespace cadastre::store
