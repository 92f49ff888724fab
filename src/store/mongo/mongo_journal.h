// The audit log and saved views over MongoDB. Views count as long as their user is there: see mongo_identity.h.
#pragma once

#include "store/journal.h"
#include "store/mongo/database.h"

namespace cadastre::store::mongo {

class MongoJournal final : public Journal {
 public:
  explicit MongoJournal(Database& database) : database_(database) {}

  Result<void> audit(const AuditEntry& entry) override;
  Result<std::vector<AuditEntry>> audit_log(const AuditFilter& filter) override;
  Result<uint64_t> forget_audit(Time before) override;

  Result<int64_t> put_view(const View& view) override;
  Result<std::vector<View>> views(int64_t user) override;
  Result<void> remove_view(int64_t id) override;

 private:
  Database& database_;
};

}  // namespace cadastre::store::mongo
