// Inventory and cells over MongoDB. See head.h for what makes a batch of writes one, rows.h for what is kept.
//
// Readers see a store as of the last version that was applied when they began: a resource row that is ahead of it is
// put back from its versions. The exception is a kind without history, whose older versions are gone.
#pragma once

#include "store/documents.h"
#include "store/mongo/head.h"
#include "store/mongo/rows.h"

namespace cadastre::store::mongo {

class MongoInventory final : public Inventory, public Cells {
 public:
  MongoInventory(Database& database, Clock& clock) : database_(database), head_(database, clock) {}

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

  Result<void> make_head() { return head_.make(); }
  // Does what a process that died left undone, unless another process is writing and will.
  Result<void> repair();
  Store::Writes writes() const { return {versions_written_.load(), resources_written_.load(), cells_written_.load()}; }

 private:
  using DictionaryPtr = std::shared_ptr<const Dictionary>;
  using ResourceRows = std::map<int64_t, ResourceRow>;

  // What the rows of one answer are joined with; cells are read when they are first needed.
  struct Frame {
    int64_t visible = 0;
    std::map<int64_t, Cell> cells{};
    std::map<int64_t, std::string> kinds{};
  };
  // An instant is a window of a millisecond. What a window shows is as it was at its last moment.
  struct Window {
    Time since, until;
  };

  // Of kinds and cells.
  Result<int64_t> kind_id(const std::string& name);  // made when it is new
  Result<std::map<int64_t, std::string>> kind_names();
  Result<Place> place_of(int64_t cell);  // native left empty
  Result<std::map<int64_t, std::optional<Time>>> verified_cells();
  Result<void> fetch_cells(Frame& frame, std::span<const ResourceRow> rows);
  Result<void> recount(int64_t cell);

  // Of documents.
  Result<std::pair<int64_t, DictionaryPtr>> writing_dictionary(int64_t kind, std::span<const Put> samples);
  Result<DictionaryPtr> dictionary(int64_t id);
  Result<std::string> read_document(const VersionRow& version);
  // The documents of these versions; those that have none, or are gone, are left out.
  Result<std::map<int64_t, std::string>> read_documents(std::span<const int64_t> sequences);

  // Of writing: see head.h.
  Result<Head::Turn> begin();  // takes the turn, and does what was left undone
  Result<void> replay(Head::Turn& turn);
  Result<void> commit(Head::Turn& turn, std::span<const VersionRow> versions, ResourceRows known);
  Result<void> apply_all(std::span<const VersionRow> versions, ResourceRows known);
  Result<uint64_t> close_all(Head::Turn& turn, Document which, Cause cause, Time now, History history);
  Result<void> mark(const Finish& finish, std::optional<Time> verified);
  Result<void> renew_gaps(const Finish& finish, Time now);
  Result<void> renew_sightings(const Finish& finish, Time now);

  // Of reading.
  static std::optional<Window> window_of(const Filter& filter, std::optional<Time> at);
  Result<std::vector<ResourceRow>> read_rows(Find what);
  Result<std::optional<ResourceRow>> as_visible(ResourceRow row, int64_t visible);
  Result<std::vector<ResourceRow>> within(std::vector<ResourceRow> rows, const Window& window, bool superseded,
                                          int64_t visible);
  // Rows as they are shown, in their order; those that were not there then are left out.
  Result<std::vector<Resource>> show(std::vector<ResourceRow> rows, const std::optional<Window>& window,
                                     bool superseded, bool documents, Frame& frame);
  Result<void> fill_documents(std::vector<Resource>& rows);
  Result<std::vector<Change>> show_changes(std::vector<VersionRow> versions, const ChangeFilter& filter, Frame& frame);

  Database& database_;
  Head head_;
  std::mutex mutex_;  // guards what is cached
  std::map<int64_t, Place> places_;
  std::unordered_map<int64_t, std::pair<int64_t, DictionaryPtr>> writing_;
  std::unordered_map<int64_t, DictionaryPtr> dictionaries_;
  std::atomic<uint64_t> versions_written_{0}, resources_written_{0}, cells_written_{0};
};

}  // namespace cadastre::store::mongo
