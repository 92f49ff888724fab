#include "index/segment.h"

#include <numeric>
#include <tuple>

namespace cadastre::index {
namespace {

constexpr size_t kCommon = 2048;  // texts that have a word
// A piece that one text in so many has is kept with its rows, unless it is in few.
constexpr size_t kPieceShare = 256, kFewTexts = 64;

// Of each old number its place in the sorted order.
std::vector<uint32_t> places(const std::vector<uint32_t>& order) {
  std::vector<uint32_t> place(order.size());
  for (uint32_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  return place;
}

template <typename Less>
std::vector<uint32_t> order_by(size_t size, Less&& less) {
  std::vector<uint32_t> order(size);
  std::iota(order.begin(), order.end(), uint32_t{0});
  std::sort(order.begin(), order.end(), less);
  return order;
}

// Sorts the names and says where each went.
std::vector<uint32_t> sort_names(std::vector<std::string>& names) {
  auto order = order_by(names.size(), [&](uint32_t a, uint32_t b) { return names[a] < names[b]; });
  std::vector<std::string> sorted;
  sorted.reserve(names.size());
  for (auto at : order) sorted.push_back(std::move(names[at]));
  names = std::move(sorted);
  return places(order);
}

Lists renumbered(const Lists& lists, const std::vector<uint32_t>& rows, const std::vector<uint32_t>& place) {
  Lists moved;
  moved.ends.reserve(rows.size());
  moved.values.reserve(lists.values.size());
  for (auto row : rows) {
    for (auto value : lists[row]) moved.values.push_back(place[value]);
    moved.end_list();
  }
  return moved;
}

// The part of each cell's key that `of` reads, as a dictionary.
template <typename Of>
std::vector<uint32_t> dictionary_of_cells(const std::vector<store::CellKey>& cells, Dictionary& dictionary, Of&& of) {
  for (const auto& cell : cells) dictionary.names.push_back(of(cell));
  std::ranges::sort(dictionary.names);
  auto repeated = std::ranges::unique(dictionary.names);
  dictionary.names.erase(repeated.begin(), repeated.end());
  std::vector<uint32_t> of_cell;
  for (const auto& cell : cells) of_cell.push_back(*dictionary.find(of(cell)));
  return of_cell;
}

void add_list(Lists& lists, const Bits& rows) {
  rows.each([&](uint32_t row) {
    lists.values.push_back(row);
    return true;
  });
  lists.end_list();
}

}  // namespace

std::optional<uint32_t> Dictionary::find(std::string_view name) const {
  auto at = std::ranges::lower_bound(names, name);
  if (at == names.end() || *at != name) return std::nullopt;
  return static_cast<uint32_t>(at - names.begin());
}

Segment::Segment(Table& table) {
  std::vector<uint32_t> text_place;
  {
    std::vector<std::string_view> views(table.texts.size());
    for (uint32_t i = 0; i < views.size(); ++i) views[i] = table.texts[i];
    auto order = sorted_order(views);
    text_place = places(order);
    texts.reserve(views.size(), table.texts.arena().size());
    for (auto at : order) texts.add(views[at]);
    table.texts = {};
  }
  cells = std::move(table.cells);
  kind_of_cell = dictionary_of_cells(cells, kinds, [](const auto& key) -> const std::string& { return key.kind; });
  account_of_cell =
      dictionary_of_cells(cells, accounts, [](const auto& key) -> const std::string& { return key.account; });
  cluster_of_cell =
      dictionary_of_cells(cells, clusters, [](const auto& key) { return std::string(query::cluster_of(key)); });
  regions.names = std::move(table.regions);
  spaces.names = std::move(table.spaces);
  states.names = std::move(table.states);
  owners.names = std::move(table.owners);
  auto region_place = sort_names(regions.names), space_place = sort_names(spaces.names),
       state_place = sort_names(states.names), owner_place = sort_names(owners.names);

  std::vector<uint32_t> kind_place;  // by weight, then name
  {
    std::vector<int> weights;
    for (const auto& kind : kinds.names) weights.push_back(query::kind_weight(kind));
    kind_place = places(order_by(weights.size(), [&](uint32_t a, uint32_t b) {
      return std::tie(weights[a], kinds.names[a]) < std::tie(weights[b], kinds.names[b]);
    }));
  }
  std::vector<uint32_t> order;
  {
    struct Key {
      uint64_t place;
      int64_t changed, resource;
      uint32_t row;
    };
    std::vector<Key> keys;
    keys.reserve(table.rows.size());
    for (uint32_t i = 0; i < table.rows.size(); ++i) {
      const auto& row = table.rows[i];
      keys.push_back(
          {uint64_t{kind_place[kind_of_cell[row.cell]]} << 32 | text_place[row.name], -row.changed, row.resource, i});
    }
    std::ranges::sort(keys, [](const Key& a, const Key& b) {
      return std::tie(a.place, a.changed, a.resource) < std::tie(b.place, b.changed, b.resource);
    });
    order.reserve(keys.size());
    for (const auto& key : keys) order.push_back(key.row);
  }
  if (!table.ended.empty()) {
    auto place = places(order);
    for (auto& ended : table.ended) ended.row = place[ended.row];
  }
  size_t count = order.size();
  for (auto* column : {&resource, &created, &changed, &first_seen, &version, &from}) column->reserve(count);
  for (auto* column : {&cell, &native, &name, &arn, &region, &space, &state, &owner}) column->reserve(count);
  arn_whole = Bits(count);
  for (uint32_t i = 0; i < count; ++i) {
    const auto& row = table.rows[order[i]];
    resource.push_back(row.resource);
    created.push_back(row.created);
    changed.push_back(row.changed);
    first_seen.push_back(row.first_seen);
    version.push_back(row.version);
    from.push_back(row.from);
    cell.push_back(row.cell);
    native.push_back(text_place[row.native]);
    name.push_back(text_place[row.name]);
    arn.push_back(text_place[row.arn]);
    region.push_back(region_place[row.region]);
    space.push_back(space_place[row.space]);
    state.push_back(state_place[row.state]);
    owner.push_back(owner_place[row.owner]);
    if (row.arn_whole)
      arn_whole.set(i);
    else
      arn_prefixes.push_back(arn.back());
  }
  table.rows = {};
  std::ranges::sort(arn_prefixes);
  auto repeated = std::ranges::unique(arn_prefixes);
  arn_prefixes.erase(repeated.begin(), repeated.end());
  arn_prefixes.shrink_to_fit();
  by_resource = order_by(count, [&](uint32_t a, uint32_t b) { return resource[a] < resource[b]; });

  cell_rows = Postings::of_column(cell, cells.size());
  auto of_cells = [&](const std::vector<uint32_t>& of_cell, Dictionary& dictionary) {
    std::vector<uint32_t> column(count);
    for (size_t i = 0; i < count; ++i) column[i] = of_cell[cell[i]];
    dictionary.rows = Postings::of_column(column, dictionary.names.size());
  };
  of_cells(kind_of_cell, kinds);
  of_cells(account_of_cell, accounts);
  of_cells(cluster_of_cell, clusters);
  regions.rows = Postings::of_column(region, regions.names.size());
  spaces.rows = Postings::of_column(space, spaces.names.size());
  states.rows = Postings::of_column(state, states.names.size());
  owners.rows = Postings::of_column(owner, owners.names.size());

  text_rows = Postings::inverted(renumbered(table.texts_of, order, text_place), texts.size());
  table.texts_of = {};
  link_rows = Postings::inverted(renumbered(table.links_of, order, text_place), texts.size());
  table.links_of = {};
  {
    tag_keys.names = std::move(table.tag_keys);
    auto key_place = sort_names(tag_keys.names);
    tags = std::move(table.tags);
    for (auto& tag : tags) tag = {key_place[tag.key], text_place[tag.value], text_place[tag.folded]};
    auto tag_order = order_by(tags.size(), [&](uint32_t a, uint32_t b) {
      return std::tie(tags[a].key, tags[a].folded, tags[a].value) <
             std::tie(tags[b].key, tags[b].folded, tags[b].value);
    });
    tags_of = renumbered(table.tags_of, order, places(tag_order));
    std::vector<Tag> sorted;
    sorted.reserve(tags.size());
    for (auto at : tag_order) sorted.push_back(tags[at]);
    tags = std::move(sorted);
    tags_end.assign(tag_keys.names.size(), 0);
    for (uint32_t i = 0; i < tags.size(); ++i) tags_end[tags[i].key] = i + 1;
    tag_rows = Postings::inverted(tags_of, tags.size());
    auto keys_of = tags_of;
    for (auto& value : keys_of.values) value = tags[value].key;
    tag_keys.rows = Postings::inverted(keys_of, tag_keys.names.size());
    table.tags_of = {};
  }
  {
    auto network_order = order_by(table.networks.size(), [&](uint32_t a, uint32_t b) {
      return std::tie(table.networks[a].bytes, table.networks[a].bits) <
             std::tie(table.networks[b].bytes, table.networks[b].bits);
    });
    for (auto at : network_order) networks.push_back(table.networks[at]);
    networks.shrink_to_fit();
    network_rows = Postings::inverted(renumbered(table.networks_of, order, places(network_order)), networks.size());
  }

  words = Words(texts);
  crossings = Crossings(texts);
  keep_common_words();
  keep_common_pieces();
}

void Segment::keep_common_words() {
  Lists rows_of;
  std::vector<uint32_t> scratch;
  for (uint32_t word = 0; word < words.size(); ++word) {
    if (words.texts_of().count(word) < kCommon) continue;
    Bits found(rows());
    for (auto text : words.texts_of().rows(word, scratch)) text_rows.add_to(found, text);
    add_list(rows_of, found);
    common_words.push_back(word);
  }
  common_word_rows = Postings(std::move(rows_of));
}

void Segment::keep_common_pieces() {
  using query::Nearness;
  Lists rows_of;
  common_pieces = crossings.common(std::max<size_t>(kFewTexts, texts.size() / kPieceShare));
  for (const auto& piece : common_pieces) {
    std::map<Nearness, Bits> found;
    for (auto nearness : kPieceNearness) found.emplace(nearness, Bits(rows()));
    for (auto text : crossings.candidates(piece))
      text_rows.add_to(found.at(query::nearness_in(texts[text], piece)), text);
    for (auto nearness : kPieceNearness) add_list(rows_of, found.at(nearness));
  }
  common_piece_rows = Postings(std::move(rows_of));
}

Segment::Segment(ArchiveReader& archive) {
  fields(*this, archive);
  words.over(texts);
}

std::span<const uint32_t> Segment::rows_of(int64_t number) const {
  auto rows = std::ranges::equal_range(by_resource, number, {}, [&](uint32_t row) { return resource[row]; });
  return {rows.begin(), rows.end()};
}

std::string Segment::arn_of(uint32_t row) const {
  std::string text(texts[arn[row]]);
  if (!arn_whole.test(row)) text += texts[native[row]];
  return text;
}

size_t Segment::bytes() const {
  size_t sum = texts.bytes() + words.bytes() + crossings.bytes() + tags.capacity() * sizeof(Tag) +
               networks.capacity() * sizeof(Network) +
               (tags_of.ends.capacity() + tags_of.values.capacity()) * sizeof(uint32_t);
  for (const auto* column : {&resource, &created, &changed, &first_seen, &version, &from})
    sum += column->capacity() * sizeof(int64_t);
  for (const auto* column : {&cell, &native, &name, &arn, &region, &space, &state, &owner, &by_resource})
    sum += column->capacity() * sizeof(uint32_t);
  for (const auto* postings : {&text_rows, &link_rows, &tag_rows, &network_rows, &common_word_rows, &common_piece_rows,
                               &cell_rows, &kinds.rows, &accounts.rows, &clusters.rows, &regions.rows, &spaces.rows,
                               &states.rows, &owners.rows, &tag_keys.rows})
    sum += postings->bytes();
  return sum;
}

}  // namespace cadastre::index
