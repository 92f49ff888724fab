#include "store/sqlite/sqlite_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "store/sqlite/schema.h"
#include "store/sqlite/sqlite_backup.h"
#include "store/sqlite/sqlite_check.h"
#include "store/sqlite/sqlite_clusters.h"
#include "store/sqlite/sqlite_identity.h"
#include "store/sqlite/sqlite_inventory.h"
#include "store/sqlite/sqlite_journal.h"
#include "store/sqlite/sqlite_upkeep.h"
#include "store/sqlite/store_lock.h"

namespace cadastre::store {
namespace {

class SqliteStore final : public Store {
 public:
  SqliteStore(std::string path, std::unique_ptr<Connection> writer, std::unique_ptr<Connection> durable, StoreLock lock)
      : lock_(std::move(lock)),
        file_(std::move(path), std::move(writer), std::move(durable)),
        inventory_(file_),
        identity_(file_),
        journal_(file_),
        clusters_(file_) {}

  Inventory& inventory() override { return inventory_; }
  Cells& cells() override { return inventory_; }
  Identity& identity() override { return identity_; }
  Journal& journal() override { return journal_; }
  Clusters& clusters() override { return clusters_; }
  Result<std::string> redaction_key() override { return inventory_.redaction_key(); }
  Writes writes() const override { return inventory_.writes(); }

  Result<void> backup(const std::string& file, std::stop_token stop) override {
    return write_backup(file_, file, std::move(stop));
  }
  Result<std::vector<std::string>> check(std::stop_token stop) override {
    TRY_ASSIGN(auto reader, file_.readers.take());
    return check_database(*reader, std::move(stop));
  }
  Result<void> compact(std::stop_token stop) override { return compact_file(file_, std::move(stop)); }
  Result<StoreStats> stats() override { return stats_of(file_); }

  Result<void> lock_collection() override {
    std::lock_guard lock(locking_);
    return lock_.collect();
  }
  void unlock_collection() override {
    std::lock_guard lock(locking_);
    lock_.stop_collecting();
  }

 private:
  std::mutex locking_;
  StoreLock lock_;  // let go of last, when nothing is open any more
  StoreFile file_;
  SqliteInventory inventory_;
  SqliteIdentity identity_;
  SqliteJournal journal_;
  SqliteClusters clusters_;
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
  TRY_ASSIGN(auto lock, StoreLock::share(path));
  TRY(lock.migrating());
  TRY_ASSIGN(auto writer, Connection::open(path, Connection::Mode::writes));
  TRY(migrate(*writer, path));
  lock.done_migrating();
  TRY_ASSIGN(auto durable, Connection::open(path, Connection::Mode::durable));
  return std::make_unique<SqliteStore>(path, std::move(writer), std::move(durable), std::move(lock));
}

}  // namespace cadastre::store
