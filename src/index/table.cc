#include "index/table.h"

#include <cstring>

#include "index/segment.h"

namespace cadastre::index {

Network without_host_bits(Network network) {
  for (int bit = network.bits; bit < 128;) {
    auto at = static_cast<size_t>(bit / 8);
    if (bit % 8 == 0) {
      network.bytes[at] = 0;
    } else {
      network.bytes[at] &= static_cast<uint8_t>(0xff << (8 - bit % 8));
    }
    bit = (bit / 8 + 1) * 8;
  }
  return network;
}

size_t TableBuilder::NetworkHash::operator()(const Network& network) const {
  uint64_t high = 0, low = 0;
  std::memcpy(&high, network.bytes.data(), 8);
  std::memcpy(&low, network.bytes.data() + 8, 8);
  return static_cast<size_t>((high * 0x9e3779b97f4a7c15u + low) * 0x9e3779b97f4a7c15u +
                             static_cast<uint64_t>(network.bits));
}

uint32_t TableBuilder::Names::of(const std::string& name, std::vector<std::string>& names) {
  auto [at, fresh] = numbers_.try_emplace(name, static_cast<uint32_t>(names.size()));
  if (fresh) names.push_back(name);
  return at->second;
}

TableBuilder::TableBuilder() { text(""); }

uint32_t TableBuilder::text(std::string_view text) {
  auto number = texts_.of(text, table_.texts.size(), [&](uint32_t known) { return table_.texts[known]; });
  if (number == table_.texts.size()) table_.texts.add(text);
  return number;
}

uint32_t TableBuilder::cell(const store::CellKey& key) {
  auto [at, fresh] = cells_.try_emplace(key, static_cast<uint32_t>(table_.cells.size()));
  if (fresh) table_.cells.push_back(key);
  return at->second;
}

uint32_t TableBuilder::tag(uint32_t key, uint32_t value, uint32_t folded) {
  auto [at, fresh] = tags_.try_emplace(uint64_t{key} << 32 | value, static_cast<uint32_t>(table_.tags.size()));
  if (fresh) table_.tags.push_back({key, value, folded});
  return at->second;
}

uint32_t TableBuilder::network(const Network& network) {
  auto [at, fresh] = networks_.try_emplace(network, static_cast<uint32_t>(table_.networks.size()));
  if (fresh) table_.networks.push_back(network);
  return at->second;
}

void TableBuilder::add_once(Lists& lists, uint32_t value) {
  auto begin = lists.ends.empty() ? 0 : lists.ends.back();
  auto from = lists.values.begin() + begin;
  if (std::find(from, lists.values.end(), value) == lists.values.end()) lists.values.push_back(value);
}

uint32_t TableBuilder::add(const store::Resource& resource, const json::value& document, const query::Estate& estate) {
  auto subject = query::subject_of(resource, document, estate);
  Row row;
  row.resource = resource.resource;
  if (subject.created) row.created = millis(*subject.created);
  row.changed = millis(subject.changed);
  row.first_seen = millis(subject.first_seen);
  row.version = resource.sequence;
  row.from = millis(resource.from);
  row.cell = cell(resource.cell);
  auto native = query::fold(subject.native), arn = query::fold(subject.arn);
  row.native = text(native);
  row.name = text(query::fold(subject.name));
  bool shared = arn.size() > native.size() && !native.empty() && arn.ends_with(native) &&
                !query::in_word(arn[arn.size() - native.size() - 1]);
  row.arn_whole = shared ? 0 : 1;
  row.arn = text(shared ? std::string_view(arn).substr(0, arn.size() - native.size()) : std::string_view(arn));
  row.region = regions_.of(subject.region, table_.regions);
  row.space = spaces_.of(subject.space, table_.spaces);
  row.state = states_.of(subject.state, table_.states);
  row.owner = owners_.of(subject.owner, table_.owners);
  // An ARN that ends in the native id is found in its two parts, and where they meet.
  for (const auto& one : subject.texts)
    add_once(table_.texts_of, text(shared && one == arn ? table_.texts[row.arn] : one));
  table_.texts_of.end_list();
  for (const auto& [key, value] : subject.tags)
    add_once(table_.tags_of, tag(tag_keys_.of(key, table_.tag_keys), text(value), text(query::fold(value))));
  table_.tags_of.end_list();
  if (subject.kind) {
    for (const auto& [link, target] : catalog::links_of(*subject.kind, document))
      add_once(table_.links_of, text(query::fold(target)));
  }
  table_.links_of.end_list();
  for (const auto& one : subject.networks) add_once(table_.networks_of, network(without_host_bits(one)));
  table_.networks_of.end_list();
  table_.rows.push_back(row);
  return static_cast<uint32_t>(table_.rows.size() - 1);
}

void TableBuilder::add(const Segment& segment, const Bits& live, std::vector<Ended> ended) {
  constexpr auto kNew = UINT32_MAX;
  std::vector<uint32_t> texts(segment.texts.size(), kNew), tags(segment.tags.size(), kNew),
      networks(segment.networks.size(), kNew);
  auto text_of = [&](uint32_t old) {
    if (texts[old] == kNew) texts[old] = text(segment.texts[old]);
    return texts[old];
  };
  auto texts_of = segment.text_rows.values_of(segment.rows());
  auto links_of = segment.link_rows.values_of(segment.rows());
  auto networks_of = segment.network_rows.values_of(segment.rows());
  std::ranges::sort(ended, {}, &Ended::row);
  auto rows = live;
  for (const auto& one : ended) rows.set(one.row);
  auto next_ended = ended.begin();
  rows.each([&](uint32_t old) {
    if (next_ended != ended.end() && next_ended->row == old) {
      table_.ended.push_back({static_cast<uint32_t>(table_.rows.size()), next_ended->last, next_ended->until});
      ++next_ended;
    }
    Row row;
    row.resource = segment.resource[old];
    row.version = segment.version[old];
    row.from = segment.from[old];
    row.created = segment.created[old];
    row.changed = segment.changed[old];
    row.first_seen = segment.first_seen[old];
    row.cell = cell(segment.cells[segment.cell[old]]);
    row.native = text_of(segment.native[old]);
    row.name = text_of(segment.name[old]);
    row.arn = text_of(segment.arn[old]);
    row.arn_whole = segment.arn_whole.test(old);
    row.region = regions_.of(segment.regions.names[segment.region[old]], table_.regions);
    row.space = spaces_.of(segment.spaces.names[segment.space[old]], table_.spaces);
    row.state = states_.of(segment.states.names[segment.state[old]], table_.states);
    row.owner = owners_.of(segment.owners.names[segment.owner[old]], table_.owners);
    for (auto value : texts_of[old]) table_.texts_of.values.push_back(text_of(value));
    table_.texts_of.end_list();
    for (auto value : segment.tags_of[old]) {
      if (tags[value] == kNew) {
        const auto& known = segment.tags[value];
        tags[value] = tag(tag_keys_.of(segment.tag_keys.names[known.key], table_.tag_keys), text_of(known.value),
                          text_of(known.folded));
      }
      table_.tags_of.values.push_back(tags[value]);
    }
    table_.tags_of.end_list();
    for (auto value : links_of[old]) table_.links_of.values.push_back(text_of(value));
    table_.links_of.end_list();
    for (auto value : networks_of[old]) {
      if (networks[value] == kNew) networks[value] = network(segment.networks[value]);
      table_.networks_of.values.push_back(networks[value]);
    }
    table_.networks_of.end_list();
    table_.rows.push_back(row);
    return true;
  });
}

}  // namespace cadastre::index
