// The audit log and saved views over SQLite, through the connection whose commits are on the disk.
#pragma once

#include "store/journal.h"
#include "store/sqlite/store_file.h"

namespace cadastre::store {

class SqliteJournal final : public Journal {
 public:
  explicit SqliteJournal(StoreFile& file) : file_(file) {}

  Result<void> audit(const AuditEntry& entry) override;
  Result<std::vector<AuditEntry>> audit_log(const AuditFilter& filter) override;
  Result<uint64_t> forget_audit(Time before) override;

  Result<int64_t> put_view(const View& view) override;
  Result<std::vector<View>> views(int64_t user) override;
  Result<void> remove_view(int64_t id) override;

 private:
  StoreFile& file_;
};

}  // namespace cadastre::store
