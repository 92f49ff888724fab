#include "index/facets.h"

#include "base/text.h"

namespace cadastre::index {
namespace {

const Dictionary& dictionary_of(const Segment& segment, FacetKey key) {
  switch (key) {
    case FacetKey::account:
      return segment.accounts;
    case FacetKey::region:
      return segment.regions;
    case FacetKey::cluster:
      return segment.clusters;
    case FacetKey::space:
      return segment.spaces;
    case FacetKey::state:
      return segment.states;
    case FacetKey::owner:
      return segment.owners;
    default:
      return segment.kinds;
  }
}

std::string_view service_of(std::string_view kind) {
  auto parts = split(kind, '.');
  return parts.size() > 1 ? parts[1] : std::string_view();
}

std::pair<uint32_t, uint32_t> tags_of_key(const Segment& segment, std::string_view name) {
  auto key = segment.tag_keys.find(name);
  if (!key) return {0, 0};
  return {*key == 0 ? 0 : segment.tags_end[*key - 1], segment.tags_end[*key]};
}

}  // namespace

Bits rows_with(const Segment& segment, const Filter& filter) {
  Bits rows(segment.rows());
  auto wanted = [&](std::string_view value) { return std::ranges::find(filter.values, value) != filter.values.end(); };
  if (filter.key == FacetKey::tag) {
    auto [first, last] = tags_of_key(segment, filter.name);
    auto begin = segment.tags.begin() + first, end = segment.tags.begin() + last;
    for (const auto& value : filter.values) {
      auto folded = segment.texts.find(query::fold(value)), exact = segment.texts.find(value);
      if (exact == segment.texts.size()) continue;
      auto at = std::lower_bound(begin, end, Tag{0, exact, folded}, [](const Tag& a, const Tag& b) {
        return std::tie(a.folded, a.value) < std::tie(b.folded, b.value);
      });
      if (at != end && at->value == exact)
        segment.tag_rows.add_to(rows, static_cast<uint32_t>(at - segment.tags.begin()));
    }
    return rows;
  }
  const auto& dictionary = dictionary_of(segment, filter.key);
  for (uint32_t i = 0; i < dictionary.names.size(); ++i) {
    if (wanted(filter.key == FacetKey::service ? service_of(dictionary.names[i]) : dictionary.names[i]))
      dictionary.rows.add_to(rows, i);
  }
  return rows;
}

FacetCount::FacetCount(FacetKey key, std::string name, std::string prefix)
    : key_(key), name_(std::move(name)), prefix_(query::fold(prefix)) {}

void FacetCount::add(std::string_view value, uint64_t count) {
  if (count > 0) counts_[value] += count;
}

void FacetCount::add(const Segment& segment, const Bits& rows) {
  if (key_ == FacetKey::tag) {
    auto [first, last] = tags_of_key(segment, name_);
    for (auto tag = first; tag < last; ++tag) {
      if (prefix_.empty() || segment.texts[segment.tags[tag].folded].starts_with(prefix_))
        add(segment.texts[segment.tags[tag].value], segment.tag_rows.count(tag, rows));
    }
    return;
  }
  const auto& dictionary = dictionary_of(segment, key_);
  for (uint32_t i = 0; i < dictionary.names.size(); ++i) {
    std::string_view value = key_ == FacetKey::service ? service_of(dictionary.names[i]) : dictionary.names[i];
    if (value.empty() || (!prefix_.empty() && !query::fold(value).starts_with(prefix_))) continue;
    add(value, dictionary.rows.count(i, rows));
  }
}

Facet FacetCount::take(size_t limit) {
  std::vector<std::pair<std::string_view, uint64_t>> sorted(counts_.begin(), counts_.end());
  auto end = sorted.begin() + static_cast<std::ptrdiff_t>(std::min(limit, sorted.size()));
  std::partial_sort(sorted.begin(), end, sorted.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  Facet facet{key_, name_, {}, sorted.size()};
  for (auto at = sorted.begin(); at != end; ++at) facet.values.push_back({std::string(at->first), at->second});
  return facet;
}

void count_tag_keys(const Segment& segment, const Bits& rows, std::map<std::string, uint64_t>& counts) {
  for (uint32_t key = 0; key < segment.tag_keys.names.size(); ++key) {
    auto count = segment.tag_keys.rows.count(key, rows);
    if (count > 0) counts[segment.tag_keys.names[key]] += count;
  }
}

}  // namespace cadastre::index
