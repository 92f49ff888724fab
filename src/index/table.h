// Rows as the index keeps them, before they are put in order: plain columns and numbered texts. What segments are
// made of. Not thread-safe.
#pragma once

#include <optional>
#include <unordered_map>

#include "base/address.h"
#include "index/numbers.h"
#include "index/postings.h"
#include "index/texts.h"
#include "query/evaluate.h"
#include "store/store.h"

namespace cadastre::index {

constexpr int64_t kNoTime = INT64_MIN;  // a resource of which nobody knows when it was made

constexpr int64_t kForgotten = INT64_MIN;  // as the end of a row that is of no moment any more

inline int64_t millis(Time time) { return time.time_since_epoch().count(); }

struct Row {
  int64_t resource = 0, created = kNoTime, changed = 0, first_seen = 0;  // milliseconds
  int64_t version = 0, from = 0;            // what it was read off: the sequence, and since when it held
  uint32_t cell = 0, native = 0, name = 0;  // native and name are folded texts
  // The ARN, folded: most end in the native id, and then this is what stands before it, shared by many rows.
  uint32_t arn = 0, arn_whole = 1;
  uint32_t region = 0, space = 0, state = 0, owner = 0;
};

// A row that was live once. `until`: when something else was observed, or, of the last of its resource, nothing.
struct Ended {
  uint32_t row = 0, last = 0;
  int64_t until = 0;
};

// A tag that some row has.
struct Tag {
  uint32_t key = 0, value = 0, folded = 0;  // value and folded are texts
};

struct Table {
  Texts texts;  // number 0 is ""
  std::vector<store::CellKey> cells;
  std::vector<std::string> regions, spaces, states, owners, tag_keys;
  std::vector<Tag> tags;
  std::vector<Network> networks;  // without host bits
  std::vector<Row> rows;
  std::vector<Ended> ended;                        // of the rows; all others are live
  Lists texts_of, tags_of, links_of, networks_of;  // of each row; texts that words match, and that links refer to
};

// The network without its host bits: of two that contain the same there is one.
Network without_host_bits(Network network);

struct Segment;
class Bits;

class TableBuilder {
 public:
  TableBuilder();
  // A live row, from the document that it is of. Returns its number.
  uint32_t add(const store::Resource& resource, const json::value& document, const query::Estate& estate);
  // The rows of a segment that are live, and that ended.
  void add(const Segment& segment, const Bits& live, std::vector<Ended> ended);
  void end(const Ended& ended) { table_.ended.push_back(ended); }  // a row that was added as live
  size_t rows() const { return table_.rows.size(); }
  size_t text_bytes() const { return table_.texts.arena().size(); }
  Table take() { return std::move(table_); }

 private:
  class Names {
   public:
    uint32_t of(const std::string& name, std::vector<std::string>& names);

   private:
    std::unordered_map<std::string, uint32_t> numbers_;
  };
  uint32_t text(std::string_view text);
  uint32_t cell(const store::CellKey& key);
  uint32_t tag(uint32_t key, uint32_t value, uint32_t folded);
  uint32_t network(const Network& network);
  static void add_once(Lists& lists, uint32_t value);

  Table table_;
  Numbers texts_;
  Names regions_, spaces_, states_, owners_, tag_keys_;
  std::map<store::CellKey, uint32_t> cells_;
  std::unordered_map<uint64_t, uint32_t> tags_;
  struct NetworkHash {
    size_t operator()(const Network& network) const;
  };
  std::unordered_map<Network, uint32_t, NetworkHash> networks_;
};

}  // namespace cadastre::index
