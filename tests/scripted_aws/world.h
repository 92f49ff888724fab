// The made-up organisation: accounts, regions and what lives in them now. It holds 64 bytes or so a resource and what
// the list says of it on the wire; documents are generated when asked for. Not thread-safe: its owner locks.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "scripted_aws/kinds.h"

namespace cadastre::scripted {

struct WorldOptions {
  uint64_t seed = 1;
  int accounts = 2, regions = 2;
  uint64_t resources = 1000;                            // about
  std::map<std::string, double, std::less<>> mix = {};  // kind or service → weight; empty: the kinds' own
};

struct Entry {
  std::string native;
  uint32_t number = 0, revision = 0, detail = 0, incarnation = 0;
  std::string wire = {};  // the list's element; rendered when first asked for
};

struct WorldCell {
  const KindFacts* kind = nullptr;
  std::string account, region;  // "global" for global kinds
  std::vector<Entry> entries;   // in the order AWS lists them
  uint32_t next_number = 0;

  Entry* find(std::string_view native);
  void index();  // after entries have come or gone

 private:
  std::unordered_map<std::string_view, size_t> by_native_;
};

struct WorldAccount {
  std::string id, name;
  std::string status = "ACTIVE";  // as AWS Organizations says it
  bool left = false;              // no longer in the organisation
  std::vector<std::string> regions_off = {};
};

struct Changes {
  uint64_t added = 0, changed = 0, removed = 0, replaced = 0;
};

class World {
 public:
  explicit World(const WorldOptions& options);

  const WorldOptions& options() const { return options_; }
  std::vector<WorldAccount>& accounts() { return accounts_; }
  WorldAccount* account(std::string_view id);
  const std::vector<std::string>& regions() const { return regions_; }
  const std::string& management_account() const { return accounts_.front().id; }
  std::map<std::tuple<std::string, std::string, std::string>, WorldCell>& cells() {
    return cells_;
  }  // account, region, kind
  WorldCell* cell(std::string_view account, std::string_view region, std::string_view kind);
  uint64_t size() const;

  Subject subject(const WorldCell& cell, const Entry& entry) const;
  Telling tell(const WorldCell& cell, const Entry& entry) const;
  // Where a document says that its resource lives: the cell's region, but for buckets.
  std::string region_of(const WorldCell& cell, const json::object& document) const;

  // Changes about `rate` of the resources: most are edited, some go, some come, some are made anew under their old
  // name.
  // `together`: what second calls say changes only with what the list says, so that no cadence keeps anybody from
  // seeing it.
  Changes mutate(uint64_t round, double rate, bool together = false);
  void add(WorldCell& cell, uint32_t count);
  void remove(WorldCell& cell, size_t at);

  // One JSON object a line: what exists now. Whole documents when asked for.
  void write_truth(std::string& out, bool documents) const;

 private:
  void populate();

  WorldOptions options_;
  std::vector<WorldAccount> accounts_;
  std::vector<std::string> regions_;
  std::map<std::tuple<std::string, std::string, std::string>, WorldCell> cells_;
};

}  // namespace cadastre::scripted
