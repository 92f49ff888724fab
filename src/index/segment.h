// A part of the index that never changes: rows, live ones and of the past, in the order in which equally near ones are
// shown (kind weight, kind, name, the latest change first), and for each thing that a query may ask the rows that have
// it.
//
// The index is a few of these: one large, made at the start, and small ones for what changed since. Immutable, so
// readers share it without locks.
#pragma once

#include "index/archive.h"
#include "index/crossings.h"
#include "index/table.h"
#include "index/words.h"
#include "query/words.h"

namespace cadastre::index {

// The distinct values of a column, sorted, and the rows of each.
struct Dictionary {
  std::vector<std::string> names;
  Postings rows;
  std::optional<uint32_t> find(std::string_view name) const;
  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    archive(self.names, self.rows);
  }
};

// How near a piece across words may be in a text, in the order of Segment::common_piece_rows.
inline constexpr std::array kPieceNearness = {query::Nearness::prefix, query::Nearness::word_start,
                                              query::Nearness::inside};

struct Segment {
  // Takes all but `ended`, whose rows it gives the numbers that they have here.
  explicit Segment(Table& table);
  // As `archive` has it; what it is worth, archive.ok() says.
  explicit Segment(ArchiveReader& archive);
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;

  uint32_t rows() const { return static_cast<uint32_t>(resource.size()); }
  // The rows of a resource: of each of its versions that is here one.
  std::span<const uint32_t> rows_of(int64_t resource_number) const;
  std::string arn_of(uint32_t row) const;
  size_t bytes() const;
  void write(ArchiveWriter& archive) const { fields(*this, archive); }

  Texts texts;
  Words words;
  Crossings crossings;

  // Columns: of each row.
  std::vector<int64_t> resource, created, changed, first_seen, version, from;
  std::vector<uint32_t> cell, native, name, arn, region, space, state, owner;
  Bits arn_whole;
  std::vector<uint32_t> by_resource;  // rows in the order of their resources' numbers

  std::vector<store::CellKey> cells;
  std::vector<uint32_t> kind_of_cell, account_of_cell, cluster_of_cell;  // in `kinds`, `accounts`, `clusters`
  Dictionary kinds, accounts, clusters, regions, spaces, states, owners, tag_keys;
  Postings cell_rows;

  std::vector<Tag> tags;               // sorted by key, folded value, value
  std::vector<uint32_t> tags_end;      // of each key, where its tags end
  std::vector<Network> networks;       // sorted by address, then length
  std::vector<uint32_t> arn_prefixes;  // texts, each once, that stand before native ids in ARNs
  Postings text_rows, link_rows, tag_rows, network_rows;
  Lists tags_of;                       // of each row, in no order
  std::vector<uint32_t> common_words;  // those that very many texts have, ascending …
  Postings common_word_rows;           // … and their rows, without going through the texts
  // The same for pieces across words, sorted; of each the rows that have it as a prefix, at a word's start, inside.
  std::vector<std::string> common_pieces;
  Postings common_piece_rows;

 private:
  void keep_common_words();
  void keep_common_pieces();
  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    archive(self.texts, self.words, self.crossings);
    archive(self.resource, self.created, self.changed, self.first_seen, self.version, self.from);
    archive(self.cell, self.native, self.name, self.arn, self.region, self.space, self.state, self.owner);
    archive(self.arn_whole, self.by_resource, self.cells, self.kind_of_cell, self.account_of_cell,
            self.cluster_of_cell);
    archive(self.kinds, self.accounts, self.clusters, self.regions, self.spaces, self.states, self.owners,
            self.tag_keys, self.cell_rows);
    archive(self.tags, self.tags_end, self.networks, self.arn_prefixes);
    archive(self.text_rows, self.link_rows, self.tag_rows, self.network_rows, self.tags_of);
    archive(self.common_words, self.common_word_rows, self.common_pieces, self.common_piece_rows);
  }
};

}  // namespace cadastre::index
