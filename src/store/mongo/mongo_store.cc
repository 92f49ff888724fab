#include "store/mongo/mongo_store.h"

#include "store/mongo/lease.h"
#include "store/mongo/mongo_check.h"
#include "store/mongo/mongo_clusters.h"
#include "store/mongo/mongo_identity.h"
#include "store/mongo/mongo_inventory.h"
#include "store/mongo/mongo_journal.h"
#include "store/mongo/schema.h"

namespace cadastre::store::mongo {
namespace {

class MongoStore final : public Store {
 public:
  MongoStore(std::unique_ptr<Database> database, Clock& clock)
      : database_(std::move(database)),
        inventory_(*database_, clock),
        identity_(*database_),
        journal_(*database_),
        clusters_(*database_),
        lease_(*database_, clock) {}

  Result<void> begin() {
    TRY(prepare(*database_));
    TRY(inventory_.make_head());
    TRY(inventory_.repair());
    return identity_.sweep();
  }

  Inventory& inventory() override { return inventory_; }
  Cells& cells() override { return inventory_; }
  Identity& identity() override { return identity_; }
  Journal& journal() override { return journal_; }
  Clusters& clusters() override { return clusters_; }
  Writes writes() const override { return inventory_.writes(); }

  Result<void> backup(const std::string&, std::stop_token) override {
    return fail(
        ErrorCode::unsupported,
        fmt::format("the store {} is backed up with MongoDB's own tools: run mongodump, and mongorestore to put "
                    "it back",
                    database_->where()));
  }
  Result<std::vector<std::string>> check(std::stop_token stop) override { return check_rows(*database_, stop); }
  Result<void> compact(std::stop_token) override {
    return fail(ErrorCode::unsupported,
                fmt::format("the store {} is compacted by its server: see MongoDB's command compact, or let it reuse "
                            "what is free",
                            database_->where()));
  }
  Result<StoreStats> stats() override { return stats_of(*database_); }

  Result<std::string> redaction_key() override {
    // Of two that make it at once, the one that was first counts.
    TRY(database_->insert("secret", Document{{"_id", "redaction_key"}, {"value", Binary{random_bytes(32)}}}));
    TRY_ASSIGN(auto row, database_->one({.collection = "secret", .filter = {{"_id", "redaction_key"}}}));
    if (!row || row->binary("value").size() != 32) {
      return fail(ErrorCode::io, fmt::format("the store {} has lost its redaction key; restore it with mongorestore",
                                             database_->where()));
    }
    return row->binary("value");
  }

  Result<void> lock_collection() override { return lease_.take(); }
  void unlock_collection() override { lease_.drop(); }

 private:
  std::unique_ptr<Database> database_;
  MongoInventory inventory_;
  MongoIdentity identity_;
  MongoJournal journal_;
  MongoClusters clusters_;
  Lease lease_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_mongo_store(const std::string& url, Clock& clock,
                                                Database::Interceptor interceptor) {
  TRY_ASSIGN(auto database, Database::open(url, std::move(interceptor)));
  auto store = std::make_unique<MongoStore>(std::move(database), clock);
  TRY(store->begin());
  return store;
}

}  // namespace cadastre::store::mongo
