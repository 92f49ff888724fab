// Inventory and cells over SQLite. Writes go through one connection under the store's lock; reads through a pool of
// others, each answer of one moment.
#pragma once

#include "store/documents.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/store_file.h"
#include "store/store.h"

namespace cadastre::store {

class SqliteInventory final : public Inventory, public Cells {
 public:
  explicit SqliteInventory(StoreFile& file);

  Result<uint32_t> epoch(const std::string& kind, const std::string& spec) override;
  Result<std::string> epoch_spec(uint32_t epoch) override;
  Result<std::vector<Live>> live(int64_t cell) override;
  Result<std::vector<std::string>> documents(std::span<const int64_t> resources) override;
  Result<std::vector<PutResult>> put(int64_t cell, std::span<const Put> puts, Time now) override;
  Result<void> finish(const Finish& finish, Time now) override;
  Result<std::vector<Resource>> lookup(std::string_view id, std::optional<Time> at,
                                       const std::vector<std::string>& accounts) override;
  Result<std::vector<Version>> versions(int64_t resource) override;
  Result<void> scan(const Filter& filter, std::optional<Time> at,
                    const std::function<bool(const Resource&)>& visit) override;
  Result<std::vector<Resource>> rows(std::span<const int64_t> resources, bool documents) override;
  Result<int64_t> sequence() override;
  Result<void> changes(const ChangeFilter& filter, const std::function<bool(const Change&)>& visit) override;
  Result<std::vector<OpenGap>> gaps(int64_t resource) override;
  Result<std::vector<std::string>> seen_by(const CellKey& owner, const std::string& native) override;
  Result<uint64_t> retire(const std::string& account, Time now) override;
  Result<Pruned> prune(const std::string& kind, const Retention& retention, Time now, std::stop_token stop) override;
  Result<std::map<std::string, Time>> pruned_until() override;

  Result<Cell> open(const CellKey& key) override;
  Result<std::vector<Cell>> list() override;
  Result<void> plan(std::span<const CellKey> planned, Time now) override;
  Result<void> rename_kind(const std::string& from, const std::string& to) override;
  Result<void> put_account(const AccountRow& account, Time now) override;
  Result<std::vector<AccountRow>> accounts() override;
  Result<int64_t> start_run(Time now) override;
  Result<void> end_run(int64_t run, Time now, const std::string& summary) override;
  Result<std::vector<Run>> runs(size_t limit) override;

  Result<std::string> redaction_key();
  Store::Writes writes() const;

 private:
  using DictionaryPtr = std::shared_ptr<const Dictionary>;

  // The kind's number; made when it is new. Needs the writer's lock.
  Result<int64_t> kind_id(const std::string& name);
  Result<int64_t> cell_kind(int64_t cell);
  // The dictionary new documents of the kind are written with; made from `samples` when there is none yet.
  Result<std::pair<int64_t, DictionaryPtr>> writing_dictionary(int64_t kind, std::span<const Put> samples);
  Result<DictionaryPtr> dictionary(Connection& connection, int64_t id);
  Result<std::string> read_document(Connection& connection, const Statement& row, int dictionary_column);
  Result<int64_t> add_version(int64_t resource, Time from, Cause cause, uint32_t epoch, int64_t dictionary, size_t size,
                              std::optional<std::string_view> stored);
  Result<int64_t> next_sequence();
  Result<PutResult> put_one(int64_t cell, const Put& put, std::string_view stored, int64_t dictionary, Time now);
  Result<void> close_one(int64_t resource, Cause cause, Time now, History history);

  using Visit = std::function<bool(const Resource&)>;
  // One resource, as it is or as it was at the end of the window. False: it was not there.
  Result<bool> read_one(Connection& connection, CellFacts& cells, int64_t id, AsOf* as_of, bool document,
                        Resource& into);
  Result<bool> show_as_of(AsOf& as_of, bool document, Resource& into);
  Result<bool> scan_cell(Connection& connection, const CellFact& cell, const Filter& filter, AsOf* as_of,
                         const Visit& visit);
  Result<void> scan_superseded(Connection& connection, const Filter& filter, const Window& window, const Visit& visit);
  Result<std::optional<std::vector<int64_t>>> chosen_changes(Connection& connection, const ChangeFilter& filter);
  Result<void> prune_some(const std::string& kind, std::span<const int64_t> resources, std::optional<Time> edge,
                          std::optional<size_t> versions, Pruned& pruned);

  StoreFile& file_;
  std::mutex& mutex_;  // file_.writing: guards the writer and what is cached of it
  Connection* const writer_;
  ReaderPool &readers_, &scanners_;
  std::unordered_map<std::string, int64_t> kinds_;
  std::unordered_map<int64_t, int64_t> cell_kinds_;
  std::unordered_map<int64_t, std::pair<int64_t, DictionaryPtr>> writing_;
  std::mutex dictionaries_mutex_;
  std::unordered_map<int64_t, DictionaryPtr> dictionaries_;
  std::atomic<uint64_t> versions_written_{0}, resources_written_{0}, cells_written_{0};
};

}  // namespace cadastre::store
